import { decodeKnownMsgpack } from '../../data/msgpack.ts';
import type { StoredKeys, StoredValue } from './commit-record.ts';
import { familyOf, idAt, type IdFamily, numberIn, SOURCE_FAMILY } from './id-family.ts';
import { endOfValue, openAt, textAt, wholeNumberAt } from './msgpack-walk.ts';
import { type PackedKeys, type PackedValue, unpackKeys, unpackValue } from './stored-keys-codec.ts';

/** A frame as an insertion names it. */
export interface InsertedFrame {
  id: string;
  version: number;
  keys: StoredKeys;
}

/** Bytes of a sha256. */
const HASH_BYTE_LENGTH = 32;

/**
 * The frames of a large insertion as they lie in the log, read one by one when somebody asks: as objects a million of
 * them take ten times the memory, and most of the time of a restart is spent on making them.
 */
export class PackedFrames {
  readonly bytes: Uint8Array;
  /** What their ids have in common; they are numbered without gap. */
  readonly family: IdFamily;
  /** Number in the family of the first. */
  readonly start: number;
  readonly #offsets: Uint32Array;

  private constructor(bytes: Uint8Array, family: IdFamily, start: number, offsets: Uint32Array) {
    this.bytes = bytes;
    this.family = family;
    this.start = start;
    this.#offsets = offsets;
  }

  /** Takes over the list of frames in `bytes`; undefined when their ids are not numbered without gap. */
  static of(bytes: Uint8Array): PackedFrames | undefined {
    const { count, at } = openAt(bytes, 0);
    const offsets = new Uint32Array(count);
    let family: IdFamily | undefined;
    let start = 0;
    for (let i = 0, offset = at; i < count; i += 1, offset = endOfValue(bytes, offset)) {
      offsets[i] = offset;
      const id = textAt(bytes, offset + 1);
      if (i === 0) {
        const first = familyOf(id);
        if (first === undefined || first.family === SOURCE_FAMILY) return undefined;
        ({ family, number: start } = first);
      } else if (family === undefined || numberIn(family, id) !== start + i) return undefined;
    }
    return family === undefined ? undefined : new PackedFrames(bytes, family, start, offsets);
  }

  get count(): number {
    return this.#offsets.length;
  }

  id(i: number): string {
    return idAt(this.family, this.start + i);
  }

  ids(): string[] {
    return Array.from({ length: this.count }, (_, i) => this.id(i));
  }

  /** Place of `id` in the insertion; undefined when it is none of its. */
  indexOf(id: string): number | undefined {
    const number = numberIn(this.family, id);
    if (number === undefined || number < this.start || number >= this.start + this.count) return undefined;
    return number - this.start;
  }

  version(i: number): number {
    return wholeNumberAt(this.bytes, endOfValue(this.bytes, this.#offsets[i] + 1)) as number;
  }

  frame(i: number): InsertedFrame {
    const [id, version, keys] = decodeKnownMsgpack(this.bytes.subarray(this.#offsets[i], this.#offsets[i + 1])) as [
      string,
      number,
      PackedKeys,
    ];
    return { id, version, keys: unpackKeys(keys) };
  }

  all(): InsertedFrame[] {
    return Array.from({ length: this.count }, (_, i) => this.frame(i));
  }

  /** The value that begins at byte `offset`. */
  value(offset: number): StoredValue {
    return unpackValue(
      decodeKnownMsgpack(this.bytes.subarray(offset, endOfValue(this.bytes, offset))) as NonNullable<PackedValue>,
    );
  }

  /** Where the sha256 of the value that begins at byte `offset` is. */
  hashOffset(offset: number): number {
    const { bytes } = this;
    return endOfValue(bytes, endOfValue(bytes, offset + 1)) + 2;
  }

  /** Calls `visit` with where each value begins, and its length when it is not in the record. */
  forEachValue(visit: (offset: number, blobByteLength: number) => void): void {
    const { bytes } = this;
    for (const frame of this.#offsets) {
      const keys = openAt(bytes, endOfValue(bytes, endOfValue(bytes, frame + 1)));
      let { at } = keys;
      for (let i = 0; i < keys.count; i += 1) {
        const offset = endOfValue(bytes, at);
        at = endOfValue(bytes, offset);
        // A value that is taken away is nothing here.
        if (bytes[offset] === 0xc0) continue;
        visit(offset, wholeNumberAt(bytes, this.hashOffset(offset) + HASH_BYTE_LENGTH) ?? 0);
      }
    }
  }
}
