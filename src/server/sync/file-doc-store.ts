import { join } from 'node:path';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import { withoutPaths } from '../data/store-errors.ts';
import { docFileName, roomOfDocFile } from './doc-file-name.ts';
import { DocFile } from './doc-file.ts';
import { decodeLog, encodePayload } from './doc-log-codec.ts';
import type { DocStore } from './doc-store.ts';
import { beginLog, LogWriter } from './log-writer.ts';
import { nodeStoreDisk, type StoreDisk } from './store-disk.ts';
import { silentLog, type SyncLog } from './sync-log.ts';

/** Where a file store keeps its rooms. */
export interface FileDocStoreOptions {
  directory: string;
  disk?: StoreDisk;
  clock?: Clock;
  log?: SyncLog;
  /**
   * Milliseconds that updates may wait for a sync as long as nobody asks whether they are stored. They are with the
   * system at once and survive the process; this is about a loss of power.
   */
  syncDelayMs?: number;
}

/**
 * Shared documents as one append-only file a room, durable when a write resolves. Everything that waits for one sync
 * shares the next. A write that was torn is cut when its room is loaded; other damage is refused and left as it is.
 */
export async function fileDocStore(options: FileDocStoreOptions): Promise<DocStore> {
  const { directory, disk = nodeStoreDisk, clock = systemClock, log = silentLog, syncDelayMs = 100 } = options;
  const files = new Map<string, DocFile>();
  let trouble: string | undefined;

  /** Does something with the disk; a failure becomes one of ours and is what `health` tells until the next success. */
  const guarded = async <R>(room: string, what: string, work: () => Promise<R>): Promise<R> => {
    try {
      const result = await work();
      trouble = undefined;
      return result;
    } catch (cause) {
      const error = isCovalenceError(cause) ? cause : failure(room, what, cause);
      trouble = error.message;
      throw error;
    }
  };
  const fileOf = (room: string): DocFile => {
    const file = files.get(room);
    if (file !== undefined) return file;
    throw new CovalenceError('store/failed', `Room "${room}" was written before it was created or loaded.`, { room });
  };
  const release = async (room: string): Promise<void> => {
    const file = files.get(room);
    files.delete(room);
    await file?.close();
  };

  await guarded('', 'opened', () => disk.makeDirectory(directory));
  return {
    durability: 'disk',
    load: (room) =>
      guarded(room, 'loaded', async () => {
        await release(room);
        const path = join(directory, docFileName(room));
        const bytes = await disk.read(path);
        if (bytes === undefined) return undefined;
        const { stored, wholeByteLength, isDamaged, isAltered } = decodeLog(bytes);
        if (stored === undefined || isDamaged) throw damage(room, path, wholeByteLength);
        const byteLength = bytes.byteLength - wholeByteLength;
        const keptAs = isAltered ? await keepAside(disk, path, bytes.subarray(wholeByteLength)) : undefined;
        const file = await disk.open(path);
        if (byteLength > 0) file.cut(wholeByteLength);
        if (keptAs !== undefined) log.error({ room, byteLength, keptAs }, ALTERED_END);
        else if (byteLength > 0) {
          log.warn({ room, byteLength }, 'the end of a log was a torn write, never acknowledged; it was cut');
        }
        // What a killed process left is with the system, not yet on the disk.
        await file.sync();
        const place = { disk, directory, path, epoch: stored.epoch, clock, syncDelayMs };
        files.set(room, new DocFile(place, new LogWriter(file, wholeByteLength)));
        return stored;
      }),
    create: (room, epoch) =>
      guarded(room, 'created', async () => {
        const path = join(directory, docFileName(room));
        if ((await disk.read(path)) !== undefined) throw new Error(`${path} is there already; load it`);
        const writer = await beginLog(disk, `${path}.new`, encodePayload({}, epoch));
        await disk.rename(`${path}.new`, path);
        await disk.syncDirectory(directory);
        files.set(room, new DocFile({ disk, directory, path, epoch, clock, syncDelayMs }, writer));
      }),
    append: (room, entry) => guarded(room, 'stored', () => fileOf(room).append(entry)),
    flush: (room) => files.get(room)?.flush(),
    compact: (room, snapshot) => guarded(room, 'stored', () => fileOf(room).compact(snapshot)),
    remove: (room) =>
      guarded(room, 'removed', async () => {
        const path = join(directory, docFileName(room));
        await release(room);
        const wasThere = await disk.remove(path);
        for (const name of await disk.list(directory)) {
          if (name.startsWith(`${docFileName(room)}.cut-`)) await disk.remove(join(directory, name));
        }
        if (wasThere) await disk.syncDirectory(directory);
        return wasThere;
      }),
    list: () =>
      guarded('', 'listed', async () => {
        const names = await disk.list(directory);
        return names
          .map(roomOfDocFile)
          .filter((room) => room !== undefined)
          .sort();
      }),
    release,
    async health() {
      if (trouble !== undefined) return { isWritable: false, detail: trouble };
      try {
        await disk.list(directory);
        return { isWritable: true };
      } catch (cause) {
        return { isWritable: false, detail: failure('', 'found', cause).message };
      }
    },
    async close() {
      for (const room of files.keys()) await release(room);
    },
  };
}

const ALTERED_END =
  'the end of a log does not have its checksum: a loss of power broke the last write off, or a change was altered; the ' +
  'room goes on without it and the bytes were kept aside';

/** Keeps bytes that are about to be cut off: whether they were ever acknowledged only a person can find out. */
async function keepAside(disk: StoreDisk, path: string, bytes: Uint8Array): Promise<string> {
  let number = 1;
  while ((await disk.read(`${path}.cut-${number}`)) !== undefined) number += 1;
  const keptAs = `${path}.cut-${number}`;
  const file = await disk.create(keptAs);
  try {
    file.append(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return keptAs;
}

function failure(room: string, what: string, cause: unknown): CovalenceError {
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  const todo = isFull ? 'Free some space on the disk.' : 'Look at the disk and its permissions.';
  const text = withoutPaths(cause instanceof Error ? cause.message : String(cause));
  return new CovalenceError(
    isFull ? 'store/full' : 'store/failed',
    `The shared state of ${room === '' ? 'the rooms' : `room "${room}"`} could not be ${what}: ${text}. ${todo}`,
    room === '' ? {} : { room },
    { cause },
  );
}

function damage(room: string, path: string, position: number): CovalenceError {
  return new CovalenceError(
    'store/failed',
    `The stored state of room "${room}" is damaged at byte ${position} of ${path} and was left untouched. Restore that file from a copy, or move it away to begin the room anew.`,
    { room, position },
  );
}
