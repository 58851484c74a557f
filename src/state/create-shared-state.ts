import * as Y from 'yjs';
import type { Doc } from 'yjs';
import { systemClock } from '../protocol/clock.ts';
import type { Clock, Random } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { normalisePrefix } from '../protocol/keys.ts';
import type { KeyPrefix } from '../protocol/keys.ts';
import type { StateValue } from '../protocol/values.ts';
import { BUILT_IN_COLLECTIONS } from './collection-definition.ts';
import type { CollectionDefinition } from './collection-definition.ts';
import { CollectionView } from './collection-view.ts';
import { DictionaryView } from './dictionary-view.ts';
import { documentSize } from './document-size.ts';
import { Entry } from './entry.ts';
import { Lens } from './lens.ts';
import { portions } from './portions.ts';
import { reportListenerFailure } from './listener-failure.ts';
import { cryptoRandom, idMaker } from './record-id.ts';
import { builtInSchemas } from './schemas-by-key.ts';
import type {
  InvalidRecord,
  RevertOptions,
  SharedState,
  StateStats,
  TransactOptions,
  UndoGroup,
} from './shared-state.ts';
import type { StandardSchema } from './standard-schema.ts';
import { StateCore } from './state-core.ts';
import type { StateRef } from './state-ref.ts';
import type { StateCollection } from './state-view.ts';
import { UndoStack } from './undo-stack.ts';
import type { UndoTarget } from './undo-stack.ts';
import { applyAgain, writtenBy } from './unsent-changes.ts';
import type { UnsentChanges } from './unsent-changes.ts';
import type { KeyHolder, Synchronous } from './value-types.ts';

/** What {@link createSharedState} is made from. */
export interface SharedStateOptions {
  /** Holds the shared keys in its root map `state`. */
  doc: Doc;
  /** Holds the server's keys in its root map `ledger`. */
  ledger?: Doc | undefined;
  /** Time for the ids of `add`. */
  clock?: Clock | undefined;
  /** Chance for the ids of `add`. */
  random?: Random | undefined;
  whenSynced?: (() => Promise<void>) | undefined;
  /** Resolves with the level of durability. */
  whenSaved?: ((options?: { signal?: AbortSignal }) => Promise<string> | undefined) | undefined;
  /** Called before anything is written; what it throws is thrown to the writer, and nothing is written. */
  assertWritable?: (() => void) | undefined;
  /** Further prefixes or keys whose own changes can be undone. */
  undoScopes?: readonly string[] | undefined;
  /** Called with what a listener threw; the others are called all the same. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * The shared state of a room over its documents. Works alike in the browser, in Node and in the server's own process;
 * any number of them over one document see each other's changes as remote.
 */
export function createSharedState(options: SharedStateOptions): SharedState {
  return new RoomState(options);
}

class RoomState extends DictionaryView<StateValue, ''> implements SharedState {
  readonly #makeId: () => string;
  readonly #options: SharedStateOptions;
  readonly #undoStack = new UndoStack();
  readonly #undoListeners = new Set<() => void>();
  readonly #undoScopes: Set<string>;
  readonly #builtIn: Lens<StateValue>;
  readonly #collections = new Map<
    string,
    Map<StandardSchema<unknown> | undefined, CollectionView<unknown, KeyPrefix>>
  >();
  readonly #lenses = new Map<StandardSchema<unknown>, Lens<unknown>>();
  readonly #guards: { prefix: string; schema: StandardSchema<unknown> }[] = [];
  readonly #target: UndoTarget;

  constructor(options: SharedStateOptions) {
    const core = new StateCore(options.doc, options.ledger, options.onError ?? reportListenerFailure);
    const lens = new Lens<StateValue>(builtInSchemas, (entry, error) => core.reportInvalid(entry, error));
    super(core, '', lens);
    if (options.assertWritable !== undefined) core.assertWritable = options.assertWritable;
    this.#builtIn = lens;
    this.#options = options;
    this.#makeId = idMaker(options.clock ?? systemClock, options.random ?? cryptoRandom);
    this.#undoScopes = new Set(['scene', 'scene.', ...(options.undoScopes ?? [])]);
    for (const { prefix, undo } of BUILT_IN_COLLECTIONS) if (undo === true) this.#undoScopes.add(prefix);
    core.onOwnChange = (origin, changes, { undo = true }) => {
      if (!undo && origin === 'local') return;
      this.#undoStack.record(
        origin,
        changes.filter(({ key }) => this.#isUndoable(key)),
      );
    };
    core.listen(({ origin, changes }) => {
      if (origin !== 'remote') this.#tellUndo();
      for (const { after } of changes.values()) if (after !== undefined) lens.show(after);
    });
    this.#target = {
      current: (key) => core.entry(key)?.stored,
      isValid: (key, value) => this.#isValid(key, value),
      set: (key, value) => core.set(key, value),
      update: (key, fields) => core.update(key, fields),
      remove: (key) => core.remove(key),
    };
  }

