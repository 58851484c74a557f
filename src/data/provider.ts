import type { Frame, FrameData, TrajectoryInfo } from '../protocol/frames.ts';

/** Which values to read, and a way to stop waiting. */
export interface ReadOptions {
  /** Keys, aliases allowed; all when left out. */
  data?: readonly string[];
  signal?: AbortSignal;
}

/**
 * Where frames come from. Equal hash means equal bytes; a value whose bytes do not match its announced hash is an error
 * (`frame/corrupt`), never a frame. Reading needs no shared document.
 */
export interface DataProvider {
  /** Called by the room when it opens and whenever the ledger says that the trajectory changed. */
  info(options?: { signal?: AbortSignal }): Promise<TrajectoryInfo>;
  /** The frame at `index`, newest version. Rejects with `frame/not-found` outside the trajectory, with the signal's reason on abort. */
  read(index: number, options?: ReadOptions): Promise<Frame>;
  /** Frames `[start, stop)` in order, in as few requests as the means allows. */
  readRange(start: number, stop: number, options?: ReadOptions): AsyncIterable<Frame>;
  /** One-number values of all frames: arrays of `count` numbers, NaN where a frame has none. */
  scalars(keys?: readonly string[], options?: { signal?: AbortSignal }): Promise<Record<string, Float64Array>>;
  close(): Promise<void>;
}

/** What a commit was answered with. */
export interface CommitResult {
  seq: number;
  /** Version and hashes after the commit, by frame id. */
  frames: Record<string, { version: number; hashes: Record<string, string> }>;
  /** How durable the acknowledgement is: `memory`, `fsync`, `redis`. */
  durability: string;
}

/** Options of one write. */
export interface WriteOptions {
  /** Version the edit was made on; a newer one on the server refuses with `frame/conflict`. */
  baseVersion: number;
  /** Lock token when the frame is locked by us. */
  lockToken?: string;
  /** Repeating a write with the same key gives the first answer. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** A provider that can also be written to. All writes are all-or-none and durable when they resolve. */
export interface FrameWriter {
  /** Replaces the given keys of a frame, keeping the others. */
  patch(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  /** Replaces a frame whole. */
  replace(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  /** Adds frames at the end, or after/before a frame. */
  insert(
    frames: readonly FrameData[],
    options?: { after?: string; before?: string; idempotencyKey?: string; signal?: AbortSignal },
  ): Promise<CommitResult & { ids: string[] }>;
  remove(id: string, options: WriteOptions): Promise<CommitResult>;
  /** Makes a new commit with the values before `seq`; default: the newest own commit. */
  undo(seq?: number, options?: { signal?: AbortSignal }): Promise<CommitResult>;
  redo(seq?: number, options?: { signal?: AbortSignal }): Promise<CommitResult>;
}

/** True when the provider accepts writes. */
export function isFrameWriter(provider: DataProvider): provider is DataProvider & FrameWriter {
  return 'patch' in provider;
}
