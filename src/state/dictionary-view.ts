import { CovalenceError } from '../protocol/errors.ts';
import { assertKey, isLedgerKey, resolveKey } from '../protocol/keys.ts';
import type { KeyPrefix } from '../protocol/keys.ts';
import { assertValue, assertValueByteLength, copyValue, equalValues, isRecord } from '../protocol/values.ts';
import type { StateRecord, StateValue } from '../protocol/values.ts';
import { encodeField, encodeValue } from './entry.ts';
import type { Entry } from './entry.ts';
import { KeyNotFoundError } from './key-not-found-error.ts';
import { isReference, keyOf, KeyReference } from './key-reference.ts';
import type { Lens } from './lens.ts';
import type { CoreChange, StateCore } from './state-core.ts';
import type { ListenOptions, RefChange, StateChange, UpdatedValue } from './state-change.ts';
import type { Draft, StateRef } from './state-ref.ts';
import type { StateView } from './state-view.ts';
import { synchronous } from './synchronous.ts';
import { openDraft } from './value-draft.ts';
import type { DeepReadonly, Input, KeyHolder, Patch, Writable } from './value-types.ts';

type Key = string | KeyHolder;

/** The implementation of every view: one prefix of the dictionary, seen through one lens. */
export class DictionaryView<T, P extends string> implements StateView<T, P> {
  readonly prefix: P;
  protected readonly core: StateCore;
  readonly #lens: Lens<T>;
  #keysVersion = -1;
  #keys: readonly string[] = [];
  #snapshotVersion = -1;
  #snapshotSize = 0;
  #snapshot: Readonly<Record<string, DeepReadonly<T>>> = Object.freeze(Object.create(null) as Record<string, never>);
  readonly #projections = new WeakMap<CoreChange, { event: StateChange<DeepReadonly<T>> | undefined }>();

  constructor(core: StateCore, prefix: P, lens: Lens<T>) {
    this.core = core;
    this.prefix = prefix;
    this.#lens = lens;
  }

  get size(): number {
    return this.#visibleKeys().length;
  }

  keys(): IterableIterator<string> {
    return this.#visibleKeys().values();
  }

