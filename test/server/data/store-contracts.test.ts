import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { BlobStore } from '../../../src/server/data/blob-store.ts';
import type { CommitLog } from '../../../src/server/data/commit-log.ts';
import {
  memoryBlobStore,
  memoryLogStore,
  openFileCommitLog,
  openSegmentBlobStore,
} from '../../../src/server/data/index.ts';
import { openSharedBlobStore } from '../../../src/server/data/shared-blob-store.ts';
import { blobStoreContract } from '../../../src/testing/blob-store-contract.ts';
import { commitLogContract } from '../../../src/testing/commit-log-contract.ts';
import { type DoomedFiles, doomedFiles } from './doomed-files.ts';
import { scratchDirectory } from './store-fixture.ts';

/** Where a store lies and through which files it is reached. */
interface Place {
  path: string;
  files: DoomedFiles;
}

describe('logs', () => {
  const memory = new Map<CommitLog, ReturnType<typeof memoryLogStore>>();
  const openMemory = (store = memoryLogStore()): CommitLog => {
    const log = store.open();
    memory.set(log, store);
    return log;
  };
  const places = new WeakMap<CommitLog, Place>();
  const openFile = async (place?: Place): Promise<CommitLog> => {
    const { path, files } = place ?? { path: join(await scratchDirectory(), 'log'), files: doomedFiles() };
    const log = await openFileCommitLog(path, {
      openFile: (name) => files.open(name, 'r+').catch(() => files.open(name, 'wx+')),
    });
    places.set(log, { path, files });
    return log;
  };
  const filesOf = (log: CommitLog): DoomedFiles => (places.get(log) as Place).files;

  for (const { title, run } of commitLogContract({
    open: async () => openMemory(),
    other: async (log) => openMemory(memory.get(log)),
  })) {
    it(`[D115] in memory: ${title}`, run);
  }
  for (const { title, run } of commitLogContract({
    open: () => openFile(),
    reopen: (log) => openFile(places.get(log)),
    fillDisk: (log) => filesOf(log).failNext('ENOSPC', 'before'),
    loseAnswer: (log) => filesOf(log).failNext('EIO', 'after'),
    async openDoomed(atStep) {
      const log = await openFile();
      const { path, files } = places.get(log) as Place;
      files.arm(atStep);
      return {
        log,
        died: files.died,
        async survivor() {
          await files.bury();
          return openFile({ path, files: doomedFiles() });
        },
      };
    },
  })) {
    it(`[D115] in a file: ${title}`, run);
  }
});

describe('blobs', () => {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const places = new WeakMap<BlobStore, Place>();
  const openSegments = async (place?: Place): Promise<BlobStore> => {
    const { path, files } = place ?? { path: await scratchDirectory(), files: doomedFiles() };
    const store = await openSegmentBlobStore(path, {
      openFile: (name, flags) => files.open(name, flags),
      segmentByteLength: 700,
    });
    places.set(store, { path, files });
    return store;
  };
  const shared = new WeakMap<BlobStore, string>();
  const openShared = async (path?: string): Promise<BlobStore> => {
    const directory = path ?? (await scratchDirectory());
    const store = await openSharedBlobStore(directory);
    shared.set(store, directory);
    return store;
  };

  for (const { title, run } of blobStoreContract({ hash, open: async () => memoryBlobStore() })) {
    it(`[D116] in memory: ${title}`, run);
  }
  for (const { title, run } of blobStoreContract({
    hash,
    open: () => openShared(),
    reopen: (store) => openShared(shared.get(store)),
  })) {
    it(`[D116] shared by processes: ${title}`, run);
  }
  for (const { title, run } of blobStoreContract({
    hash,
    open: () => openSegments(),
    reopen: (store) => openSegments(places.get(store)),
    fillDisk: (store) => (places.get(store) as Place).files.failNext('ENOSPC', 'before'),
    async openDoomed(atStep) {
      const store = await openSegments();
      const { path, files } = places.get(store) as Place;
      files.arm(atStep);
      return {
        store,
        died: files.died,
        async survivor() {
          await files.bury();
          return openSegments({ path, files: doomedFiles() });
        },
      };
    },
  })) {
    it(`[D116] in segments: ${title}`, run);
  }
});
