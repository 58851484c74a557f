import type { StoredValue } from './commit-record.ts';
import type { PackedFrames } from './packed-frames.ts';

const HASH_BYTE_LENGTH = 32;
const FIRST_SLOTS = 64;

/**
 * Every stored value by its hash, each once. Values of packed frames are named by where they lie: some 30 bytes for each
 * instead of the several hundred of an object with its hash as text.
 */
export class ValueIndex {
  #count = 0;
  /** Number of a value + 1 by its hash; 0 is free. Open addressing, at most half full. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);
  #keys: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  /** Number of the packed frames + 1, or 0 for a value that is an object. */
  #packs: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  #offsets: Uint32Array = new Uint32Array(FIRST_SLOTS / 2);
  readonly #packed: PackedFrames[] = [];
  readonly #objects = new Map<number, StoredValue>();

  /** Adds a value unless one of its hash is there; returns that one when it is an object, true when it is packed. */
  add(value: StoredValue): StoredValue | true | undefined {
    const slot = this.#slotOf(Number.parseInt(value.hash.slice(0, 8), 16), (i) => this.#hashOf(i) === value.hash);
    const found = this.#slots[slot];
    if (found > 0) return this.#objects.get(found - 1) ?? true;
    this.#objects.set(this.#count, value);
    this.#enter(slot, Number.parseInt(value.hash.slice(0, 8), 16), 0, 0);
    return undefined;
  }

  /** Adds the values of packed frames that are not there yet; returns the bytes of those that are blobs. */
  addPacked(frames: PackedFrames): number {
    const pack = this.#packed.push(frames);
    const { bytes } = frames;
    let blobByteLength = 0;
    let asText: string | undefined;
    let at = 0;
    const isEqual = (i: number): boolean => {
      if (this.#packs[i] === 0) {
        asText ??= Buffer.from(bytes.buffer, bytes.byteOffset + at, HASH_BYTE_LENGTH).toString('hex');
        return this.#objects.get(i)?.hash === asText;
      }
      const other = this.#packed[this.#packs[i] - 1];
      const place = other.hashOffset(this.#offsets[i]);
      for (let k = 0; k < HASH_BYTE_LENGTH; k += 1) if (bytes[at + k] !== other.bytes[place + k]) return false;
      return true;
    };
    frames.forEachValue((offset, byteLength) => {
      at = frames.hashOffset(offset);
      asText = undefined;
      const key = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
      const slot = this.#slotOf(key, isEqual);
      if (this.#slots[slot] > 0) return;
      this.#enter(slot, key, pack, offset);
      blobByteLength += byteLength;
    });
    return blobByteLength;
  }

  /** The value of this hash. */
  get(hash: string): StoredValue | undefined {
    const found = this.#slots[this.#slotOf(Number.parseInt(hash.slice(0, 8), 16), (i) => this.#hashOf(i) === hash)];
    return found === 0 ? undefined : this.#valueOf(found - 1);
  }

  /** Every value. */
  *values(): Generator<StoredValue> {
    for (let i = 0; i < this.#count; i += 1) yield this.#valueOf(i);
  }

  #valueOf(i: number): StoredValue {
    return this.#objects.get(i) ?? this.#packed[this.#packs[i] - 1].value(this.#offsets[i]);
  }

  #hashOf(i: number): string {
    if (this.#packs[i] === 0) return (this.#objects.get(i) as StoredValue).hash;
    const frames = this.#packed[this.#packs[i] - 1];
    const at = frames.bytes.byteOffset + frames.hashOffset(this.#offsets[i]);
    return Buffer.from(frames.bytes.buffer, at, HASH_BYTE_LENGTH).toString('hex');
  }

  #slotOf(key: number, isEqual: (i: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = key & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot];
      if (found === 0 || (this.#keys[found - 1] === key && isEqual(found - 1))) return slot;
    }
  }

  #enter(slot: number, key: number, pack: number, offset: number): void {
    const i = this.#count;
    this.#slots[slot] = i + 1;
    this.#keys[i] = key;
    this.#packs[i] = pack;
    this.#offsets[i] = offset;
    this.#count += 1;
    if (this.#count < this.#keys.length) return;
    this.#keys = grown(this.#keys);
    this.#packs = grown(this.#packs);
    this.#offsets = grown(this.#offsets);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let j = 0; j < this.#count; j += 1) this.#slots[this.#slotOf(this.#keys[j], () => false)] = j + 1;
  }
}

function grown(numbers: Uint32Array): Uint32Array {
  const next = new Uint32Array(numbers.length * 2);
  next.set(numbers);
  return next;
}
