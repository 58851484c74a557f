import * as Y from 'yjs';
import { CovalenceError } from '../protocol/errors.ts';
import { isLedgerKey } from '../protocol/keys.ts';
import { equalValues } from '../protocol/values.ts';
import type { StateRecord, StateValue } from '../protocol/values.ts';
import { Entry } from './entry.ts';
import { isEqualContent, Replica } from './replica.ts';
import type { EntryChange, StoredOperation } from './replica.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { InvalidRecord, TransactOptions } from './shared-state.ts';
import type { ChangeOrigin, ListenOptions } from './state-change.ts';
import type { StoredChange } from './undo-stack.ts';
import { synchronous } from './synchronous.ts';
import { Journal } from './unsent-changes.ts';

/** What one transaction changed, before any view looks at it. */
export interface CoreChange {
  origin: ChangeOrigin;
  tag: unknown;
  changes: ReadonlyMap<string, EntryChange>;
}

/** Told of every own transaction before it is written. */
export type OwnChangeListener = (
  origin: 'local' | 'undo' | 'redo',
  changes: readonly StoredChange[],
  options: TransactOptions,
) => void;

/** Told of keys that cannot be shown, and of those that no longer are any. */
interface InvalidListener {
  onFound: (invalid: InvalidRecord) => void;
  onGone: (key: string) => void;
}

class OwnOrigin {
  readonly core: StateCore;
  readonly kind: 'local' | 'undo' | 'redo';
  readonly tag: unknown;

  constructor(core: StateCore, kind: 'local' | 'undo' | 'redo', tag: unknown) {
    this.core = core;
    this.kind = kind;
    this.tag = tag;
  }
}

/**
 * The dictionary without types: both documents as entries, own transactions, and listeners. An own transaction is kept
 * aside until it ends, so that one that throws leaves no trace in the document.
 */
export class StateCore {
  /** Grows with everything that reading could notice. */
  version = 0;
  /** Own transactions that changed anything. */
  ownChangeCount = 0;
  readonly journal: Journal = new Journal();
  onOwnChange: OwnChangeListener = () => {};
  /** Throws where nothing may be written. */
  assertWritable: () => void = () => {};
  #shared: Replica;
  #ledger: Replica | undefined;
  readonly #keys = new SortedKeys();
  #overlay: Map<string, Entry | undefined> | undefined;
  #operations: StoredOperation[] = [];
  readonly #listeners = new Set<(change: CoreChange) => void>();
  readonly #invalid = new Map<string, { entry: Entry; record: InvalidRecord }>();
  readonly #invalidListeners = new Set<InvalidListener>();
  readonly #onError: (error: unknown) => void;

  constructor(doc: Y.Doc, ledger: Y.Doc | undefined, onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#shared = this.#openShared(doc);
    this.#ledger = this.#openLedger(ledger);
    this.#reportProblems();
  }

  get doc(): Y.Doc {
    return this.#shared.doc;
  }

