import { CovalenceError } from '../../protocol/errors.ts';
import { isFrameArray, type FrameArray, type FrameData } from '../../protocol/frames.ts';
import { quote } from './select-error.ts';
import { nearestWord } from './select-words.ts';

/** Keys of what is known about residues, chains and names. */
export const NAME_KEYS = {
  name: 'arrays.atom_names',
  residueName: 'arrays.residue_names',
  residueNumber: 'arrays.residue_numbers',
  chain: 'arrays.chain_ids',
  insertion: 'arrays.insertion_codes',
} as const;

const AXES: Readonly<Record<string, number>> = { x: 0, y: 1, z: 2 };

/** Atoms of a frame. */
export function countAtoms(data: FrameData): number {
  const { positions, numbers } = data;
  if (isFrameArray(positions)) return positions.shape[0] ?? 0;
  return isFrameArray(numbers) ? (numbers.shape[0] ?? 0) : 0;
}

/** The per-atom array under a key; undefined where the frame has none of this length. */
export function perAtom(data: FrameData, key: string): FrameArray | undefined {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return isFrameArray(value) && value.shape[0] === countAtoms(data) ? value : undefined;
}

/** The same, or `select/invalid` with a sentence that says what is missing. */
export function needAtoms(data: FrameData, key: string, what: string): FrameArray {
  const found = perAtom(data, key);
  if (found !== undefined) return found;
  throw new CovalenceError(
    'select/invalid',
    `This frame has no ${what} (${key}). Select by element, index or distance instead, or open a file that names them.`,
    { key },
  );
}

/** One value an atom: numbers, or words. */
export interface AtomColumn {
  numbers: (atom: number) => number;
  words?: ((atom: number) => string) | undefined;
}

/** Keys that `property` may stand for; `forces.z` is the third part of `forces`. */
export function propertyKeys(property: string): readonly string[] {
  if (Object.hasOwn(AXES, property)) return ['positions'];
  const whole = property.replace(/\.[xyz]$/, '');
  return [...new Set([property, `arrays.${property}`, whole, `arrays.${whole}`])];
}

/** Names under which a frame's per-atom values can be compared. */
export function propertyNames(data: FrameData): string[] {
  const keys = Object.keys(data).filter((key) => perAtom(data, key) !== undefined && key !== 'positions');
  return ['x', 'y', 'z', ...keys.map((key) => key.replace(/^arrays\./, ''))];
}

/** The values that `property` means in a frame; of vectors the length. Throws `select/invalid` for an unknown one. */
export function atomColumn(data: FrameData, property: string): AtomColumn {
  const axis = Object.hasOwn(AXES, property) ? AXES[property] : undefined;
  if (axis !== undefined) {
    const { data: values } = needAtoms(data, 'positions', 'positions');
    return { numbers: (atom) => values[3 * atom + axis] };
  }
  for (const key of propertyKeys(property)) {
    const found = perAtom(data, key);
    if (found === undefined) continue;
    const isPart = key !== property && key !== `arrays.${property}`;
    const column = columnOf(found, isPart ? AXES[property.slice(-1)] : undefined);
    if (column !== undefined) return column;
  }
  const names = propertyNames(data);
  const near = nearestWord(property, names);
  throw new CovalenceError(
    'select/invalid',
    `The atoms of this frame have no value ${quote(property)}. ${near === undefined ? `They have: ${names.slice(0, 12).join(', ')}.` : `Did you mean ${quote(near)}?`}`,
    { property, names },
  );
}

function columnOf({ data, shape, table }: FrameArray, part: number | undefined): AtomColumn | undefined {
  const width = shape.slice(1).reduce((product, length) => product * length, 1);
  if (width === 1 && part === undefined) {
    const words = table && ((atom: number) => table[data[atom]] ?? '');
    return { numbers: words ? (atom) => Number(words(atom) || Number.NaN) : (atom) => data[atom], words };
  }
  if (width !== 3 || table !== undefined) return undefined;
  if (part !== undefined) return { numbers: (atom) => data[3 * atom + part] };
  return { numbers: (atom) => Math.hypot(data[3 * atom], data[3 * atom + 1], data[3 * atom + 2]) };
}
