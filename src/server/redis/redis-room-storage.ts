import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { assertRoomName } from '../../protocol/room-name.ts';
import type { BlobStore } from '../data/blob-store.ts';
import { noSuchRoom, type RoomStorage } from '../data/room-storage.ts';
import { DERIVE_ROOM, FIND_ROOM, REMOVE_ROOM, RENAME_ROOM, RESTORE_ROOM } from './log-scripts.ts';
import { firstEntry, redisCommitLog, streamOf } from './redis-commit-log.ts';
import type { RedisLink } from './redis-link.ts';

/** Where the rooms of several processes lie. */
export interface RedisRoomStorageOptions {
  link: RedisLink;
  clock: Clock;
  /** Of all processes; closed with the storage. */
  blobs: BlobStore;
  /** Of this process alone, for caches. */
  directory?: string;
}

/** Which log a room has, and which ones it stands on. */
interface RoomEntry {
  log: string;
  bases: readonly string[];
}

interface Gone {
  room: string;
  by: string;
}

/** Rooms whose logs are in Redis, for any number of processes over one store of blobs. */
export function redisRoomStorage({ link, clock, blobs, directory }: RedisRoomStorageOptions): RoomStorage {
  const rooms = `${link.prefix}rooms`;
  const own = randomBytes(9).toString('base64url');
  const freshId = (): string => randomBytes(12).toString('base64url');
  const goneMessage = (room: string): string => JSON.stringify({ room, by: own } satisfies Gone);
  const entryOf = async (name: string): Promise<RoomEntry | undefined> => {
    assertRoomName(name);
    const text = (await link.command('HGET', rooms, name)) as Buffer | null;
    return text === null ? undefined : (JSON.parse(text.toString()) as RoomEntry);
  };

  return {
    get durability() {
      return link.durability;
    },
    blobs,
    async list() {
      return ((await link.command('HKEYS', rooms)) as Buffer[]).map(String).sort();
    },
    has: async (name) => (await entryOf(name)) !== undefined,
    async open(name) {
      assertRoomName(name);
      const fresh: RoomEntry = { log: freshId(), bases: [] };
      const text = String(await link.run(FIND_ROOM, [rooms], [name, JSON.stringify(fresh)]));
      const entry = JSON.parse(text) as RoomEntry;
      const logOf = (id: string): ReturnType<typeof redisCommitLog> =>
        redisCommitLog({
          link,
          clock,
          id,
          // An emptied Redis does not know the room either.
          async onLost() {
            const isKnown = await link.run(RESTORE_ROOM, [rooms, `${link.prefix}logs`], [name, entry.log, text]);
            // What was deleted a moment ago looks lost to whoever was not told yet.
            if (isKnown === 0) throw new CovalenceError('room/not-found', 'The room was deleted.', { room: name });
          },
        });
      const bases = entry.bases.map(
        (id) =>
          async function* () {
            const base = logOf(id);
            yield* base.read(0);
            await base.close();
          },
      );
      if (directory === undefined) return { log: logOf(entry.log), bases };
      const ownDirectory = join(directory, entry.log);
      await mkdir(ownDirectory, { recursive: true });
      return { log: logOf(entry.log), bases, directory: ownDirectory };
    },
    async derive(from, to, first) {
      assertRoomName(to);
      const base = await entryOf(from);
      if (base === undefined) throw noSuchRoom(from);
      const entry: RoomEntry = { log: freshId(), bases: [base.log, ...base.bases] };
      const stream = streamOf(link, entry.log);
      const texts = [base, entry].map((each) => JSON.stringify(each));
      const begun = firstEntry(first);
      // In one step, else what it stands on could be removed before anybody knows that it is needed.
      const answer = await link.run(
        DERIVE_ROOM,
        [rooms, stream, `${stream}:head`],
        [from, texts[0], to, texts[1], begun.head, begun.record],
      );
      if (answer === 0) throw noSuchRoom(from);
      if (String(answer) === 'taken') throw taken(to);
    },
    async remove(name) {
      const entry = await entryOf(name);
      if (entry === undefined) return;
      const ids = [entry.log, ...entry.bases];
      const streams = ids.map((id) => streamOf(link, id)).flatMap((stream) => [stream, `${stream}:head`]);
      const said = [name, JSON.stringify(entry), rooms, goneMessage(name)];
      await link.run(REMOVE_ROOM, [rooms, `${link.prefix}logs`, ...streams], [...said, ...ids]);
    },
    async rename(from, to) {
      assertRoomName(to);
      if ((await link.run(RENAME_ROOM, [rooms], [from, to, rooms, goneMessage(from)])) === 0) throw taken(to);
    },
    onGone: (listener) =>
      link.subscribe(rooms, (message) => {
        const { room, by } = JSON.parse(message.toString()) as Gone;
        if (by !== own) listener(room);
      }),
    close: () => blobs.close(),
  };
}

function taken(name: string): CovalenceError {
  return new CovalenceError('room/exists', `There is a room "${name}" already. Choose another name.`, { room: name });
}
