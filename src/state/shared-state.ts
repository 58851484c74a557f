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
  undo(): boolean;
  redo(): boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Steps that can be taken back, at most 200: for those who keep an order of their own across several undos. */
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
  /** Returns its own undo. Called for each invalid record or key, at once for those that are known already. */
  onInvalid(listener: (invalid: InvalidRecord) => void): () => void;
  /**
   * Puts another document under all views: one event with the difference, references and listeners stay. Returns the
   * changes made here that the new document lacks and that no `whenSaved` has covered.
   */
  replaceReplica(doc: Doc, ledger?: Doc): UnsentChanges;
  stats(): StateStats;
  /** Ends all subscriptions. The documents stay with whoever made them. Safe to call twice. */
  dispose(): void;
}
