import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { wordsOf, type LineReader } from '../text/words.ts';
import { Molecule } from './molecule.ts';

/** What the digits of the old column of charges mean; 4 is a radical. */
const OLD_CHARGES = [0, 3, 2, 1, 0, -1, -2, -3];

/** Reads the atoms and bonds of a connection table V2000 after its line of counts. Throws {@link LineProblem}. */
export function readV2000(lines: LineReader, atomCount: number, bondCount: number): Molecule {
  const molecule = new Molecule();
  for (let atom = 0; atom < atomCount; atom += 1) {
    const text = lines.need(`atom ${atom + 1} of ${atomCount}`);
    const position = [0, 10, 20].map((column) => numberOfText(text.slice(column, column + 10).trim()));
    const symbol = text.slice(31, 34).trim();
    if (symbol !== '' && position.every((value) => value !== undefined)) {
      molecule.addAtom(symbol, position, OLD_CHARGES[Number(text.slice(36, 39))] ?? 0);
      continue;
    }
    // Some programs separate by blanks and do not keep the columns.
    const words = wordsOf(text);
    const loose = words.slice(0, 3).map(numberOfText);
    if (words.length < 4 || loose.includes(undefined) || !/^[A-Za-z*]/.test(words[3])) {
      lines.refuse(`expected x, y, z and symbol of atom ${atom + 1} of ${atomCount}, found ${excerpt(text)}`);
    }
    molecule.addAtom(words[3], loose as number[], OLD_CHARGES[Number(words[5])] ?? 0);
  }
  for (let bond = 0; bond < bondCount; bond += 1) {
    const text = lines.need(`bond ${bond + 1} of ${bondCount}`);
    const fields = [0, 3, 6].map((column) => text.slice(column, column + 3).trim());
    const whole = fields.every((field) => /^\d+$/.test(field)) ? fields : wordsOf(text).slice(0, 3);
    const [first, second, order] = whole.map(Number);
    if (whole.length < 3 || !whole.every((field) => /^\d+$/.test(field))) {
      lines.refuse(`expected two atoms and the order of bond ${bond + 1} of ${bondCount}, found ${excerpt(text)}`);
    }
    const problem = molecule.addBond(first, second, order);
    if (problem !== undefined) lines.refuse(problem);
  }
  readProperties(lines, molecule);
  return molecule;
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
