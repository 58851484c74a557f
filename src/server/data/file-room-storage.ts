import {
  access,
  constants,
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { CovalenceError } from '../../protocol/errors.ts';
import { isRoomName } from '../../protocol/room-name.ts';
import { fileNameOfRoom, roomOfFileName } from '../room-file-name.ts';
import { type DirectoryLockOptions, lockDirectory } from './directory-lock.ts';
import { type CutTail, type FileCommitLogOptions, openFileCommitLog, readFileCommitLog } from './file-commit-log.ts';
import { isKeptAside } from './keep-aside.ts';
import type { CommitRecord } from './commit-record.ts';
import { FOREIGN_NOTE, keepRoomNote, readRoomNote } from './room-note.ts';
import { noSuchRoom, type RoomStorage, type SleepingRooms } from './room-storage.ts';
import { openSegmentBlobStore, type SegmentBlobStoreOptions } from './segment-blob-store.ts';
import { storeError } from './store-errors.ts';
import type { ServerLog } from '../server-log.ts';
import { syncDirectory } from './sync-directory.ts';

const LOG_FILE = 'frames.log';
/** What a room keeps of the file it stands on; each is written anew under another name and then renamed. */
const SOURCE_FILES: readonly string[] = ['source.reading.json', 'source.index', 'source.content'];

/** Rooms that are being made, and removed; of a killed process nobody wants them. */
const HALF_MADE = '.derived-';
const HALF_REMOVED = '.removed-';

/** Beside the rooms: names of those that were only looked at, one a line. */
const VISITS_FILE = 'visited.txt';

/** Beside the rooms: files that are being sent. */
const SCRATCH_FOLDER = 'scratch';

/** Options of {@link fileRoomStorage}. */
export interface FileRoomStorageOptions {
  directory: string;
  /** How the files are opened; tests let them fail. */
  openLogFile?: FileCommitLogOptions['openFile'];
  openSegmentFile?: SegmentBlobStoreOptions['openFile'];
  removeSegmentFile?: SegmentBlobStoreOptions['removeFile'];
  /** How the directory is taken. */
  lock?: DirectoryLockOptions;
  /** Where the operator is told of ends that were cut off logs. */
  log?: ServerLog;
}

/**
 * Rooms in `directory`: `rooms/<name>/frames.log` and `blobs/`. One process owns the directory; rejects with
 * `store/in-use` naming it while it is another.
 */
export async function fileRoomStorage({
  directory,
  openLogFile,
  openSegmentFile,
  removeSegmentFile,
  lock: lockOptions,
  log: operator,
}: FileRoomStorageOptions): Promise<RoomStorage & { sleeping: SleepingRooms }> {
  const lock = await lockDirectory(directory, lockOptions);
  try {
    const roomsDirectory = join(directory, 'rooms');
    const scratchDirectory = join(directory, SCRATCH_FOLDER);
    // What uploads of a killed process left.
    await rm(scratchDirectory, { recursive: true, force: true });
    await mkdir(roomsDirectory, { recursive: true });
    await syncDirectory(directory);
    const blobs = await openSegmentBlobStore(join(directory, 'blobs'), {
      ...(openSegmentFile === undefined ? {} : { openFile: openSegmentFile }),
      ...(removeSegmentFile === undefined ? {} : { removeFile: removeSegmentFile }),
    });
    const pathOf = (name: string): string => join(roomsDirectory, fileNameOfRoom(name));
    await markCapitals(roomsDirectory);
    await removeHalves(roomsDirectory);
    const openLog = openLogFile === undefined ? {} : { openFile: openLogFile };
    return {
      durability: 'fsync',
      blobs,
      scratchDirectory,
      async list() {
        const names = (await readdir(roomsDirectory)).map(roomOfFileName).filter((name) => name !== undefined);
        const isRoom = await Promise.all(names.map((name) => exists(join(pathOf(name), LOG_FILE))));
        return names.filter((_, i) => isRoom[i]);
      },
      has: (name) => exists(join(pathOf(name), LOG_FILE)),
      async open(name) {
        const isNew = !(await exists(pathOf(name)));
        const log = await openFileCommitLog(join(pathOf(name), LOG_FILE), {
          assertHeld: () => lock.assertHeld(),
          acknowledged: await acknowledgedIn(pathOf(name), name, operator),
          onCut: (tail) => tellCut(operator, name, tail),
          ...openLog,
        }).catch(async (error: unknown) => {
          // A room that could not be begun is not there.
          if (isNew) await rm(pathOf(name), { recursive: true, force: true }).catch(() => undefined);
          throw error;
        });
        await syncDirectory(roomsDirectory);
        const bases = (await baseFilesOf(pathOf(name))).map((file) => () => readFileCommitLog(file));
        return { log, bases, directory: pathOf(name) };
      },
      sleeping: {
        async read(name) {
          const bases = (await baseFilesOf(pathOf(name))).map((file) => () => readFileCommitLog(file));
          return { records: readFileCommitLog(join(pathOf(name), LOG_FILE)), bases };
        },
        async cutTails(name) {
          return (await readdir(pathOf(name))).filter((file) => isKeptAside(file, LOG_FILE)).sort();
        },
        async logByteLength(name) {
          return (await stat(join(pathOf(name), LOG_FILE))).size;
        },
        async note(name) {
          return readRoomNote(pathOf(name), join(pathOf(name), LOG_FILE));
        },
        async keepNote(name, note) {
          await keepRoomNote(pathOf(name), join(pathOf(name), LOG_FILE), note);
        },
      },
      visits: {
        async load() {
          const text = await readFile(join(directory, VISITS_FILE), 'utf8').catch(() => '');
          return text.split('\n').filter(isRoomName);
        },
        async keep(names) {
          const path = join(directory, VISITS_FILE);
          await writeFile(`${path}.new`, names.join('\n'));
          await rename(`${path}.new`, path);
        },
      },
      announce: (url) => lock.announce(url),
      async health() {
        lock.assertHeld();
        if (await exists(roomsDirectory)) {
          // New rooms, arrays and files that are sent each have a folder of their own.
          for (const folder of [directory, roomsDirectory, join(directory, 'blobs')]) {
            await access(folder, constants.W_OK).catch((error: unknown) => {
              throw storeError(error, 'Storing');
            });
          }
          return;
        }
        throw new CovalenceError(
          'store/failed',
          `The data directory "${directory}" is gone. Nothing is stored until it is put back and the server started anew.`,
          { directory },
        );
      },
      derive: guarded('Making the room', async (from: string, to: string, first: CommitRecord) => {
        if (!(await exists(join(pathOf(from), LOG_FILE)))) throw noSuchRoom(from);
        // Other names for the same files: they stay when the room that others began from is removed.
        const files = [join(pathOf(from), LOG_FILE), ...(await baseFilesOf(pathOf(from)))];
        const fresh = join(roomsDirectory, `${HALF_MADE}${randomBytes(6).toString('hex')}`);
        await mkdir(fresh);
        try {
          for (const [depth, file] of files.entries()) {
            const name = join(fresh, `base-${depth}.log`);
            await link(file, name).catch(() => copyFile(file, name));
          }
          // What is known of the file behind them, and how it is to be read: without it other atoms might come of it.
          for (const known of SOURCE_FILES) {
            const [file, name] = [join(pathOf(from), known), join(fresh, known)];
            await link(file, name).catch(async (error: unknown) => {
              if ((error as NodeJS.ErrnoException).code !== 'ENOENT') await copyFile(file, name);
            });
          }
          const log = await openFileCommitLog(join(fresh, LOG_FILE), openLog);
          try {
            await log.append(0, [first]);
          } finally {
            await log.close();
          }
          await rename(fresh, pathOf(to));
          await syncDirectory(roomsDirectory);
        } catch (error) {
          await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
          throw error;
        }
      }),
      remove: guarded('Removing the room', async (name: string) => {
        // Gone at once and whole, however long the removal takes; what begins with a dot is no room.
        const trash = join(roomsDirectory, `${HALF_REMOVED}${randomBytes(6).toString('hex')}`);
        await rename(pathOf(name), trash);
        await syncDirectory(roomsDirectory);
        await rm(trash, { recursive: true, force: true });
      }),
      rename: guarded('Renaming the room', async (from: string, to: string) => {
        await rename(pathOf(from), pathOf(to));
        await syncDirectory(roomsDirectory);
      }),
      async close() {
        await blobs.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The same, whose failures are ours. */
function guarded<A extends unknown[]>(
  what: string,
  work: (...given: A) => Promise<void>,
): (...given: A) => Promise<void> {
  return (...given) =>
    work(...given).catch((error: unknown) => {
      throw storeError(error, what);
    });
}

function tellCut(operator: ServerLog | undefined, room: string, { byteLength, isAltered, keptAs }: CutTail): void {
  const fields = { room, byteLength, ...(keptAs === undefined ? {} : { keptAs }) };
  if (!isAltered) operator?.warn(fields, 'the end of a log of frames was a torn write, never acknowledged; it was cut');
  else {
    operator?.error(
      fields,
      'the end of a log of frames does not have its checksum: a loss of power broke the last write off, or a commit was ' +
        'altered; the room goes on without it and the bytes were kept aside',
    );
  }
}

/** Folders of before their names had capitals marked. */
async function markCapitals(roomsDirectory: string): Promise<void> {
  for (const name of await readdir(roomsDirectory)) {
    if (!/[A-Z]/.test(name) || !isRoomName(name)) continue;
    await rename(join(roomsDirectory, name), join(roomsDirectory, fileNameOfRoom(name)));
  }
}

async function removeHalves(roomsDirectory: string): Promise<void> {
  for (const name of await readdir(roomsDirectory)) {
    if (!name.startsWith(HALF_MADE) && !name.startsWith(HALF_REMOVED)) continue;
    await rm(join(roomsDirectory, name), { recursive: true, force: true });
  }
}

/** How many records a log had when its room was last closed, as far as anybody knows. Rejects when it is another log. */
async function acknowledgedIn(directory: string, room: string, operator: ServerLog | undefined): Promise<number> {
  const path = join(directory, LOG_FILE);
  const { note, fault } = await readRoomNote(directory, path);
  if (fault === 'foreign') {
    throw new CovalenceError('store/failed', `The room "${room}" cannot be opened: ${FOREIGN_NOTE}. "${path}"`, {
      path,
    });
  }
  if (fault === 'altered') {
    operator?.warn({ room }, 'the summary.json of a room was altered; it is not believed and is written anew');
  }
  return typeof note?.['seq'] === 'number' ? note['seq'] : 0;
}

/** The logs that a room stands on, nearest first. */
async function baseFilesOf(directory: string): Promise<string[]> {
  const files: string[] = [];
  for (let depth = 0; await exists(join(directory, `base-${depth}.log`)); depth += 1) {
    files.push(join(directory, `base-${depth}.log`));
  }
  return files;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
