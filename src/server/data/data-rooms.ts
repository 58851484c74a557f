import { resolve } from 'node:path';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { assertRoomName, roomNameOfFile } from '../../protocol/room-name.ts';
import { openRoomData } from './open-room-data.ts';
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
  /** Makes an empty room. Rejects with `room/exists`, `room/name-invalid`, `store/full`. */
  create(name: string): Promise<RoomData>;
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
  /** Called before a room is closed because it was deleted or renamed. Returns its own undo. */
  onGone(listener: (name: string) => void): () => void;
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
  const listeners = new Set<(name: string) => void>();
  let isClosed = false;

  const open = (name: string, path?: string): Promise<RoomData> => {
    if (isClosed) throw new CovalenceError('server/closing', 'The server is closing. Try again in a moment.');
    const start = async (): Promise<RoomData> => {
      const { log, directory } = await storage.open(name);
      try {
        const room = await openRoomData({
          name,
          log,
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

  const make = async (name: string, path?: string): Promise<RoomData> => {
    const count = (await storage.list()).length;
    if (count >= LIMITS.rooms) {
      throw new CovalenceError('store/full', `The server has ${count} rooms, its limit. Delete one first.`, {
        limit: LIMITS.rooms,
      });
    }
    return opened.get(name) ?? open(name, path);
  };

  const shut = async (name: string): Promise<void> => {
    for (const listener of listeners) listener(name);
    const room = opened.get(name);
    opened.delete(name);
    ready.delete(name);
    problems.delete(name);
    await (await room?.catch(() => undefined))?.close();
  };

  const rooms: DataRooms = {
    durability: storage.durability,
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
    async has(name) {
      return opened.has(name) || storage.has(name);
    },
    async get(name) {
      assertRoomName(name);
      const room = opened.get(name);
      if (room !== undefined) return room;
      if (!(await storage.has(name))) {
        throw new CovalenceError('room/not-found', `There is no room "${name}".`, { room: name });
      }
      return opened.get(name) ?? open(name);
    },
    async create(name) {
      assertRoomName(name);
      if (await rooms.has(name)) {
        throw new CovalenceError('room/exists', `There is a room "${name}" already. Choose another name.`, {
          room: name,
        });
      }
      return make(name);
    },
    async ensure(name) {
      assertRoomName(name);
      return opened.get(name) ?? ((await storage.has(name)) ? rooms.get(name) : make(name));
    },
    async openFile(path, name = roomNameOfFile(path)) {
      assertRoomName(name);
      const present = opened.get(name);
      if (present !== undefined) {
        const room = await present;
        if (room.sourcePath === resolve(path)) return room;
        throw new CovalenceError(
          'room/exists',
          `The room "${name}" exists and stands on ${room.source ?? 'no file'}. Open the file under another room name.`,
          { room: name },
        );
      }
      return (await storage.has(name)) ? open(name, path) : make(name, path);
    },
    async rename(from, to) {
      assertRoomName(to);
      await rooms.get(from);
      if (await rooms.has(to)) {
        throw new CovalenceError('room/exists', `There is a room "${to}" already. Choose another name.`, { room: to });
      }
      await shut(from);
      await storage.rename(from, to);
      return rooms.get(to);
    },
    async delete(name) {
      assertRoomName(name);
      if (!(await rooms.has(name))) {
        throw new CovalenceError('room/not-found', `There is no room "${name}".`, { room: name });
      }
      await shut(name);
      await storage.remove(name);
    },
    onGone(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.all([...opened.keys()].map(shut));
      await storage.close();
    },
  };
  return rooms;
}
