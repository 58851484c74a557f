import { addAutoKey, createStores, deleteDB, openDB, transact } from 'lib0/indexeddb';
import type { IndexeddbPersistence } from 'y-indexeddb';
import type { Doc } from 'yjs';
import { CovalenceError } from '../protocol/errors.ts';

/** A document kept in this browser, so that edits made offline survive the tab. */
export interface OfflineStore {
  /** True when something had been kept here before. */
  readonly wasKept: boolean;
  /** Reads what other tabs of this browser kept since. Never rejects; a failure is told as such. */
  refresh(): Promise<void>;
  /** Stops keeping; what is stored stays. Safe to call twice. */
  close(): Promise<void>;
  /** Stops keeping and deletes what is stored, e.g. after the server refused the document. */
  clear(): Promise<void>;
}

/** What {@link openOfflineStore} takes besides name and document. */
export interface OfflineStoreOptions {
  /** Told once when changes can no longer be kept: storage is full, or was deleted. The document goes on without. */
  onFailure?: ((error: CovalenceError) => void) | undefined;
}

/** Updates kept one by one before they are joined to one. */
const JOIN_COUNT = 500;

/**
 * Loads what this browser kept under `name` into `doc` and keeps every later change there. Resolves once the stored
 * edits are in the document. `name` must tell servers, rooms and epochs of a room apart. Throws `store/failed` where
 * there is no IndexedDB (in Node, and in some private windows) or it refuses.
 */
export async function openOfflineStore(
  name: string,
  doc: Doc,
  { onFailure }: OfflineStoreOptions = {},
): Promise<OfflineStore> {
  const database = `covalence:${name}`;
  const { persistence, fetchUpdates, storeState, wasKept } = await open(database, doc);
  let isOver = false;
  let count = 0;

  const fail = (cause: unknown): void => {
    if (isOver) return;
    stop();
    onFailure?.(failure('Changes are no longer kept in this browser. They are sent while this page is open.', cause));
  };
  // The listener of y-indexeddb throws into the writer when the database was deleted, and hears nothing of a full disk.
  doc.off('update', persistence._storeUpdate);
  const keep = (update: Uint8Array, origin: unknown): void => {
    if (origin === persistence || isOver) return;
    void write(update).catch(fail);
  };
  const write = async (update: Uint8Array): Promise<void> => {
    if (persistence.db === null) throw new TypeError('the database is closed');
    const [updates] = transact(persistence.db, ['updates']);
    const isWritten = settled(updates.transaction);
    // Its types know of ArrayBuffer alone. That it failed, the transaction says too.
    addAutoKey(updates, update as unknown as ArrayBuffer).catch(() => undefined);
    await isWritten;
    count += 1;
    if (count < JOIN_COUNT || isOver) return;
    count = 0;
    await storeState(persistence, false);
  };
  const stop = (): void => {
    isOver = true;
    doc.off('update', keep);
  };
  doc.on('update', keep);
  const end = async (how: () => Promise<unknown>): Promise<void> => {
    if (isOver) return;
    stop();
    await how().catch(() => undefined); // gone already
  };
  return {
    wasKept,
    async refresh() {
      if (isOver) return;
      try {
        await fetchUpdates(persistence);
      } catch (cause) {
        fail(cause);
      }
    },
    close: () => end(() => persistence.destroy()),
    clear: () => end(() => persistence.clearData()),
  };
}

/** Deletes what this browser kept under `name`; nothing happens where nothing was or can be. */
export async function deleteOfflineStore(name: string): Promise<void> {
  if (!('indexedDB' in globalThis)) return;
  await deleteDB(`covalence:${name}`).catch(() => undefined);
}

interface OpenedStore {
  persistence: IndexeddbPersistence;
  fetchUpdates: (persistence: IndexeddbPersistence) => Promise<unknown>;
  storeState: (persistence: IndexeddbPersistence, isForced: boolean) => Promise<unknown>;
  wasKept: boolean;
}

async function open(database: string, doc: Doc): Promise<OpenedStore> {
  if (!('indexedDB' in globalThis)) {
    throw failure('Nothing can be kept offline here: there is no IndexedDB. The room works without.');
  }
  let wasKept = true;
  try {
    // y-indexeddb waits for ever where a database cannot be opened.
    const db = await openDB(database, (created) => {
      wasKept = false;
      createStores(created, [['updates', { autoIncrement: true }], ['custom']]);
    });
    db.close();
    const { IndexeddbPersistence, fetchUpdates, storeState } = await import('y-indexeddb');
    const persistence = new IndexeddbPersistence(database, doc);
    await persistence.whenSynced;
    return { persistence, fetchUpdates, storeState, wasKept };
  } catch (cause) {
    throw failure('This browser refuses to keep the room for offline work. The room works without.', cause);
  }
}

/** An IDBTransaction, where the types of browsers are not known. */
interface StoreTransaction {
  readonly error: unknown;
  addEventListener(type: 'complete' | 'abort', listener: () => void): void;
}

/** Resolves when a transaction is stored; a full disk shows only then. */
function settled(transaction: StoreTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new TypeError('the transaction ended')));
  });
}

function failure(text: string, cause?: unknown): CovalenceError {
  return new CovalenceError('store/failed', text, {}, { cause });
}
