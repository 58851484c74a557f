import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { ClientOwners, SERVER_SUBJECT } from './client-owners.ts';
import type { DocStore } from './doc-store.ts';
import type { SyncLog } from './sync-log.ts';

/** A room as it came from its store. */
export interface LoadedRoom {
  doc: Doc;
  owners: ClientOwners;
  epoch: string;
  byteLength: number;
}

/**
 * Loads a room, or begins it with a new epoch. Rejects with `store/failed` when what is stored cannot be read or cannot
 * be one document; nothing stored is touched then.
 */
export async function loadRoom(name: string, store: DocStore, makeId: () => string, log: SyncLog): Promise<LoadedRoom> {
  const isShared = store.watch !== undefined;
  let stored = await store.load(name);
  let epoch = stored?.epoch ?? makeId();
  if (stored === undefined) {
    // Stored before anybody sees it: the history has one name, also after a crash right now.
    await store.create(name, epoch);
    // Of two servers that begin a room at once one was first, and its name counts.
    if (isShared) stored = await store.load(name);
    epoch = stored?.epoch ?? epoch;
  }
  const doc = new Doc();
  doc.getMap('state');
  const owners = new ClientOwners(stored?.owners);
  try {
    doc.transact(() => {
      for (const update of stored?.updates ?? []) applyUpdate(doc, update);
    }, 'store');
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
      if (!isShared) throw new TypeError('updates are missing');
      // A server may have stored what builds on what another one is about to store again; that brings all of it.
      log.error({ room: name }, 'what is stored of a room builds on something that is missing; it is left out');
      doc.store.pendingStructs = null;
      doc.store.pendingDs = null;
    }
    const { byteLength } = encodeStateAsUpdate(doc);
    owners.claim(doc.clientID, SERVER_SUBJECT);
    return { doc, owners, epoch, byteLength };
  } catch (cause) {
    doc.destroy();
    await store.release?.(name);
    throw new CovalenceError(
      'store/failed',
      `The stored state of room "${name}" cannot be put together and was left untouched. Restore it from a copy.`,
      { room: name },
      { cause },
    );
  }
}
