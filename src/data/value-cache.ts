import { type FrameValue, isFrameArray } from '../protocol/frames.ts';
import { canonicalBytes, valueType } from './hash.ts';

/** Counted for every value beside its bytes. */
const OVERHEAD = 200;

interface Held {
  byteLength: number;
  /** Equal bytes may stand for several values: zeros of another type or shape. */
  byDescription: Map<string, FrameValue>;
}

/** What tells apart two values of equal bytes. */
export function descriptionOf(value: FrameValue): string {
  return isFrameArray(value) ? `${valueType(value)} ${value.shape.join()}` : valueType(value);
}

/** Values by hash, least recently used forgotten first when their bytes exceed a limit. */
export class ValueCache {
  readonly limit: number;
  #byteLength = 0;
  readonly #held = new Map<string, Held>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes held now. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** The value of this hash and description, which becomes the most recently used. */
  get(hash: string, description: string): FrameValue | undefined {
    const held = this.#held.get(hash);
    const value = held?.byDescription.get(description);
    if (held === undefined || value === undefined) return undefined;
    this.#held.delete(hash);
    this.#held.set(hash, held);
    return value;
  }

  /** Adds a value; returns the one that is held under the same hash already, so that equal values are one object. */
  put(hash: string, value: FrameValue): FrameValue {
    const description = descriptionOf(value);
    const known = this.get(hash, description);
    if (known !== undefined) return known;
    const held = this.#held.get(hash) ?? { byteLength: 0, byDescription: new Map<string, FrameValue>() };
    const byteLength = canonicalByteLength(value) + OVERHEAD;
    held.byDescription.set(description, value);
    held.byteLength += byteLength;
    this.#byteLength += byteLength;
    this.#held.delete(hash);
    this.#held.set(hash, held);
    for (const [oldest, { byteLength: freed }] of this.#held) {
      if (this.#byteLength <= this.limit) break;
      this.#held.delete(oldest);
      this.#byteLength -= freed;
    }
    return value;
  }

  /** Canonical bytes of any value of this hash. */
  bytes(hash: string): Uint8Array | undefined {
    const [value] = this.#held.get(hash)?.byDescription.values() ?? [];
    return value === undefined ? undefined : canonicalBytes(value);
  }

  /** What the one value of this hash is; undefined where none is held, or several are. */
  descriptionUnder(hash: string): string | undefined {
    const [description, another] = this.#held.get(hash)?.byDescription.keys() ?? [];
    return another === undefined ? description : undefined;
  }

  /** True when a value of this hash is held; asking does not make it used. */
  has(hash: string): boolean {
    return this.#held.has(hash);
  }

  /** About as many bytes as the values of this hash take; 0 when there are none. */
  byteLengthOf(hash: string): number {
    return this.#held.get(hash)?.byteLength ?? 0;
  }

  clear(): void {
    this.#held.clear();
    this.#byteLength = 0;
  }
}

function canonicalByteLength(value: FrameValue): number {
  if (typeof value === 'string') return value.length * 2;
  if (!isFrameArray(value)) return 8;
  return value.data.byteLength + (value.table?.reduce((sum, text) => sum + text.length * 2 + 16, 0) ?? 0);
}
