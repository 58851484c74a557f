import { CovalenceError } from '../protocol/errors.ts';
import { FRAME_KEY_ALIASES, FRAME_KEYS, type FrameKeyRule } from '../protocol/frames.ts';

const MAX_KEY_LENGTH = 255;
// The last may stand beside the values in the body of a write.
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype', 'base_version']);
const ARRAYS_PREFIX = 'arrays.';

/** Says what is wrong with the name of a frame value, or undefined when it can be stored, asked for and written. */
export function frameKeyProblem(key: string): string | undefined {
  if (key.length === 0) return 'a name is empty';
  if (key.length > MAX_KEY_LENGTH) return `a name has ${key.length} characters, at most ${MAX_KEY_LENGTH} are allowed`;
  if (key.split('.').some((segment) => FORBIDDEN.has(segment))) return `the name "${key}" is not allowed`;
  // A comma separates names in `data=`; a lone surrogate has no UTF-8.
  if (/[,\p{Cc}\p{Surrogate}]/u.test(key)) {
    return `the name ${JSON.stringify(key)} contains a comma, a control character or half a surrogate pair`;
  }
  return undefined;
}

/** The name under which `key` is stored: an alias becomes the name of the table, others stay. */
export function normaliseFrameKey(key: string): string {
  return Object.hasOwn(FRAME_KEY_ALIASES, key) ? FRAME_KEY_ALIASES[key] : key;
}

/**
 * The names of a read, aliases resolved, each once, without those that no frame can have; undefined stays undefined and
 * means all.
 */
export function normaliseFrameKeys(keys: readonly string[] | undefined): string[] | undefined {
  if (keys === undefined) return undefined;
  return [...new Set(keys.map(normaliseFrameKey))].filter((key) => frameKeyProblem(key) === undefined);
}

/** The rule of a key with a fixed meaning. */
export function frameKeyRule(key: string): FrameKeyRule | undefined {
  return Object.hasOwn(FRAME_KEYS, key) ? FRAME_KEYS[key] : undefined;
}

/** True when the first dimension of the value is one entry per atom. */
export function isPerAtom(key: string): boolean {
  const rule = frameKeyRule(key);
  return rule === undefined ? key.startsWith(ARRAYS_PREFIX) : rule.shape[0] === 'N';
}

/** An object without prototype, so that no key of a frame can mean anything else. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** The refusal of a key that a frame does not have. */
export function unknownFrameKey(key: string, available: readonly string[]): CovalenceError {
  const list = available.length === 0 ? 'it has none' : `it has ${available.join(', ')}`;
  return new CovalenceError('frame/key-unknown', `The frame has no "${key}"; ${list}.`, { key, available });
}
