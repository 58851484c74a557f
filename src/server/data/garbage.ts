import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord } from './commit-record.ts';
import type { LogTail } from './file-commit-log.ts';
import { foldLog } from './fold-log.ts';
import type { RoomData } from './room-data.ts';
import type { BlobGarbage } from './blob-store.ts';
import type { RoomStorage, SleepingRooms } from './room-storage.ts';
import type { Mark } from './touch-table.ts';

/** What a collection must know of the rooms. */
export interface GarbageGround {
  storage: RoomStorage;
  sleeping: SleepingRooms;
  garbage: BlobGarbage;
  /** The room when it is open. */
  opened: (name: string) => RoomData | undefined;
  /** Another number whenever a room began to be made, removed or renamed, or this ended; undefined while it goes on. */
  changes(): number | undefined;
  /** Names of which that is true since the last look; emptied by it. */
  changed: Set<string>;
}

/** Looks over the rooms that often when they change while they are looked at. */
const MAX_ROUNDS = 20;

/**
 * Removes the blobs that no version of any frame of any room names and that were put last before `mark`. Resolves with
 * their number; with undefined when the rooms changed all the time, so that it was left for later. Rejects, having
 * removed nothing, when a log cannot be read to its end: nobody knows then what it names.
 */
export async function collectGarbage(ground: GarbageGround, mark: Mark): Promise<number | undefined> {
  const { storage, garbage } = ground;
  const known = new Set<string>();
  // A room that another was made from may be gone by now: what was seen of it still counts.
  const referenced: ((hash: string) => boolean)[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = ground.changes();
    // Under a name that was seen there may be another room now.
    for (const name of ground.changed) known.delete(name);
    ground.changed.clear();
    const names = await storage.list();
    const fresh = names.filter((name) => !known.has(name));
    for (const name of fresh) {
      const names = await namesOf(ground, name);
      if (names === undefined) continue;
      known.add(name);
      referenced.push(names);
    }
    const isQuiet = before !== undefined && before === ground.changes();
    if (!isQuiet || fresh.some((name) => !known.has(name))) continue;
    return garbage.collect((hash) => referenced.some((names) => names(hash)), mark);
  }
  return undefined;
}

/** What tells whether a room names a hash; undefined when the room went away meanwhile. */
async function namesOf(
  { storage, sleeping, opened }: GarbageGround,
  name: string,
): Promise<((hash: string) => boolean) | undefined> {
  const open = opened(name);
  if (open !== undefined) return (hash) => open.names(hash);
  try {
    const { records, bases } = await sleeping.read(name);
    const state = await foldLog(assertWhole(name, records), bases);
    const { note, fault } = await sleeping.note(name);
    if (fault === 'foreign' || (typeof note?.['seq'] === 'number' && note['seq'] > state.seq)) throw notWhole(name);
    return (hash) => state.valueByHash(hash) !== undefined;
  } catch (error) {
    if (!(await storage.has(name))) return undefined;
    throw error;
  }
}

/** What an altered last commit names is needed by whoever restores it. */
async function* assertWhole(name: string, records: AsyncIterable<CommitRecord>): AsyncGenerator<CommitRecord> {
  const tail = yield* records as AsyncGenerator<CommitRecord, LogTail | undefined>;
  if (tail?.isAltered === true) throw notWhole(name);
}

function notWhole(name: string): CovalenceError {
  return new CovalenceError(
    'store/failed',
    `The log of "${name}" has lost commits; no array is removed before it is restored or the room is opened.`,
    { room: name },
  );
}
