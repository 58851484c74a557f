/** Those who want to be told something, in order of arrival. */
export interface Listeners<T> {
  /** Returns its own undo. */
  readonly add: (listener: (event: T) => void) => () => void;
  tell(event: T): void;
  clear(): void;
}

/** An empty list of listeners. */
export function listeners<T>(): Listeners<T> {
  const all = new Set<(event: T) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(event) {
      for (const listener of all) listener(event);
    },
    clear: () => all.clear(),
  };
}
