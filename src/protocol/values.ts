import { CovalenceError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** What the shared state can hold: JSON and bytes. A plain object is a record, whose fields merge. */
export type StateValue = null | boolean | number | string | Uint8Array | StateValue[] | StateRecord;
/** A plain object of the shared state. */
export interface StateRecord {
  [field: string]: StateValue;
}

/** Levels of arrays and objects inside one value. */
export const MAX_VALUE_DEPTH = 32;

const FORBIDDEN_FIELDS = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

/** True for objects written as `{...}`: neither arrays, bytes nor instances of a class. */
export function isRecord(value: unknown): value is StateRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second: `{...}` of another window.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : `a ${typeof value}`;
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object of unknown kind';
}

function stringProblem(text: string): string | undefined {
  return LONE_SURROGATE.test(text) ? 'a string with half a surrogate pair' : undefined;
}

/** Says why a record cannot have this field, or undefined when it can. */
export function fieldProblem(field: string): string | undefined {
  if (FORBIDDEN_FIELDS.has(field)) return `the forbidden field name "${field}"`;
  return stringProblem(field);
}

function problemAt(value: unknown, path: string, depth: number): string | undefined {
  const where = path === '' ? 'found' : `at ${path}`;
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${where} ${value}`;
  if (typeof value === 'string') {
    const problem = stringProblem(value);
    return problem === undefined ? undefined : `${where} ${problem}`;
  }
  if (value instanceof Uint8Array) return undefined;
  if (depth >= MAX_VALUE_DEPTH) return `${where} more than ${MAX_VALUE_DEPTH} levels, or a cycle`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const problem = problemAt(value[index], `${path}[${index}]`, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (!isRecord(value)) return `${where} ${kindOf(value)}`;
  for (const field of Object.keys(value)) {
    const problem = fieldProblem(field);
    if (problem !== undefined) return `${where} ${problem}`;
    const inner = problemAt(value[field], path === '' ? field : `${path}.${field}`, depth + 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Says what is wrong with a value, naming the path, or undefined when it is JSON or bytes. Does not look at its size. */
export function valueProblem(value: unknown): string | undefined {
  return problemAt(value, '', 0);
}

/** Throws `value/invalid` unless `value` is JSON or bytes. */
export function assertValue(value: unknown, key: string): asserts value is StateValue {
  const problem = valueProblem(value);
  if (problem === undefined) return;
  throw new CovalenceError(
    'value/invalid',
    `The value for "${key}" cannot be shared: ${problem}. Use JSON values and Uint8Array; leave missing fields out.`,
    { key },
  );
}

function stringByteLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

/** Bytes that a value counts against the limit: its JSON text in UTF-8 without escapes; bytes count as they are. */
export function valueByteLength(value: StateValue): number {
  if (value === null) return 4;
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (typeof value === 'number') return String(value).length;
  if (typeof value === 'string') return stringByteLength(value) + 2;
  if (value instanceof Uint8Array) return value.byteLength + 2;
  let length = 2;
  if (Array.isArray(value)) {
    for (const item of value) length += valueByteLength(item) + 1;
    return length;
  }
  for (const field of Object.keys(value)) {
    length += stringByteLength(field) + 4 + valueByteLength(value[field]);
  }
  return length;
}

/** Throws `value/too-large` when a value is above the limit. */
export function assertValueByteLength(value: StateValue, key: string): void {
  const byteLength = valueByteLength(value);
  const limit = LIMITS.valueByteLength;
  if (byteLength <= limit) return;
  throw new CovalenceError(
    'value/too-large',
    `The value for "${key}" has ${byteLength} bytes, at most ${limit} are allowed. Put arrays into a frame instead.`,
    { key, byteLength, limit },
  );
}

/** True when both values have equal content; 0 and -0 are equal. */
export function equalValues(a: StateValue | undefined, b: StateValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array) || a.byteLength !== b.byteLength) return false;
    return a.every((byte, index) => byte === b[index]);
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => equalValues(item, b[index]));
  }
  const fields = Object.keys(a);
  if (fields.length !== Object.keys(b).length) return false;
  return fields.every((field) => Object.hasOwn(b, field) && equalValues(a[field], b[field]));
}

/** A deep copy that can be edited. The value must have passed {@link valueProblem}. */
export function copyValue<V extends StateValue>(value: V): V {
  if (typeof value !== 'object' || value === null) return (value === 0 ? 0 : value) as V;
  if (value instanceof Uint8Array) return new Uint8Array(value) as V;
  if (Array.isArray(value)) return value.map((item) => copyValue(item)) as V;
  const copy: StateRecord = {};
  for (const field of Object.keys(value)) copy[field] = copyValue(value[field]);
  return copy as V;
}

/** Freezes arrays and plain objects all the way down, in place. Bytes cannot be frozen. */
export function freezeValue<V>(value: V): V {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || Object.isFrozen(value))
    return value;
  if (Array.isArray(value)) for (const item of value) freezeValue(item);
  else if (isRecord(value)) for (const field of Object.keys(value)) freezeValue(value[field]);
  else return value;
  return Object.freeze(value);
}

/** True when bytes are anywhere inside a value. */
export function holdsBytes(value: StateValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array) return true;
  return Array.isArray(value) ? value.some(holdsBytes) : Object.values(value).some(holdsBytes);
}
