/*
 * The data of rooms on the server: a log of commits, blobs, the files behind rooms, and the HTTP channel over them.
 */
export type { CommitRecord } from './commit-record.ts';
export { createDataRooms, type DataRooms } from './data-rooms.ts';
export { lockDirectory } from './directory-lock.ts';
export { openFileCommitLog } from './file-commit-log.ts';
export { fileRoomStorage } from './file-room-storage.ts';
export { createFrameChannel } from './http/frame-channel.ts';
export { memoryBlobStore } from './memory-blob-store.ts';
export { memoryLogStore } from './memory-commit-log.ts';
export { openRoomData } from './open-room-data.ts';
export type { RoomData } from './room-data.ts';
export { memoryRoomStorage } from './room-storage.ts';
export { openSegmentBlobStore } from './segment-blob-store.ts';
export type { OpenTrajectory } from './source-frames.ts';
