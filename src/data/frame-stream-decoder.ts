import type { Frame, FrameValue } from '../protocol/frames.ts';
import { emptyRecord } from './frame-key.ts';
import type { ArrivedFrame, FrameSource } from './frame-source.ts';
import { type DescriptionWindow, descriptionWindow } from './frame-stream.ts';
import { frameStreamReader, hashed } from './frame-stream-reader.ts';
import { type Unverified, corrupt, verify } from './frame-verification.ts';
import { type Hasher, type ValueType, hashBytes, valueFromBytes } from './hash.ts';

/** How {@link decodeFrames} verifies and what it may assume. */
export interface DecodeFramesOptions {
  /** Default: `hashBytes`. */
  hasher?: Hasher;
  /** Canonical bytes of a value that was named in `have=`. */
  held?: (hash: string) => Uint8Array | undefined;
}

/** Frames whose hashes are being computed while the next are read. */
const VERIFYING = 8;

/** A value as described in a header. */
interface Described {
  value: FrameValue;
  hash: string;
}

/**
 * Frames of a stream in order, each as soon as its bytes are here and their sha256 is what was announced. Throws
 * `frame/corrupt` naming frame, key, expected and found hash for anything that is damaged, cut off or does not fit
 * together, or the error that the server put into the stream. Leaving the loop cancels the stream.
 */
export function decodeFrames(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  options: DecodeFramesOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  const hasher = options.hasher ?? hashBytes;
  return framesOf(frameStreamReader(stream, { hasher }), options);
}

/** The same from what was taken from a stream already; only hashes that nobody has compared are. */
export async function* framesOf(
  source: FrameSource,
  options: DecodeFramesOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  const hasher = options.hasher ?? hashBytes;
  const window = descriptionWindow<Described>();
  const verifying: (Frame | Promise<Frame>)[] = [];
  try {
    for (;;) {
      let unverified: Unverified<Frame> | undefined;
      try {
        const arrived = await source.next();
        unverified = arrived && putTogether(arrived, window, hasher, options.held);
      } catch (error) {
        // What came before the damage is whole and is handed out first.
        while (verifying.length > 0) yield verifying.shift() as Frame | Promise<Frame>;
        throw error;
      }
      if (unverified === undefined) break;
      verifying.push(verify(unverified));
      while (verifying.length > 0 && (verifying.length >= VERIFYING || !source.hasMore)) {
        yield verifying.shift() as Frame | Promise<Frame>;
      }
    }
    while (verifying.length > 0) yield verifying.shift() as Frame | Promise<Frame>;
  } finally {
    await source.cancel();
  }
}

/** The frame with what was described before and with what the reader holds. */
function putTogether(
  { frame: sent, checks }: ArrivedFrame,
  window: DescriptionWindow<Described>,
  hasher: Hasher,
  held: DecodeFramesOptions['held'],
): Unverified<Frame> {
  const { id, index, version } = sent;
  const frame: Frame = { id, index, version, hashes: emptyRecord(), data: emptyRecord() };
  for (const [key, entry] of sent.values) {
    let described: Described | undefined;
    if (typeof entry === 'number') described = window.get(entry);
    else {
      const { type, shape, hash } = entry;
      let { bytes } = entry;
      if (bytes === undefined) {
        const payload = hashed(held?.(hash), hasher);
        if (payload !== undefined) checks.push({ key, hash, found: payload.found });
        bytes = payload?.bytes;
      }
      if (bytes !== undefined) {
        described = { value: valueOf(id, key, type, shape, bytes), hash };
        window.push(described, bytes.byteLength);
      }
    }
    if (described === undefined) {
      throw corrupt(`Frame ${id} refers to a value that was not sent, under "${key}".`, { frame: id, key });
    }
    frame.hashes[key] = described.hash;
    frame.data[key] = described.value;
  }
  return { frame, checks };
}

function valueOf(id: string, key: string, type: ValueType, shape: readonly number[], bytes: Uint8Array): FrameValue {
  try {
    return valueFromBytes(type, shape, bytes);
  } catch (error) {
    throw corrupt(`"${key}" of frame ${id} is damaged: ${(error as Error).message}`, { frame: id, key }, error);
  }
}