  *values(): IterableIterator<StateRef<T>> {
    for (const key of this.#visibleKeys()) yield new KeyReference(this, key);
  }

  *entries(): IterableIterator<[string, StateRef<T>]> {
    for (const key of this.#visibleKeys()) yield [key, new KeyReference(this, key)];
  }

  [Symbol.iterator](): IterableIterator<[string, StateRef<T>]> {
    return this.entries();
  }

  ref(key: Key): StateRef<T> {
    return new KeyReference(this, this.resolve(key));
  }

  has(key: Key): boolean {
    return this.#show(this.core.entry(this.resolve(key))) !== undefined;
  }

  get(key: Key): DeepReadonly<T> | undefined {
    return this.#show(this.core.entry(this.resolve(key)))?.value;
  }

  set(key: Key, value: Input<T>): StateRef<T> {
    const full = this.#writable(key);
    const checked = checkedValue(full, value);
    this.#lens.accept(full, checked);
    const stored = encodeValue(full, checked);
    assertValueByteLength(stored, full);
    this.core.set(full, stored);
    return new KeyReference(this, full);
  }

  update(key: Key, patch: Patch<T>): StateRef<T> {
    const full = this.#writable(key);
    const entry = this.core.entry(full);
    if (entry === undefined) throw new KeyNotFoundError(full, 'update');
    if (!isRecord(patch)) {
      throw new CovalenceError(
        'value/invalid',
        `The patch for "${full}" is no object of fields. Use set() for other values.`,
      );
    }
    const present = entry.decoded;
    if (!isRecord(present)) {
      throw new CovalenceError('value/invalid', `"${full}" holds no record, so it has no fields to update. Use set().`);
    }
    const fields: Record<string, StateValue | undefined> = {};
    const merged: StateRecord = { ...present };
    for (const field of Object.keys(patch)) {
      const given: unknown = patch[field];
      if (given === undefined) {
        fields[field] = undefined;
        delete merged[field];
      } else {
        // Wrapped, so that the name of the field is checked as well.
        const value = (checkedValue(full, { [field]: given }) as StateRecord)[field];
        merged[field] = value;
        fields[field] = encodeField(full, field, value);
      }
    }
    this.#lens.accept(full, merged);
    assertValueByteLength(mergeStored(entry.stored as StateRecord, fields), full);
    this.core.update(full, fields);
    return new KeyReference(this, full);
  }

  modify(key: Key, edit: (draft: Writable<T>) => unknown): StateRef<T> {
    const full = this.#writable(key);
    this.core.transact(() => {
      const draft = this.draft(full);
      if (typeof draft.value !== 'object' || draft.value === null || draft.value instanceof Uint8Array) {
        throw new CovalenceError('value/invalid', `"${full}" holds nothing with fields or items to modify. Use set().`);
      }
      synchronous(edit(draft.value));
      draft.commit();
    });
    return new KeyReference(this, full);
  }

  draft(key: Key): Draft<T> {
    const full = this.#writable(key);
    const base = this.snapshot(full) as StateValue;
    return openDraft<T>(full, base, (value, ifRemoved) => {
      if (!this.has(full) && ifRemoved === 'throw') throw new KeyNotFoundError(full, 'commit the draft to');
      if (!this.has(full) || !isRecord(base) || !isRecord(value)) {
        if (!this.has(full) || !equalValues(base, value)) this.set(full, value as Input<T>);
        return;
      }
      this.update(full, fieldsChanged(base, value) as Patch<T>);
    });
  }

  remove(key: Key): boolean {
    const full = this.#writable(key);
    const isThere = this.core.entry(full) !== undefined;
    if (isThere) this.core.remove(full);
    return isThere;
  }

  clear(): number {
    if (this.prefix !== '' && isLedgerKey(this.prefix)) this.#writable(`${this.prefix}all`);
    const keys = this.core.keys(this.prefix).filter((key) => !isLedgerKey(key));
    this.core.transact(() => {
      for (const key of keys) this.core.remove(key);
    });
    return keys.length;
  }

  snapshot(key: Key): DeepReadonly<T>;
  snapshot(): Readonly<Record<string, DeepReadonly<T>>>;
  snapshot(key?: Key): DeepReadonly<T> | Readonly<Record<string, DeepReadonly<T>>> {
    if (key === undefined) return this.#wholeSnapshot();
    const full = this.resolve(key);
    const shown = this.#show(this.core.entry(full));
    if (shown === undefined) throw new KeyNotFoundError(full, 'take a snapshot of');
    return shown.value;
  }

  onChange(listener: (change: StateChange<DeepReadonly<T>>) => void, options?: ListenOptions): () => void {
    return this.core.listen((change) => {
      const event = this.#project(change);
      if (event !== undefined) listener(event);
    }, options);
  }

  /** `onChange` of one key. */
  onKeyChange(
    key: string,
    listener: (change: RefChange<DeepReadonly<T>>) => void,
    options?: ListenOptions,
  ): () => void {
    const nothing: ReadonlySet<string> = new Set();
    return this.core.listen((change) => {
      if (!change.changes.has(key)) return;
      const event = this.#project(change);
      if (event === undefined) return;
      const { origin, tag } = event;
      const updated = event.updated.get(key);
      if (updated !== undefined) listener({ origin, tag, kind: 'updated', ...updated });
      else if (event.added.has(key)) {
        listener({ origin, tag, kind: 'added', value: event.added.get(key), fields: nothing });
      } else if (event.removed.has(key)) listener({ origin, tag, kind: 'removed', value: undefined, fields: nothing });
    }, options);
  }

  /** The full key; throws `key/invalid`. */
  resolve(key: Key): string {
    const given = keyOf(key);
    if (this.prefix === '') assertKey(given);
    else if (typeof key === 'string') return resolveKey(this.prefix as unknown as KeyPrefix, given);
    else if (!given.startsWith(this.prefix)) {
      throw new CovalenceError('key/invalid', `The reference to "${given}" is not one of "${this.prefix}".`, {
        key: given,
      });
    }
    return given;
  }

  #writable(key: Key): string {
    const full = this.resolve(key);
    if (!isLedgerKey(full)) return full;
    throw new CovalenceError('key/read-only', `Only the server writes "${full}". Choose a key outside of its roots.`, {
      key: full,
    });
  }

  #show(entry: Entry | undefined): { value: DeepReadonly<T> } | undefined {
    if (entry === undefined) return undefined;
    const shown = this.#lens.show(entry);
    return shown.error === undefined ? { value: shown.value as DeepReadonly<T> } : undefined;
  }

