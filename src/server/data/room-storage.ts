import type { BlobStore } from './blob-store.ts';
import type { CommitLog } from './commit-log.ts';
import { memoryBlobStore } from './memory-blob-store.ts';
import { memoryLogStore, type MemoryLogStore } from './memory-commit-log.ts';

/** Where the rooms of a server lie: one log a room, one store of blobs for all. */
export interface RoomStorage {
  readonly durability: string;
  readonly blobs: BlobStore;
  /** Names of the rooms that have a log. */
  list(): Promise<string[]>;
  has(name: string): Promise<boolean>;
  /** The log of a room, empty when it is new, and the directory where caches may be kept. */
  open(name: string): Promise<{ log: CommitLog; directory?: string }>;
  /** Takes a room's log away; its blobs are left to the collection. The room must be closed. */
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

/** Rooms that live as long as the process. */
export function memoryRoomStorage(): RoomStorage {
  const logs = new Map<string, MemoryLogStore>();
  const blobs = memoryBlobStore();
  return {
    durability: 'memory',
    blobs,
    list: async () => [...logs.keys()],
    has: async (name) => logs.has(name),
    async open(name) {
      let store = logs.get(name);
      if (store === undefined) logs.set(name, (store = memoryLogStore()));
      return { log: store.open() };
    },
    async remove(name) {
      logs.delete(name);
    },
    async rename(from, to) {
      const store = logs.get(from);
      if (store === undefined) return;
      logs.delete(from);
      logs.set(to, store);
    },
    close: () => blobs.close(),
  };
}
