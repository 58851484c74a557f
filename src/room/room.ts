import type { Capability } from '../protocol/capabilities.ts';
import type { CovalenceError } from '../protocol/errors.ts';
import type { SelectionRecord } from '../protocol/records/selection.ts';
import type { VisualiserRecord } from '../protocol/records/visualiser.ts';
import type { CameraRecord, BookmarkRecord, ChatRecord } from '../protocol/records/scene.ts';
import type { Presence, SharedState, StateCollection } from '../state/index.ts';
import type { RoomFrames } from './room-frames.ts';

/** Whether a room is in touch with its server; `local` rooms have none. */
export type RoomStatus = 'connecting' | 'online' | 'offline' | 'denied' | 'closed' | 'local';

/** What a listener of a room's status is told. */
export interface RoomStatusEvent {
  status: RoomStatus;
  /** True after the first connection was lost and is there again. */
  isReconnect: boolean;
  error?: CovalenceError;
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
  /**
   * False for what this person's link does not allow, as far as is known: before the first answer of the server, and in
   * a room without one, everything is. Writing then throws `auth/denied`.
   */
  can(capability: Capability): boolean;
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
  /**
   * Takes back the newest thing done here, whether to selections, visualisers, cameras, bookmarks and scene or to frames,
   * in the order in which they were done. Resolves with false when there is none; rejects with `undo/conflict` when a
   * frame was changed since by somebody else, and with `server/unreachable`.
   */
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  onStatus(listener: (event: RoomStatusEvent) => void): () => void;
  close(): Promise<void>;
}
