import { CovalenceError, errorFromProblem } from '../protocol/errors.ts';
import type { Frame, FrameValue } from '../protocol/frames.ts';
import { LIMITS } from '../protocol/limits.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { crc32 } from './crc32.ts';
import { isCount, isRecord, isShape } from './frame-codec.ts';
import { emptyRecord } from './frame-key.ts';
import {
  type DescriptionWindow,
  MAX_HEADER_BYTE_LENGTH,
  STREAM_ALIGNMENT,
  STREAM_MAGIC,
  STREAM_VERSION,
  descriptionWindow,
  endChecksum,
  paddingOf,
} from './frame-stream.ts';
import { type Unverified, corrupt, verify } from './frame-verification.ts';
import { type Hasher, VALUE_TYPES, type ValueType, hashBytes, toHex, valueFromBytes } from './hash.ts';
import { decodeMsgpack } from './msgpack.ts';

/** How {@link decodeFrames} verifies and what it may assume. */
export interface DecodeFramesOptions {
  /** Default: `hashBytes`. */
  hasher?: Hasher;
  /** Canonical bytes of a value that was named in `have=`. */
  held?: (hash: string) => Uint8Array | undefined;
}

/** Frames whose hashes are being computed while the next are read. */
const VERIFYING = 8;

/** A value may hold on to at most this many times its own bytes. */
const MAX_PINNED = 8;

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
export async function* decodeFrames(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  options: DecodeFramesOptions = {},
): AsyncGenerator<Frame, void, undefined> {
  const reader = byteReader(stream);
  const window = descriptionWindow<Described>();
  const hasher = options.hasher ?? hashBytes;
  const verifying: (Frame | Promise<Frame>)[] = [];
  let count = 0;
  try {
    await readPrelude(reader);
    for (;;) {
      let unverified: Unverified | undefined;
      try {
        unverified = await readFrame(reader, window, hasher, options.held, count);
      } catch (error) {
        // What came before the damage is whole and is handed out first.
        while (verifying.length > 0) yield verifying.shift() as Frame | Promise<Frame>;
        throw error;
      }
      if (unverified === undefined) break;
      count += 1;
      verifying.push(verify(unverified));
      while (verifying.length > 0 && (verifying.length >= VERIFYING || reader.buffered === 0)) {
        yield verifying.shift() as Frame | Promise<Frame>;
      }
    }
    while (verifying.length > 0) yield verifying.shift() as Frame | Promise<Frame>;
  } finally {
    await reader.cancel();
  }
}

async function readPrelude(reader: ByteReader): Promise<void> {
  const bytes = await reader.take(STREAM_ALIGNMENT);
  if (bytes === undefined) throw cut(0);
  const view = viewOf(bytes);
  if (STREAM_MAGIC.some((byte, i) => bytes[i] !== byte) || view.getUint32(12, true) !== 0) {
    throw corrupt('The answer is not a stream of frames; something between here and the server changed it.', {});
  }
  const version = view.getUint32(8, true);
  if (version === STREAM_VERSION) return;
  const message = `The server sends frames in layout ${version}, this client reads ${STREAM_VERSION}. Load the page again or update the client.`;
  throw new CovalenceError('protocol/version', message, { version, expected: STREAM_VERSION });
}

/** The next frame, or undefined at a proper end. */
async function readFrame(
  reader: ByteReader,
  window: DescriptionWindow<Described>,
  hasher: Hasher,
  held: DecodeFramesOptions['held'],
  count: number,
): Promise<Unverified | undefined> {
  const prefix = reader.takeNow(8) ?? (await reader.take(8));
  if (prefix === undefined) throw cut(count);
  const headerLength = viewOf(prefix).getUint32(0, true);
  const checksum = viewOf(prefix).getUint32(4, true);
  if (headerLength === 0) return readEnd(reader, checksum, count);
  if (headerLength > MAX_HEADER_BYTE_LENGTH)
    throw corrupt(`The header after ${count} frames claims ${headerLength} bytes.`, { count });
  const encoded = reader.takeNow(headerLength) ?? (await reader.take(headerLength));
  if (encoded === undefined) throw cut(count);
  // Inline values are views of the header: a copy of it does not hold on to the whole piece of the network.
  const bytes = encoded.slice();
  await readPadding(reader, paddingOf(8 + headerLength), count);
  if (crc32(bytes) !== checksum)
    throw corrupt(`The header after ${count} frames does not match its checksum.`, { count });
  const header = decodeHeader(bytes, count);
  if (isRecord(header) && 'error' in header) throw errorFromProblem(header['error'], 500);
  if (!isFrameHeader(header)) throw corrupt(`The header after ${count} frames describes no frame.`, { count });

  const frame: Frame = {
    id: header.id,
    index: header.index,
    version: header.version,
    hashes: emptyRecord(),
    data: emptyRecord(),
  };
  const checks: Unverified['checks'] = [];
  for (const [key, entry] of Object.entries(header.data)) {
    let described = typeof entry === 'number' ? window.get(entry) : undefined;
    if (typeof entry !== 'number') {
      const { type, shape, hash, content } = entryOf(frame.id, key, entry);
      const here = typeof content === 'number' ? inHand(reader, content, count) : (content ?? held?.(hash));
      const payload =
        here === undefined && typeof content === 'number'
          ? await toCome(reader, content, hasher, count)
          : hashed(here, hasher);
      if (payload !== undefined) {
        described = { value: valueOf(frame.id, key, type, shape, payload.bytes), hash };
        window.push(described, payload.bytes.byteLength);
        checks.push({ key, hash, found: payload.found });
      }
    }
    if (described === undefined) {
      const message = `Frame ${frame.id} refers to a value that was not sent, under "${key}".`;
      throw corrupt(message, { frame: frame.id, key });
    }
    frame.hashes[key] = described.hash;
    frame.data[key] = described.value;
  }
  return { frame, checks };
}

