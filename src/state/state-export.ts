import { CovalenceError } from '../protocol/errors.ts';
import { isLedgerKey, keyProblem } from '../protocol/keys.ts';
import { isRecord } from '../protocol/values.ts';
import { bytesFromBase64, bytesToBase64 } from './base64.ts';
import { portions } from './portions.ts';
import type { SharedState } from './shared-state.ts';
import type { ReadonlyStateValue } from './value-types.ts';

/** JSON, as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The whole shared state as JSON. Bytes are `{"$bytes": "<base64>"}`. */
export interface StateExport {
  format: 'covalence-state';
  version: 1;
  /** Full key to value, sorted by key; without the server's keys. */
  keys: Record<string, Json>;
}

/** How {@link importState} treats what is there. */
export interface ImportOptions {
  /** `merge` (the default) keeps keys that the export lacks; `replace` removes them. */
  mode?: 'merge' | 'replace';
}

const BYTES = '$bytes';
// A field of a person that looks like ours gets one more dollar sign on the way out.
const ESCAPED = /^\$+bytes$/;

function toJson(value: ReadonlyStateValue): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { [BYTES]: bytesToBase64(value) };
  if (Array.isArray(value)) return value.map((item: ReadonlyStateValue) => toJson(item));
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [ESCAPED.test(field) ? `$${field}` : field, toJson(item)]),
  );
}

function fromJson(json: unknown, key: string): unknown {
  if (Array.isArray(json)) return json.map((item) => fromJson(item, key));
  if (!isRecord(json)) return json;
  const coded: unknown = Object.hasOwn(json, BYTES) ? json[BYTES] : undefined;
  if (coded !== undefined) {
    const bytes = typeof coded === 'string' && Object.keys(json).length === 1 ? bytesFromBase64(coded) : undefined;
    if (bytes !== undefined) return bytes;
    throw new CovalenceError('value/invalid', `The bytes in "${key}" of this export are damaged; export it again.`, {
      key,
    });
  }
  return Object.fromEntries(
    Object.entries(json).map(([field, item]) => [ESCAPED.test(field) ? field.slice(1) : field, fromJson(item, key)]),
  );
}

/** Everything that people share in a room, as plain JSON. */
export function exportState(state: SharedState): StateExport {
  const keys: Record<string, Json> = {};
  for (const [key, ref] of state) if (!isLedgerKey(key)) keys[key] = toJson(ref.snapshot());
  return { format: 'covalence-state', version: 1, keys };
}

/**
 * Writes an export into the state, as one transaction and one step of undo; returns the number of keys it held. Throws `value/invalid`,
 * `key/invalid`, `key/read-only` or `value/too-large` for what it cannot take, and then nothing is written. What is more than a
 * server takes as one message (50,000 fields or 4 MiB) is checked whole and written in several transactions.
 */
export function importState(state: SharedState, data: unknown, { mode = 'merge' }: ImportOptions = {}): number {
  const file = isRecord(data) ? (data as Record<string, unknown>) : {};
  if (file['format'] !== 'covalence-state' || file['version'] !== 1 || !isRecord(file['keys'])) {
    throw new CovalenceError(
      'value/invalid',
      'This is no export of a shared state that can be read here: format "covalence-state", version 1 was expected.',
    );
  }
  const entries = Object.entries(file['keys']);
  const writes = entries.map(([key, json]): [string, unknown] => {
    const problem = keyProblem(key);
    if (problem === undefined) return [key, fromJson(json, key)];
    throw new CovalenceError('key/invalid', `This export has a key that cannot be used: ${problem}.`);
  });
  const named = new Set(entries.map(([key]) => key));
  const clear = (): void => {
    if (mode !== 'replace') return;
    for (const key of state.keys()) if (!named.has(key) && !isLedgerKey(key)) state.remove(key);
  };
  const write = (some: readonly [string, unknown][]): void => {
    for (const [key, value] of some) state.set(key, value as ReadonlyStateValue);
  };
  const parts = portions(writes, (entry) => entry);
  if (parts.length > 1) tryOut(state, () => write(writes));
  const group = state.undoGroup();
  try {
    state.transact(() => {
      clear();
      write(parts[0] ?? []);
    });
    for (const part of parts.slice(1)) state.transact(() => write(part));
  } finally {
    group.end();
  }
  return writes.length;
}

/** Throws what `run` throws; writes nothing. */
function tryOut(state: SharedState, run: () => void): void {
  const isFine = new Error('taken back');
  try {
    state.transact((): void => {
      run();
      throw isFine;
    });
  } catch (error) {
    if (error !== isFine) throw error;
  }
}
