import { isFrameArray, type FrameData } from '../../../src/protocol/frames.ts';

/** One atom with what a file says about it, by plain names: what expressions are checked against. */
export interface PlainAtom {
  index: number;
  number: number;
  x: number;
  y: number;
  z: number;
  name: string;
  residue: string;
  residueNumber: number;
  chain: string;
}

/** The atoms of a frame as plain objects. */
export function plainAtoms(data: FrameData): PlainAtom[] {
  const column = (key: string): ((atom: number) => string | number | undefined) => {
    const value = data[key];
    if (!isFrameArray(value)) return () => undefined;
    return (atom) => (value.table === undefined ? value.data[atom] : value.table[value.data[atom]]);
  };
  const [numbers, names, residues, residueNumbers, chains] = [
    'numbers',
    'arrays.atom_names',
    'arrays.residue_names',
    'arrays.residue_numbers',
    'arrays.chain_ids',
  ].map(column);
  const { positions } = data;
  if (!isFrameArray(positions)) return [];
  return Array.from({ length: positions.shape[0] ?? 0 }, (_, index) => ({
    index,
    number: Number(numbers(index)),
    x: positions.data[3 * index],
    y: positions.data[3 * index + 1],
    z: positions.data[3 * index + 2],
    name: String(names(index)),
    residue: String(residues(index)),
    residueNumber: Number(residueNumbers(index)),
    chain: String(chains(index)),
  }));
}

/** The shortest distance over all images up to `images` cells away. */
export function distanceTheSlowWay(
  a: PlainAtom,
  b: PlainAtom,
  cell: ArrayLike<number> | undefined,
  pbc: ArrayLike<number> = [0, 0, 0],
  images = 1,
): number {
  const range = (axis: number): number => (cell !== undefined && pbc[axis] !== 0 ? images : 0);
  const at = (axis: number): number => cell?.[axis] ?? 0;
  let best = Infinity;
  for (let i = -range(0); i <= range(0); i += 1)
    for (let j = -range(1); j <= range(1); j += 1)
      for (let k = -range(2); k <= range(2); k += 1) {
        const x = b.x - a.x + i * at(0) + j * at(3) + k * at(6);
        const y = b.y - a.y + i * at(1) + j * at(4) + k * at(7);
        const z = b.z - a.z + i * at(2) + j * at(5) + k * at(8);
        best = Math.min(best, Math.sqrt(x * x + y * y + z * z));
      }
  return best;
}
