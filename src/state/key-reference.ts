import { KeyNotFoundError } from './key-not-found-error.ts';
import type { ListenOptions, RefChange } from './state-change.ts';
import type { Draft, StateRef } from './state-ref.ts';
import type { DeepReadonly, Input, KeyHolder, Patch, Writable } from './value-types.ts';

// Registered, so that a reference of another copy of the package is still one.
const BRAND = Symbol.for('covalence.reference');

/** What a reference asks of the view that made it. */
export interface ReferenceTarget<T> {
  readonly prefix: string;
  get(key: string): DeepReadonly<T> | undefined;
  set(key: string, value: Input<T>): unknown;
  update(key: string, patch: Patch<T>): unknown;
  modify(key: string, edit: (draft: Writable<T>) => unknown): unknown;
  draft(key: string): Draft<T>;
  remove(key: string): boolean;
  onKeyChange(key: string, listener: (change: RefChange<DeepReadonly<T>>) => void, options?: ListenOptions): () => void;
}

/** A key and the view to look it up in. */
export class KeyReference<T> implements StateRef<T> {
  readonly key: string;
  readonly #view: ReferenceTarget<T>;

  constructor(view: ReferenceTarget<T>, key: string) {
    this.#view = view;
    this.key = key;
    Object.defineProperty(this, BRAND, { value: true });
  }

  get id(): string {
    return this.key.slice(this.#view.prefix.length);
  }

  get exists(): boolean {
    return this.value !== undefined;
  }

  get value(): DeepReadonly<T> | undefined {
    return this.#view.get(this.key);
  }

  snapshot(): DeepReadonly<T> {
    const { value } = this;
    if (value === undefined) throw new KeyNotFoundError(this.key, 'take a snapshot of');
    return value;
  }

  set(value: Input<T>): this {
    this.#view.set(this.key, value);
    return this;
  }

  update(patch: Patch<T>): this {
    this.#view.update(this.key, patch);
    return this;
  }

  modify(edit: (draft: Writable<T>) => unknown): this {
    this.#view.modify(this.key, edit);
    return this;
  }

  draft(): Draft<T> {
    return this.#view.draft(this.key);
  }

  remove(): boolean {
    return this.#view.remove(this.key);
  }

  onChange(listener: (change: RefChange<DeepReadonly<T>>) => void, options?: ListenOptions): () => void {
    return this.#view.onKeyChange(this.key, listener, options);
  }
}

/** True for references, of this or another copy of the package. */
export function isReference(value: unknown): value is KeyHolder {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The key that a string or a reference names. */
export function keyOf(key: string | KeyHolder): string {
  return typeof key === 'object' && key !== null ? key.key : key;
}
