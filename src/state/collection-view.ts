import type { KeyPrefix } from '../protocol/keys.ts';
import { DictionaryView } from './dictionary-view.ts';
import { keyOf } from './key-reference.ts';
import type { Lens } from './lens.ts';
import type { StateCore } from './state-core.ts';
import type { StateRef } from './state-ref.ts';
import type { StateCollection } from './state-view.ts';
import type { Input, KeyHolder } from './value-types.ts';

/** A view that can give ids. */
export class CollectionView<T, P extends KeyPrefix> extends DictionaryView<T, P> implements StateCollection<T, P> {
  readonly #makeId: () => string;

  constructor(core: StateCore, prefix: P, lens: Lens<T>, makeId: () => string) {
    super(core, prefix, lens);
    this.#makeId = makeId;
  }

  add(value: Input<T>): StateRef<T> {
    let key = this.prefix + this.#makeId();
    while (this.core.entry(key) !== undefined) key = this.prefix + this.#makeId();
    return this.set(key, value);
  }

  idOf(key: string | KeyHolder): string {
    return this.resolve(typeof key === 'string' ? { key } : { key: keyOf(key) }).slice(this.prefix.length);
  }
}
