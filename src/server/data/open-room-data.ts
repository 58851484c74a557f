import { randomBytes } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { BlobStore } from './blob-store.ts';
import type { CommitLog } from './commit-log.ts';
import { CommitQueue } from './commit-queue.ts';
import type { BaseIdentity, CommitRecord, SourceIdentity } from './commit-record.ts';
import { type BaseLog, foldLog } from './fold-log.ts';
import { FrameReader } from './frame-reader.ts';
import { LockTable } from './lock-table.ts';
import type { RoomState } from './room-state.ts';
import { RoomViews } from './room-views.ts';
import { RoomTrajectory } from './room-trajectory.ts';
import type { RoomData } from './room-data.ts';
import type { SourceReading } from './source-reading.ts';
import { type OpenTrajectory, openSourceFrames, type SourceFrames } from './source-frames.ts';

/** Options of {@link openRoomData}. */
export interface RoomDataOptions {
  name: string;
  log: CommitLog;
  blobs: BlobStore;
  /** Logs that the room stands on, nearest first. */
  bases?: readonly BaseLog[];
  /** The trajectory file the room stands on; needs `openTrajectory`. */
  source?: { path: string; reading?: SourceReading | undefined };
  /** Whether frames that are appended to the file appear in the room. */
  follow?: boolean;
  openTrajectory?: OpenTrajectory;
  /** Where the index of the file is kept. */
  directory?: string;
  clock?: Clock;
  /** Called when a commit failed because the store is full. */
  onStoreFull?: () => void;
}

/**
 * Opens the data of a room on its log and blobs; an empty log becomes a new room. Rejects with `file/changed` when the
 * file behind the room is another one now, and with the errors of the log. Takes over `log` (closed with the room), not
 * `blobs`.
 */
export async function openRoomData(options: RoomDataOptions): Promise<RoomData> {
  const { name, log, blobs, clock = systemClock } = options;
  const state = await foldLog(log.read(0), options.bases ?? []);

  const path = options.source === undefined ? state.source?.path : resolve(options.source.path);
  if (path !== undefined && state.seq > 0 && state.source === undefined) {
    throw new CovalenceError(
      'room/exists',
      `The room "${name}" exists and does not stand on a file. Give "${basename(path)}" another name: its room bears it, too.`,
      { room: name },
    );
  }
  let trajectory: RoomTrajectory | undefined;
  const source =
    path === undefined ? undefined : await openSource(options, path, state, () => trajectory?.onProgress());
  try {
    if (state.seq === 0) {
      const record = firstRecord(name, clock.now(), source === undefined ? {} : { source: source.identity });
      if (await log.append(0, [record])) state.apply(record);
      else for await (const other of log.read(0)) state.apply(other);
    }
    const queue = new CommitQueue({
      log,
      state,
      now: () => clock.now(),
      onApplied: (record) => trajectory?.onApplied(record),
    });
    trajectory = new RoomTrajectory({
      name,
      log,
      state,
      queue,
      blobs,
      source,
      locks: new LockTable({ state, queue, clock, leases: log.leases }),
      reader: new FrameReader({ state, blobs, source }),
      onStoreFull: options.onStoreFull,
      views: new RoomViews({ state, bases: options.bases ?? [], blobs, source }),
    });
    return trajectory;
  } catch (error) {
    await source?.close();
    throw error;
  }
}

/** The record that a log begins with. */
export function firstRecord(
  name: string,
  at: number,
  ground: { source?: SourceIdentity; base?: BaseIdentity },
): CommitRecord {
  const epoch = randomBytes(9).toString('base64url').replaceAll(/[-_]/g, '0');
  return { seq: 1, at, ops: [{ op: 'room', name, epoch, ...ground }] };
}

async function openSource(
  options: RoomDataOptions,
  path: string,
  state: RoomState,
  onProgress: () => void,
): Promise<SourceFrames> {
  if (options.openTrajectory === undefined) {
    throw new CovalenceError(
      'file/unknown-format',
      `"${basename(path)}" cannot be opened: no reader of files was given.`,
    );
  }
  return openSourceFrames({
    path,
    openTrajectory: options.openTrajectory,
    clock: options.clock ?? systemClock,
    follow: options.follow,
    known: state.source,
    directory: options.directory,
    reading: options.source?.reading,
    onProgress,
  });
}
