import type { CommitResult } from '../../data/provider.ts';
import type { Frame, TrajectoryInfo } from '../../protocol/frames.ts';
import type { LockRecord } from '../../protocol/ledger.ts';
import type { CommitRecord } from './commit-record.ts';
import type { CommitContext, FrameEdit } from './frame-edit.ts';
import type { FrameQuery } from './frame-query.ts';
import type { FrameSnapshot } from './frame-reader.ts';
import type { LockTable } from './lock-table.ts';
import type { RoomView } from './room-view.ts';

/** What changed with one commit, or while the file behind a room is being indexed (then `seq` stays). */
export interface RoomDataChange {
  seq: number;
  count: number;
  /** Frames added or changed, with the hashes the log knows; removed frames have none. */
  frames: readonly { id: string; version: number; hashes: Record<string, string>; isRemoved: boolean }[];
  /** True when frames came, went or moved. */
  hasNewOrder: boolean;
  /** True when locks came or went; they are read from `locks.list()`. */
  hasNewLocks: boolean;
}

/** A page of the frame table. */
export interface OrderPage {
  seq: number;
  count: number;
  frames: { id: string; version: number }[];
}

/** The answer to a commit; `ids` names inserted frames in order. */
export type RoomCommit = CommitResult & { ids: string[] };

/** Which commit to take back, or do again; the newest own one when `seq` is left out. */
export interface RevertRequest extends CommitContext {
  seq?: number | undefined;
}

/**
 * The trajectory of one room: frames under stable ids with versions, changed by commits only. Every commit is durable
 * before it is visible, and visible before it is answered.
 */
export interface RoomData {
  readonly name: string;
  /** Changes when the history does not continue. */
  readonly epoch: string;
  /** Sequence number of the newest commit. */
  readonly seq: number;
  readonly count: number;
  readonly durability: string;
  /** Whether commits need the lock of the frame. */
  readonly requireLock: boolean;
  /** Base name of the file behind the room. */
  readonly source: string | undefined;
  /** Absolute path of the file behind the room; never leaves the server. */
  readonly sourcePath: string | undefined;
  readonly locks: LockTable;
  info(): TrajectoryInfo;
  /** Resolves when the file behind the room was read to its end, well or not. */
  readonly indexed: Promise<void>;
  frameAt(index: number, query?: FrameQuery): Promise<Frame>;
  frameById(id: string, query?: FrameQuery & { version?: number | undefined }): Promise<Frame>;
  /** Lets whoever reads snapshots read on to the end after the room was closed, until the answer is called. */
  hold(): () => void;
  /** Where frames stand now; reading them later gives the values of this moment. Throws `frame/not-found`. */
  snapshots(ids: readonly string[]): FrameSnapshot[];
  /** Ids of frames `[start, stop)`. */
  ids(start: number, stop: number): string[];
  read(snapshot: FrameSnapshot, query?: FrameQuery): Promise<Frame>;
  scalars(keys?: readonly string[]): Record<string, Float64Array>;
  order(from: number, limit: number): OrderPage;
  /** Records after `since`, oldest first, at most `limit`. */
  log(since: number, limit: number): readonly CommitRecord[];
  /** Newest version and hashes of a frame, as the log knows them; undefined when it is not in the trajectory. */
  head(id: string): { version: number; hashes: Record<string, string> } | undefined;
  /** Looks for commits of other servers; false when `seq` is still to come. */
  catchUp(seq: number): Promise<boolean>;
  /** The frames changed last, newest first. */
  recentlyChanged(limit: number): string[];
  /** The trajectory as it was at commit `seq`; now when left out. Throws `request/invalid` for a commit that is not there. */
  at(seq?: number): Promise<RoomView>;
  /** Bytes of the stored arrays that the room names, in any version; those shared with other rooms count in each. */
  readonly blobByteLength: number;
  /** Whether any version of any frame names this hash. */
  names(hash: string): boolean;
  /** Canonical bytes under a hash that the log names. */
  blob(hash: string): Promise<Uint8Array | undefined>;
  /** All edits or none. See `FrameEdit` for the refusals. */
  commit(edits: readonly FrameEdit[], context?: CommitContext): Promise<RoomCommit>;
  undo(request?: RevertRequest): Promise<RoomCommit>;
  redo(request?: RevertRequest): Promise<RoomCommit>;
  setPolicy(policy: { requireLock: boolean }, context?: CommitContext): Promise<void>;
  listLocks(): LockRecord[];
  /** Called after every commit and while a file is indexed. Returns its own undo. */
  onChange(listener: (change: RoomDataChange) => void): () => void;
  close(): Promise<void>;
}
