import type { CovalenceError } from '../protocol/errors.ts';
import type { UnsentChanges } from '../state/index.ts';

/** Own changes that the server did not accept: made again, or given up, as the person decides. */
export interface RefusedChanges {
  /** Why. */
  readonly reason: CovalenceError;
  /** Keys they are about, each once, oldest first. */
  readonly keys: readonly string[];
  /** Number of changes. */
  readonly size: number;
  /** Makes them again; what is about fields of a key that is gone is left out. Returns how many were made. */
  apply(): number;
  /** Gives them up. */
  discard(): void;
}

/** What was refused and is not decided yet. */
export interface RefusedList {
  readonly current: RefusedChanges | undefined;
  /** Adds to what is undecided; nothing when there were no changes. */
  add(changes: UnsentChanges, reason: CovalenceError): void;
  /** Told whenever it changes. Returns its own undo. */
  onChange(listener: (refused: RefusedChanges | undefined) => void): () => void;
}

/** An empty list. */
export function refusedList(): RefusedList {
  const listeners = new Set<(refused: RefusedChanges | undefined) => void>();
  let current: RefusedChanges | undefined;
  const become = (next: RefusedChanges | undefined): void => {
    current = next;
    for (const listener of listeners) listener(next);
  };
  return {
    get current() {
      return current;
    },
    add(changes, reason) {
      if (changes.size === 0) return;
      const all = current === undefined ? [changes] : [current, changes];
      const refused: RefusedChanges = {
        reason,
        keys: [...new Set(all.flatMap(({ keys }) => keys))],
        size: all.reduce((sum, { size }) => sum + size, 0),
        apply() {
          // Taken off first: what is refused again comes back as news.
          if (current === refused) become(undefined);
          return all.reduce((sum, part) => sum + part.apply(), 0);
        },
        discard() {
          if (current === refused) become(undefined);
        },
      };
      become(refused);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
