import type { CommitLog } from './commit-log.ts';
import type { CommitRecord } from './commit-record.ts';

/**
 * A log that lives as long as the process. Several rooms may share one, as several servers share a log: each handle of
 * {@link MemoryLogStore.open} is one writer.
 */
export interface MemoryLogStore {
  readonly records: readonly CommitRecord[];
  open(): CommitLog;
}

/** Makes an empty log in memory. */
export function memoryLogStore(): MemoryLogStore {
  const records: CommitRecord[] = [];
  const listeners = new Map<object, () => void>();
  return {
    records,
    open(): CommitLog {
      const self = {};
      return {
        durability: 'memory',
        get head() {
          return records.length;
        },
        // A turn passes between asking and writing, as it does with every real store.
        async append(expectedSeq, added) {
          await Promise.resolve();
          if (expectedSeq !== records.length) return false;
          records.push(...added);
          for (const [owner, listener] of listeners) if (owner !== self) listener();
          return true;
        },
        async *read(since) {
          for (let i = since; i < records.length; i += 1) yield records[i];
        },
        onGrow(listener) {
          listeners.set(self, listener);
          return () => listeners.delete(self);
        },
        async close() {
          listeners.delete(self);
        },
      };
    },
  };
}
