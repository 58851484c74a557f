import { excerpt } from '../damage.ts';
import { textOf, type Line } from '../text/bytes-text.ts';
import { numberInColumns, textInColumns } from '../text/fixed-columns.ts';
import { numberOfText } from '../text/parse-number.ts';
import { wordsOf, type LineReader } from '../text/words.ts';
import { Molecule } from './molecule.ts';

/** What the digits of the old column of charges mean; 4 is a radical. */
const OLD_CHARGES = [0, 3, 2, 1, 0, -1, -2, -3];

/** Reads the atoms and bonds of a connection table V2000 after its line of counts. Throws {@link LineProblem}. */
export function readV2000(lines: LineReader, atomCount: number, bondCount: number): Molecule {
  const molecule = new Molecule();
  for (let atom = 0; atom < atomCount; atom += 1) {
    const line = lines.take(() => `atom ${atom + 1} of ${atomCount}`);
    if (addByColumns(molecule, lines.bytes, line)) continue;
    const text = textOf(lines.bytes, line.start, line.end);
    // Some programs separate by blanks and do not keep the columns.
    const words = wordsOf(text);
    const loose = words.slice(0, 3).map(numberOfText);
    if (words.length < 4 || loose.includes(undefined) || !/^[A-Za-z*]/.test(words[3])) {
      lines.refuse(`expected x, y, z and symbol of atom ${atom + 1} of ${atomCount}, found ${excerpt(text)}`);
    }
    const [x, y, z] = loose as number[];
    molecule.addAtom(words[3], x, y, z, OLD_CHARGES[Number(words[5])] ?? 0);
  }
  for (let bond = 0; bond < bondCount; bond += 1) {
    const line = lines.take(() => `bond ${bond + 1} of ${bondCount}`);
    const [first, second, order] = bondFields(lines.bytes, line);
    if (![first, second, order].every(Number.isInteger)) {
      const text = textOf(lines.bytes, line.start, line.end);
      lines.refuse(`expected two atoms and the order of bond ${bond + 1} of ${bondCount}, found ${excerpt(text)}`);
    }
    const problem = molecule.addBond(first, second, order);
    if (problem !== undefined) lines.refuse(problem);
  }
  readProperties(lines, molecule);
  return molecule;
}

/** Adds an atom whose fields keep their columns; answers whether they do. */
function addByColumns(molecule: Molecule, bytes: Uint8Array, { start, end }: Line): boolean {
  if (end - start < 32) return false;
  const x = numberInColumns(bytes, start, start + 10);
  const y = numberInColumns(bytes, start + 10, start + 20);
  const z = numberInColumns(bytes, start + 20, start + 30);
  const symbol = textInColumns(bytes, start + 31, Math.min(end, start + 34));
  if (x === undefined || y === undefined || z === undefined || symbol === '') return false;
  const charge = end - start < 39 ? undefined : numberInColumns(bytes, start + 36, start + 39);
  molecule.addAtom(symbol, x, y, z, OLD_CHARGES[charge ?? 0] ?? 0);
  return true;
}

/** Two atoms and an order: in columns of three, else as words; NaN where there is none. */
function bondFields(bytes: Uint8Array, { start, end }: Line): number[] {
  const fields = [0, 3, 6].map((column) => numberInColumns(bytes, start + column, Math.min(end, start + column + 3)));
  if (fields.every((field) => Number.isInteger(field))) return fields as number[];
  const words = wordsOf(textOf(bytes, start, end));
  return [0, 1, 2].map((k) => (/^\d+$/.test(words[k] ?? '') ? Number(words[k]) : Number.NaN));
}

/** Lines up to `M  END`; charges given here replace those of the column. */
function readProperties(lines: LineReader, molecule: Molecule): void {
  let hasCharges = false;
  for (;;) {
    const ahead = lines.peek();
    if (ahead === undefined || ahead.startsWith('$$$$') || ahead.startsWith('>')) return;
    const text = lines.need('M  END');
    if (text.startsWith('M  END')) return;
    if (!text.startsWith('M  CHG')) continue;
    if (!hasCharges) molecule.charges.fill(0);
    hasCharges = true;
    const words = wordsOf(text.slice(9)).map(Number);
    for (let k = 0; k + 1 < words.length; k += 2) {
      const atom = words[k];
      if (atom >= 1 && atom <= molecule.atomCount && Number.isInteger(words[k + 1]))
        molecule.charges[atom - 1] = words[k + 1];
    }
  }
}
