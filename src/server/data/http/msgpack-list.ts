import { decodeMsgpack } from '../../../data/msgpack.ts';
import { CovalenceError } from '../../../protocol/errors.ts';

/** Where a walk through a msgpack value stands. */
interface Walk {
  at: number;
  /** Values still to be passed. */
  open: number;
}

/**
 * The entries of a msgpack list, one after the other as their bytes arrive; a value that is no list is its own only
 * entry. Memory is bounded by the largest entry, of at most `limit` bytes. Rejects with `request/invalid` for bytes that
 * are no msgpack, end early or go on after the end, with `request/too-large` for an entry above the limit. `onHeld` is told how many bytes are
 * in memory, and may throw.
 */
export async function* listEntries(
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
  onHeld: (byteLength: number) => void = () => undefined,
): AsyncGenerator {
  const held = growingBytes();
  let left: number | undefined;
  let walk: Walk = { at: 0, open: 1 };
  for await (const piece of pieces) {
    held.add(piece);
    onHeld(held.roomByteLength);
    if (left === undefined) {
      const header = listHeader(held.bytes());
      if (header === undefined) continue;
      left = header.count;
      held.drop(header.byteLength);
    }
    while (left > 0 && passValue(held.bytes(), walk)) {
      // A copy, because the bytes held are written over and the arrays of a frame are views.
      const entry = held.bytes().slice(0, walk.at);
      held.drop(walk.at);
      walk = { at: 0, open: 1 };
      left -= 1;
      yield decodeMsgpack(entry);
    }
    if (left > 0 && held.byteLength > limit) {
      throw new CovalenceError('request/too-large', `One frame of the body has more than ${limit} bytes.`, { limit });
    }
    if (left === 0 && held.byteLength > 0) throw invalid('bytes follow its end');
  }
  if (left !== 0) throw invalid('it ends early');
}

/** Count and length of the header of a list; a value that is none counts as a list of itself, without header. */
function listHeader(bytes: Uint8Array): { count: number; byteLength: number } | undefined {
  const [tag] = bytes as Iterable<number> as [number | undefined];
  if (tag === undefined) return undefined;
  if ((tag & 0xf0) === 0x90) return { count: tag & 0x0f, byteLength: 1 };
  if (tag !== 0xdc && tag !== 0xdd) return { count: 1, byteLength: 0 };
  const byteLength = tag === 0xdc ? 3 : 5;
  if (bytes.byteLength < byteLength) return undefined;
  return { count: uint(bytes, 1, byteLength - 1), byteLength };
}

/** Goes on with `walk` as far as the bytes reach; true once the value has been passed. */
function passValue(bytes: Uint8Array, walk: Walk): boolean {
  while (walk.open > 0) {
    const next = extentOf(bytes, walk.at);
    if (next === undefined || walk.at + next.byteLength > bytes.byteLength) return false;
    walk.at += next.byteLength;
    walk.open += next.values - 1;
  }
  return true;
}

/** Bytes of the value at `at` without the values in it, and how many those are; undefined when its header is cut off. */
function extentOf(bytes: Uint8Array, at: number): { byteLength: number; values: number } | undefined {
  if (at >= bytes.byteLength) return undefined;
  const tag = bytes[at];
  if (tag <= 0x7f || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return { byteLength: 1, values: 0 };
  if (tag <= 0x8f) return { byteLength: 1, values: 2 * (tag & 0x0f) };
  if (tag <= 0x9f) return { byteLength: 1, values: tag & 0x0f };
  if (tag <= 0xbf) return { byteLength: 1 + (tag & 0x1f), values: 0 };
  const plain = PLAIN[tag];
  if (plain !== undefined) return { byteLength: plain, values: 0 };
  const width = WIDTHS[tag];
  if (width === undefined) throw invalid(`byte 0x${tag.toString(16)} is not expected`);
  if (at + 1 + width > bytes.byteLength) return undefined;
  const length = uint(bytes, at + 1, width);
  if (tag === 0xdc || tag === 0xdd) return { byteLength: 1 + width, values: length };
  if (tag === 0xde || tag === 0xdf) return { byteLength: 1 + width, values: 2 * length };
  return { byteLength: 1 + width + length, values: 0 };
}

/** Lengths of numbers. */
const PLAIN: Readonly<Record<number, number>> = {
  0xca: 5,
  0xcb: 9,
  0xcc: 2,
  0xcd: 3,
  0xce: 5,
  0xcf: 9,
  0xd0: 2,
  0xd1: 3,
  0xd2: 5,
  0xd3: 9,
};
/** Bytes that hold the length of bytes, texts, lists and maps. */
const WIDTHS: Readonly<Record<number, number>> = {
  0xc4: 1,
  0xc5: 2,
  0xc6: 4,
  0xd9: 1,
  0xda: 2,
  0xdb: 4,
  0xdc: 2,
  0xdd: 4,
  0xde: 2,
  0xdf: 4,
};

function uint(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i += 1) value = value * 256 + bytes[at + i];
  return value;
}

/** Bytes that are added at the end and dropped at the front, without copying all of them each time. */
function growingBytes(): {
  readonly byteLength: number;
  /** Bytes of memory that they take. */
  readonly roomByteLength: number;
  add(piece: Uint8Array): void;
  drop(byteLength: number): void;
  bytes(): Uint8Array;
} {
  let store = new Uint8Array(64 * 1024);
  let start = 0;
  let end = 0;
  return {
    get byteLength() {
      return end - start;
    },
    get roomByteLength() {
      return store.byteLength;
    },
    add(piece) {
      if (end + piece.byteLength > store.byteLength) {
        const needed = end - start + piece.byteLength;
        const roomy = needed > store.byteLength / 2 ? new Uint8Array(2 * needed) : store;
        roomy.set(store.subarray(start, end));
        store = roomy;
        end -= start;
        start = 0;
      }
      store.set(piece, end);
      end += piece.byteLength;
    },
    drop(byteLength) {
      start += byteLength;
      if (start === end) start = end = 0;
    },
    bytes: () => store.subarray(start, end),
  };
}

function invalid(reason: string): CovalenceError {
  return new CovalenceError('request/invalid', `The body is not the msgpack that was expected: ${reason}.`, { reason });
}
