import type { Mark } from './touch-table.ts';

/** Bytes under their sha256. Never changed once stored. */
export interface BlobStore {
  /**
   * Stores `bytes` under `hash`, their sha256 in hex; resolves once they are as durable as the store makes them. A
   * known hash costs nothing. Rejects with `store/failed` or `store/full`. The bytes must not change meanwhile.
   */
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /** The bytes; undefined when the store does not have them. Rejects with `frame/corrupt` when they are damaged. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** Whether the bytes are there. */
  has(hash: string): boolean;
  /** Bytes taken by what is stored. */
  readonly byteLength: number;
  /** How garbage is collected; absent where other processes may be about to name what is here. */
  readonly garbage?: BlobGarbage;
  close(): Promise<void>;
}

/** Removes blobs that nothing names any more. */
export interface BlobGarbage {
  /** Keeps what is put from now on from being collected until the answer is called: a commit is about to name it. */
  hold(): () => void;
  /** The present moment, for a later `collect`. */
  mark(): Mark;
  /**
   * Removes blobs that were put last before `mark` and that `isReferenced` denies, and gives back their room on disk.
   * The question is put for all of them before this first waits. Resolves with how many they were. After a crash at any
   * point everything that is referenced is still there. Rejects with `store/failed` or `store/full`.
   */
  collect(isReferenced: (hash: string) => boolean, mark: Mark): Promise<number>;
}
