import * as Y from 'yjs';
import { CovalenceError } from '../protocol/errors.ts';
import { keyProblem } from '../protocol/keys.ts';
import { equalValues, fieldProblem, isRecord, valueProblem } from '../protocol/values.ts';
import type { StateRecord, StateValue } from '../protocol/values.ts';
import { Entry } from './entry.ts';
import type { SortedKeys } from './sorted-keys.ts';

/** A change in the form in which it is stored; the only thing that is ever written to the document. */
export type StoredOperation =
  | { kind: 'set'; key: string; value: StateValue }
  /** `undefined` deletes a field. */
  | { kind: 'update'; key: string; fields: Readonly<Record<string, StateValue | undefined>> }
  | { kind: 'remove'; key: string };

/** A key before and after one transaction. */
export interface EntryChange {
  before: Entry | undefined;
  after: Entry | undefined;
}

/** Called after each transaction with the keys whose values differ, and the origin of the transaction. */
export type ReplicaListener = (changes: ReadonlyMap<string, EntryChange>, origin: unknown) => void;

function nestedProblem(key: string, detail: string): CovalenceError {
  return new CovalenceError('value/invalid', `"${key}" holds something that cannot be shown: ${detail}.`, { key });
}

/**
 * One root map of one document as entries. The entries follow the document through its events; a write made here is
 * visible at once, also from inside a listener of another transaction.
 */
export class Replica {
  readonly doc: Y.Doc;
  readonly entries: Map<string, Entry> = new Map();
  readonly #root: Y.Map<unknown>;
  readonly #accepts: (key: string) => boolean;
  readonly #keys: SortedKeys;
  readonly #listener: ReplicaListener;
  #isClosed = false;
  readonly #touched = new WeakMap<Y.Transaction, Map<string, Entry | undefined>>();
  readonly #observer = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void =>
    this.#observe(events, transaction);

  constructor(
    doc: Y.Doc,
    root: string,
    accepts: (key: string) => boolean,
    keys: SortedKeys,
    listener: ReplicaListener,
  ) {
    this.doc = doc;
    this.#root = doc.getMap(root);
    this.#accepts = accepts;
    this.#keys = keys;
    this.#listener = listener;
    for (const key of this.#root.keys()) this.#refresh(key);
    this.#root.observeDeep(this.#observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#root.unobserveDeep(this.#observer as Parameters<Y.Map<unknown>['observeDeep']>[0]);
  }

  /** Applies checked operations as one transaction. */
  write(operations: readonly StoredOperation[], origin: unknown): void {
    this.doc.transact((transaction) => {
      for (const operation of operations) this.#apply(operation);
      for (const { key } of operations) this.#touch(key, transaction);
    }, origin);
  }

  #apply(operation: StoredOperation): void {
    const { key } = operation;
    if (operation.kind === 'remove') this.#root.delete(key);
    else if (operation.kind === 'set') this.#set(key, operation.value);
    else {
      const present = this.#root.get(key);
      const fields = Object.entries(operation.fields);
      if (present instanceof Y.Map) {
        for (const [field, value] of fields) {
          if (value === undefined) present.delete(field);
          else present.set(field, value);
        }
      } else {
        // Written whole by another program; from now on its fields merge.
        const merged = { ...(isRecord(present) ? present : {}), ...operation.fields };
        this.#set(
          key,
          Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as StateRecord,
        );
      }
    }
  }

  #set(key: string, value: StateValue): void {
    this.#root.set(key, isRecord(value) ? new Y.Map<unknown>(Object.entries(value)) : value);
  }

  #read(key: string): Entry | undefined {
    const value = this.#root.get(key);
    if (value === undefined && !this.#root.has(key)) return undefined;
    const problem = keyProblem(key);
    if (problem !== undefined)
      return new Entry(key, null, new CovalenceError('key/invalid', `This key is ignored: ${problem}.`, { key }));
    if (!(value instanceof Y.Map)) {
      if (value instanceof Y.AbstractType || value instanceof Y.Doc)
        return new Entry(key, null, nestedProblem(key, 'a shared type'));
      const valueFault = valueProblem(value);
      if (valueFault !== undefined) return new Entry(key, null, nestedProblem(key, valueFault));
      return new Entry(key, value as StateValue);
    }
    const record: StateRecord = {};
    // Sorted, because the order of a Y.Map differs between replicas.
    for (const field of [...value.keys()].sort()) {
      const item = value.get(field);
      const fault =
        fieldProblem(field) ??
        (item instanceof Y.AbstractType || item instanceof Y.Doc ? `a shared type in "${field}"` : valueProblem(item));
      if (fault !== undefined) return new Entry(key, null, nestedProblem(key, fault));
      record[field] = item as StateValue;
    }
    return new Entry(key, record);
  }

  #refresh(key: string): void {
    if (!this.#accepts(key)) return;
    const before = this.entries.get(key);
    const after = this.#read(key);
    if (after === undefined) {
      if (this.entries.delete(key)) this.#keys.remove(key);
      return;
    }
    if (before !== undefined && isSameContent(before, after)) return;
    if (before === undefined) this.#keys.add(key);
    this.entries.set(key, after);
  }

  #touch(key: string, transaction: Y.Transaction): void {
    let touched = this.#touched.get(transaction);
    if (touched === undefined) {
      touched = new Map();
      this.#touched.set(transaction, touched);
    }
    if (!touched.has(key)) touched.set(key, this.entries.get(key));
    this.#refresh(key);
  }

  #observe(events: readonly Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void {
    for (const event of events) {
      if (event.target === (this.#root as unknown)) {
        for (const key of (event as unknown as Y.YMapEvent<unknown>).keysChanged)
          this.#touch(key as string, transaction);
      } else this.#touch(String(event.path[0]), transaction);
    }
    const changes = new Map<string, EntryChange>();
    for (const [key, before] of this.#touched.get(transaction) ?? []) {
      const after = this.entries.get(key);
      if (before === after) continue;
      if (before !== undefined && after !== undefined && isEqualContent(before, after)) this.entries.set(key, before);
      else changes.set(key, { before, after });
    }
    if (changes.size > 0) this.#listener(changes, transaction.origin);
  }
}

function isSameContent(a: Entry, b: Entry): boolean {
  if (a.problem !== undefined || b.problem !== undefined) return false;
  if (a.stored === b.stored) return true;
  if (!isRecord(a.stored) || !isRecord(b.stored)) return false;
  const fields = Object.keys(a.stored);
  const other = b.stored;
  const own = a.stored;
  return fields.length === Object.keys(other).length && fields.every((field) => own[field] === other[field]);
}

/** True when both entries show the same. */
export function isEqualContent(a: Entry, b: Entry): boolean {
  return a.problem === undefined && b.problem === undefined && equalValues(a.stored, b.stored);
}
