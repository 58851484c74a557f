import type { CommitResult, ReadOptions, WriteOptions } from '../data/provider.ts';
import type { CovalenceError } from '../protocol/errors.ts';
import type { Frame, FrameData, TrajectoryInfo } from '../protocol/frames.ts';
import type { SelectionRecord } from '../protocol/records/selection.ts';
import type { VisualiserRecord } from '../protocol/records/visualiser.ts';
import type { CameraRecord, BookmarkRecord, ChatRecord } from '../protocol/records/scene.ts';
import type { Presence, SharedState, StateCollection } from '../state/index.ts';

/** Whether a room is in touch with its server; `local` rooms have none. */
export type RoomStatus = 'connecting' | 'online' | 'offline' | 'denied' | 'closed' | 'local';

/** What a listener of a room's status is told. */
export interface RoomStatusEvent {
  status: RoomStatus;
  /** True after the first connection was lost and is there again. */
  isReconnect: boolean;
  error?: CovalenceError;
}

/** Frames of the room, newest versions, verified and cached. */
export interface RoomFrames {
  /** What is known now; undefined before the first answer. */
  readonly trajectory: TrajectoryInfo | undefined;
  readonly count: number;
  /** True when writes can succeed. */
  readonly isWritable: boolean;
  info(options?: { signal?: AbortSignal }): Promise<TrajectoryInfo>;
  read(index: number, options?: ReadOptions): Promise<Frame>;
  readRange(start: number, stop: number, options?: ReadOptions): AsyncIterable<Frame>;
  scalars(keys?: readonly string[], options?: { signal?: AbortSignal }): Promise<Record<string, Float64Array>>;
  /** Replaces keys of a frame; `frame/conflict` when `baseVersion` is not the newest. */
  write(id: string, data: FrameData, options: WriteOptions): Promise<CommitResult>;
  append(frames: readonly FrameData[], options?: { signal?: AbortSignal }): Promise<CommitResult & { ids: string[] }>;
  remove(id: string, options: WriteOptions): Promise<CommitResult>;
  undo(seq?: number): Promise<CommitResult>;
  redo(seq?: number): Promise<CommitResult>;
  /** Called when count, keys or any frame changed; `ids` names changed frames, undefined means "any of them". */
  onChange(listener: (change: { ids: readonly string[] | undefined }) => void): () => void;
}

/** Position in the trajectory and playing, for this viewer. */
export interface RoomPlayback {
  readonly frameIndex: number;
  readonly isPlaying: boolean;
  readonly framesPerSecond: number;
  seek(index: number): void;
  play(): void;
  pause(): void;
  setFramesPerSecond(framesPerSecond: number): void;
  onChange(listener: () => void): () => void;
}

/** Everything two people share about one trajectory. Close it when done (`await using`, or `close()`). */
export interface Room extends AsyncDisposable {
  /** The URL people open; empty for a local room. */
  readonly url: string;
  readonly name: string;
  readonly status: RoomStatus;
  readonly state: SharedState;
  readonly selections: StateCollection<SelectionRecord>;
  readonly visualisers: StateCollection<VisualiserRecord>;
  readonly cameras: StateCollection<CameraRecord>;
  readonly bookmarks: StateCollection<BookmarkRecord>;
  readonly chat: StateCollection<ChatRecord>;
  readonly frames: RoomFrames;
  readonly playback: RoomPlayback;
  /** Who is here. */
  readonly presence: Presence;
  /** Undoes the newest own change of selections, visualisers, cameras, bookmarks or scene; false when there is none. */
  undo(): boolean;
  redo(): boolean;
  onStatus(listener: (event: RoomStatusEvent) => void): () => void;
  close(): Promise<void>;
}
