import { Doc, encodeStateAsUpdate } from 'yjs';
import type { Map as YMap } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';

/** Writes the server's facts. They travel at most ten times a second, so that a busy file does not flood the readers. */
export interface LedgerWriter {
  /** Replaces the whole value; a plain object. */
  set(key: string, value: Record<string, unknown>): void;
  remove(key: string): void;
  get(key: string): Record<string, unknown> | undefined;
}

/** The ledger with what its room needs of it. */
export interface Ledger extends LedgerWriter {
  readonly doc: Doc;
  /** The whole document as one update. */
  state(): Uint8Array;
  /** Writes what waits, now. */
  flush(): void;
  /** Called with an update, or with the whole state of a fresh document (`isFresh`). */
  onUpdate: (update: Uint8Array, isFresh: boolean) => void;
  /** Called after facts were written. Returns its own undo. */
  onChange(listener: () => void): () => void;
  close(): void;
}

const COALESCE_MS = 100;
/** Above this many structs the document is replaced by a fresh one: Yjs never forgets an overwrite. */
const MAX_STRUCTS = 20_000;

/** An empty ledger. It is never stored: everything in it is derived from the log of commits. */
export function createLedger(clock: Clock): Ledger {
  const facts = new Map<string, Record<string, unknown>>();
  const waiting = new Set<string>();
  const listeners = new Set<() => void>();
  let cancel: (() => void) | undefined;
  let doc = new Doc();
  let structs = 0;
  let writtenMs = Number.NEGATIVE_INFINITY;

  const root = (): YMap<Record<string, unknown>> => doc.getMap('ledger');
  const listen = (): void => {
    doc.on('update', (update: Uint8Array) => ledger.onUpdate(update, false));
  };
  const write = (keys: Iterable<string>): void => {
    doc.transact(() => {
      for (const key of keys) {
        const value = facts.get(key);
        if (value === undefined) root().delete(key);
        else root().set(key, value);
        structs += 1;
      }
    });
  };
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    if (waiting.size === 0) return;
    writtenMs = clock.now();
    if (structs + waiting.size > MAX_STRUCTS) {
      doc = new Doc();
      structs = 0;
      write(facts.keys());
      listen();
      ledger.onUpdate(encodeStateAsUpdate(doc), true);
    } else write(waiting);
    waiting.clear();
    for (const listener of listeners) listener();
  };
  const touch = (key: string): void => {
    waiting.add(key);
    cancel ??= clock.after(Math.min(COALESCE_MS, Math.max(0, writtenMs + COALESCE_MS - clock.now())), flush);
  };

  const ledger: Ledger = {
    get doc() {
      return doc;
    },
    set(key, value) {
      facts.set(key, value);
      touch(key);
    },
    remove(key) {
      if (facts.delete(key)) touch(key);
    },
    get: (key) => facts.get(key),
    state() {
      flush();
      return encodeStateAsUpdate(doc);
    },
    flush,
    onUpdate: () => undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      cancel?.();
      doc.destroy();
    },
  };
  listen();
  return ledger;
}
