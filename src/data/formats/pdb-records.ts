import { numberInColumns } from './text/fixed-columns.ts';
import { cellOfLengths } from './unit-cell.ts';
import { textOf } from './text/bytes-text.ts';

/**
 * Whether the line `bytes[start, end)` is a record of this name; a name of less than six letters must be followed by
 * nothing but what separates words.
 */
export function isRecord(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  for (let at = 0; at < name.length; at += 1) {
    const byte = start + at < end ? bytes[start + at] : 32;
    if (byte !== name.charCodeAt(at) && !(byte <= 32 && name.charCodeAt(at) === 32)) return false;
  }
  return name.length >= 6 || start + name.length >= end || bytes[start + name.length] <= 32;
}

const UPPER = /^[A-Z][A-Z\d]*$/;
const LOWER = /^[a-z][a-z\d]*$/;

/**
 * A number of a field of `width` columns, decimal or hybrid-36 (A0000 follows 99999); undefined when it is neither.
 * Blank fields are undefined too.
 */
export function hybrid36(text: string, width: number): number | undefined {
  const word = text.trim();
  if (/^-?\d+$/.test(word)) return Number(word);
  if (word.length !== width) return undefined;
  const base = Number.parseInt(word, 36) - 10 * 36 ** (width - 1) + 10 ** width;
  if (UPPER.test(word)) return base;
  return LOWER.test(word) ? base + 26 * 36 ** (width - 1) : undefined;
}

/** Serial numbers of a CONECT record in pairs: the first with each of the others. */
export function readConect(bytes: Uint8Array, start: number, end: number): number[] {
  const serials: number[] = [];
  for (let column = 6; column < 31 && start + column < end; column += 5) {
    const field = textOf(bytes, start + column, Math.min(end, start + column + 5));
    const serial = hybrid36(field, 5);
    if (serial === undefined && field.trim() !== '') break;
    if (serial !== undefined) serials.push(serial);
  }
  return serials.slice(1).flatMap((other) => [serials[0], other]);
}

const CELL_COLUMNS = [6, 15, 24, 33, 40, 47, 54];

/**
 * The cell (angstrom, rows) of a CRYST1 record: a along x, b in the plane of x and y. Undefined for the unit cube that
 * means that there is none; a sentence when the record cannot be read.
 */
export function readCryst1(line: string): Float64Array | string | undefined {
  const bytes = new TextEncoder().encode(line);
  const fields = CELL_COLUMNS.slice(0, 6).map((column, k) =>
    numberInColumns(bytes, column, Math.min(bytes.length, CELL_COLUMNS[k + 1])),
  );
  const words = line.slice(6).trim().split(/\s+/).slice(0, 6).map(Number);
  const numbers = fields.every((field) => field !== undefined) ? fields : words;
  if (numbers.length !== 6 || !numbers.every(Number.isFinite)) return 'CRYST1 has not three lengths and three angles';
  const [a, b, c] = numbers;
  if (a === 0 || (a === 1 && b === 1 && c === 1)) return undefined;
  return cellOfLengths(numbers) ?? 'CRYST1 has lengths or angles that make no cell';
}