  entry(key: string): Entry | undefined {
    if (this.#overlay?.has(key)) return this.#overlay.get(key);
    return this.#shared.entries.get(key) ?? this.#ledger?.entries.get(key);
  }

  keys(prefix: string): readonly string[] {
    const settled = this.#keys.below(prefix);
    if (this.#overlay === undefined || this.#overlay.size === 0) return settled;
    const keys = new Set(settled);
    for (const [key, entry] of this.#overlay) {
      if (entry === undefined) keys.delete(key);
      else if (key.startsWith(prefix)) keys.add(key);
    }
    return [...keys].sort();
  }

  set(key: string, value: StateValue): void {
    const present = this.entry(key);
    if (present !== undefined && present.problem === undefined && equalValues(present.stored, value)) return;
    this.#perform({ kind: 'set', key, value }, new Entry(key, value));
  }

  /** The key must hold a record. `undefined` deletes a field. */
  update(key: string, fields: Readonly<Record<string, StateValue | undefined>>): void {
    const present = this.entry(key)?.stored as StateRecord;
    const changed: Record<string, StateValue | undefined> = {};
    const next: StateRecord = { ...present };
    for (const [field, value] of Object.entries(fields)) {
      if (equalValues(present[field], value)) continue;
      changed[field] = value;
      if (value === undefined) delete next[field];
      else next[field] = value;
    }
    if (Object.keys(changed).length > 0) this.#perform({ kind: 'update', key, fields: changed }, new Entry(key, next));
  }

  remove(key: string): void {
    if (this.entry(key) !== undefined) this.#perform({ kind: 'remove', key }, undefined);
  }

  transact<R>(run: () => R, options: TransactOptions = {}, kind: 'local' | 'undo' | 'redo' = 'local'): R {
    if (this.#overlay !== undefined) return this.#transactInside(run, this.#overlay);
    const overlay = new Map<string, Entry | undefined>();
    this.#overlay = overlay;
    try {
      const result = synchronous(run());
      const operations = this.#operations;
      if (operations.length > 0) this.assertWritable();
      this.#close();
      this.#commit(overlay, operations, kind, options);
      return result;
    } finally {
      if (this.#overlay === overlay) this.#close();
    }
  }

  get isTransacting(): boolean {
    return this.#overlay !== undefined;
  }

  listen(listener: (change: CoreChange) => void, options: ListenOptions = {}): () => void {
    // Wrapped, so that one function given twice is called twice and ended one by one.
    const entry = (change: CoreChange): void => listener(change);
    const end = (): void => {
      this.#listeners.delete(entry);
      options.signal?.removeEventListener('abort', end);
    };
    if (options.signal?.aborted === true) return end;
    this.#listeners.add(entry);
    options.signal?.addEventListener('abort', end);
    return end;
  }

  onInvalid(onFound: (invalid: InvalidRecord) => void, onGone: (key: string) => void = () => {}): () => void {
    const listener = { onFound, onGone };
    this.#invalidListeners.add(listener);
    for (const { record } of this.#invalid.values()) this.guard(() => onFound(record));
    return () => this.#invalidListeners.delete(listener);
  }

  reportInvalid(entry: Entry, error: CovalenceError): void {
    if (this.#invalid.get(entry.key)?.entry === entry || this.entry(entry.key) !== entry) return;
    const record = { key: entry.key, error };
    this.#invalid.set(entry.key, { entry, record });
    for (const { onFound } of Array.from(this.#invalidListeners)) this.guard(() => onFound(record));
  }

  /** Puts other documents underneath; one event with the difference. */
  replace(doc: Y.Doc, ledger: Y.Doc | undefined): void {
    if (this.#overlay !== undefined) {
      throw new CovalenceError('value/invalid', 'The document cannot be replaced inside a transaction. Do it after.');
    }
    const old = new Map<string, Entry>();
    const opened: (Replica | undefined)[] = [];
    if (doc !== this.#shared.doc) {
      this.#retire(this.#shared, old);
      opened.push((this.#shared = this.#openShared(doc)));
    }
    if (ledger !== undefined && ledger !== this.#ledger?.doc) {
      this.#retire(this.#ledger, old);
      opened.push((this.#ledger = this.#openLedger(ledger)));
    }
    const changes = new Map<string, EntryChange>();
    for (const replica of opened) {
      for (const [key, after] of replica?.entries ?? []) {
        const before = old.get(key);
        if (before !== undefined && isEqualContent(before, after)) replica?.entries.set(key, before);
        else changes.set(key, { before, after });
        old.delete(key);
      }
    }
    for (const [key, before] of old) changes.set(key, { before, after: undefined });
    this.version += 1;
    if (changes.size > 0) this.#emit({ origin: 'replace', tag: undefined, changes });
  }

  close(): void {
    this.#shared.close();
    this.#ledger?.close();
  }

  dispose(): void {
    this.close();
    this.#listeners.clear();
    this.#invalidListeners.clear();
  }

  #retire(replica: Replica | undefined, old: Map<string, Entry>): void {
    replica?.close();
    for (const [key, entry] of replica?.entries ?? []) {
      old.set(key, entry);
      this.#keys.remove(key);
    }
  }

  #openShared(doc: Y.Doc): Replica {
    return new Replica(
      doc,
      'state',
      (key) => !isLedgerKey(key),
      this.#keys,
      (changes, origin) => this.#changed(changes, origin),
    );
  }

  #openLedger(doc: Y.Doc | undefined): Replica | undefined {
    if (doc === undefined) return undefined;
    return new Replica(doc, 'ledger', isLedgerKey, this.#keys, (changes, origin) => this.#changed(changes, origin));
  }

  #perform(operation: StoredOperation, after: Entry | undefined): void {
    if (this.#overlay === undefined) {
      this.transact(() => this.#perform(operation, after));
      return;
    }
    this.#operations.push(operation);
    this.#overlay.set(operation.key, after);
    this.version += 1;
  }

  #transactInside<R>(run: () => R, overlay: Map<string, Entry | undefined>): R {
    const saved = [...overlay];
    const operationCount = this.#operations.length;
    try {
      return synchronous(run());
    } catch (error) {
      overlay.clear();
      for (const [key, entry] of saved) overlay.set(key, entry);
      this.#operations.length = operationCount;
      this.version += 1;
      throw error;
    }
  }

  #close(): void {
    this.#overlay = undefined;
    this.#operations = [];
    this.version += 1;
  }

  #commit(
    overlay: ReadonlyMap<string, Entry | undefined>,
    operations: readonly StoredOperation[],
    kind: 'local' | 'undo' | 'redo',
    options: TransactOptions,
  ): void {
    const changes: StoredChange[] = [];
    const changedKeys = new Set<string>();
    for (const [key, entry] of overlay) {
      const present = this.#shared.entries.get(key);
      const before = present?.problem === undefined ? present?.stored : undefined;
      const after = entry?.stored;
      if (present?.problem === undefined && equalValues(before, after)) continue;
      changedKeys.add(key);
      changes.push({ key, before, after });
    }
    if (changedKeys.size === 0) return;
    const written = operations.filter(({ key }) => changedKeys.has(key));
    this.ownChangeCount += 1;
    this.onOwnChange(kind, changes, options);
    this.#shared.write(written, new OwnOrigin(this, kind, options.tag));
    const { doc } = this.#shared;
    this.journal.add({ operations: written, clientId: doc.clientID, clock: Y.getState(doc.store, doc.clientID) });
  }

  #changed(changes: ReadonlyMap<string, EntryChange>, origin: unknown): void {
    this.version += 1;
    const own = origin instanceof OwnOrigin && origin.core === this ? origin : undefined;
    this.#emit({ origin: own?.kind ?? 'remote', tag: own?.tag, changes });
  }

  #emit(change: CoreChange): void {
    const were: string[] = [];
    for (const [key, { after }] of change.changes) {
      if (this.#invalid.has(key) && this.#invalid.get(key)?.entry !== after && this.#invalid.delete(key))
        were.push(key);
    }
    this.#reportProblems(change.changes.keys());
    for (const listener of Array.from(this.#listeners)) this.guard(() => listener(change));
    // Last: a listener may have found that what took its place is invalid too.
    for (const key of were.filter((each) => !this.#invalid.has(each))) {
      for (const { onGone } of Array.from(this.#invalidListeners)) this.guard(() => onGone(key));
    }
  }

  #reportProblems(keys: Iterable<string> = this.#keys.below('')): void {
    for (const key of keys) {
      const entry = this.entry(key);
      if (entry?.problem !== undefined) this.reportInvalid(entry, entry.problem);
    }
  }

  /** Runs a listener; what it throws goes to `onError`. */
  guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onError(error);
    }
  }
}
