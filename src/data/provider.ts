import type { FramePatch } from './delta.ts';
import type { FrameEdit } from './frame-edit.ts';
import type { Frame, FrameData, TrajectoryInfo } from '../protocol/frames.ts';

/** Which values to read, and a way to stop waiting. */
export interface ReadOptions {
  /** Keys, aliases allowed; all when left out. A key that a frame does not have is left out of that frame. */
  data?: readonly string[];
  /** Values the caller holds already; a provider may use it to send less, and may ignore it. */
  held?: HeldValues;
  signal?: AbortSignal;
}

/** Values known by their hash. */
export interface HeldValues {
  /** sha256 in hex of values that are probably among those asked for; few. */
  readonly hashes: readonly string[];
  /** Canonical bytes of one of them; undefined when it is gone. */
  get(hash: string): Uint8Array | undefined;
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
  /** Frames `[start, stop)` in order, those that exist, in as few requests as the means allows. Leaving the loop stops it. */
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

/** What every commit may be accompanied by. */
export interface CommitOptions {
  /** Lock token when a frame is locked by us. */
  lockToken?: string;
  /** Repeating a write with the same key gives the first answer. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Options of one write to a frame. */
export interface WriteOptions extends CommitOptions {
  /** Version the edit was made on; a newer one on the server refuses with `frame/conflict`. */
  baseVersion: number;
}

/** A provider that can also be written to. All writes are all-or-none and durable when they resolve. */
export interface FrameWriter {
  /** Replaces the given keys of a frame, or rows of them; null removes a key; the others stay. */
  patch(id: string, patch: FramePatch, options: WriteOptions): Promise<CommitResult>;
  /** Replaces a frame whole. */
  replace(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  /** Adds frames at the end, or after/before a frame. */
  insert(
    frames: readonly FrameData[],
    options?: CommitOptions & { after?: string; before?: string },
  ): Promise<CommitResult & { ids: string[] }>;
  remove(id: string, options: WriteOptions): Promise<CommitResult>;
  /** Several edits as one commit: all or none. One commit touches a frame once (`request/invalid`). */
  commit(edits: readonly FrameEdit[], options?: CommitOptions): Promise<CommitResult & { ids: string[] }>;
  /** Makes a new commit with the values before `seq`; default: the newest own commit. */
  undo(seq?: number, options?: CommitOptions): Promise<CommitResult>;
  redo(seq?: number, options?: CommitOptions): Promise<CommitResult>;
}

/** A provider that can change while it is open: a file that is being indexed, a store somebody else writes to. */
export interface ChangingProvider {
  /** Called when frames were added or changed; `ids` names changed ones, undefined means any. Returns its own undo. */
  onChange(listener: (change: { ids: readonly string[] | undefined }) => void): () => void;
}

/** A provider that remembers and must be told what is old. */
export interface InvalidatableProvider {
  /**
   * Forgets versions of these frames, of all when left out (also when frames were inserted, moved or removed). What
   * `heads` says of some of them need not be asked for where its values are held.
   */
  invalidate(ids?: readonly string[], heads?: FrameHeads): void;
}

/** Newest version of frames and hashes of their values by key, by id; keys that were never edited may be missing. */
export type FrameHeads = Readonly<
  Record<string, { readonly version: number; readonly hashes: Readonly<Record<string, string>> }>
>;

/** A provider that can be told by others what is newest, so that it takes nothing older for it. */
export interface InformedProvider {
  /** Called by the room with what the control channel says: the newest commit, and versions by frame id. */
  inform(news: { seq?: number; versions?: Readonly<Record<string, number>> }): void;
}

/** True when the provider can be told what is newest. */
export function isInformedProvider(provider: DataProvider): provider is DataProvider & InformedProvider {
  return 'inform' in provider;
}

/** True when the provider tells of changes. */
export function isChangingProvider(provider: DataProvider): provider is DataProvider & ChangingProvider {
  return 'onChange' in provider;
}

/** True when the provider remembers and can be told to forget. */
export function isInvalidatable(provider: DataProvider): provider is DataProvider & InvalidatableProvider {
  return 'invalidate' in provider;
}

/** True when the provider accepts writes. */
export function isFrameWriter(provider: DataProvider): provider is DataProvider & FrameWriter {
  return 'patch' in provider;
}
