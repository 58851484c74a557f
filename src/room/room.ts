import type { Capability } from '../protocol/capabilities.ts';
import type { CovalenceError } from '../protocol/errors.ts';
import type { SelectionRecord } from '../protocol/records/selection.ts';
import type { VisualiserRecord } from '../protocol/records/visualiser.ts';
import type { CameraRecord, BookmarkRecord, ChatRecord } from '../protocol/records/scene.ts';
import type { Peer, Presence, SharedState, StateCollection } from '../state/index.ts';
import type { FrameRange, LoopMode } from './playback/play-plan.ts';
import type { RefusedChanges } from './refused-changes.ts';
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

/** Whom a viewer follows: whoever presents, one person (by client id) wherever they look, or nobody. */
export type FollowTarget = 'room' | 'nobody' | number;

/** How to go to a frame. */
export interface SeekOptions {
  /** Moves only this viewer and takes nobody along: for links, and for looking something up. */
  quietly?: boolean;
}

/**
 * Position in the trajectory and playing. In a room with other people whoever moves last leads and the others follow, if
 * they want; a person who presents on purpose keeps the lead until they hand it over. A room without a server just plays.
 */
export interface RoomPlayback {
  readonly frameIndex: number;
  readonly isPlaying: boolean;
  readonly framesPerSecond: number;
  readonly loop: LoopMode;
  /** Every how many frames one is shown. */
  readonly skip: number;
  /** The frames that are played, when they are a range. */
  readonly range: FrameRange | undefined;
  /** Key of the bookmark whose frames are played. */
  readonly bookmark: string | undefined;
  readonly following: FollowTarget;
  /** The person who leads now; may be oneself. */
  readonly presenter: Peer | undefined;
  /** True while this viewer leads. */
  readonly isPresenting: boolean;
  /** True while whoever leads does so on purpose. */
  readonly isPresentingOnPurpose: boolean;
  /** False where nobody can present, or not this person. */
  readonly mayPresent: boolean;
  /** True while this viewer waits for the presenter to hand over. */
  readonly isAsking: boolean;
  /** The people who ask whoever leads to hand over. */
  readonly asking: readonly Peer[];
  /** Goes to a frame; outside means the nearest. */
  seek(index: number, options?: SeekOptions): void;
  /**
   * Says that a hand lies on the slider: until the returned function is called nobody else moves this viewer, and it
   * shows what the room does from then on.
   */
  hold(): () => void;
  play(): void;
  pause(): void;
  setFramesPerSecond(framesPerSecond: number): void;
  setLoop(loop: LoopMode): void;
  setSkip(skip: number): void;
  /** Plays only these frames: a range, ascending indices, or those of a bookmark (its key); all when undefined. */
  setFrames(frames: FrameRange | readonly number[] | string | undefined): void;
  follow(target: FollowTarget): void;
  /** Leads the others, on purpose: asks whoever does so already to hand over. */
  present(): void;
  /** Leads no more, or asks no more. */
  stopPresenting(): void;
  /** Lets one of those who ask lead. */
  handOver(clientId: number): void;
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
  /** Own changes that the server did not accept and that nobody has decided about; undefined when there are none. */
  readonly refused: RefusedChanges | undefined;
  /** Told whenever `refused` changed. Returns its own undo. */
  onRefused(listener: (refused: RefusedChanges | undefined) => void): () => void;
  /** `store/full` or `store/failed` while the server stores nothing; `whenSaved` waits meanwhile. */
  readonly storeTrouble: CovalenceError | undefined;
  /** Told whenever `storeTrouble` changed. Returns its own undo. */
  onStoreTrouble(listener: (trouble: CovalenceError | undefined) => void): () => void;
  /** Told what stops nothing, e.g. `store/failed` where nothing can be kept offline; at once for what was told already. */
  onNotice(listener: (notice: CovalenceError) => void): () => void;
  close(): Promise<void>;
}
