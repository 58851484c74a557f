import type { Doc } from 'yjs';
import { CovalenceError } from '../protocol/errors.ts';

/** A document kept in this browser, so that edits made offline survive the tab. */
export interface OfflineStore {
  /** Stops keeping; what is stored stays. Safe to call twice. */
  close(): Promise<void>;
  /** Stops keeping and deletes what is stored, e.g. after the server refused the document. */
  clear(): Promise<void>;
}

/**
 * Loads what this browser kept under `name` into `doc` and keeps every later change there. Resolves once the stored
 * edits are in the document. `name` must tell servers, rooms and epochs of a room apart. Throws `store/failed` where
 * there is no IndexedDB: in Node, and in some private windows.
 */
export async function openOfflineStore(name: string, doc: Doc): Promise<OfflineStore> {
  if (!('indexedDB' in globalThis)) {
    throw new CovalenceError(
      'store/failed',
      'Nothing can be kept offline here: there is no IndexedDB. Open the room without the offline option.',
      { name },
    );
  }
  const { IndexeddbPersistence } = await import('y-indexeddb');
  const persistence = new IndexeddbPersistence(`covalence:${name}`, doc);
  let isClosed = false;
  const once = async (end: () => Promise<void>): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await end();
  };
  try {
    await persistence.whenSynced;
  } catch (error) {
    throw new CovalenceError(
      'store/failed',
      `What was kept offline for "${name}" cannot be read.`,
      { name },
      { cause: error },
    );
  }
  return { close: () => once(() => persistence.destroy()), clear: () => once(() => persistence.clearData()) };
}
