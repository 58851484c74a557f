import type { StoredOperation } from './replica.ts';

/** Changes made here that a replaced document never got. */
export interface UnsentChanges {
  /** Keys they are about, each once, oldest first. */
  readonly keys: readonly string[];
  /** Number of changes. */
  readonly size: number;
  /** Makes them again in the present document, in one transaction; a change of fields of a key that is gone is left out. Returns how many were made. */
  apply(): number;
}

/** One own transaction, and the clock of the client that it reached. */
export interface JournalEntry {
  operations: readonly StoredOperation[];
  clientId: number;
  clock: number;
}

const MAX_TRANSACTIONS = 200;

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
