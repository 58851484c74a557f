import { FRAME_KEYS, isFrameArray, type Frame, type FrameArray } from '../../protocol/frames.ts';
import { numberedKinds } from './numbered-kinds.ts';

/** A value for each atom, as a picture takes it. */
export interface AtomValues {
  /** What it is called, `charges` or `|forces|`. */
  label: string;
  unit: string;
  /** Names of kinds, when the values are kinds and not amounts. */
  kinds?: readonly string[] | undefined;
  /** Colours of the kinds, where they have their own: red, green, blue. */
  colors?: readonly (readonly [number, number, number])[] | undefined;
  /** Value or number of the kind; NaN when there is none. Components of one atom are made into a length. */
  at(atom: number): number;
}

const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ['residue', ['arrays.residue_names', 'arrays.residue_numbers']],
  ['residue name', ['arrays.residue_names']],
  ['residue index', ['arrays.residue_numbers']],
  ['chain', ['arrays.chain_ids']],
  ['chain name', ['arrays.chain_ids']],
  ['name', ['arrays.atom_names']],
  // What a file calls its atoms where it names no elements.
  ['type', ['arrays.types', 'arrays.symbols', 'tags']],
]);

/** Names that need no key of the frame. */
const INDEX: ReadonlySet<string> = new Set(['index', 'particle index']);

/** The key of a frame that a name in a record means; undefined when `keys` has none. `index` needs none. */
export function keyOf(name: string, keys: ReadonlySet<string>): string | undefined {
  const found = [name, `arrays.${name}`, ...(ALIASES.get(name.trim().toLowerCase()) ?? [])];
  return found.find((key) => keys.has(key));
}

/** True when the name means the atom's place in the list. */
export function isIndex(name: string): boolean {
  return INDEX.has(name.trim().toLowerCase());
}

/** A key's name as people read it. */
export function plainName(key: string): string {
  return key.replace(/^arrays\./, '').replaceAll('_', ' ');
}

/** The array (N,3) of a frame under a name. */
export function vectorsOf(
  frame: Frame,
  name: string,
  atomCount: number,
): { key: string; data: Float32Array | Float64Array } | undefined {
  const key = keyOf(name, new Set(Object.keys(frame.data)));
  const value = key === undefined ? undefined : frame.data[key];
  if (key === undefined || !isFrameArray(value) || value.shape.length !== 2 || value.shape[1] !== 3) return undefined;
  const { data } = value;
  const isReal = data instanceof Float32Array || data instanceof Float64Array;
  return isReal && data.length === 3 * atomCount ? { key, data } : undefined;
}

/** The unit of a key, as people write it; empty when not known. */
export function unitOf(key: string): string {
  const unit = Object.hasOwn(FRAME_KEYS, key) ? FRAME_KEYS[key].unit : undefined;
  return (unit ?? '').replaceAll('angstrom', 'Å').replace('^3', '³');
}

/** The values a name means in a frame; undefined when it has none of this name with one entry an atom. */
export function atomValues(frame: Frame, name: string, atomCount: number): AtomValues | undefined {
  if (isIndex(name)) return { label: 'index', unit: '', at: (atom) => atom };
  const key = keyOf(name, new Set(Object.keys(frame.data)));
  const value = key === undefined ? undefined : frame.data[key];
  if (key === undefined || !isFrameArray(value) || value.shape[0] !== atomCount || atomCount === 0) return undefined;
  const { data, shape, table } = value;
  const width = data.length / atomCount;
  const label = plainName(key);
  if (table !== undefined) return width === 1 ? { label, unit: '', kinds: table, at: (atom) => data[atom] } : undefined;
  if (width === 1) return numberedKinds(key, data) ?? { label, unit: unitOf(key), at: (atom) => data[atom] };
  if (shape.length !== 2 || width > 9) return undefined;
  return { label: `|${label}|`, unit: unitOf(key), at: lengthAt(data, width) };
}

function lengthAt(data: FrameArray['data'], width: number): (atom: number) => number {
  return (atom) => {
    let sum = 0;
    for (let i = atom * width; i < (atom + 1) * width; i += 1) sum += data[i] * data[i];
    return Math.sqrt(sum);
  };
}
