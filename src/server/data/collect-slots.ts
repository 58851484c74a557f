import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { openSegmentBlobStore, type SegmentBlobStoreOptions } from './segment-blob-store.ts';
import { isSlot } from './shared-blob-store.ts';

/** What a collection did. */
export interface Collection {
  /** Arrays that were removed, and their bytes. */
  removed: number;
  removedByteLength: number;
  /** Bytes of the arrays that stay. */
  keptByteLength: number;
}

/** What the rooms name at a moment in which no server writes. */
export interface SlotReferences {
  hashes: ReadonlySet<string>;
  /** Ids of all logs that are there or were removed. */
  logs: ReadonlySet<string>;
}

/**
 * Removes arrays that no room names from `directory`, which servers share that are stopped. `read` is called once none of
 * them can write; one that starts meanwhile is not disturbed, it writes elsewhere. Rejects, having removed nothing, with
 * `store/in-use` while a server has a part of it, and with `store/failed` when a log that servers had is not among `logs`.
 */
export async function collectSlots(
  directory: string,
  read: () => Promise<SlotReferences>,
  options: SegmentBlobStoreOptions = {},
): Promise<Collection> {
  const slots = (await readdir(directory)).filter(isSlot).map((name) => join(directory, name));
  const locks: DirectoryLock[] = [];
  try {
    // At the same time: whether a server on another machine is gone takes seconds to see.
    const taken = await Promise.allSettled(slots.map((slot) => lockDirectory(slot)));
    for (const each of taken) if (each.status === 'fulfilled') locks.push(each.value);
    for (const each of taken) if (each.status === 'rejected') throw each.reason;
    const { hashes, logs } = await read();
    for (const slot of slots) await assertKnown(slot, logs);
    const found: Collection = { removed: 0, removedByteLength: 0, keptByteLength: 0 };
    for (const [i, slot] of slots.entries()) {
      const blobs = await openSegmentBlobStore(join(slot, 'blobs'), options);
      try {
        const before = blobs.byteLength;
        locks[i].assertHeld();
        found.removed += (await blobs.garbage?.collect((hash) => hashes.has(hash), blobs.garbage.mark())) ?? 0;
        found.removedByteLength += before - blobs.byteLength;
        found.keptByteLength += blobs.byteLength;
      } finally {
        await blobs.close();
      }
    }
    return found;
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** Servers leave a folder for each log they had open: one that nobody knows any more was lost, and may be restored. */
async function assertKnown(slot: string, logs: ReadonlySet<string>): Promise<void> {
  const had = await readdir(join(slot, 'rooms')).catch(() => []);
  const unknown = had.filter((id) => !logs.has(id));
  if (unknown.length === 0) return;
  throw new CovalenceError(
    'store/failed',
    `Redis lacks ${unknown.length} logs that servers had open: it was emptied or set back, or it is another one. Restore it ` +
      `from a copy, or remove ${join(slot, 'rooms', unknown[0])} and its like if they are not wanted; nothing was removed.`,
    { logs: unknown.length },
  );
}
