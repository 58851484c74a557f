import { textOf } from './bytes-text.ts';

/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const PATTERN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;

const NAMED: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
]);

/**
 * The number that `text` is as a whole: decimal, with exponent (also Fortran's D), or nan, inf, infinity in any case;
 * undefined when it is none.
 */
export function numberOfText(text: string): number | undefined {
  if (PATTERN.test(text)) return Number(text.replace(/[dD]/, 'e'));
  const sign = text.startsWith('-') ? -1 : 1;
  const named = NAMED.get((/^[+-]/.test(text) ? text.slice(1) : text).toLowerCase());
  return named === undefined ? undefined : sign * named;
}

/** Where the word ended that {@link scanNumber} read last. Reused by every call, so read it at once. */
export const scanned: { end: number } = { end: 0 };

/**
 * Reads the word that begins at `start` and ends at a blank, a newline or `limit` as a number, to the last bit what
 * `Number` makes of the same text; undefined when it is none. Short decimals take no allocation. `scanned.end` is the
 * end of the word either way.
 */
export function scanNumber(bytes: Uint8Array, start: number, limit: number): number | undefined {
  let at = start;
  const sign = at < limit ? bytes[at] : 0;
  const negative = sign === 45;
  if (negative || sign === 43) at += 1;
  // Nine digits fit an int32; the next nine go into another.
  let head = 0;
  let tail = 0;
  let digits = 0;
  let point = -1;
  for (; at < limit; at += 1) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      if (digits < 9) head = (head * 10 + digit) | 0;
      else tail = (tail * 10 + digit) | 0;
      digits += 1;
    } else if (digit === -2 && point < 0) point = at;
    else break;
  }
  let exponent = point < 0 ? 0 : point + 1 - at;
  const mantissa = digits <= 9 ? head : head * EXACT_POWERS[Math.min(digits, 18) - 9] + tail;
  if (digits === 0 || digits > 18 || mantissa > Number.MAX_SAFE_INTEGER) {
    return digits > 15 && exponent < 0 ? withoutZeros(bytes, start, at, limit) : slow(bytes, start, limit);
  }
  if (at < limit && bytes[at] > 32) {
    const letter = bytes[at] | 32;
    if (letter !== 101 && letter !== 100) return slow(bytes, start, limit);
    at += 1;
    const exponentNegative = bytes[at] === 45;
    if (exponentNegative || bytes[at] === 43) at += 1;
    const first = at;
    let value = 0;
    for (; at < limit; at += 1) {
      const digit = bytes[at] - 48;
      if (digit < 0 || digit > 9) break;
      if (value < 10_000) value = value * 10 + digit;
    }
    if (at === first || (at < limit && bytes[at] > 32)) return slow(bytes, start, limit);
    exponent += exponentNegative ? -value : value;
  }
  scanned.end = at;
  // One exactly rounded operation on two exact doubles is the correctly rounded result.
  let value: number;
  if (exponent === 0 || mantissa === 0) value = mantissa;
  else if (exponent < 0 && exponent >= -22) value = mantissa / EXACT_POWERS[-exponent];
  else if (exponent > 0 && exponent <= 22) value = mantissa * EXACT_POWERS[exponent];
  else return slow(bytes, start, limit);
  return negative ? -value : value;
}

/** Zeros at the end of a long fraction, as some programs write them, are no reason to be slow. */
function withoutZeros(bytes: Uint8Array, start: number, end: number, limit: number): number | undefined {
  let last = end;
  while (bytes[last - 1] === 48) last -= 1;
  if (last === end || (end < limit && bytes[end] > 32)) return slow(bytes, start, limit);
  const value = scanNumber(bytes, start, last);
  scanned.end = end;
  return value;
}

/** The number that `bytes[start, end)` is as a whole, undefined when it is none. See {@link scanNumber}. */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const value = scanNumber(bytes, start, end);
  return scanned.end === end ? value : undefined;
}

function slow(bytes: Uint8Array, start: number, limit: number): number | undefined {
  let end = start;
  while (end < limit && bytes[end] > 32) end += 1;
  scanned.end = end;
  return numberOfText(textOf(bytes, start, end));
}
