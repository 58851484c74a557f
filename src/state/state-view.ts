import type { KeyPrefix } from '../protocol/keys.ts';
import type { ListenOptions, StateChange } from './state-change.ts';
import type { StateRef } from './state-ref.ts';
import type { DeepReadonly, Input, KeyHolder, Patch, Synchronous, Writable } from './value-types.ts';

/** `K` unless it is a literal with dots that does not begin with `P`; such a key does not compile. */
export type KeyBelow<P extends string, K extends string> = K extends `${string}.${string}`
  ? K extends `${P}${string}`
    ? K
    : never
  : K;

/**
 * A live dictionary in the vocabulary of Map, ordered by key. Keys may be given in full or without the view's prefix,
 * and as a reference. Every method throws `key/invalid` for a malformed key, and the writing ones `key/read-only` for
 * keys of the server and `value/invalid` or `value/too-large` for refused values, always before anything is written.
 */
export interface StateView<T, P extends string = string> extends Iterable<[string, StateRef<T>]> {
  readonly size: number;
  /** Full keys. */
  keys(): IterableIterator<string>;
  values(): IterableIterator<StateRef<T>>;
  entries(): IterableIterator<[string, StateRef<T>]>;
  /** Never reads, so the key need not exist. */
  ref<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder): StateRef<T>;
  has<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder): boolean;
  /** Frozen value, the same object until it changes; undefined when there is none. */
  get<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder): DeepReadonly<T> | undefined;
  /** Creates or replaces the whole value. A value equal to the present one writes nothing. */
  set<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder, value: Input<T>): StateRef<T>;
  /** Changes some fields of a record; throws `key/missing` when there is none. */
  update<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder, patch: Patch<T>): StateRef<T>;
  /** Runs `edit` on a copy and writes the fields that it changed; nothing when it throws. Throws `key/missing`. */
  modify<R, K extends string>(
    key: (K & KeyBelow<P, K>) | KeyHolder,
    edit: (draft: Writable<T>) => R & Synchronous<R>,
  ): StateRef<T>;
  /** False when there was nothing to remove. */
  remove<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder): boolean;
  /** Removes what is here now, in one transaction; what others add at the same time stays. Returns how many. */
  clear(): number;
  /** The value of one key; throws `key/missing` when there is none. */
  snapshot<K extends string>(key: (K & KeyBelow<P, K>) | KeyHolder): DeepReadonly<T>;
  /** Everything by full key: frozen, without prototype, the same object until something changes. */
  snapshot(): Readonly<Record<string, DeepReadonly<T>>>;
  /** Returns its own undo. Called once per transaction that changed anything in this view. */
  onChange(listener: (change: StateChange<DeepReadonly<T>>) => void, options?: ListenOptions): () => void;
}

/** The keys below one prefix. Records that the schema refuses are not shown; they are reported by `onInvalid`. */
export interface StateCollection<T, P extends KeyPrefix = KeyPrefix> extends StateView<T, P> {
  /** Ends with a dot. */
  readonly prefix: P;
  /** Stores a value under a new id: short, unique, and sorting after the ones this client gave before. */
  add(value: Input<T>): StateRef<T>;
  /** The key without the prefix; throws `key/invalid` when it is not below the prefix. */
  idOf(key: string | KeyHolder): string;
}
