import { CovalenceError } from '../protocol/errors.ts';
import {
  DTYPES,
  type Dtype,
  type Frame,
  type FrameArray,
  type FrameData,
  type FrameValue,
  dtypeByteLength,
  isFrameArray,
  viewAs,
} from '../protocol/frames.ts';
import { emptyRecord } from './frame-key.ts';

/** A value in msgpack: arrays as their bytes with type and shape, everything else as it is. */
export type WireValue =
  | { dtype: Dtype; shape: readonly number[]; data: Uint8Array; table?: readonly string[] }
  | number
  | boolean
  | string;

/** A frame in msgpack, the answer to `GET .../frames/{id}`; a batch is an array of them. */
export interface WireFrame {
  id: string;
  index: number;
  version: number;
  hashes: Record<string, string>;
  data: Record<string, WireValue>;
}

/** `value` as msgpack carries it; bytes are views, not copies. */
export function valueToWire(value: FrameValue): WireValue {
  if (!isFrameArray(value)) return value;
  const { dtype, shape, data, table } = value;
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return table === undefined ? { dtype, shape, data: bytes } : { dtype, shape, data: bytes, table };
}

/** Named values as msgpack carries them: the body of a write. */
export function dataToWire(data: FrameData): Record<string, WireValue> {
  const wire = emptyRecord<WireValue>();
  for (const [key, value] of Object.entries(data)) wire[key] = valueToWire(value);
  return wire;
}

/** `frame` as msgpack carries it. */
export function frameToWire(frame: Frame): WireFrame {
  const { id, index, version, hashes, data } = frame;
  return { id, index, version, hashes, data: dataToWire(data) };
}

/** Reads a value back. Throws `frame/shape-invalid` naming `key` when type, shape and bytes do not fit each other. */
export function valueFromWire(key: string, wire: unknown): FrameValue {
  if (typeof wire === 'number' || typeof wire === 'boolean' || typeof wire === 'string') return wire;
  if (!isRecord(wire))
    throw invalid(key, 'a map {dtype, shape, data}, a number, a truth value or a text', describe(wire));
  const { dtype, shape, data, table } = wire;
  if (!isDtype(dtype)) throw invalid(key, `dtype one of ${DTYPES.join(' ')}`, describe(dtype));
  if (!isShape(shape)) throw invalid(key, 'shape a list of at most 8 whole numbers', describe(shape));
  if (!(data instanceof Uint8Array)) throw invalid(key, 'data as a binary value', describe(data));
  const byteLength = shape.reduce((product, length) => product * length, dtypeByteLength(dtype));
  if (data.byteLength !== byteLength) {
    throw invalid(key, `${byteLength} bytes for ${dtype} of shape [${shape.join(', ')}]`, `${data.byteLength} bytes`);
  }
  const array: FrameArray = { dtype, shape, data: viewAs(dtype, data) };
  if (table === undefined) return array;
  if (!Array.isArray(table) || table.some((text) => typeof text !== 'string'))
    throw invalid(key, 'a table of texts', describe(table));
  return { ...array, table: table as string[] };
}

/** Reads the body of a write back, `checkFrameData` still to be applied. Throws `frame/shape-invalid`. */
export function dataFromWire(wire: unknown): FrameData {
  if (!isRecord(wire)) throw invalid('data', 'a map of names to values', describe(wire));
  const data = emptyRecord<FrameValue>();
  for (const [key, value] of Object.entries(wire)) data[key] = valueFromWire(key, value);
  return data;
}

/** Reads a frame back; its bytes are not verified yet. Throws `request/invalid` or `frame/shape-invalid`. */
export function frameFromWire(wire: unknown): Frame {
  if (!isRecord(wire)) throw malformed(`expected a map, found ${describe(wire)}`);
  const { id, index, version, hashes, data } = wire;
  if (typeof id !== 'string') throw malformed(`its id is ${describe(id)}`);
  if (!isCount(index)) throw malformed(`its index is ${describe(index)}`);
  if (!isCount(version)) throw malformed(`its version is ${describe(version)}`);
  if (!isRecord(hashes) || !isRecord(data)) throw malformed('hashes or data are missing');
  const values = dataFromWire(data);
  const named = emptyRecord<string>();
  for (const key of Object.keys(values)) {
    const hash = hashes[key];
    if (typeof hash !== 'string') throw malformed(`"${key}" has no hash`);
    named[key] = hash;
  }
  return { id, index, version, hashes: named, data: values };
}

/** True for a plain map as msgpack decodes one. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** True for a list of at most 8 whole numbers of zero or more. */
export function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isCount);
}

/** True for a whole number of zero or more. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** True for one of the element types. */
export function isDtype(value: unknown): value is Dtype {
  return DTYPES.includes(value as Dtype);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? typeof value : json.slice(0, 80);
}

function invalid(key: string, expected: string, found: string): CovalenceError {
  const message = `"${key}" cannot be read: expected ${expected}, found ${found}.`;
  return new CovalenceError('frame/shape-invalid', message, { key, expected, found });
}

function malformed(reason: string): CovalenceError {
  return new CovalenceError('request/invalid', `This is no frame: ${reason}.`, { reason });
}
