import { createHash } from 'node:crypto';
import { isDtype, isRecord } from '../../../data/frame-codec.ts';
import { decodeMsgpack } from '../../../data/msgpack.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import { dtypeByteLength, type NumericArray, viewAs } from '../../../protocol/frames.ts';
import { CONTENT_TYPE, HEADER } from '../../../protocol/routes.ts';
import { listEntries } from './msgpack-list.ts';

const MSGPACK_TYPES: ReadonlySet<string> = new Set([
  CONTENT_TYPE.msgpack,
  'application/msgpack',
  'application/vnd.msgpack',
]);

/**
 * The whole body. Rejects with `request/too-large` above `limit` bytes, without reading them where the request says its
 * length, with `frame/digest-mismatch` when it is not what its `Content-Digest` says, and with
 * `request/unsupported-type` for an encoded body.
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bodyPieces(request, limit)) pieces.push(piece);
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

/** The body in pieces as they arrive; rejects as {@link readBytes} does, for a wrong digest after the last piece. */
export async function* bodyPieces(request: Request, limit: number): AsyncGenerator<Uint8Array> {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw new CovalenceError('request/unsupported-type', `Send the body as it is; "${encoding}" is not undone here.`);
  }
  const announced = Number(request.headers.get('content-length') ?? '0');
  if (announced > limit) throw tooLarge(announced, limit);
  const digest = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(request.headers.get(HEADER.contentDigest) ?? '')?.[1];
  const hash = digest === undefined ? undefined : createHash('sha256');
  let length = 0;
  for await (const piece of receivedPieces(request)) {
    length += piece.byteLength;
    if (length > limit) throw tooLarge(length, limit);
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

async function* receivedPieces(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body ?? [];
  } catch (error) {
    throw new CovalenceError(
      'request/invalid',
      'The body broke off; nothing was changed. Send it again.',
      {},
      { cause: error },
    );
  }
}

/**
 * The entries of a list, or the one value, that is the body. From msgpack they come one by one as they arrive, the whole
 * at most `limit` bytes and each at most `entryLimit`. Rejects as {@link readValue} does.
 */
export async function* readEntries(request: Request, limit: number, entryLimit: number): AsyncGenerator {
  if (isMsgpackBody(request)) {
    yield* listEntries(bodyPieces(request, limit), entryLimit);
    return;
  }
  const value = await readValue(request, entryLimit);
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

/** The body as a value, from msgpack or JSON. Rejects as {@link readBytes}, with `request/unsupported-type`, `request/invalid`. */
export async function readValue(request: Request, limit: number): Promise<unknown> {
  const isMsgpack = isMsgpackBody(request);
  const bytes = await readBytes(request, limit);
  return isMsgpack ? decodeMsgpack(bytes) : parseJson(bytes);
}

/** The body as a map; an absent body is an empty one. Rejects with `request/invalid` for anything else. */
export async function readMap(request: Request, limit: number): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request, limit);
  if (bytes.byteLength === 0) return {};
  const value = isMsgpackBody(request) ? decodeMsgpack(bytes) : parseJson(bytes);
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