  #visibleKeys(): readonly string[] {
    if (this.#keysVersion === this.core.version) return this.#keys;
    const keys = this.core.keys(this.prefix).filter((key) => this.#show(this.core.entry(key)) !== undefined);
    this.#keysVersion = this.core.version;
    this.#keys = keys;
    return keys;
  }

  #wholeSnapshot(): Readonly<Record<string, DeepReadonly<T>>> {
    if (this.#snapshotVersion === this.core.version) return this.#snapshot;
    const keys = this.#visibleKeys();
    const snapshot = Object.create(null) as Record<string, DeepReadonly<T>>;
    let isChanged = keys.length !== this.#snapshotSize;
    for (const key of keys) {
      const value = this.#show(this.core.entry(key))?.value as DeepReadonly<T>;
      snapshot[key] = value;
      isChanged ||= this.#snapshot[key] !== value;
    }
    this.#snapshotVersion = this.core.version;
    if (isChanged) this.#snapshot = Object.freeze(snapshot);
    this.#snapshotSize = keys.length;
    return this.#snapshot;
  }

  #project(change: CoreChange): StateChange<DeepReadonly<T>> | undefined {
    let projection = this.#projections.get(change);
    if (projection === undefined) {
      projection = { event: this.#compute(change) };
      this.#projections.set(change, projection);
    }
    return projection.event;
  }

  #compute(change: CoreChange): StateChange<DeepReadonly<T>> | undefined {
    const added = new Map<string, DeepReadonly<T>>();
    const updated = new Map<string, UpdatedValue<DeepReadonly<T>>>();
    const removed = new Set<string>();
    for (const [key, { before, after }] of change.changes) {
      if (!key.startsWith(this.prefix)) continue;
      const old = this.#show(before);
      const now = this.#show(after);
      if (now === undefined) {
        if (old !== undefined) removed.add(key);
      } else if (old === undefined) added.set(key, now.value);
      else updated.set(key, { value: now.value, fields: changedFields(before, after) });
    }
    if (added.size + updated.size + removed.size === 0) return undefined;
    return { origin: change.origin, tag: change.tag, added, updated, removed };
  }
}

function checkedValue(key: string, value: unknown): StateValue {
  const resolved = isReference(value)
    ? value.key
    : isRecord(value)
      ? Object.fromEntries(
          Object.entries(value as Record<string, unknown>).map(([field, item]) => [
            field,
            isReference(item) ? item.key : item,
          ]),
        )
      : value;
  assertValue(resolved, key);
  return copyValue(resolved);
}

function mergeStored(stored: StateRecord, fields: Readonly<Record<string, StateValue | undefined>>): StateRecord {
  return Object.fromEntries(
    Object.entries({ ...stored, ...fields }).filter((entry): entry is [string, StateValue] => entry[1] !== undefined),
  );
}

function fieldsChanged(base: StateRecord, value: StateRecord): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(base), ...Object.keys(value)])) {
    const item = value[field];
    if (isReference(item) || !equalValues(base[field], item)) patch[field] = item;
  }
  return patch;
}

function changedFields(before: Entry | undefined, after: Entry | undefined): ReadonlySet<string> {
  const fields = new Set<string>();
  const old = before?.stored;
  const now = after?.stored;
  if (!isRecord(old) || !isRecord(now)) return fields;
  for (const field of [...Object.keys(old), ...Object.keys(now)]) {
    if (!equalValues(old[field], now[field])) fields.add(field);
  }
  return fields;
}
