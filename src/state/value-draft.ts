import { CovalenceError } from '../protocol/errors.ts';
import { copyValue } from '../protocol/values.ts';
import type { StateValue } from '../protocol/values.ts';
import type { Draft } from './state-ref.ts';
import type { Writable } from './value-types.ts';

/** Writes what the draft holds; throws to leave it open. */
export type DraftCommit = (value: StateValue, ifRemoved: 'throw' | 'recreate') => void;

/** A draft of `base`, which is copied. */
export function openDraft<T>(key: string, base: StateValue, commit: DraftCommit): Draft<T> {
  let isOpen = true;
  const draft: Draft<T> = {
    key,
    value: copyValue(base) as Writable<T>,
    get isOpen() {
      return isOpen;
    },
    commit({ ifRemoved = 'throw' } = {}) {
      if (!isOpen) {
        throw new CovalenceError(
          'draft/closed',
          `This draft of "${key}" is committed or discarded already. Make a new one with draft().`,
          { key },
        );
      }
      commit(draft.value as StateValue, ifRemoved);
      isOpen = false;
    },
    discard() {
      isOpen = false;
    },
    [Symbol.dispose]() {
      isOpen = false;
    },
  };
  return draft;
}
