import type { ListenOptions, RefChange } from './state-change.ts';
import type { DeepReadonly, Input, Patch, Synchronous, Writable } from './value-types.ts';

/**
 * Stands for one key, whether or not it has a value now. Holds no value: every call looks the key up anew, so that a
 * reference never goes stale.
 */
export interface StateRef<T> {
  /** Full key. */
  readonly key: string;
  /** The key without the prefix of the collection it came from. */
  readonly id: string;
  readonly exists: boolean;
  /** Frozen; the same object until the value changes. Undefined when there is none. */
  readonly value: DeepReadonly<T> | undefined;
  /** As `value`; throws `key/missing` when there is none. */
  snapshot(): DeepReadonly<T>;
  /** Creates or replaces the whole value. */
  set(value: Input<T>): this;
  /** Changes some fields; throws `key/missing` when there is no value. */
  update(patch: Patch<T>): this;
  /** Runs `edit` on a copy and writes the fields that it changed; nothing when it throws. Throws `key/missing`. */
  modify<R>(edit: (draft: Writable<T>) => R & Synchronous<R>): this;
  /** A copy to edit over time; written by `commit` only. Throws `key/missing` when there is no value. */
  draft(): Draft<T>;
  /** False when there was nothing to remove. */
  remove(): boolean;
  /** Returns its own undo. Called once per transaction that changed this key. */
  onChange(listener: (change: RefChange<DeepReadonly<T>>) => void, options?: ListenOptions): () => void;
}

/** An edit that takes its time. Leaving the scope of `using` without `commit` discards it. */
export interface Draft<T> extends Disposable {
  readonly key: string;
  /** Edit this in place. */
  value: Writable<T>;
  readonly isOpen: boolean;
  /**
   * Writes the fields changed since the draft was made; fields that others changed meanwhile stay. Throws
   * `key/missing` when the key was removed meanwhile, unless `ifRemoved` is `recreate`; `draft/closed` the second time.
   * A commit that throws leaves the draft open.
   */
  commit(options?: { ifRemoved?: 'throw' | 'recreate' }): void;
  /** Safe to call twice. */
  discard(): void;
}
