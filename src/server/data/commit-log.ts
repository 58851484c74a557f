import type { CommitRecord } from './commit-record.ts';

/**
 * The only authority over the versions of a room: an append-only list of records numbered 1, 2, 3 ... A record that an
 * `append` answered with true is in every later `read`, after any fault that the durability level covers.
 */
export interface CommitLog {
  /** `memory`: gone with the process. `fsync`: on disk. */
  readonly durability: string;
  /** Sequence number of the newest record known here; 0 when empty. */
  readonly head: number;
  /**
   * Adds `records`, numbered from `expectedSeq + 1`, all or none. Resolves with true once they are durable, with false
   * when another writer was faster (nothing is written). Rejects with `store/failed` or `store/full`. Calls may
   * overlap: each names the seq that the one before will have left.
   */
  append(expectedSeq: number, records: readonly CommitRecord[]): Promise<boolean>;
  /** Records after `since` in order. */
  read(since: number): AsyncIterable<CommitRecord>;
  /** Called when another writer of the same log may have added records. Returns its own undo. */
  onGrow?(listener: () => void): () => void;
  close(): Promise<void>;
}
