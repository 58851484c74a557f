import type { StateValue } from '../protocol/values.ts';

/** A value of the dictionary as snapshots show it: nothing in it can be changed. */
export type ReadonlyStateValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ReadonlyStateValue[]
  | ReadonlyStateRecord;
/** A record of the dictionary as snapshots show it. */
export interface ReadonlyStateRecord {
  readonly [field: string]: ReadonlyStateValue;
}

/** `T` with everything in it read-only, as snapshots are. */
export type DeepReadonly<T> = unknown extends T
  ? T
  : [StateValue] extends [T]
    ? ReadonlyStateValue
    : DeepReadonlyPart<T>;

type DeepReadonlyPart<T> = T extends Uint8Array
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** `T` with everything in it writable, as drafts are. */
export type Writable<T> = unknown extends T
  ? T
  : [StateValue] extends [T]
    ? StateValue
    : T extends Uint8Array
      ? T
      : T extends object
        ? { -readonly [K in keyof T]: Writable<T[K]> }
        : T;

/** Something that stands for a key; a reference is accepted wherever a field holds a key. */
export interface KeyHolder {
  readonly key: string;
}

type OrKeyHolder<F> = string extends F ? KeyHolder : never;

/** What `set` and `add` take for a `T`: a snapshot passes, and a reference passes for a field that can hold a key. */
export type Input<T> = unknown extends T
  ? T
  : [StateValue] extends [T]
    ? ReadonlyStateValue | KeyHolder | { readonly [field: string]: ReadonlyStateValue | KeyHolder }
    : InputPart<T>;

type InputPart<T> = T extends Uint8Array
  ? T
  : T extends readonly unknown[]
    ? DeepReadonly<T>
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> | OrKeyHolder<T[K]> }
      : T | OrKeyHolder<T>;

/** Fields of a record to change: `undefined` deletes a field, `null` is a value, fields not named stay. */
export type Patch<T> = [StateValue] extends [T]
  ? { readonly [field: string]: ReadonlyStateValue | KeyHolder | undefined }
  : T extends Uint8Array | readonly unknown[]
    ? never
    : T extends object
      ? { readonly [K in keyof T]?: DeepReadonly<T[K]> | OrKeyHolder<T[K]> | undefined }
      : never;

/** `R`, or nothing that compiles when `R` is a promise: changes to the state are synchronous. */
export type Synchronous<R> = R extends PromiseLike<unknown> ? 'use draft() for a change that waits' : R;
