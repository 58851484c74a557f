import type { FramePatch } from '../data/delta.ts';
import type { FrameCommit } from '../data/frame-archive.ts';
import type { FrameEdit, FramePlace } from '../data/frame-edit.ts';
import type { CommitOptions, CommitResult, ReadOptions, WriteOptions } from '../data/provider.ts';
import type { Frame, FrameData, TrajectoryInfo } from '../protocol/frames.ts';
import type { LockRecord } from '../protocol/ledger.ts';
import type { EditOptions, EditRecipe } from './edit-frame.ts';
import type { FrameLock, FrameLockOptions } from './frame-lock.ts';

/** A commit of the history, newest first, with what became of it. */
export interface HistoryEntry extends FrameCommit {
  /** True while a later commit that took it back holds. */
  isUndone: boolean;
}

/** Which part of the history is asked for. */
export interface HistoryOptions {
  /** Only commits after this one. */
  since?: number;
  /** At most this many. */
  limit?: number;
  signal?: AbortSignal;
}

/**
 * Frames of the room, newest versions, verified and cached. Every write is durable when it resolves, carries an
 * idempotency key of its own, and is repeated with it when its answer was lost, so it happens once or not at all.
 */
export interface RoomFrames {
  /** What is known now; undefined before the first answer. */
  readonly trajectory: TrajectoryInfo | undefined;
  readonly count: number;
  /** True when writes can succeed. */
  readonly isWritable: boolean;
  info(options?: { signal?: AbortSignal }): Promise<TrajectoryInfo>;
  read(index: number, options?: ReadOptions): Promise<Frame>;
  /** The frame of this id, also an earlier version of it. Rejects with `frame/not-found`. */
  readById(id: string, options?: ReadOptions & { version?: number }): Promise<Frame>;
  readRange(start: number, stop: number, options?: ReadOptions): AsyncIterable<Frame>;
  /** All frames from `start` (default 0) on, in order, in as few requests as possible; leaving the loop stops it. */
  stream(options?: ReadOptions & { start?: number; stop?: number }): AsyncIterable<Frame>;
  scalars(keys?: readonly string[], options?: { signal?: AbortSignal }): Promise<Record<string, Float64Array>>;
  /** Replaces keys of a frame; `frame/conflict` when `baseVersion` is not the newest. */
  write(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  /** Replaces keys or rows of arrays; null takes a key away. */
  patch(id: string, patch: FramePatch, options: WriteOptions): Promise<CommitResult>;
  /** Replaces a frame whole. */
  replace(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  /**
   * Changes a frame by a recipe that gets its values and may write into them: sends only the difference, takes and
   * returns the lock when asked, and does what `onConflict` says when somebody was faster. Resolves with undefined when
   * the recipe changed nothing. A frame that was read in part is edited in part.
   *
   * ```ts
   * await room.frames.edit(await room.frames.read(0), ({ positions }) => positions.data.set([0.1, 0, 0]));
   * ```
   */
  edit(frame: Frame | string, recipe: EditRecipe, options?: EditOptions): Promise<CommitResult | undefined>;
  append(frames: readonly FrameData[], options?: CommitOptions): Promise<CommitResult & { ids: string[] }>;
  /** Adds frames after or before a frame; at the end without a place. */
  insert(frames: readonly FrameData[], options?: FramePlace & CommitOptions): Promise<CommitResult & { ids: string[] }>;
  remove(id: string, options: WriteOptions): Promise<CommitResult>;
  /** Puts a frame elsewhere; its id, version and bytes stay. */
  move(id: string, place: FramePlace, options?: CommitOptions): Promise<CommitResult>;
  /** Several edits as one commit: all or none. */
  commit(edits: readonly FrameEdit[], options?: CommitOptions): Promise<CommitResult & { ids: string[] }>;
  /** A new commit with the values before `seq`, the newest own commit when left out. Rejects with `undo/conflict`. */
  undo(seq?: number, options?: CommitOptions): Promise<CommitResult>;
  redo(seq?: number, options?: CommitOptions): Promise<CommitResult>;
  /** Who changed which frames and when, newest first: `for await (const commit of room.frames.history())`. */
  history(options?: HistoryOptions): AsyncIterable<HistoryEntry>;
  /**
   * Takes the lock of a frame (or of any name), renews it while it is held, and tells when it is lost. While a frame is
   * locked only the holder commits. Rejects with `lock/held`, which says by whom.
   */
  lock(name: string, options?: FrameLockOptions): Promise<FrameLock>;
  /** The locks in force, as far as they are known here. */
  readonly locks: readonly LockRecord[];
  /** Called when `locks` changed. */
  onLocks(listener: () => void): () => void;
  /**
   * How much of each of `parts` equal stretches of the trajectory can be shown without asking anybody, 0 to 1, as the
   * buffered part of a film; undefined where nothing is kept. Costs as much as frames are held.
   */
  cachedParts(parts: number): Float32Array | undefined;
  /** Called when frames came to be held here, or were given up: often; returns its own undo. */
  onCached(listener: () => void): () => void;
  /** Called when count, keys or any frame changed; `ids` names changed frames, undefined means "any of them". */
  onChange(listener: (change: { ids: readonly string[] | undefined }) => void): () => void;
  /** Called after each commit made here, with its number. */
  onCommit(listener: (seq: number) => void): () => void;
}