  collection<T, P extends KeyPrefix>(definition: CollectionDefinition<T, P>): StateCollection<T, P>;
  collection<T, P extends KeyPrefix>(prefix: P, schema: StandardSchema<T>): StateCollection<T, P>;
  collection<P extends KeyPrefix>(prefix: P): StateCollection<StateValue, P>;
  collection(where: KeyPrefix | CollectionDefinition<unknown>, given?: StandardSchema<unknown>): unknown {
    const definition = typeof where === 'string' ? { prefix: where, schema: given, undo: false } : where;
    const prefix = normalisePrefix(definition.prefix);
    const { schema } = definition;
    if (definition.undo === true) this.#undoScopes.add(prefix);
    let views = this.#collections.get(prefix);
    if (views === undefined) this.#collections.set(prefix, (views = new Map()));
    let view = views.get(schema);
    if (view === undefined) {
      view = new CollectionView(this.core, prefix, this.#lensOf(prefix, schema), this.#makeId);
      views.set(schema, view);
      if (schema !== undefined) this.#guards.push({ prefix, schema });
    }
    return view;
  }

  override ref(key: string | KeyHolder): StateRef<StateValue>;
  override ref<T>(key: string | KeyHolder, schema: StandardSchema<T>): StateRef<T>;
  override ref(key: string | KeyHolder, schema?: StandardSchema<unknown>): unknown {
    if (schema === undefined) return super.ref(key);
    return new DictionaryView<unknown, ''>(this.core, '', this.#lensOf('', schema)).ref(key);
  }

  transact<R>(run: () => R & Synchronous<R>, options?: TransactOptions): R {
    return this.core.transact<R>(run, options);
  }

  undo({ above = 0 }: RevertOptions = {}): boolean {
    return this.#revert('undo', above);
  }

  redo({ above = 0 }: RevertOptions = {}): boolean {
    return this.#revert('redo', above);
  }

  forgetUndone(): void {
    this.#undoStack.forgetUndone();
    this.#tellUndo();
  }

  get canUndo(): boolean {
    return this.#undoStack.canUndo;
  }

  get undoCount(): number {
    return this.#undoStack.undoCount;
  }

  get redoCount(): number {
    return this.#undoStack.redoCount;
  }

  get canRedo(): boolean {
    return this.redoCount > 0;
  }

  undoGroup(): UndoGroup {
    const end = this.#undoStack.startGroup();
    return { end, [Symbol.dispose]: end };
  }

  onUndo(listener: () => void): () => void {
    const entry = (): void => listener();
    this.#undoListeners.add(entry);
    return () => this.#undoListeners.delete(entry);
  }

  async whenSynced(): Promise<void> {
    await this.#options.whenSynced?.();
  }

  async whenSaved(options?: { signal?: AbortSignal }): Promise<string> {
    const { whenSaved } = this.#options;
    if (whenSaved === undefined) return 'none';
    const forget = this.core.journal.mark();
    const level = await whenSaved(options);
    if (level === undefined) return 'none';
    forget();
    return level;
  }

  onInvalid(onFound: (invalid: InvalidRecord) => void, onGone?: (key: string) => void): () => void {
    for (const key of this.core.keys('')) {
      const entry = this.core.entry(key);
      if (entry !== undefined) this.#builtIn.show(entry);
    }
    return this.core.onInvalid(onFound, onGone);
  }

  replaceReplica(doc: Doc, ledger?: Doc): UnsentChanges {
    const { core } = this;
    const isSame = doc === core.doc;
    core.replace(doc, ledger);
    const operations = isSame ? [] : core.journal.take((clientId) => Y.getState(doc.store, clientId));
    return {
      size: operations.length,
      keys: [...new Set(operations.map(({ key }) => key))],
      apply: () =>
        portions(operations, writtenBy)
          .map((part) => core.transact(() => part.filter((operation) => applyAgain(core, operation)).length))
          .reduce((sum, count) => sum + count, 0),
    };
  }

  stats(): StateStats {
    const { doc } = this.core;
    const { byteLength } = Y.encodeStateAsUpdate(doc);
    return { keys: this.core.keys('').length, byteLength, ...documentSize(doc, byteLength) };
  }

  dispose(): void {
    this.core.dispose();
    this.#undoListeners.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #lensOf(prefix: string, schema: StandardSchema<unknown> | undefined): Lens<unknown> {
    const builtIn = builtInSchemas(`${prefix}x`);
    if (schema === undefined || builtIn.includes(schema)) return this.#builtIn;
    let lens = this.#lenses.get(schema);
    if (lens === undefined) {
      lens = new Lens(
        (key) => [...new Set([...builtInSchemas(key), schema])],
        (entry, error) => this.core.reportInvalid(entry, error),
      );
      this.#lenses.set(schema, lens);
    }
    return lens;
  }

  #isUndoable(key: string): boolean {
    if (this.#undoScopes.has(key)) return true;
    for (const scope of this.#undoScopes) if (scope.endsWith('.') && key.startsWith(scope)) return true;
    return false;
  }

  #isValid(key: string, stored: StateValue): boolean {
    try {
      const { decoded } = new Entry(key, stored);
      this.#builtIn.accept(key, decoded);
      for (const { prefix, schema } of this.#guards) {
        if (key.startsWith(prefix)) this.#lensOf(prefix, schema).accept(key, decoded);
      }
      return true;
    } catch {
      return false;
    }
  }

  #revert(direction: 'undo' | 'redo', above: number): boolean {
    if (this.core.isTransacting) {
      throw new CovalenceError(
        'undo/conflict',
        `A transaction is open, so there is no ${direction}. Do it afterwards.`,
      );
    }
    const isLeft = (): boolean =>
      direction === 'undo' ? this.canUndo && this.undoCount > above : this.redoCount > above;
    // Before a step is taken off: one that cannot be written now may be later.
    if (isLeft()) this.core.assertWritable();
    // A step of which nothing is left to take back is no step for the person.
    const before = this.core.ownChangeCount;
    let isThere = true;
    while (isThere && this.core.ownChangeCount === before) {
      isThere = isLeft() && this.core.transact(() => this.#undoStack.revert(direction, this.#target), {}, direction);
    }
    if (!isThere) this.#tellUndo();
    return isThere;
  }

  #tellUndo(): void {
    for (const listener of Array.from(this.#undoListeners)) this.core.guard(listener);
  }
}
