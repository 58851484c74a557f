import type { CovalenceError } from '../protocol/errors.ts';
import { type Frame, type FrameValue, isFrameArray } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { crc32 } from './crc32.ts';
import { emptyRecord } from './frame-key.ts';
import {
  type ErrorHeader,
  type FrameHeader,
  STREAM_ALIGNMENT,
  STREAM_MAGIC,
  STREAM_VERSION,
  type ValueEntry,
  descriptionWindow,
  endChecksum,
  paddingOf,
} from './frame-stream.ts';
import { canonicalBytes, fromHex, valueType } from './hash.ts';
import { encodeMsgpack } from './msgpack.ts';

/** Writes the frames of one answer, in order: `start`, any number of `frame`, then `end` or `fail`. */
export interface FrameStreamEncoder {
  start(): Uint8Array;
  /** The pieces of one frame; payloads are views of its arrays. */
  frame(frame: Frame): Uint8Array[];
  end(): Uint8Array;
  /** Ends the answer early with a coded error that the reader will throw. */
  fail(error: CovalenceError): Uint8Array;
}

/**
 * An encoder of `application/vnd.covalence.frames`. `have` are hashes of values the reader holds: they are named, not
 * sent. A value that was sent in this answer is referred to, not repeated.
 */
export function frameStreamEncoder(options: { have?: ReadonlySet<string> } = {}): FrameStreamEncoder {
  const ordinals = new Map<string, number>();
  const described = descriptionWindow<string>((identity) => ordinals.delete(identity));
  let frames = 0;

  const entryOf = (value: FrameValue, hash: string, payloads: Uint8Array[]): ValueEntry => {
    const type = valueType(value);
    const shape = isFrameArray(value) ? value.shape : [];
    // Equal bytes of another type or shape are another value.
    const identity = `${hash} ${type} ${shape.join(',')}`;
    const ordinal = ordinals.get(identity);
    if (ordinal !== undefined) return ordinal;
    const bytes = canonicalBytes(value);
    ordinals.set(identity, described.next);
    described.push(identity, bytes.byteLength);
    const digest = fromHex(hash);
    if (digest?.byteLength !== 32) throw new TypeError(`"${hash}" is no sha256 in hex`);
    if (bytes.byteLength <= LIMITS.inlineValueByteLength) return [type, shape, digest, bytes];
    if (options.have?.has(hash) === true) return [type, shape, digest];
    payloads.push(bytes);
    return [type, shape, digest, bytes.byteLength];
  };

  return {
    start() {
      const bytes = new Uint8Array(STREAM_ALIGNMENT);
      bytes.set(STREAM_MAGIC);
      new DataView(bytes.buffer).setUint32(8, STREAM_VERSION, true);
      return bytes;
    },
    frame({ id, index, version, hashes, data }) {
      const payloads: Uint8Array[] = [];
      const entries = emptyRecord<ValueEntry>();
      for (const [key, value] of Object.entries(data)) entries[key] = entryOf(value, hashes[key], payloads);
      frames += 1;
      const pieces = [record({ id, index, version, data: entries })];
      for (const payload of payloads) {
        pieces.push(payload);
        const padding = paddingOf(payload.byteLength);
        if (padding > 0) pieces.push(new Uint8Array(padding));
      }
      return pieces;
    },
    end() {
      const bytes = new Uint8Array(STREAM_ALIGNMENT);
      const view = new DataView(bytes.buffer);
      view.setUint32(8, frames, true);
      view.setUint32(4, endChecksum(bytes.subarray(8, 12)), true);
      return bytes;
    },
    fail: (error) => record({ error: error.toProblem() }),
  };
}

function record(header: FrameHeader | ErrorHeader): Uint8Array {
  const encoded = encodeMsgpack(header);
  const byteLength = 8 + encoded.byteLength;
  const bytes = new Uint8Array(byteLength + paddingOf(byteLength));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, encoded.byteLength, true);
  view.setUint32(4, crc32(encoded), true);
  bytes.set(encoded, 8);
  return bytes;
}