interface ParsedEntry {
  type: ValueType;
  shape: number[];
  hash: string;
  /** The canonical bytes, how many of them follow, or undefined when the reader holds them. */
  content: Uint8Array | number | undefined;
}

function entryOf(id: string, key: string, entry: unknown): ParsedEntry {
  if (Array.isArray(entry)) {
    const [type, shape, digest, content] = entry as unknown[];
    const isContent =
      content === undefined ||
      content instanceof Uint8Array ||
      (isCount(content) && content <= LIMITS.uploadByteLength);
    if (VALUE_TYPES.has(type as string) && isShape(shape) && digest instanceof Uint8Array && isContent) {
      return { type: type as ValueType, shape, hash: toHex(digest), content };
    }
  }
  throw corrupt(`Frame ${id} describes "${key}" in a way that cannot be read.`, { frame: id, key });
}

/** Canonical bytes and what their sha256 was found to be, or will be. */
interface Payload {
  bytes: Uint8Array;
  found: string | Promise<string>;
}

function hashed(bytes: Uint8Array | undefined, hasher: Hasher): Payload | undefined {
  if (bytes === undefined) return undefined;
  const found = hasher(bytes);
  // A hash that fails is thrown where it is awaited, also when the stream fails before.
  if (typeof found !== 'string') found.catch(() => undefined);
  return { bytes, found };
}

/** The bytes, when all of them are here already: most values of small frames. */
function inHand(reader: ByteReader, content: number, count: number): Uint8Array | undefined {
  const padding = paddingOf(content);
  if (reader.buffered < content + padding) return undefined;
  const view = reader.takeNow(content) as Uint8Array;
  // A small part of a piece is copied, so that a value that is kept does not keep much more than itself.
  const isShared = view.byteOffset % STREAM_ALIGNMENT === 0 && content * MAX_PINNED >= view.buffer.byteLength;
  const payload = isShared ? view : view.slice();
  checkPadding(reader.takeNow(padding), count);
  return payload;
}

/** The bytes once the rest of them has come; hashed on the way where the platform can, while the next are sent. */
async function toCome(
  reader: ByteReader,
  content: number,
  hasher: Hasher,
  count: number,
): Promise<Payload | undefined> {
  const bytes = new Uint8Array(content);
  const running = hasher.begin?.();
  if (!(await reader.readInto(bytes, running && ((part) => running.update(part))))) throw cut(count);
  await readPadding(reader, paddingOf(content), count);
  return running === undefined ? hashed(bytes, hasher) : { bytes, found: running.digest('hex') };
}

function valueOf(id: string, key: string, type: ValueType, shape: readonly number[], bytes: Uint8Array): FrameValue {
  try {
    return valueFromBytes(type, shape, bytes);
  } catch (error) {
    throw corrupt(`"${key}" of frame ${id} is damaged: ${(error as Error).message}`, { frame: id, key }, error);
  }
}

function decodeHeader(bytes: Uint8Array, count: number): unknown {
  try {
    return decodeMsgpack(bytes);
  } catch (error) {
    throw corrupt(`The header after ${count} frames is no msgpack.`, { count }, error);
  }
}

async function readPadding(reader: ByteReader, byteLength: number, count: number): Promise<void> {
  checkPadding(reader.takeNow(byteLength) ?? (await reader.take(byteLength)), count);
}

function checkPadding(padding: Uint8Array | undefined, count: number): void {
  if (padding === undefined) throw cut(count);
  for (const byte of padding) {
    if (byte !== 0) throw corrupt(`Bytes between values after ${count} frames are damaged.`, { count });
  }
}

async function readEnd(reader: ByteReader, checksum: number, count: number): Promise<undefined> {
  const rest = await reader.take(8);
  if (rest === undefined) throw cut(count);
  const announced = viewOf(rest).getUint32(0, true);
  if (
    endChecksum(rest.subarray(0, 4)) !== checksum ||
    viewOf(rest).getUint32(4, true) !== 0 ||
    !(await reader.isAtEnd())
  ) {
    throw corrupt(`The end of the answer after ${count} frames is damaged.`, { count });
  }
  if (announced !== count)
    throw corrupt(`The answer announces ${announced} frames and holds ${count}.`, { announced, count });
}

function isFrameHeader(
  header: unknown,
): header is { id: string; index: number; version: number; data: Record<string, unknown> } {
  return (
    isRecord(header) &&
    typeof header['id'] === 'string' &&
    isCount(header['index']) &&
    isCount(header['version']) &&
    isRecord(header['data'])
  );
}

function cut(count: number): CovalenceError {
  return corrupt(`The answer was cut off after ${count} whole frames. Ask again for the rest.`, { count });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
