import { resolve } from 'node:path';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { assertRoomName, roomNameOfFile } from '../../protocol/room-name.ts';
import { firstRecord, openRoomData } from './open-room-data.ts';
import type { RoomData } from './room-data.ts';
import { memoryRoomStorage, type RoomStorage } from './room-storage.ts';
import type { OpenTrajectory } from './source-frames.ts';

/** A room in a list. What needs the room to be open is left out while it is not. */
export interface RoomSummary {
  name: string;
  epoch?: string;
  seq?: number;
  count?: number;
  source?: string;
  /** Why the room cannot be opened, if it was tried. */
  problem?: { code: string; detail: string };
}

/** The rooms of a server, opened when first asked for. */
export interface DataRooms {
  readonly durability: string;
  list(): Promise<RoomSummary[]>;
  has(name: string): Promise<boolean>;
  /** Rejects with `room/not-found`, `room/name-invalid`, or with what keeps the room from opening. */
  get(name: string): Promise<RoomData>;
  /**
   * Makes a room: empty, or beginning with the frames that the room `base` had at `seq`, which costs nothing however
   * many they are. Rejects with `room/exists`, `room/name-invalid`, `room/not-found`, `store/full`.
   */
  create(name: string, base?: { room: string; seq?: number | undefined }): Promise<RoomData>;
  /** The room, made when it is not there: what joining does. */
  ensure(name: string): Promise<RoomData>;
  /**
   * The room that stands on the file at `path`; its name is that of the file unless given. Rejects with `file/changed`
   * when the room stands on another state of the file, with the errors of the reader.
   */
  openFile(path: string, name?: string): Promise<RoomData>;
  rename(from: string, to: string): Promise<RoomData>;
  /** Closes and removes the room. Rejects with `room/not-found`. */
  delete(name: string): Promise<void>;
  /** Called after a room was deleted, or another process deleted or renamed it (`isElsewhere`). Returns its own undo. */
  onGone(listener: (name: string, isElsewhere: boolean) => void): () => void;
  /** Called after a room got another name; its data of the old name is closed. Returns its own undo. */
  onRenamed(listener: (from: string, to: string) => void): () => void;
  close(): Promise<void>;
}

/** Options of {@link createDataRooms}. */
export interface DataRoomsOptions {
  /** Where the rooms lie; in memory when left out. */
  storage?: RoomStorage;
  clock?: Clock;
  /** Reader of files; without one no file can be opened. */
  openTrajectory?: OpenTrajectory;
  /** Whether frames that are appended to the file behind a room appear in it. */
  follow?: boolean;
}

