import { CovalenceError } from '../protocol/errors.ts';
import { type FrameArray, type FrameData, type FrameValue, frameArray, isFrameArray } from '../protocol/frames.ts';
import { type WireValue, isRecord, valueFromWire, valueToWire } from './frame-codec.ts';
import { emptyRecord, normaliseFrameKey, unknownFrameKey } from './frame-key.ts';
import { canonicalBytes, valueType } from './hash.ts';

/** Some rows of an array: `values` has one row for each number in `index`. 16 bytes an atom for f4 positions. */
export interface ArrayDelta {
  /** `<u4` of shape (k), each row at most once. */
  index: FrameArray;
  /** Of the array's own type, shape (k, ...). */
  values: FrameArray;
}

/** Changes of a frame: new values, rows of arrays, and null for a value that goes away. Other keys stay. */
export type FramePatch = Record<string, FrameValue | ArrayDelta | null>;

/** True for rows rather than a whole value. */
export function isArrayDelta(value: FrameValue | ArrayDelta | null): value is ArrayDelta {
  return typeof value === 'object' && value !== null && 'index' in value;
}

/**
 * The smallest patch that makes `next` out of `base`, to the bit: rows where fewer bytes than the array, else the whole
 * value; null for keys that `next` lacks. Empty when both are equal.
 */
export function diffFrames(base: FrameData, next: FrameData): FramePatch {
  const patch = emptyRecord<FrameValue | ArrayDelta | null>();
  for (const [key, value] of Object.entries(next)) {
    const before = Object.hasOwn(base, key) ? base[key] : undefined;
    const change = before === undefined ? value : diffValues(before, value);
    if (change !== undefined) patch[key] = change;
  }
  for (const key of Object.keys(base)) if (!Object.hasOwn(next, key)) patch[key] = null;
  return patch;
}

function diffValues(before: FrameValue, value: FrameValue): FrameValue | ArrayDelta | undefined {
  if (before === value) return undefined;
  const isSameKind = valueType(before) === valueType(value) && shapeOf(before) === shapeOf(value);
  if (!isSameKind) return value;
  const old = canonicalBytes(before);
  const bytes = canonicalBytes(value);
  if (!isFrameArray(value) || value.table !== undefined) return equalBytes(old, bytes) ? undefined : value;
  const rows = value.shape[0] ?? 1;
  const rowByteLength = rows === 0 ? 0 : bytes.byteLength / rows;
  const changed: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const start = row * rowByteLength;
    for (let i = start; i < start + rowByteLength; i += 1) {
      if (old[i] === bytes[i]) continue;
      changed.push(row);
      break;
    }
  }
  if (changed.length === 0) return undefined;
  if (value.shape.length === 0 || changed.length * (rowByteLength + 4) >= bytes.byteLength) return value;
  return rowsOf(value, changed);
}

function rowsOf(array: FrameArray, rows: readonly number[]): ArrayDelta {
  const [, ...rest] = array.shape;
  const width = array.data.length / array.shape[0];
  const values = array.data.slice(0, rows.length * width);
  for (const [i, row] of rows.entries()) values.set(array.data.subarray(row * width, (row + 1) * width), i * width);
  return {
    index: frameArray(Uint32Array.from(rows)),
    values: { dtype: array.dtype, shape: [rows.length, ...rest], data: values },
  };
}

/**
 * The values of `base` after `patch`; untouched arrays are shared, none is written to. Names may be aliases. Throws
 * `frame/shape-invalid` where rows do not fit the array, `frame/key-unknown` for rows of a key that `base` lacks.
 */
export function applyPatch(base: FrameData, patch: FramePatch): FrameData {
  const data = emptyRecord<FrameValue>();
  Object.assign(data, base);
  for (const [given, change] of Object.entries(patch)) {
    const key = normaliseFrameKey(given);
    if (change === null) delete data[key];
    else if (!isArrayDelta(change)) data[key] = change;
    else if (!(key in data)) throw unknownFrameKey(key, Object.keys(data));
    else data[key] = applyDelta(key, data[key], change);
  }
  return data;
}

/** `base` with the rows of `delta` put in, as a new array. Throws `frame/shape-invalid`. */
export function applyDelta(key: string, base: FrameValue, delta: ArrayDelta): FrameArray {
  if (!isFrameArray(base) || base.table !== undefined || base.shape.length === 0) {
    throw misfit(key, 'an array of numbers with rows', 'another value; send it whole');
  }
  const [rows, ...rest] = base.shape;
  const { index, values } = delta;
  const expected = [index.data.length, ...rest];
  if (values.dtype !== base.dtype || values.shape.join() !== expected.join() || index.shape.length !== 1) {
    throw misfit(key, `rows of ${base.dtype} (${expected.join(', ')})`, `${values.dtype} (${values.shape.join(', ')})`);
  }
  const data = base.data.slice();
  const width = rest.reduce((product, length) => product * length, 1);
  const seen = new Set<number>();
  for (const [i, row] of index.data.entries()) {
    if (!Number.isInteger(row) || row < 0 || row >= rows) throw misfit(key, `rows 0 to ${rows - 1}`, `row ${row}`);
    if (seen.has(row)) throw misfit(key, 'each row at most once', `row ${row} twice`);
    seen.add(row);
    data.set(values.data.subarray(i * width, (i + 1) * width), row * width);
  }
  return { dtype: base.dtype, shape: base.shape, data };
}

/** A patch as the body of `PATCH .../frames/{id}`. */
export function patchToWire(
  patch: FramePatch,
): Record<string, WireValue | { index: WireValue; values: WireValue } | null> {
  const wire = emptyRecord<WireValue | { index: WireValue; values: WireValue } | null>();
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) wire[key] = null;
    else if (isArrayDelta(change)) wire[key] = { index: valueToWire(change.index), values: valueToWire(change.values) };
    else wire[key] = valueToWire(change);
  }
  return wire;
}

/** Reads the body of a patch back. Throws `frame/shape-invalid` naming the key. */
export function patchFromWire(wire: unknown): FramePatch {
  if (!isRecord(wire)) throw misfit('data', 'a map of names to values', typeof wire);
  const patch = emptyRecord<FrameValue | ArrayDelta | null>();
  for (const [key, value] of Object.entries(wire)) {
    if (value === null) patch[key] = null;
    else if (isRecord(value) && 'index' in value) patch[key] = deltaFromWire(key, value);
    else patch[key] = valueFromWire(key, value);
  }
  return patch;
}

function deltaFromWire(key: string, wire: Record<string, unknown>): ArrayDelta {
  const index = valueFromWire(`${key}.index`, wire['index']);
  const values = valueFromWire(`${key}.values`, wire['values']);
  if (isFrameArray(index) && isFrameArray(values)) return { index, values };
  throw misfit(key, 'arrays as index and values', 'other values');
}

function shapeOf(value: FrameValue): string {
  return isFrameArray(value) ? value.shape.join() : '';
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);
}

function misfit(key: string, expected: string, found: string): CovalenceError {
  const message = `"${key}" cannot be changed so: expected ${expected}, found ${found}.`;
  return new CovalenceError('frame/shape-invalid', message, { key, expected, found });
}
