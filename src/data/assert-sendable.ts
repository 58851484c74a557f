import { CovalenceError } from '../protocol/errors.ts';
import { dtypeOf } from '../protocol/frames.ts';
import { type FramePatch, isArrayDelta } from './delta.ts';
import { isDtype, isShape } from './frame-codec.ts';

/**
 * Refuses values that are none before anything is sent: plain lists, dates, arrays whose type or length is not what
 * they say. Throws `frame/shape-invalid` naming the key. What the names mean is checked where the frames are.
 */
export function assertSendable(values: FramePatch): void {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'object' && value !== null && isArrayDelta(value)) {
      assertValue(key, value.index);
      assertValue(key, value.values);
    } else if (value !== null) assertValue(key, value);
  }
}

function assertValue(key: string, value: unknown): void {
  // A value that is undefined is left out, as JSON leaves it out.
  if (value === undefined || ['number', 'boolean', 'string'].includes(typeof value)) return;
  const { dtype, shape, data } = value as { dtype?: unknown; shape?: unknown; data?: unknown };
  if (!isDtype(dtype) || !isShape(shape)) throw invalid(key, 'an array of frames', nameOf(value));
  if (!ArrayBuffer.isView(data) || data instanceof DataView || dtypeOf(data as Int8Array) !== dtype) {
    throw invalid(key, `${dtype} numbers in a typed array`, nameOf(data));
  }
  const { length } = data as Int8Array;
  const expected = shape.reduce((product, dimension) => product * dimension, 1);
  if (length !== expected) throw invalid(key, `${expected} elements for shape [${shape.join(', ')}]`, `${length}`);
}

function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function invalid(key: string, expected: string, found: string): CovalenceError {
  return new CovalenceError(
    'frame/shape-invalid',
    `"${key}" cannot be stored: expected ${expected}, found ${found}. Make arrays with frameArray(Float32Array.of(...), [atoms, 3]); other values are a number, a truth value or a text.`,
    { key, expected, found },
  );
}
