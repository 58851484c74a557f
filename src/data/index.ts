/**
 * Frames without a room: providers, wrappers, formats of the wire.
 *
 * ```ts
 * import { httpProvider, withCache, withPrefetch } from 'covalence/data';
 *
 * const frames = withPrefetch(withCache(httpProvider({ url: 'https://host', room: 'argon' })));
 * const { positions } = (await frames.read(0, { data: ['positions'] })).data;
 * ```
 */

// Providers
export { fetchSource } from './fetch-source.ts';
export { fileProvider } from './file-provider.ts';
export { httpProvider } from './http-provider.ts';
export { memoryProvider } from './memory-provider.ts';
export { zarrProvider } from './zarr-provider.ts';

// Wrappers
export { withCache } from './with-cache.ts';
export { withPrefetch } from './with-prefetch.ts';

// What a provider is
export { isChangingProvider, isFrameWriter, isInformedProvider, isInvalidatable } from './provider.ts';
export { isFrameArchive } from './frame-archive.ts';
export { isFrameLocker } from './frame-locker.ts';

// Files
export { blobSource } from './formats/source/blob-source.ts';
export { memorySource } from './formats/source/memory-source.ts';
export { openTrajectory } from './formats/open-trajectory.ts';
export { writeExtxyzFrame } from './formats/xyz/write-frame.ts';
export { writeGroFrame } from './formats/write/write-gro.ts';
export { writePdbFrame } from './formats/write/write-pdb.ts';
export { writePoscarFrame } from './formats/write/write-poscar.ts';
export { writeXtcFrame } from './formats/write/write-xtc.ts';
export type { OpenAnyTrajectoryOptions } from './formats/open-trajectory.ts';
export type {
  ByteSource,
  IndexProgress,
  OpenTrajectoryOptions,
  Trajectory,
  TrajectoryFormat,
} from './formats/format.ts';
export type { ScratchFile } from './formats/source/scratch-file.ts';
export type { WriteXtcOptions } from './formats/write/write-xtc.ts';

// Frames: values, checks, differences, bytes and hashes
export { frameArray, isFrameArray, stringArray } from '../protocol/frames.ts';
export { checkFrameData } from './check-frame.ts';
export { applyPatch, diffFrames, isArrayDelta } from './delta.ts';
export { canonicalBytes, hashBytes } from './hash.ts';

// The wire
export { dataFromWire, dataToWire, frameFromWire, frameToWire } from './frame-codec.ts';
export { decodeFrames } from './frame-stream-decoder.ts';
export { frameStreamEncoder } from './frame-stream-encoder.ts';
export { decodeMsgpack, encodeMsgpack } from './msgpack.ts';

export type {
  Dtype,
  Frame,
  FrameArray,
  FrameData,
  FrameKeyInfo,
  FrameValue,
  TrajectoryInfo,
} from '../protocol/frames.ts';
export type { CheckFrameOptions } from './check-frame.ts';
export type { ArrayDelta, FramePatch } from './delta.ts';
export type { FrameArchive, FrameChange, FrameCommit, HistoryPage } from './frame-archive.ts';
export type { FrameEdit, FramePlace } from './frame-edit.ts';
export type { FrameLocker, LockGrant, LockRequest } from './frame-locker.ts';
export type { FetchSourceOptions } from './fetch-source.ts';
export type { FileProviderOptions, TrajectoryFile } from './file-provider.ts';
export type { Hasher } from './hash.ts';
export type { HttpProviderOptions } from './http-provider.ts';
export type { MemoryProviderOptions } from './memory-provider.ts';
export type {
  ChangingProvider,
  CommitOptions,
  CommitResult,
  DataProvider,
  FrameWriter,
  HeldValues,
  InformedProvider,
  InvalidatableProvider,
  ReadOptions,
  WriteOptions,
} from './provider.ts';
export type { CacheOptions, CachingProvider } from './with-cache.ts';
export type { PrefetchOptions } from './with-prefetch.ts';
export type { ZarrProviderOptions } from './zarr-provider.ts';
export type { ZarrStore } from './zarr-node.ts';
