/**
 * Look at, and edit, molecules and materials together.
 *
 * ```ts
 * import { openRoom } from 'covalence';
 *
 * await using room = await openRoom('http://localhost:8080/r/argon', { user: { name: 'Ada' } });
 * room.selections.add({ display_name: 'first three', particle_ids: [0, 1, 2] });
 * const frame = await room.frames.read(0, { data: ['positions'] });
 * ```
 */
export { openRoom, type OpenRoomOptions } from './room/open-room.ts';
export type { TokenOption } from './room/token-source.ts';
export { openLocalRoom, type OpenLocalRoomOptions } from './room/open-local-room.ts';
export { openFileRoom, type OpenFileRoomOptions } from './room/open-file-room.ts';
export type { RefusedChanges } from './room/refused-changes.ts';
export { type DroppedPair, pairDropped } from './room/pair-dropped.ts';
export type { Room, RoomPlayback, RoomStatus, RoomStatusEvent } from './room/room.ts';
export type { HistoryEntry, HistoryOptions, RoomFrames } from './room/room-frames.ts';
export type { EditOptions, EditRecipe, FrameDraft } from './room/edit-frame.ts';
export type { FrameLock, FrameLockOptions } from './room/frame-lock.ts';
export { parseRoomUrl } from './room/room-address.ts';
export type { Capability } from './protocol/capabilities.ts';
export { CovalenceError, type ErrorCode, isCovalenceError, type Problem } from './protocol/errors.ts';
export type { Dtype, Frame, FrameArray, FrameData, FrameValue, TrajectoryInfo } from './protocol/frames.ts';
export { frameArray, isFrameArray, stringArray } from './protocol/frames.ts';
export type { Peer, Presence } from './state/index.ts';
export type { CameraPose, PresenceState } from './protocol/presence.ts';
export type { CommitOptions, CommitResult, DataProvider, FrameWriter, WriteOptions } from './data/provider.ts';
export type { FrameChange, FrameCommit } from './data/frame-archive.ts';
export type { FrameEdit, FramePlace } from './data/frame-edit.ts';
