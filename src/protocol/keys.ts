import { CovalenceError } from './errors.ts';

/** A dotted key of the shared state, e.g. `selection.a1b2`. */
export type StateKey = string;
/** A key prefix; always ends with a dot. */
export type KeyPrefix = `${string}.`;
/** A key below prefix `P`. */
export type KeyOf<P extends KeyPrefix> = `${P}${string}`;

const SEGMENT = '[A-Za-z0-9_-]+';
const KEY = new RegExp(`^${SEGMENT}(?:\\.${SEGMENT})*$`);
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Longest key in characters. */
export const MAX_KEY_LENGTH = 255;

/** The first segments whose keys only the server writes; they live in the ledger document. */
export const LEDGER_ROOTS: ReadonlySet<string> = new Set(['room', 'trajectory', 'frame', 'lock', 'job']);

/** Says what is wrong with a key, or undefined when it is well formed. */
export function keyProblem(key: unknown): string | undefined {
  if (typeof key !== 'string') return `a key is a string, found ${key === null ? 'null' : typeof key}`;
  if (key.length === 0) return 'the key is empty';
  if (key.length > MAX_KEY_LENGTH) return `the key has ${key.length} characters, at most ${MAX_KEY_LENGTH} are allowed`;
  if (!KEY.test(key)) return `"${key}" is not made of segments A-Z a-z 0-9 _ - joined by single dots`;
  const forbidden = key.split('.').find((segment) => FORBIDDEN.has(segment));
  return forbidden === undefined ? undefined : `"${key}" contains the forbidden segment "${forbidden}"`;
}

/** Throws `key/invalid` unless `key` is well formed. */
export function assertKey(key: unknown): asserts key is StateKey {
  const problem = keyProblem(key);
  if (problem !== undefined) throw new CovalenceError('key/invalid', `This key cannot be used: ${problem}.`, { key });
}

/** True when only the server writes this key. */
export function isLedgerKey(key: string): boolean {
  const dot = key.indexOf('.');
  return LEDGER_ROOTS.has(dot === -1 ? key : key.slice(0, dot));
}

/** `prefix` with the dot at its end that every prefix has; throws `key/invalid` when it is no key. */
export function normalisePrefix(prefix: string): KeyPrefix {
  const bare = prefix.endsWith('.') ? prefix.slice(0, -1) : prefix;
  assertKey(bare);
  return `${bare}.`;
}

/** The full key of `keyOrId` below `prefix`: the prefix is added when it is absent, as Scivana does. */
export function resolveKey(prefix: KeyPrefix, keyOrId: string): StateKey {
  const key = keyOrId.startsWith(prefix) ? keyOrId : prefix + keyOrId;
  assertKey(key);
  return key;
}
