import type { Problem } from '../protocol/errors.ts';
import { crc32 } from './crc32.ts';
import type { ValueType } from './hash.ts';

/*
 * Layout of `application/vnd.covalence.frames`; all integers are u32 little-endian, everything starts on 16 bytes:
 *
 *   prelude   "COVFRAME", version, 0
 *   record*   length of header, CRC-32 of header, header (msgpack), zeros to 16; then the payloads that the header
 *             announces, in its order, each followed by zeros to 16
 *   end       0, inverted CRC-32 of the next 4 bytes, number of frames, 0
 *
 * A header is one frame, or `{error}` with the problem that ended the answer (an end follows neither it nor a cut).
 */

/** First bytes of a stream. */
export const STREAM_MAGIC: Uint8Array = new TextEncoder().encode('COVFRAME');
/** Version of the layout. */
export const STREAM_VERSION = 1;
/** Payloads and headers start at multiples of this many bytes. */
export const STREAM_ALIGNMENT = 16;
/** Longest header in bytes. */
export const MAX_HEADER_BYTE_LENGTH: number = 16 * 1024 * 1024;

/**
 * How a header says what stands under a key.
 * A number: the value described n-th in this stream (counting from 0), still within {@link descriptionWindow}.
 * A list: type, shape, sha256 (32 bytes), then the number of bytes of a payload, or the canonical bytes themselves when
 * they are few, or nothing when the reader said in `have=` that it holds them.
 */
export type ValueEntry =
  | number
  | [type: ValueType, shape: readonly number[], hash: Uint8Array, bytes?: number | Uint8Array];

/** Header of a frame. */
export interface FrameHeader {
  id: string;
  index: number;
  version: number;
  data: Record<string, ValueEntry>;
}

/** Header that ends a stream early. */
export interface ErrorHeader {
  error: Problem;
}

/** Bytes of zeros after `byteLength` bytes. */
export function paddingOf(byteLength: number): number {
  return (STREAM_ALIGNMENT - (byteLength % STREAM_ALIGNMENT)) % STREAM_ALIGNMENT;
}

/** Checksum of the number of frames at the end; inverted, so that a damaged length cannot make a header of it. */
export function endChecksum(bytes: Uint8Array): number {
  return ~crc32(bytes) >>> 0;
}

/** Described values that both sides remember, oldest forgotten first when their bytes exceed the window. */
export interface DescriptionWindow<T> {
  /** Remembers a value described just now, of `byteLength` canonical bytes. */
  push(value: T, byteLength: number): void;
  /** The n-th value described, undefined when it was forgotten or is still to come. */
  get(ordinal: number): T | undefined;
  /** Ordinal of the oldest one remembered. */
  readonly oldest: number;
  /** Ordinal that the next one will have. */
  readonly next: number;
}

const WINDOW_BYTE_LENGTH = 32 * 1024 * 1024;

/** Writer and reader forget by the same rule, so that a long answer does not hold all its values in memory. */
export function descriptionWindow<T>(onForget?: (value: T) => void): DescriptionWindow<T> {
  const entries = new Map<number, { value: T; byteLength: number }>();
  let oldest = 0;
  let next = 0;
  let held = 0;
  return {
    push(value, byteLength) {
      entries.set(next, { value, byteLength });
      next += 1;
      held += byteLength;
      // The newest stays, however large.
      while (held > WINDOW_BYTE_LENGTH && oldest < next - 1) {
        const entry = entries.get(oldest);
        entries.delete(oldest);
        oldest += 1;
        if (entry === undefined) continue;
        held -= entry.byteLength;
        onForget?.(entry.value);
      }
    },
    get: (ordinal) => entries.get(ordinal)?.value,
    get oldest() {
      return oldest;
    },
    get next() {
      return next;
    },
  };
}
