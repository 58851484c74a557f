import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { recentBytes } from './recent-bytes.ts';
import { openSegmentBlobStore } from './segment-blob-store.ts';
import { type SegmentFollower, segmentFollower } from './segment-follower.ts';

/** Processes that may share a directory. */
const MAX_SLOTS = 256;
const SLOT = /^slot-\d+$/;
/** Bytes of other processes' blobs that stay in memory. */
const KEPT_BYTE_LENGTH = 64 * 1024 * 1024;

/** Whether a file name in a shared directory is that of the part of one process. */
export const isSlot = (name: string): boolean => SLOT.test(name);

/** A store of blobs whose directory several processes use. */
export interface SharedBlobStore extends BlobStore {
  /** A directory of this process alone, for as long as it has the store open. */
  readonly ownDirectory: string;
}

/**
 * Opens the blobs in `directory`, which may lie on a disk that several machines see. Each process writes into a slot of
 * its own, the first that is free, and reads everybody's.
 */
export async function openSharedBlobStore(directory: string): Promise<SharedBlobStore> {
  await mkdir(directory, { recursive: true });
  const { slot, lock } = await takeSlot(directory);
  const ownDirectory = join(directory, slot);
  const own = await openSegmentBlobStore(join(ownDirectory, 'blobs')).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const others = new Map<string, SegmentFollower>();
  const kept = recentBytes(KEPT_BYTE_LENGTH);

  const findOthers = async (): Promise<void> => {
    for (const name of await readdir(directory)) {
      if (isSlot(name) && name !== slot && !others.has(name)) {
        others.set(name, segmentFollower(join(directory, name, 'blobs')));
      }
    }
  };
  const fromOthers = async (hash: string): Promise<Uint8Array | undefined> => {
    for (const other of others.values()) {
      const bytes = await other.get(hash);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  };

  return {
    ownDirectory,
    get byteLength() {
      return own.byteLength;
    },
    has: (hash) => own.has(hash) || [...others.values()].some((other) => other.has(hash)),
    put: (hash, bytes) => own.put(hash, bytes),
    async get(hash) {
      const near = (own.has(hash) ? await own.get(hash) : undefined) ?? kept.get(hash);
      if (near !== undefined) return near;
      let bytes = await fromOthers(hash);
      if (bytes === undefined) {
        await findOthers();
        bytes = await fromOthers(hash);
      }
      if (bytes !== undefined) kept.add(hash, bytes);
      return bytes;
    },
    async close() {
      await own.close();
      await lock.release();
    },
  };
}

async function takeSlot(directory: string): Promise<{ slot: string; lock: DirectoryLock }> {
  // Other machines' slots are left alone while there are fresh ones: whether their processes live takes time to find out.
  for (const isPatient of [false, true]) {
    for (let number = 0; number < MAX_SLOTS; number += 1) {
      const slot = `slot-${number}`;
      try {
        return { slot, lock: await lockDirectory(join(directory, slot), { isPatient }) };
      } catch (error) {
        if (!isCovalenceError(error, 'store/in-use')) throw error;
      }
    }
  }
  throw new CovalenceError(
    'store/in-use',
    `${MAX_SLOTS} processes use the data directory "${directory}", the most there may be.`,
    { directory },
  );
}
