/**
 * Who changed the state: this replica's API (`local`, `undo`, `redo`), anybody else (`remote`), or the swap of the
 * document underneath (`replace`).
 */
export type ChangeOrigin = 'local' | 'undo' | 'redo' | 'remote' | 'replace';

/** A key whose value is another one now. */
export interface UpdatedValue<T> {
  value: T;
  /** Fields of the record that were added, changed or deleted; empty when a value is or was no record. */
  fields: ReadonlySet<string>;
}

/**
 * What one transaction changed in a view whose values are shown as `T`, net of everything that it changed back. Applying `added`, `updated` and
 * `removed` of every event to a Map gives the view's snapshot.
 */
export interface StateChange<T> {
  origin: ChangeOrigin;
  /** The `tag` given to `transact`, for local changes. */
  tag: unknown;
  /** Full key to value. */
  added: ReadonlyMap<string, T>;
  updated: ReadonlyMap<string, UpdatedValue<T>>;
  removed: ReadonlySet<string>;
}

/** What one transaction changed at one key. */
export interface RefChange<T> {
  origin: ChangeOrigin;
  tag: unknown;
  kind: 'added' | 'updated' | 'removed';
  /** Undefined once removed. */
  value: T | undefined;
  fields: ReadonlySet<string>;
}

/** Options of every `onChange`. */
export interface ListenOptions {
  /** Ends the subscription when it aborts. */
  signal?: AbortSignal;
}
