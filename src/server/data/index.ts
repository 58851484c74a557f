/*
 * The data of rooms on the server: a log of commits, blobs, the files behind rooms, and the HTTP channel over them.
 */
export type { BlobStore } from './blob-store.ts';
export type { CommitLog } from './commit-log.ts';
export type { CommitRecord, RecordOp, SourceIdentity, StoredKeys, StoredValue } from './commit-record.ts';
export { createDataRooms, type DataRooms, type DataRoomsOptions, type RoomSummary } from './data-rooms.ts';
export { lockDirectory, type DirectoryLock } from './directory-lock.ts';
export { openFileCommitLog, type FileCommitLog } from './file-commit-log.ts';
export { fileRoomStorage, type FileRoomStorageOptions } from './file-room-storage.ts';
export { fileSource, type FileSource } from './file-source.ts';
export type { CommitContext, FrameEdit, Place } from './frame-edit.ts';
export type { FrameSnapshot } from './frame-reader.ts';
export type { Caller } from './http/channel-context.ts';
export type { FrameExporter } from './http/frame-exporter.ts';
export { createFrameChannel, type FrameChannelOptions } from './http/frame-channel.ts';
export { LockTable, type LockGrant, type LockRequest } from './lock-table.ts';
export { memoryBlobStore } from './memory-blob-store.ts';
export { memoryLogStore, type MemoryLogStore } from './memory-commit-log.ts';
export { openRoomData, type RoomDataOptions } from './open-room-data.ts';
export type { FrameQuery, OrderPage, RevertRequest, RoomCommit, RoomData, RoomDataChange } from './room-data.ts';
export { memoryRoomStorage, type RoomStorage } from './room-storage.ts';
export { openSegmentBlobStore } from './segment-blob-store.ts';
export type { OpenTrajectory } from './source-frames.ts';
