import type { CommitRecord } from './commit-record.ts';

/** A lock that goes on for `ttlMs` from now; `fence` is the seq of its grant. */
export interface Lease {
  name: string;
  fence: number;
  ttlMs: number;
}

/** How the writers of one log tell each other which locks are still held. What is not heard ends a lock, never a log. */
export interface LeaseChannel {
  renew(lease: Lease): void;
  /** Called with what every writer renewed. Returns its own undo. */
  onRenewed(listener: (lease: Lease) => void): () => void;
}

/**
 * The only authority over the versions of a room: an append-only list of records numbered 1, 2, 3 ... A record that an
 * `append` answered with true is in every later `read`, after any fault that the durability level covers.
 */
export interface CommitLog {
  /** `memory`: gone with the process. `process`: survives it, with Redis. `fsync`, `disk`: on disk. */
  readonly durability: string;
  /** Sequence number of the newest record known here; 0 when empty. */
  readonly head: number;
  /**
   * Adds `records`, numbered from `expectedSeq + 1`, all or none. Resolves with true once they are durable, with false
   * when another writer was faster (nothing is written). Rejects with `store/failed` or `store/full`. Calls may
   * overlap: each names the seq that the one before will have left, and is answered false when that one was.
   */
  append(expectedSeq: number, records: readonly CommitRecord[]): Promise<boolean>;
  /** Records after `since` in order. */
  read(since: number): AsyncIterable<CommitRecord>;
  /** Called when another writer of the same log may have added records. Returns its own undo. */
  onGrow?(listener: () => void): () => void;
  /** Renewals of locks, told to the other writers and stored nowhere; absent where there are none. */
  readonly leases?: LeaseChannel;
  close(): Promise<void>;
}
