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
      /** Records that this writer has read or written. */
      let known = records.length;
      let underWay = 0;
      let tail: { seq: number; last: CommitRecord | undefined } = { seq: 0, last: undefined };
      return {
        durability: 'memory',
        get head() {
          return records.length;
        },
        // A turn passes between asking and writing, as it does with every real store.
        async append(expectedSeq, added) {
          if (underWay === 0) tail = { seq: known, last: records[known - 1] };
          if (expectedSeq !== tail.seq) return false;
          const { last } = tail;
          tail = { seq: expectedSeq + added.length, last: added.at(-1) };
          underWay += 1;
          await Promise.resolve();
          underWay -= 1;
          // The record before must be the one that was meant, not another writer's of the same number.
          if (expectedSeq !== records.length || records[expectedSeq - 1] !== last) return false;
          records.push(...added);
          known = records.length;
          for (const [owner, listener] of listeners) if (owner !== self) listener();
          return true;
        },
        async *read(since) {
          for (let i = since; i < records.length; i += 1) {
            if (i === known) known += 1;
            yield records[i];
          }
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
