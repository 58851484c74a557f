import { createHash } from 'node:crypto';
import { isDtype, isRecord } from '../../../data/frame-codec.ts';
import { decodeMsgpack } from '../../../data/msgpack.ts';
import { CovalenceError, isCovalenceError } from '../../../protocol/errors.ts';
import { dtypeByteLength, type NumericArray, viewAs } from '../../../protocol/frames.ts';
import { CONTENT_TYPE, HEADER } from '../../../protocol/routes.ts';
import type { HeldShare } from '../../held-bytes.ts';
import { listEntries } from './msgpack-list.ts';

const MSGPACK_TYPES: ReadonlySet<string> = new Set([
  CONTENT_TYPE.msgpack,
  'application/msgpack',
  'application/vnd.msgpack',
]);

/** A request whose body is to be read, at most `bodyLimit` bytes in one piece. */
export interface RequestWithBody {
  request: Request;
  bodyLimit: number;
  /** What it holds in memory together with the others. */
  held: HeldShare;
}

/** The whole body; rejects as {@link bodyPieces} does. */
async function readBytes(call: RequestWithBody): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  for await (const piece of bodyPieces(call, call.bodyLimit)) {
    pieces.push(piece);
    byteLength += piece.byteLength;
    call.held.set(byteLength);
  }
  call.held.settled();
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

/**
 * The body in pieces as they arrive. Rejects with `request/too-large` above `limit` bytes, without reading them where
 * the request says its length, with `frame/digest-mismatch` after the last piece when it is not what its
 * `Content-Digest` says, with `request/unsupported-type` for an encoded body, with `request/timeout` for one that does
 * not come, and with `server/behind` when the bodies of all requests hold too much.
 */
export async function* bodyPieces({ request, held }: RequestWithBody, limit: number): AsyncGenerator<Uint8Array> {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw new CovalenceError('request/unsupported-type', `Send the body as it is; "${encoding}" is not undone here.`);
  }
  const announced = Number(request.headers.get('content-length') ?? '0');
  if (announced > limit) throw tooLarge(announced, limit);
  const digest = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(request.headers.get(HEADER.contentDigest) ?? '')?.[1];
  const hash = digest === undefined ? undefined : createHash('sha256');
  let length = 0;
  for await (const piece of receivedPieces(request, held)) {
    length += piece.byteLength;
    if (length > limit) throw tooLarge(length, limit);
    held.moved(piece.byteLength);
    hash?.update(piece);
    yield piece;
  }
  const found = hash?.digest('base64');
  if (found === digest) return;
  throw new CovalenceError(
    'frame/digest-mismatch',
    'The body does not have the announced sha-256: it was damaged on its way. Send it again.',
    { announced: digest, found },
  );
}

async function* receivedPieces({ body }: Request, { evicted }: HeldShare): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const pieces = body[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await Promise.race([pieces.next(), evicted]);
      if (next.done === true) {
        isOver = true;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    if (isCovalenceError(error, 'request/timeout')) throw error;
    throw new CovalenceError(
      'request/invalid',
      'The body broke off; nothing was changed. Send it again.',
      {},
      { cause: error },
    );
  } finally {
    // Not waited for: a piece that never comes would be.
    if (!isOver) pieces.return?.().catch(() => undefined);
  }
}

/**
 * The entries of a list, or the one value, that is the body. From msgpack they come one by one as they arrive, the whole
 * at most `limit` bytes and each at most `bodyLimit`. Rejects as {@link readValue} does.
 */
export async function* readEntries(call: RequestWithBody, limit: number): AsyncGenerator {
  if (isMsgpackBody(call.request)) {
    yield* listEntries(bodyPieces(call, limit), call.bodyLimit, (byteLength) => call.held.set(byteLength));
    return;
  }
  const value = await readValue(call);
  if (Array.isArray(value)) yield* value as unknown[];
  else yield value;
}

/** Whether the body is msgpack; throws `request/unsupported-type` when it is neither that nor JSON. */
function isMsgpackBody(request: Request): boolean {
  const type = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (MSGPACK_TYPES.has(type)) return true;
  if (type === CONTENT_TYPE.json) return false;
  throw new CovalenceError(
    'request/unsupported-type',
    `A body of type "${type.slice(0, 100)}" is not understood. Send ${CONTENT_TYPE.msgpack} or ${CONTENT_TYPE.json} and name it as Content-Type.`,
  );
}

/** The body as a value, from msgpack or JSON. Rejects as {@link bodyPieces}, with `request/unsupported-type`, `request/invalid`. */
export async function readValue(call: RequestWithBody): Promise<unknown> {
  const isMsgpack = isMsgpackBody(call.request);
  const bytes = await readBytes(call);
  return isMsgpack ? decodeMsgpack(bytes) : parseJson(bytes);
}

/** The body as a map; an absent body is an empty one. Rejects with `request/invalid` for anything else. */
export async function readMap(call: RequestWithBody): Promise<Record<string, unknown>> {
  const bytes = await readBytes(call);
  if (bytes.byteLength === 0) return {};
  const value = isMsgpackBody(call.request) ? decodeMsgpack(bytes) : parseJson(bytes);
  if (isRecord(value)) return value;
  throw new CovalenceError('request/invalid', `A map was expected as the body, found ${kindOf(value)}.`);
}

/** What kind of value this is, for people. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return ArrayBuffer.isView(value) ? 'bytes' : `a ${typeof value}`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), reviveArray);
  } catch (error) {
    throw new CovalenceError(
      'request/invalid',
      `The body is not JSON: ${(error as Error).message}.`,
      {},
      { cause: error },
    );
  }
}

/** JSON has no bytes: the numbers of an array come as a flat list and become the bytes that msgpack would have held. */
function reviveArray(key: string, value: unknown): unknown {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw new Error(`"${key}" is not allowed`);
  if (!isRecord(value) || !isDtype(value['dtype']) || !Array.isArray(value['data'])) return value;
  const numbers: unknown[] = value['data'];
  const array = viewAs(value['dtype'], new Uint8Array(numbers.length * dtypeByteLength(value['dtype'])));
  const isFloat = value['dtype'] === '<f4' || value['dtype'] === '<f8';
  for (const [i, number] of numbers.entries()) {
    if (typeof number !== 'number') throw new Error(`element ${i} of an array is ${kindOf(number)}`);
    array[i] = number;
    if (!isFloat && array[i] !== number)
      throw new Error(`element ${i} of an array, ${number}, is no ${value['dtype']}`);
  }
  return { ...value, data: bytesOf(array) };
}

function bytesOf(array: NumericArray): Uint8Array {
  return new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
}

function tooLarge(found: number, limit: number): CovalenceError {
  return new CovalenceError(
    'request/too-large',
    `The body has ${found} bytes or more, at most ${limit} are taken. Send fewer frames in one request.`,
    { limit },
  );
}
