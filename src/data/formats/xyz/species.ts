import { atomicNumber } from '../../../chem/elements.ts';
import { frameArray, type FrameArray } from '../../../protocol/frames.ts';

const LABEL = /^([A-Za-z]{1,2})(?:[^A-Za-z].*)?$/s;

/**
 * Atomic number of a species label: a symbol in any case, an atomic number, or a symbol followed by something that is
 * not a letter (`Fe2`, `H_w`); 0 when it is none of these.
 */
export function numberOfSpecies(label: string): number {
  const exact = atomicNumber(label);
  if (exact !== 0) return exact;
  if (/^\d{1,3}$/.test(label)) return Number(label) <= 118 ? Number(label) : 0;
  return atomicNumber(LABEL.exec(label)?.[1] ?? '');
}

function isPlainSymbol(label: string, number: number): boolean {
  if (number === 0) return label === 'X';
  return (atomicNumber(label) === number && !/^[dt]$/i.test(label)) || label === String(number);
}

/**
 * Atomic numbers of species labels, overruled by `given` (column Z) where there is one, and the labels themselves when
 * they say more than the numbers do.
 */
export function numbersOfSpecies(
  labels: FrameArray | undefined,
  given: FrameArray | undefined,
  atomCount: number,
): { numbers: FrameArray; symbols?: FrameArray } {
  const numbers = new Uint8Array(atomCount);
  if (given !== undefined) {
    for (let atom = 0; atom < atomCount; atom += 1) {
      const value = given.data[atom];
      numbers[atom] = value > 0 && value <= 118 ? value : 0;
    }
  }
  const table = labels?.table;
  if (labels === undefined || table === undefined) return { numbers: frameArray(numbers) };
  const byLabel = table.map(numberOfSpecies);
  let isMore = false;
  for (let atom = 0; atom < atomCount; atom += 1) {
    const code = labels.data[atom];
    if (given === undefined) numbers[atom] = byLabel[code];
    isMore ||= !isPlainSymbol(table[code], numbers[atom]);
  }
  return isMore ? { numbers: frameArray(numbers), symbols: labels } : { numbers: frameArray(numbers) };
}
