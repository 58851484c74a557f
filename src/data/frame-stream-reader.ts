import { CovalenceError, errorFromProblem } from '../protocol/errors.ts';
import { LIMITS } from '../protocol/limits.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { crc32 } from './crc32.ts';
import { isCount, isRecord, isShape } from './frame-codec.ts';
import type { ArrivedFrame, FrameSource, HashCheck, SentFrame } from './frame-source.ts';
import {
  MAX_HEADER_BYTE_LENGTH,
  STREAM_ALIGNMENT,
  STREAM_MAGIC,
  STREAM_VERSION,
  endChecksum,
  paddingOf,
} from './frame-stream.ts';
import { corrupt } from './frame-verification.ts';
import { type Hasher, VALUE_TYPES, type ValueType, toHex } from './hash.ts';
import { decodeMsgpack } from './msgpack.ts';

/** How {@link frameStreamReader} reads. */
export interface FrameStreamReaderOptions {
  hasher: Hasher;
  /** Every payload gets a buffer of its own, so that it can be handed to another thread. */
  isHandedOver?: boolean;
  /** Told whenever the network is waited for, also in the middle of a frame. */
  onWait?: () => void;
}

/** A value may hold on to at most this many times its own bytes. */
const MAX_PINNED = 8;

/** The frames of a stream one by one, each once all of its payloads are here; their hashes may still be under way. */
export function frameStreamReader(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  options: FrameStreamReaderOptions,
): FrameSource {
  const reader = byteReader(stream, options.onWait);
  let count = -1;
  return {
    async next() {
      if (count < 0) await readPrelude(reader);
      count = Math.max(count, 0);
      const arrived = await readFrame(reader, options, count);
      count += 1;
      return arrived;
    },
    get hasMore() {
      return reader.buffered > 0;
    },
    cancel: () => reader.cancel(),
  };
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
  options: FrameStreamReaderOptions,
  count: number,
): Promise<ArrivedFrame | undefined> {
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

  const frame: SentFrame = { id: header.id, index: header.index, version: header.version, values: [] };
  const checks: HashCheck[] = [];
  for (const [key, entry] of Object.entries(header.data)) {
    if (typeof entry === 'number') {
      frame.values.push([key, entry]);
      continue;
    }
    const { type, shape, hash, content } = entryOf(frame.id, key, entry);
    const here = typeof content === 'number' ? inHand(reader, content, options.isHandedOver === true, count) : content;
    const payload =
      here === undefined && typeof content === 'number'
        ? await toCome(reader, content, options.hasher, count)
        : hashed(here, options.hasher);
    frame.values.push([
      key,
      payload === undefined ? { type, shape, hash } : { type, shape, hash, bytes: payload.bytes },
    ]);
    if (payload !== undefined) checks.push({ key, hash, found: payload.found });
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
export interface Payload {
  bytes: Uint8Array;
  found: string | Promise<string>;
}

/** The bytes, where there are any, and their hash. */
export function hashed(bytes: Uint8Array | undefined, hasher: Hasher): Payload | undefined {
  if (bytes === undefined) return undefined;
  const found = hasher(bytes);
  // A hash that fails is thrown where it is awaited, also when the stream fails before.
  if (typeof found !== 'string') found.catch(() => undefined);
  return { bytes, found };
}

/** The bytes, when all of them are here already: most values of small frames. */
function inHand(reader: ByteReader, content: number, isHandedOver: boolean, count: number): Uint8Array | undefined {
  const padding = paddingOf(content);
  if (reader.buffered < content + padding) return undefined;
  const view = reader.takeNow(content) as Uint8Array;
  // A small part of a piece is copied, so that a value that is kept does not keep much more than itself.
  const isShared =
    !isHandedOver && view.byteOffset % STREAM_ALIGNMENT === 0 && content * MAX_PINNED >= view.buffer.byteLength;
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
