import { CovalenceError } from './errors.ts';

/** Element types of arrays, named as numpy names them; always little-endian. */
export const DTYPES = ['|i1', '|u1', '<i2', '<u2', '<i4', '<u4', '<f4', '<f8'] as const;
/** One of {@link DTYPES}. */
export type Dtype = (typeof DTYPES)[number];

/** The typed array that holds a {@link Dtype}. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * One array of one frame in C order. `table`, when present, makes it an array of strings: `dtype` is `<i4` and each
 * element is an index into `table`. The arrays handed out by Covalence are shared and must not be written to.
 */
export interface FrameArray {
  dtype: Dtype;
  shape: readonly number[];
  data: NumericArray;
  table?: readonly string[];
}

/** What a frame holds under a key: an array, or one number, truth value or text. */
export type FrameValue = FrameArray | number | boolean | string;

/** Named values of a frame under the names of {@link FRAME_KEYS}, `arrays.<name>` (per atom) or `info.<name>`. */
export type FrameData = Record<string, FrameValue>;

/** A frame as it is read: identity, version, the sha256 (hex) of each value and the values asked for. */
export interface Frame {
  /** Stable for the life of the frame; the index only points to it. */
  id: string;
  /** Position in the trajectory when it was read. */
  index: number;
  /** 1, 2, 3 ...; grows by one with each commit that touches the frame. */
  version: number;
  /** sha256 in hex of {@link canonical bytes} of each value, for exactly the keys in `data`. */
  hashes: Record<string, string>;
  data: FrameData;
}

/** What is known about a key without reading frames. `shape` has null where the number of atoms stands. */
export interface FrameKeyInfo {
  name: string;
  dtype: Dtype | 'number' | 'boolean' | 'string';
  shape: readonly (number | null)[];
  unit?: string;
  /** Unit in the file that the values were converted from, where it is another. */
  sourceUnit?: string;
}

/** What a trajectory is: `seq` of the log it was read at, number of frames, keys of its first frame. */
export interface TrajectoryInfo {
  /** Changes when the history does not continue (a new room under an old name). */
  epoch: string;
  /** Sequence number of the newest commit. */
  seq: number;
  /** How many commits so far changed frames or their order; the others granted and released locks. */
  changes?: number;
  /** Seq of the newest commit after which frames have other indices; adding frames at the end leaves them. */
  order?: number;
  /** Frames known so far. */
  count: number;
  keys: FrameKeyInfo[];
  /** Present while a file is still being indexed: bytes read and bytes in all. */
  indexing?: { bytesRead: number; byteLength: number };
  /** Set when the file behind the room cannot be read further: a sentence for people and the coded error. */
  damage?: { code: string; detail: string };
}

/** Whether the dimension is per atom, the expected rank and the unit of each key that has a fixed meaning (ASE's names). */
export interface FrameKeyRule {
  /** Shape with 'N' where the number of atoms stands; [] for one value. */
  shape: readonly (number | 'N' | 'M')[];
  dtypes: readonly (Dtype | 'number')[];
  unit?: string;
}

/** The keys with a fixed meaning. Everything else is `arrays.<name>`, `info.<name>` or passes through unknown. */
export const FRAME_KEYS: Readonly<Record<string, FrameKeyRule>> = {
  positions: { shape: ['N', 3], dtypes: ['<f4', '<f8'], unit: 'angstrom' },
  numbers: { shape: ['N'], dtypes: ['|u1'] },
  cell: { shape: [3, 3], dtypes: ['<f8'], unit: 'angstrom' },
  pbc: { shape: [3], dtypes: ['|u1'] },
  velocities: { shape: ['N', 3], dtypes: ['<f4', '<f8'], unit: 'angstrom/fs' },
  forces: { shape: ['N', 3], dtypes: ['<f4', '<f8'], unit: 'eV/angstrom' },
  charges: { shape: ['N'], dtypes: ['<f4', '<f8'], unit: 'e' },
  masses: { shape: ['N'], dtypes: ['<f4', '<f8'], unit: 'u' },
  tags: { shape: ['N'], dtypes: ['<i4'] },
  ids: { shape: ['N'], dtypes: ['<i4'] },
  bonds: { shape: ['M', 2], dtypes: ['<i4'] },
  stress: { shape: [6], dtypes: ['<f8'], unit: 'eV/angstrom^3' },
  energy: { shape: [], dtypes: ['number'], unit: 'eV' },
  time: { shape: [], dtypes: ['number'], unit: 'ps' },
  step: { shape: [], dtypes: ['number'] },
};

/** Other names under which a key may be asked for. */
export const FRAME_KEY_ALIASES: Readonly<Record<string, string>> = { species: 'numbers', position: 'positions' };

const CONSTRUCTORS = {
  '|i1': Int8Array,
  '|u1': Uint8Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
} as const;

/** True for a value that is an array of a frame rather than one number, truth value or text. */
export function isFrameArray(value: FrameValue | undefined): value is FrameArray {
  return typeof value === 'object' && value !== null;
}

/** Bytes of one element of `dtype`. */
export function dtypeByteLength(dtype: Dtype): number {
  return CONSTRUCTORS[dtype].BYTES_PER_ELEMENT;
}

/** The dtype a typed array holds. Throws `frame/shape-invalid` for what is none, such as a plain list. */
export function dtypeOf(data: NumericArray): Dtype {
  for (const dtype of DTYPES) if (data instanceof CONSTRUCTORS[dtype]) return dtype;
  const found = Object.prototype.toString.call(data).slice(8, -1);
  throw new CovalenceError(
    'frame/shape-invalid',
    `Arrays of frames are typed arrays from Int8Array to Float64Array, found ${found}. Make one: Float64Array.from(numbers).`,
    { found },
  );
}

/** A typed array of `dtype` over `bytes`: a view where the alignment allows it, else a copy. */
export function viewAs(dtype: Dtype, bytes: Uint8Array): NumericArray {
  const Constructor = CONSTRUCTORS[dtype];
  const aligned = bytes.byteOffset % Constructor.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Constructor(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    Math.floor(aligned.byteLength / Constructor.BYTES_PER_ELEMENT),
  );
}

/** A frame array over `data`; `shape` defaults to one dimension. Throws `frame/shape-invalid` for a plain list. */
export function frameArray(data: NumericArray, shape: readonly number[] = [data.length]): FrameArray {
  return { dtype: dtypeOf(data), shape, data };
}

/** An array of strings coded as indices into a table of the distinct ones, in order of appearance. */
export function stringArray(values: Iterable<string>): FrameArray {
  const codes: number[] = [];
  const seen = new Map<string, number>();
  for (const value of values) {
    let code = seen.get(value);
    if (code === undefined) seen.set(value, (code = seen.size));
    codes.push(code);
  }
  return { dtype: '<i4', shape: [codes.length], data: Int32Array.from(codes), table: [...seen.keys()] };
}
