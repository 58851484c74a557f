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

/** A value as described in a header. */
interface Described {
  value: FrameValue;
  hash: string;
}

/** A frame whose payloads are here and whose hashes are still to be checked. */
interface Unverified {
  frame: Frame;
  checks: { key: string; hash: string; bytes: Uint8Array }[];
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
  const verifying: Promise<Frame>[] = [];
  let count = 0;
  try {
    await readPrelude(reader);
    for (;;) {
      let unverified: Unverified | undefined;
      try {
        unverified = await readFrame(reader, window, options, count);
      } catch (error) {
        // What came before the damage is whole and is handed out first.
        while (verifying.length > 0) yield await (verifying.shift() as Promise<Frame>);
        throw error;
      }
      if (unverified === undefined) break;
      count += 1;
      const verified = verify(unverified, hasher);
      // Its rejection is thrown where it is awaited below, also when an earlier one fails first.
      verified.catch(() => undefined);
      verifying.push(verified);
      while (verifying.length > 0 && (verifying.length >= VERIFYING || reader.buffered === 0)) {
        yield await (verifying.shift() as Promise<Frame>);
      }
    }
    while (verifying.length > 0) yield await (verifying.shift() as Promise<Frame>);
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
  options: DecodeFramesOptions,
  count: number,
): Promise<Unverified | undefined> {
  const prefix = await reader.take(8);
  if (prefix === undefined) throw cut(count);
  const headerLength = viewOf(prefix).getUint32(0, true);
  const checksum = viewOf(prefix).getUint32(4, true);
  if (headerLength === 0) return readEnd(reader, checksum, count);
  if (headerLength > MAX_HEADER_BYTE_LENGTH)
    throw corrupt(`The header after ${count} frames claims ${headerLength} bytes.`, { count });
  const encoded = await reader.take(headerLength);
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
    const described = typeof entry === 'number' ? window.get(entry) : await describe(reader, key, entry);
    if (described === undefined)
      throw corrupt(`Frame ${frame.id} refers to a value that was not sent, under "${key}".`, { frame: frame.id, key });
    frame.hashes[key] = described.hash;
    frame.data[key] = described.value;
  }
  return { frame, checks };

  async function describe(from: ByteReader, key: string, entry: unknown): Promise<Described | undefined> {
    if (
      !Array.isArray(entry) ||
      !VALUE_TYPES.has(entry[0] as string) ||
      !isShape(entry[1]) ||
      !(entry[2] instanceof Uint8Array)
    ) {
      throw corrupt(`Frame ${frame.id} describes "${key}" in a way that cannot be read.`, { frame: frame.id, key });
    }
    const [type, shape, digest, content] = entry as [ValueType, number[], Uint8Array, unknown];
    const hash = toHex(digest);
    const payload = await contentOf(from, content, hash);
    if (payload === undefined) return undefined;
    let value: FrameValue;
    try {
      value = valueFromBytes(type, shape, payload);
    } catch (error) {
      throw corrupt(
        `"${key}" of frame ${frame.id} is damaged: ${(error as Error).message}`,
        { frame: frame.id, key },
        error,
      );
    }
    window.push({ value, hash }, payload.byteLength);
    checks.push({ key, hash, bytes: payload });
    return { value, hash };
  }

  async function contentOf(from: ByteReader, content: unknown, hash: string): Promise<Uint8Array | undefined> {
    if (content === undefined) return options.held?.(hash);
    if (content instanceof Uint8Array) return content;
    if (!isCount(content) || content > LIMITS.uploadByteLength) return undefined;
    const payload = new Uint8Array(content);
    if (!(await from.readInto(payload))) throw cut(count);
    await readPadding(from, paddingOf(content), count);
    return payload;
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
  const padding = await reader.take(byteLength);
  if (padding === undefined) throw cut(count);
  if (padding.some((byte) => byte !== 0))
    throw corrupt(`Bytes between values after ${count} frames are damaged.`, { count });
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

async function verify({ frame, checks }: Unverified, hasher: Hasher): Promise<Frame> {
  const found = checks.map((check) => hasher(check.bytes));
  for (const [i, { key, hash }] of checks.entries()) {
    const actual = await found[i];
    if (actual === hash) continue;
    throw corruptValue(frame, key, hash, actual);
  }
  return frame;
}

/** The error of a value whose bytes are not those that were announced. */
export function corruptValue(
  frame: { id: string; index: number },
  key: string,
  expected: string,
  found: string,
): CovalenceError {
  const message =
    `"${key}" of frame ${frame.index} (${frame.id}) arrived damaged: its sha256 is ${found.slice(0, 12)}..., ` +
    `announced was ${expected.slice(0, 12)}.... Ask again; if it stays so, check the server's store.`;
  return corrupt(message, { frame: frame.id, index: frame.index, key, expected, found });
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

function corrupt(message: string, fields: Record<string, unknown>, cause?: unknown): CovalenceError {
  return new CovalenceError('frame/corrupt', message, fields, { cause });
}

function cut(count: number): CovalenceError {
  return corrupt(`The answer was cut off after ${count} whole frames. Ask again for the rest.`, { count });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
