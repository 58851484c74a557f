import { resolve } from 'node:path';
import { type Clock, systemClock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { assertRoomName, roomNameOfFile } from '../../protocol/room-name.ts';
import { collectGarbage } from './garbage.ts';
import { firstRecord, openRoomData } from './open-room-data.ts';
import type { RoomData } from './room-data.ts';
import { keepSummary, recallSummary, type RoomSummary, summaryOf } from './room-summary.ts';
import { memoryRoomStorage, noSuchRoom, type RoomStorage } from './room-storage.ts';
import type { OpenTrajectory } from './source-frames.ts';
import type { SourceReading } from './source-reading.ts';
import { VisitedRooms } from './visited-rooms.ts';

/** The rooms of a server, opened when first asked for. */
export interface DataRooms {
  readonly durability: string;
  list(): Promise<RoomSummary[]>;
  /** Bytes of all stored arrays, each counted once. */
  readonly blobByteLength: number;
  /** Where files may lie while they are being sent; undefined where the system has such a place. */
  readonly scratchDirectory: string | undefined;
  /**
   * Removes stored arrays that no version of any frame of any room names and that were there already at the last
   * collection of this process; at once with `isAlone`, when nobody else can be about to name one. Resolves with their
   * number. Nothing is removed when a log cannot be read.
   */
  collect(options?: { isAlone?: boolean }): Promise<number>;
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
  /** A room that was made by {@link DataRooms.ensure} is wanted, whatever is in it. */
  keep(name: string): void;
  /**
   * Takes away a room that {@link DataRooms.ensure} made and that nobody wanted or wrote to since; any
   * other stays as it is, and so do those that other processes may have open. Resolves with whether it is gone.
   */
  forget(name: string): Promise<boolean>;
  /** Names of the rooms that an earlier process would have forgotten, and that can be forgotten now. Called once. */
  leftBehind(): Promise<readonly string[]>;
  /**
   * The room that stands on the file at `path`; its name is that of the file unless given. Rejects with `file/changed`
   * when the room stands on another state of the file, with the errors of the reader.
   */
  openFile(path: string, name?: string, reading?: SourceReading): Promise<RoomData>;
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

/** Arrays that nothing names are removed after one to two of these. */
const COLLECT_MS = 3_600_000;

/** The rooms in `storage`, which is closed with them. */
export function createDataRooms(options: DataRoomsOptions = {}): DataRooms {
  const { storage = memoryRoomStorage(), clock = systemClock, openTrajectory } = options;
  const opened = new Map<string, Promise<RoomData>>();
  const ready = new Map<string, RoomData>();
  const problems = new Map<string, { code: string; detail: string }>();
  const changing = new Map<string, Promise<unknown>>();
  /** Made because somebody came to see them, and not for anything else. */
  const visited = new VisitedRooms(storage.visits);
  const listeners = new Set<(name: string, isElsewhere: boolean) => void>();
  const renameListeners = new Set<(from: string, to: string) => void>();
  let isClosed = false;
  /** Rooms that are being made, removed or renamed, and how often that began or ended. */
  let underChange = 0;
  let changes = 0;
  /** Of which rooms, while a collection goes on. */
  let changed: Set<string> | undefined;
  const { sleeping } = storage;
  const { garbage } = storage.blobs;
  let mark = garbage?.mark() ?? 0;
  let collecting: Promise<number> = Promise.resolve(0);

  const collect = async (isAlone: boolean): Promise<number> => {
    if (garbage === undefined || sleeping === undefined) return 0;
    changed = new Set();
    const ground = {
      storage,
      sleeping,
      garbage,
      opened: (name: string) => ready.get(name),
      changes: () => (underChange === 0 ? changes : undefined),
      changed,
    };
    const next = garbage.mark();
    const removed = await collectGarbage(ground, isAlone ? next : mark).finally(() => (changed = undefined));
    mark = next;
    return removed ?? 0;
  };

  let stopWaiting = (): void => undefined;
  const collectSometimes = (): void => {
    stopWaiting = clock.after(COLLECT_MS, () => {
      collecting = collecting.catch(() => 0).then(() => (isClosed ? 0 : collect(false)));
      // A log that cannot be read is told to whoever opens its room.
      collecting.catch(() => 0).finally(() => isClosed || collectSometimes());
    });
  };
  collectSometimes();

  let isCollectingSoon = false;
  /** What a write that failed on a full disk left belongs to nobody, and may be what fills it. */
  const collectSoon = (): void => {
    if (isCollectingSoon || isClosed) return;
    isCollectingSoon = true;
    collecting = collecting
      .catch(() => 0)
      .then(() => {
        isCollectingSoon = false;
        return isClosed ? 0 : collect(true);
      });
    collecting.catch(() => 0);
  };

  const open = (name: string, path?: string, reading?: SourceReading): Promise<RoomData> => {
    if (isClosed) throw new CovalenceError('server/closing', 'The server is closing. Try again in a moment.');
    const start = async (): Promise<RoomData> => {
      const wasThere = await storage.has(name);
      const { log, bases, directory } = await storage.open(name);
      const isNew = log.head === 0;
      try {
        const room = await openRoomData({
          name,
          log,
          bases,
          blobs: storage.blobs,
          clock,
          follow: options.follow ?? false,
          onStoreFull: collectSoon,
          ...(path === undefined ? {} : { source: { path, reading } }),
          ...(directory === undefined ? {} : { directory }),
          ...(openTrajectory === undefined ? {} : { openTrajectory }),
        });
        ready.set(name, room);
        problems.delete(name);
        return room;
      } catch (error) {
        // A room that never began leaves nothing behind; one whose log was damaged stays, with what was kept aside.
        await log.close();
        if (isNew && !wasThere) await storage.remove(name);
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
    await storage.derive(room, name, firstRecord(name, clock.now(), { base: { room, epoch, seq } }));
    return open(name);
  };

  const make = async (name: string, path?: string, reading?: SourceReading): Promise<RoomData> => {
    await assertNotFull();
    return opened.get(name) ?? open(name, path, reading);
  };

  /** One change of a name at a time. */
  const alone = <T>(name: string, task: () => Promise<T>): Promise<T> => {
    const before = changing.get(name) ?? Promise.resolve();
    underChange += 1;
    changes += 1;
    changed?.add(name);
    const running = before.then(task, task);
    changing.set(name, running);
    const done = (): void => {
      underChange -= 1;
      changes += 1;
      changed?.add(name);
      if (changing.get(name) === running) changing.delete(name);
    };
    running.then(done, done);
    return running;
  };

  /** In one order for everybody, so that two do not wait for each other. */
  const aloneWithBoth = <T>(one: string, other: string, task: () => Promise<T>): Promise<T> => {
    const [first, second] = [one, other].sort();
    return first === second ? alone(first, task) : alone(first, () => alone(second, task));
  };

  const shut = async (name: string): Promise<void> => {
    const room = opened.get(name);
    opened.delete(name);
    ready.delete(name);
    problems.delete(name);
    const data = await room?.catch(() => undefined);
    if (data === undefined) return;
    const isPart = data.info().indexing !== undefined;
    await data.close();
    await keepSummary(data, storage, isPart).catch(() => undefined);
  };

  const forget = async (name: string): Promise<boolean> => {
    const room = await opened.get(name)?.catch(() => undefined);
    if (room === undefined || !visited.delete(name) || room.seq > 1) return false;
    await shut(name);
    // Whoever was still writing has written now.
    if (room.seq > 1) return false;
    await storage.remove(name);
    return true;
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
    throw noSuchRoom(name);
  };

  const rename = async (from: string, to: string): Promise<RoomData> => {
    await find(from);
    await assertFree(to);
    visited.delete(from);
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
    get blobByteLength() {
      return storage.blobs.byteLength;
    },
    get scratchDirectory() {
      return storage.scratchDirectory;
    },
    collect({ isAlone = false } = {}) {
      collecting = collecting.catch(() => 0).then(() => (isClosed ? 0 : collect(isAlone)));
      return collecting;
    },
    has,
    async list() {
      const names = new Set([...(await storage.list()), ...ready.keys()]);
      const summaries: RoomSummary[] = [];
      for (const name of [...names].sort()) {
        const room = ready.get(name);
        const problem = problems.get(name);
        if (room !== undefined) summaries.push(await summaryOf(room, storage));
        else if (problem !== undefined) summaries.push({ name, problem });
        else summaries.push(await recallSummary(name, storage));
      }
      return summaries;
    },
    async get(name) {
      assertRoomName(name);
      const room = opened.get(name);
      if (room !== undefined) return room;
      // Who asks for what is not there keeps no collection waiting.
      if (!changing.has(name) && !(await storage.has(name)) && !changing.has(name)) throw noSuchRoom(name);
      return opened.get(name) ?? alone(name, () => find(name));
    },
    async create(name, base) {
      assertRoomName(name);
      if (base !== undefined) assertRoomName(base.room);
      return aloneWithBoth(name, base?.room ?? name, async () => {
        await assertFree(name);
        if (base === undefined) return make(name);
        const ground = await find(base.room);
        return derive(name, ground, base.seq ?? ground.seq);
      });
    },
    async ensure(name) {
      assertRoomName(name);
      const ensured = async (): Promise<RoomData> => {
        if (await has(name)) return find(name);
        const room = await make(name);
        visited.add(name);
        return room;
      };
      return opened.get(name) ?? alone(name, ensured);
    },
    keep: (name) => void visited.delete(name),
    leftBehind: () => visited.recall(),
    forget: async (name) => storage.onGone === undefined && alone(name, () => forget(name)),
    async openFile(path, name = roomNameOfFile(path), reading) {
      assertRoomName(name);
      return alone(name, async () => {
        const room = await opened.get(name);
        if (room === undefined)
          return (await storage.has(name)) ? open(name, path, reading) : make(name, path, reading);
        if (room.sourcePath === resolve(path)) return room;
        throw new CovalenceError(
          'room/exists',
          `The room "${name}" exists and stands on ${room.source ?? 'no file'}. Give the file another name: its room bears it, too.`,
          { room: name },
        );
      });
    },
    async rename(from, to) {
      assertRoomName(from);
      assertRoomName(to);
      if (from === to) return alone(from, () => find(from));
      return aloneWithBoth(from, to, () => rename(from, to));
    },
    async delete(name) {
      assertRoomName(name);
      await alone(name, async () => {
        if (!(await has(name))) throw noSuchRoom(name);
        visited.delete(name);
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
      stopWaiting();
      await Promise.allSettled([collecting, ...changing.values()]);
      await Promise.all([...opened.keys()].map(shut));
      await visited.kept();
      await storage.close();
    },
  };
}
