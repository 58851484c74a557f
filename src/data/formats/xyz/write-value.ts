import { isFrameArray, type FrameArray, type FrameValue } from '../../../protocol/frames.ts';
import { commentValue } from './comment-value.ts';

const BARE = /^[\w.+\-/:%@~^*?!|;<>&$#]+$/;

/** The shortest decimal that reads back as the same double. */
export function writeFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  // A long run of digits without point or exponent would be read as text.
  if (Number.isInteger(value)) return Math.abs(value) < 2 ** 53 ? `${value}.0` : value.toExponential();
  return String(value);
}

/** The shortest decimal whose nearest float32 is `value`, which is one. */
export function writeFloat32(value: number): string {
  if (Number.isFinite(value) && !Number.isInteger(value)) {
    for (let digits = 6; digits < 9; digits += 1) {
      const text = value.toPrecision(digits);
      if (Math.fround(Number(text)) === value) return writeFloat(Number(text));
    }
  }
  return writeFloat(value);
}

/** How the elements of an array are written; undefined for arrays of strings. */
export function elementWriter(array: FrameArray): ((value: number) => string) | undefined {
  if (array.table !== undefined) return undefined;
  if (array.dtype === '<f8') return writeFloat;
  if (array.dtype === '<f4') return writeFloat32;
  return isLogical(array) ? (value) => (value === 1 ? 'T' : 'F') : String;
}

/** Bytes that are all 0 or 1 are truth values. */
export function isLogical(array: FrameArray): boolean {
  return array.dtype === '|u1' && array.table === undefined && array.data.every((value) => value <= 1);
}

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** A key of the comment line, quoted where it must be. */
export function writeKey(name: string): string {
  return BARE.test(name) ? name : quoted(name);
}

/** The value of a comment key, such that it reads back as the same. */
export function writeValue(value: FrameValue): string {
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'string') return writeText(value);
  return writeArray(value);
}

function writeNumber(value: number): string {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : writeFloat(value);
}

function writeText(text: string): string {
  if (commentValue(text, 'quoted') !== text) return quoted(`_JSON ${JSON.stringify(text)}`);
  return BARE.test(text) ? text : quoted(text);
}

function writeArray(array: FrameArray): string {
  const write = elementWriter(array);
  const { table = [], data, shape } = array;
  const words = Array.from(data, write ?? ((code) => JSON.stringify(table[code] ?? '')));
  if (shape.length === 1 && write !== undefined && words.length > 1) return `"${words.join(' ')}"`;
  let at = 0;
  const nested = (axis: number): string => {
    if (axis === shape.length) {
      at += 1;
      return words[at - 1];
    }
    return `[${Array.from({ length: shape[axis] }, () => nested(axis + 1)).join(', ')}]`;
  };
  const text = nested(0);
  return write === undefined || shape.length > 1 ? quoted(`_JSON ${text}`) : text;
}

/** True for values that a comment line cannot hold. */
export function isUnwritable(value: FrameValue): boolean {
  return isFrameArray(value) && (value.shape.length === 0 || value.shape.slice(1).includes(0));
}
