import type { Doc } from 'yjs';
import type { CovalenceError } from '../protocol/errors.ts';
import type { KeyPrefix } from '../protocol/keys.ts';
import type { StateValue } from '../protocol/values.ts';
import type { CollectionDefinition } from './collection-definition.ts';
import type { DocumentSize } from './document-size.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { StateRef } from './state-ref.ts';
import type { StateCollection, StateView } from './state-view.ts';
import type { UnsentChanges } from './unsent-changes.ts';
import type { Synchronous } from './value-types.ts';

/** How a transaction is recorded. Only the outermost one's options count. */
export interface TransactOptions {
  /** False keeps the change out of undo. */
  undo?: boolean;
  /** Handed to listeners as `tag`. */
  tag?: unknown;
}

/** How far back undo and redo may go. */
export interface RevertOptions {
  /** Steps up to this `undoCount` (or `redoCount`) stay as they are; 0 when left out. */
  above?: number;
}

/** While it is open, all own changes are one step of undo. */
export interface UndoGroup extends Disposable {
  /** Safe to call twice. */
  end(): void;
}

/** A record or key that somebody else wrote and that cannot be shown. */
export interface InvalidRecord {
  key: string;
  error: CovalenceError;
}

/** Numbers for metrics. */
export interface StateStats extends DocumentSize {
  keys: number;
  /** Bytes of the shared document as one update. */
  byteLength: number;
}

/**
 * Everything small that people in a room share, as one dictionary: the shared document, which everybody edits and
 * which merges, and the ledger, which only the server writes.
 */
export interface SharedState extends StateView<StateValue>, Disposable {
  /** The keys below a prefix, typed by a definition, by a schema, or by the built-in schema of that prefix. */
  collection<T, P extends KeyPrefix>(definition: CollectionDefinition<T, P>): StateCollection<T, P>;
  collection<T, P extends KeyPrefix>(prefix: P, schema: StandardSchema<T>): StateCollection<T, P>;
  collection<P extends KeyPrefix>(prefix: P): StateCollection<StateValue, P>;
  ref(key: string | { readonly key: string }): StateRef<StateValue>;
  ref<T>(key: string | { readonly key: string }, schema: StandardSchema<T>): StateRef<T>;
  /**
   * Makes all changes of `run` one: one update, one event, one step of undo; reads inside see them at once. When `run`
   * throws, nothing is written. A transaction inside another joins it.
   */
  transact<R>(run: () => R & Synchronous<R>, options?: TransactOptions): R;
  /** Takes back the newest own change in the undo scopes; false when there is none. What others changed stays. */
  undo(options?: RevertOptions): boolean;
  redo(options?: RevertOptions): boolean;
  /** Leaves nothing to redo: for those who keep an order of their own across several undos, when something newer was done. */
  forgetUndone(): void;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Steps made and not taken back; those older than the newest 200 count although they cannot be taken back any more. */
  readonly undoCount: number;
  readonly redoCount: number;
  /** Starts a group, for a drag or a gesture: `using group = state.undoGroup()`. */
  undoGroup(): UndoGroup;
  /** Returns its own undo. Called when `canUndo` or `canRedo` may have changed. */
  onUndo(listener: () => void): () => void;
  /** Resolves once everything the server had at joining is here; at once where there is no server. */
  whenSynced(): Promise<void>;
  /** Resolves with the level of durability once everything written here before the call is stored by the server. */
  whenSaved(options?: { signal?: AbortSignal }): Promise<string>;
  /**
   * Returns its own undo. `onFound` is called for each invalid record or key, at once for those that are known already;
   * `onGone` with the key once it was removed or made valid.
   */
  onInvalid(onFound: (invalid: InvalidRecord) => void, onGone?: (key: string) => void): () => void;
  /**
   * Puts another document under all views: one event with the difference, references and listeners stay. Returns the
   * changes made here that the new document lacks and that no `whenSaved` has covered.
   */
  replaceReplica(doc: Doc, ledger?: Doc): UnsentChanges;
  stats(): StateStats;
  /** Ends all subscriptions. The documents stay with whoever made them. Safe to call twice. */
  dispose(): void;
}
