import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';
import { beginRecord, entryRecords, readLog } from './doc-log-codec.ts';
import type { DocStore } from './doc-store.ts';

const SUFFIX = '.ydoc';

/** One room's log, open for appending. */
interface OpenLog {
  file: FileHandle;
  epoch: string;
  /** What waits for the next write, which they all share. */
  waiting: { bytes: Buffer; resolve: () => void; reject: (error: unknown) => void }[];
  /** The writer at work; undefined when nothing waits. */
  writing: Promise<void> | undefined;
}

function failed(room: string, what: string, cause: unknown): CovalenceError {
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new CovalenceError(
    isFull ? 'store/full' : 'store/failed',
    `The shared state of room "${room}" could not be ${what}: ${cause instanceof Error ? cause.message : String(cause)}. ${isFull ? 'Free some space on the disk.' : 'Look at the disk and its permissions.'}`,
    { room },
    { cause },
  );
}

/** Makes the entries of a directory survive a loss of power. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Shared documents as one append-only file a room, with a checksum per record. Appends that arrive while one is being
 * written share the next write and its sync. A torn end, left by a crash, is cut when the room is loaded.
 */
export async function fileDocStore({ directory }: { directory: string }): Promise<DocStore> {
  await mkdir(directory, { recursive: true });
  const logs = new Map<string, OpenLog>();
  let trouble: string | undefined;

  const pathOf = (room: string): string => join(directory, room + SUFFIX);
  const logOf = (room: string): OpenLog => {
    const log = logs.get(room);
    if (log !== undefined) return log;
    throw new CovalenceError('store/failed', `Room "${room}" was written before it was created or loaded.`, { room });
  };
  const guarded = async <R>(room: string, what: string, work: () => Promise<R>): Promise<R> => {
    try {
      const result = await work();
      trouble = undefined;
      return result;
    } catch (cause) {
      const error = failed(room, what, cause);
      trouble = error.message;
      throw error;
    }
  };

  const write = async (room: string, log: OpenLog): Promise<void> => {
    while (log.waiting.length > 0) {
      const batch = log.waiting.splice(0);
      const { size } = await log.file.stat();
      try {
        await guarded(room, 'stored', async () => {
          await log.file.appendFile(Buffer.concat(batch.map(({ bytes }) => bytes)));
          await log.file.datasync();
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Half a record must not stand between what is stored and what comes next.
        await log.file.truncate(size).catch(() => undefined);
        for (const { reject } of batch) reject(error);
      }
    }
    log.writing = undefined;
  };

  const store: DocStore = {
    durability: 'disk',
    load: (room) =>
      guarded(room, 'loaded', async () => {
        const bytes = await readFile(pathOf(room)).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        });
        if (bytes === undefined) return undefined;
        const { stored, wholeByteLength } = readLog(bytes);
        // A file of which not even the beginning is whole was never acknowledged; one with more is damage, not a torn end.
        if (stored === undefined && bytes.byteLength > 4_096) {
          throw new Error(`${pathOf(room)} does not begin as a log of a room; it was left untouched`);
        }
        if (stored === undefined) return undefined;
        const file = await open(pathOf(room), 'a');
        if (wholeByteLength < bytes.byteLength) await file.truncate(wholeByteLength);
        logs.set(room, { file, epoch: stored.epoch, waiting: [], writing: undefined });
        return stored;
      }),
    create: (room, epoch) =>
      guarded(room, 'created', async () => {
        const file = await open(pathOf(room), 'w');
        await file.appendFile(beginRecord(epoch));
        await file.datasync();
        await syncDirectory(directory);
        logs.set(room, { file, epoch, waiting: [], writing: undefined });
      }),
    append(room, entry) {
      const log = logOf(room);
      const stored = new Promise<void>((resolve, reject) => {
        log.waiting.push({ bytes: entryRecords(entry), resolve, reject });
      });
      log.writing ??= write(room, log);
      return stored;
    },
    async compact(room, snapshot) {
      const log = logOf(room);
      // The writer is held: appends made meanwhile wait and land behind the snapshot.
      const before = log.writing;
      const work = (async () => {
        await before;
        await guarded(room, 'compacted', async () => {
          const temporary = `${pathOf(room)}.new`;
          const file = await open(temporary, 'w');
          await file.appendFile(Buffer.concat([beginRecord(log.epoch), entryRecords(snapshot)]));
          await file.datasync();
          await file.close();
          await rename(temporary, pathOf(room));
          await syncDirectory(directory);
          await log.file.close();
          log.file = await open(pathOf(room), 'a');
        });
      })();
      log.writing = work.then(
        () => write(room, log),
        () => write(room, log),
      );
      await work;
    },
    async remove(room) {
      const log = logs.get(room);
      logs.delete(room);
      await log?.writing;
      await log?.file.close();
      const isThere = (await readdir(directory)).includes(room + SUFFIX);
      await rm(pathOf(room), { force: true });
      return isThere;
    },
    async list() {
      const files = await readdir(directory);
      return files
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length))
        .sort();
    },
    async release(room) {
      const log = logs.get(room);
      logs.delete(room);
      await log?.writing;
      await log?.file.close();
    },
    health: async () => (trouble === undefined ? { isWritable: true } : { isWritable: false, detail: trouble }),
    async close() {
      for (const room of logs.keys()) await store.release?.(room);
    },
  };
  return store;
}
