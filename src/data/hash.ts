import { DTYPES, type Dtype, type FrameValue, dtypeByteLength, isFrameArray, viewAs } from '../protocol/frames.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { SHA256_SMALL_LIMIT, sha256Small } from './sha256-small.ts';

/** sha256 of bytes in lower-case hex. The server gives a synchronous one; `hashBytes` is the one for browsers. */
export interface Hasher {
  (bytes: Uint8Array): string | Promise<string>;
  /** Starts a hash that is fed while the bytes come; absent where the platform hashes only what is here whole. */
  begin?: () => RunningHash;
}

/** A sha256 of bytes that come in pieces. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

/** What bytes under a hash are: the element type of an array, an array of texts, or one plain value. */
export type ValueType = Dtype | 'table' | 'number' | 'boolean' | 'string';

/** The {@link ValueType}s. */
export const VALUE_TYPES: ReadonlySet<string> = new Set<ValueType>([...DTYPES, 'table', 'number', 'boolean', 'string']);

const UTF8_ENCODER = new TextEncoder();
const UTF8_DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The {@link ValueType} of `value`. */
export function valueType(value: FrameValue): ValueType {
  if (isFrameArray(value)) return value.table === undefined ? value.dtype : 'table';
  return typeof value as 'number' | 'boolean' | 'string';
}

/**
 * The bytes whose sha256 names `value`. Arrays: little-endian in C order, without padding (a view, not a copy); with a
 * table, the codes followed by the table as JSON in UTF-8. Number: 8 bytes, f8, where -0 counts as 0 and there is one
 * NaN. Truth value: one byte. Text: UTF-8.
 */
export function canonicalBytes(value: FrameValue): Uint8Array {
  if (typeof value === 'string') return UTF8_ENCODER.encode(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = new Uint8Array(8);
    if (Number.isNaN(value)) bytes.set([0xf8, 0x7f], 6);
    else new DataView(bytes.buffer).setFloat64(0, value + 0, true);
    return bytes;
  }
  const { buffer, byteOffset, byteLength } = value.data;
  const codes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  if (value.table === undefined) return codes;
  const table = UTF8_ENCODER.encode(JSON.stringify(value.table));
  const bytes = new Uint8Array(byteLength + table.byteLength);
  bytes.set(codes);
  bytes.set(table, byteLength);
  return bytes;
}

/**
 * The value whose canonical bytes are `bytes`; arrays are views of them where the alignment allows it. Throws
 * `request/invalid` when bytes, type and shape do not belong together.
 */
export function valueFromBytes(type: ValueType, shape: readonly number[], bytes: Uint8Array): FrameValue {
  if (type === 'string') return decodeText(bytes);
  if (type === 'boolean' || type === 'number') {
    const expected = type === 'boolean' ? 1 : 8;
    if (bytes.byteLength !== expected) throw misfit(`a ${type} has ${expected} bytes, found ${bytes.byteLength}`);
    if (type === 'boolean') return bytes[0] === 1;
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }
  const dtype = type === 'table' ? '<i4' : type;
  const byteLength = shape.reduce((product, length) => product * length, dtypeByteLength(dtype));
  if (bytes.byteLength < byteLength || (type !== 'table' && bytes.byteLength > byteLength)) {
    throw misfit(`${dtype} of shape [${shape.join(', ')}] has ${byteLength} bytes, found ${bytes.byteLength}`);
  }
  const data = viewAs(dtype, bytes.subarray(0, byteLength));
  if (type !== 'table') return { dtype, shape, data };
  return { dtype, shape, data, table: parseTable(bytes.subarray(byteLength)) };
}

function parseTable(bytes: Uint8Array): string[] {
  let table: unknown;
  try {
    table = JSON.parse(decodeText(bytes));
  } catch (error) {
    throw misfit('the table of texts is not JSON', error);
  }
  if (!Array.isArray(table) || table.some((text) => typeof text !== 'string'))
    throw misfit('the table holds other than texts');
  return table as string[];
}

function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8_DECODER.decode(bytes);
  } catch (error) {
    throw misfit('the text is not UTF-8', error);
  }
}

function misfit(reason: string, cause?: unknown): CovalenceError {
  return new CovalenceError(
    'request/invalid',
    `The bytes of a value do not fit its description: ${reason}.`,
    { reason },
    { cause },
  );
}

interface NodeCrypto {
  hash(algorithm: 'sha256', bytes: Uint8Array, encoding: 'hex'): string;
  createHash(algorithm: 'sha256'): RunningHash;
}

// Node's WebCrypto takes five times as long as its own hash for the arrays of small frames. Asked for by name because
// this room is for browsers too and imports nothing of Node.
const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
const nodeCrypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;

/**
 * sha256 of `bytes` in hex: at once for short inputs and in Node, by WebCrypto where the origin is secure, else by a
 * wasm implementation that is loaded when first needed.
 */
export const hashBytes: Hasher = Object.assign(
  hashWhole,
  nodeCrypto && { begin: () => nodeCrypto.createHash('sha256') },
);

function hashWhole(bytes: Uint8Array): string | Promise<string> {
  if (bytes.byteLength <= SHA256_SMALL_LIMIT) return sha256Small(bytes);
  if (nodeCrypto !== undefined) return nodeCrypto.hash('sha256', bytes, 'hex');
  const subtle = globalThis.crypto?.subtle as WebCryptoDigest | undefined;
  return subtle === undefined ? hashByWasm(bytes) : hashByWebCrypto(subtle, bytes);
}

/** The part of WebCrypto that is used; named here because it has no type without those of browsers. */
interface WebCryptoDigest {
  digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

async function hashByWebCrypto(subtle: WebCryptoDigest, bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

async function hashByWasm(bytes: Uint8Array): Promise<string> {
  const { sha256 } = await import('./wasm-sha256.ts');
  return sha256(bytes);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** The bytes of a hex text; undefined when it is none. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}