/** The rooms in `storage`, which is closed with them. */
export function createDataRooms(options: DataRoomsOptions = {}): DataRooms {
  const { storage = memoryRoomStorage(), clock = systemClock, openTrajectory } = options;
  const opened = new Map<string, Promise<RoomData>>();
  const ready = new Map<string, RoomData>();
  const problems = new Map<string, { code: string; detail: string }>();
  const changing = new Map<string, Promise<unknown>>();
  const listeners = new Set<(name: string, isElsewhere: boolean) => void>();
  const renameListeners = new Set<(from: string, to: string) => void>();
  let isClosed = false;

  const open = (name: string, path?: string): Promise<RoomData> => {
    if (isClosed) throw new CovalenceError('server/closing', 'The server is closing. Try again in a moment.');
    const start = async (): Promise<RoomData> => {
      const { log, bases, directory } = await storage.open(name);
      try {
        const room = await openRoomData({
          name,
          log,
          bases,
          blobs: storage.blobs,
          clock,
          follow: options.follow ?? false,
          ...(path === undefined ? {} : { source: { path } }),
          ...(directory === undefined ? {} : { directory }),
          ...(openTrajectory === undefined ? {} : { openTrajectory }),
        });
        ready.set(name, room);
        problems.delete(name);
        return room;
      } catch (error) {
        // A room that never began leaves nothing behind.
        const isNew = log.head === 0;
        await log.close();
        if (isNew) await storage.remove(name);
        throw error;
      }
    };
    const room = start();
    opened.set(name, room);
    room.catch((error: unknown) => {
      if (opened.get(name) === room) opened.delete(name);
      const { code, message } = asCovalenceError(error);
      problems.set(name, { code, detail: message });
    });
    return room;
  };

  const assertNotFull = async (): Promise<void> => {
    const count = (await storage.list()).length;
    if (count < LIMITS.rooms) return;
    throw new CovalenceError('store/full', `The server has ${count} rooms, its limit. Delete one first.`, {
      limit: LIMITS.rooms,
    });
  };

  const derive = async (name: string, { name: room, epoch, seq: newest }: RoomData, seq: number): Promise<RoomData> => {
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > newest) {
      throw new CovalenceError('request/invalid', `The room "${room}" has commits 1 to ${newest}, not ${seq}.`, {
        seq,
      });
    }
    await assertNotFull();
    await storage.derive(room, name);
    const { log } = await storage.open(name);
    try {
      await log.append(0, [firstRecord(name, clock.now(), { base: { room, epoch, seq } })]);
    } finally {
      await log.close();
    }
    return opened.get(name) ?? open(name);
  };

  const make = async (name: string, path?: string): Promise<RoomData> => {
    await assertNotFull();
    return opened.get(name) ?? open(name, path);
  };

  /** One change of a name at a time. */
  const alone = <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const before = changing.get(name) ?? Promise.resolve();
    const running = before.then(task, task);
    changing.set(name, running);
    const done = (): void => {
      if (changing.get(name) === running) changing.delete(name);
    };
    running.then(done, done);
    return running;
  };

  const shut = async (name: string): Promise<void> => {
    const room = opened.get(name);
    opened.delete(name);
    ready.delete(name);
    problems.delete(name);
    await (await room?.catch(() => undefined))?.close();
  };

  const has = async (name: string): Promise<boolean> => opened.has(name) || storage.has(name);

  const assertFree = async (name: string): Promise<void> => {
    if (!(await has(name))) return;
    throw new CovalenceError('room/exists', `There is a room "${name}" already. Choose another name.`, { room: name });
  };

  const find = async (name: string): Promise<RoomData> => {
    const room = opened.get(name);
    if (room !== undefined) return room;
    if (await storage.has(name)) return open(name);
    throw new CovalenceError('room/not-found', `There is no room "${name}".`, { room: name });
  };

  const rename = async (from: string, to: string): Promise<RoomData> => {
    await find(from);
    await assertFree(to);
    await shut(from);
    await storage.rename(from, to);
    for (const listener of renameListeners) listener(from, to);
    return find(to);
  };

  storage.onGone?.((name) => {
    void shut(name)
      .catch(() => undefined)
      .then(() => {
        for (const listener of listeners) listener(name, true);
      });
  });

  return {
    get durability() {
      return storage.durability;
    },
    has,
    async list() {
      const names = new Set([...(await storage.list()), ...ready.keys()]);
      return [...names].sort().map((name) => {
        const room = ready.get(name);
        const problem = problems.get(name);
        if (room === undefined) return { name, ...(problem === undefined ? {} : { problem }) };
        const { epoch, seq, count, source } = room;
        return { name, epoch, seq, count, ...(source === undefined ? {} : { source }) };
      });
    },
    async get(name) {
      assertRoomName(name);
      return opened.get(name) ?? alone(name, () => find(name));
    },
    async create(name, base) {
      assertRoomName(name);
      if (base !== undefined) assertRoomName(base.room);
      const ground = base === undefined ? undefined : await alone(base.room, () => find(base.room));
      return alone(name, async () => {
        await assertFree(name);
        return ground === undefined ? make(name) : derive(name, ground, base?.seq ?? ground.seq);
      });
    },
    async ensure(name) {
      assertRoomName(name);
      return opened.get(name) ?? alone(name, async () => ((await has(name)) ? find(name) : make(name)));
    },
    async openFile(path, name = roomNameOfFile(path)) {
      assertRoomName(name);
      return alone(name, async () => {
        const room = await opened.get(name);
        if (room === undefined) return (await storage.has(name)) ? open(name, path) : make(name, path);
        if (room.sourcePath === resolve(path)) return room;
        throw new CovalenceError(
          'room/exists',
          `The room "${name}" exists and stands on ${room.source ?? 'no file'}. Open the file under another room name.`,
          { room: name },
        );
      });
    },
    async rename(from, to) {
      assertRoomName(from);
      assertRoomName(to);
      if (from === to) return alone(from, () => find(from));
      // In one order for everybody, so that two renames do not wait for each other.
      const [first, second] = [from, to].sort();
      return alone(first, () => alone(second, () => rename(from, to)));
    },
    async delete(name) {
      assertRoomName(name);
      await alone(name, async () => {
        if (!(await has(name))) {
          throw new CovalenceError('room/not-found', `There is no room "${name}".`, { room: name });
        }
        await shut(name);
        await storage.remove(name);
        for (const listener of listeners) listener(name, false);
      });
    },
    onGone(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onRenamed(listener) {
      renameListeners.add(listener);
      return () => renameListeners.delete(listener);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled(changing.values());
      await Promise.all([...opened.keys()].map(shut));
      await storage.close();
    },
  };
}
