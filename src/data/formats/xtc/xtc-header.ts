import { LIMITS } from '../../../protocol/limits.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { excerpt } from '../damage.ts';
import { textOf } from '../text/bytes-text.ts';
import { bitsOfSize, bitsOfSizes, FIRST_INDEX, LAST_INDEX } from './magic-ints.ts';

/** The usual magic number of a frame, and that of frames whose byte count has 64 bits. */
export const MAGIC = 1995;
export const LONG_MAGIC = 2023;

/** Bytes from the magic number to the second count of atoms. */
const HEAD_LENGTH = 56;

/** Bytes that hold every header. */
export const MAX_HEADER_LENGTH = 96;

/** Up to so many atoms are written as plain numbers. */
export const MOST_PLAIN_ATOMS = 9;

/** How the coordinates of a frame are packed. */
export interface Packing {
  precision: number;
  min: readonly [number, number, number];
  size: readonly [number, number, number];
  /** Bits of a whole triple, or 0 where each coordinate has its own. */
  tripleBits: number;
  smallIndex: number;
  /** Bytes of packed coordinates, without padding. */
  byteLength: number;
}

/** The beginning of one frame of XTC. */
export interface XtcHeader {
  atomCount: number;
  step: number;
  time: number;
  /** Nine numbers, nm. */
  box: Float32Array;
  /** Absent when the coordinates are plain numbers. */
  packing: Packing | undefined;
  /** Bytes before the coordinates, and of the whole frame. */
  headerLength: number;
  frameLength: number;
}

/** Reads the header at the beginning of `bytes`, which lie at `offset` of the file; throws {@link ByteProblem}. */
export function readXtcHeader(bytes: Uint8Array, offset: number): XtcHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (length: number): void => {
    if (bytes.length >= length) return;
    throw new ByteProblem(
      offset + bytes.length,
      `the file ends within the header of the frame, which has ${length} bytes`,
    );
  };
  need(4);
  const magic = view.getInt32(0);
  if (magic !== MAGIC && magic !== LONG_MAGIC) {
    throw new ByteProblem(
      offset,
      `expected the number ${MAGIC} that begins a frame of XTC, found ${firstWord(bytes, magic)}`,
    );
  }
  need(HEAD_LENGTH);
  const atomCount = view.getInt32(4);
  if (atomCount < 0) throw new ByteProblem(offset + 4, `the frame says it has ${atomCount} atoms`);
  if (atomCount > LIMITS.atomsPerFrame) {
    throw new ByteProblem(
      offset + 4,
      `the frame has ${atomCount} atoms, more than the limit of ${LIMITS.atomsPerFrame}`,
    );
  }
  const again = view.getInt32(52);
  if (again !== atomCount) {
    throw new ByteProblem(offset + 52, `the frame says ${atomCount} atoms and its coordinates say ${again}`);
  }
  const box = Float32Array.from({ length: 9 }, (_, k) => view.getFloat32(16 + 4 * k));
  const head = { atomCount, step: view.getInt32(8), time: view.getFloat32(12), box };
  if (atomCount <= MOST_PLAIN_ATOMS) {
    return { ...head, packing: undefined, headerLength: HEAD_LENGTH, frameLength: HEAD_LENGTH + 12 * atomCount };
  }
  const headerLength = magic === LONG_MAGIC ? 96 : 92;
  need(headerLength);
  const packing = readPacking(view, offset, magic === LONG_MAGIC);
  // The densest packing there is has two bits for an atom.
  if (packing.byteLength * 4 < atomCount) {
    throw new ByteProblem(
      offset + headerLength - 4,
      `${packing.byteLength} bytes cannot hold the coordinates of ${atomCount} atoms`,
    );
  }
  return { ...head, packing, headerLength, frameLength: headerLength + Math.ceil(packing.byteLength / 4) * 4 };
}

function readPacking(view: DataView, offset: number, isLong: boolean): Packing {
  const precision = view.getFloat32(56);
  if (!(precision > 0) || precision === Number.POSITIVE_INFINITY) {
    throw new ByteProblem(offset + 56, `the precision is ${precision}, and must be above 0`);
  }
  const triple = (at: number): [number, number, number] => [
    view.getInt32(at),
    view.getInt32(at + 4),
    view.getInt32(at + 8),
  ];
  const min = triple(60);
  const max = triple(72);
  const size = min.map((low, axis) => max[axis] - low + 1) as [number, number, number];
  const axis = size.findIndex((length) => length < 1 || length >= 2 ** 32);
  if (axis >= 0) {
    throw new ByteProblem(offset + 60 + 4 * axis, `the coordinates lie between ${min[axis]} and ${max[axis]}`);
  }
  const smallIndex = view.getInt32(84);
  if (smallIndex < FIRST_INDEX || smallIndex > LAST_INDEX) {
    throw new ByteProblem(
      offset + 84,
      `the size of small differences is number ${smallIndex} of ${FIRST_INDEX} to ${LAST_INDEX}`,
    );
  }
  const high = isLong ? view.getUint32(88) : 0;
  const byteLength = high * 2 ** 32 + view.getUint32(isLong ? 92 : 88);
  if (byteLength >= 2 ** 29) {
    throw new ByteProblem(offset + 88, `the frame says it has ${byteLength} bytes of coordinates, more than we read`);
  }
  const isWide = size.some((length) => length > 0xff_ff_ff);
  return { precision, min, size, tripleBits: isWide ? 0 : bitsOfSizes(...size), smallIndex, byteLength };
}

/** The number that stands where the magic number should, or the text when it is one. */
function firstWord(bytes: Uint8Array, magic: number): string {
  const text = textOf(bytes, 0, Math.min(bytes.length, 24));
  return /^[\t\r\n -~]+$/.test(text) ? `the text ${excerpt(text)}` : String(magic);
}

/** Bits of each coordinate of a frame that is too wide for triples. */
export function bitsOfEach({ size }: Packing): [number, number, number] {
  return [bitsOfSize(size[0]), bitsOfSize(size[1]), bitsOfSize(size[2])];
}
