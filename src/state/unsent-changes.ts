import { isRecord } from '../protocol/values.ts';
import type { StateValue } from '../protocol/values.ts';
import type { Entry } from './entry.ts';
import type { StoredOperation } from './replica.ts';

/** Changes made here that a replaced document never got. */
export interface UnsentChanges {
  /** Keys they are about, each once, oldest first. */
  readonly keys: readonly string[];
  /** Number of changes. */
  readonly size: number;
  /** Makes them again in the present document, in one transaction unless they are too many for one message; a change of fields of a key that is gone is left out. Returns how many were made. */
  apply(): number;
}

/** What an operation writes, as {@link portions} weighs it. */
export function writtenBy(operation: StoredOperation): readonly [key: string, value: unknown] {
  if (operation.kind === 'remove') return [operation.key, undefined];
  if (operation.kind === 'set') return [operation.key, operation.value];
  const fields = Object.entries(operation.fields).filter(([, value]) => value !== undefined);
  return [operation.key, Object.fromEntries(fields)];
}

/** Where operations are made. */
export interface OperationTarget {
  entry(key: string): Entry | undefined;
  set(key: string, value: StateValue): void;
  update(key: string, fields: Readonly<Record<string, StateValue | undefined>>): void;
  remove(key: string): void;
}

/** Makes an operation in the present document; false when it has nothing to be made on any more. */
export function applyAgain(core: OperationTarget, operation: StoredOperation): boolean {
  const entry = core.entry(operation.key);
  if (operation.kind === 'set') core.set(operation.key, operation.value);
  else if (entry === undefined) return false;
  else if (operation.kind === 'remove') core.remove(operation.key);
  else if (entry.problem === undefined && isRecord(entry.stored)) core.update(operation.key, operation.fields);
  else return false;
  return true;
}

/** One own transaction, and the clock of the client that it reached. */
export interface JournalEntry {
  operations: readonly StoredOperation[];
  clientId: number;
  clock: number;
}

const MAX_TRANSACTIONS = 2_000;

/** Own transactions that nobody has confirmed yet. */
export class Journal {
  #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > MAX_TRANSACTIONS) this.#entries.shift();
  }

  /** A function that forgets everything noted until now. */
  mark(): () => void {
    const noted = new Set(this.#entries);
    return () => {
      this.#entries = this.#entries.filter((entry) => !noted.has(entry));
    };
  }

  /** The operations that a document with these clocks lacks; the journal is empty afterwards. */
  take(clockOf: (clientId: number) => number): StoredOperation[] {
    const lacking = this.#entries.filter((entry) => clockOf(entry.clientId) < entry.clock);
    this.#entries = [];
    return lacking.flatMap((entry) => entry.operations);
  }
}
