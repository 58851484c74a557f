import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpProvider } from '../../../src/data/http-provider.ts';
import type { DataProvider, InvalidatableProvider } from '../../../src/data/provider.ts';
import type { FrameArchive } from '../../../src/data/frame-archive.ts';
import { withCache } from '../../../src/data/with-cache.ts';
import {
  createDataRooms,
  createFrameChannel,
  type DataRooms,
  fileRoomStorage,
  type RoomData,
} from '../../../src/server/data/index.ts';
import { linkRoom } from '../../../src/server/room-link.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import type { OpenedRoom } from '../../../src/server/sync/open-sync-room.ts';
import { createSyncHub, type SyncHub } from '../../../src/server/sync/sync-hub.ts';
import { type DoomedFiles, doomedFiles } from './doomed-files.ts';
import { type HandClock, handClock } from '../../hand-clock.ts';
import { type FaultyDisk, faultyDisk } from '../sync/faulty-disk.ts';
import type { Line } from './line-under-test.ts';

/** Turns of the loop in which nothing happens, after which nothing will. */
const QUIET_TURNS = 4;
/** More turns with messages than any history has: they answer each other for ever. */
const MAX_TURNS = 20_000;

/** The two halves of a room, joined. */
interface JoinedRoom {
  data: RoomData;
  sync: OpenedRoom;
  unlink: () => void;
}

/** Rooms of one data directory, and their shared documents, that can be closed, killed and opened again. */
export class HouseUnderTest {
  readonly clock: HandClock = handClock();
  rooms!: DataRooms;
  files!: DoomedFiles;
  hub!: SyncHub;
  /** Where the shared documents lie. */
  disk: FaultyDisk = faultyDisk();
  /** Codes of connections that were refused. */
  readonly refused: string[] = [];
  /** Of everybody who is in a room. */
  readonly lines = new Set<Line>();
  /** People who came so far. */
  visitors = 0;
  /** Requests under way. */
  asking = 0;
  readonly #parent: string;
  readonly #opened = new Map<string, JoinedRoom>();
  #leaving: Promise<void> = Promise.resolve();
  #endAll: () => void = () => undefined;
  #ended!: Promise<Response>;
  #ids = 0;
  #channel!: ReturnType<typeof createFrameChannel>;
  #directory: string;
  #lives = 0;

  private constructor(parent: string) {
    this.#parent = parent;
    this.#directory = join(parent, 'life-0');
  }

  static async make(): Promise<HouseUnderTest> {
    const made = new HouseUnderTest(await mkdtemp(join(tmpdir(), 'covalence-model-')));
    await made.open();
    return made;
  }

  /** A client of a room that outlives the server: over HTTP, with a cache that is smaller than the room. */
  client(room: string): DataProvider & FrameArchive & InvalidatableProvider {
    return withCache(httpProvider({ url: 'http://house', room, fetch: this.fetch }), { byteLength: 4_000 });
  }

  /** Asks the data channel of the server that lives then; fails when it dies meanwhile. */
  readonly fetch: typeof fetch = async (input, init) => {
    this.asking += 1;
    try {
      const answer = this.#channel(new Request(input, init));
      return (await Promise.race([answer, this.#ended])) ?? new Response(null, { status: 404 });
    } finally {
      this.asking -= 1;
    }
  };

  /** The data of a room, which was opened before. */
  room(name: string): RoomData {
    return this.#joined(name).data;
  }

  /** The shared half of a room; undefined while it is closed. */
  sync(name: string): OpenedRoom | undefined {
    return this.#opened.get(name)?.sync;
  }

  /** Until every request is answered and nothing is on its way on `lines`, which connect again when they can. */
  async settle(lines: Iterable<Line> = this.lines): Promise<void> {
    for (let quiet = 0, busy = 0; quiet < QUIET_TURNS;) {
      let hasMoved = false;
      for (const line of lines) hasMoved = line.flow() || hasMoved;
      if (hasMoved) busy += 1;
      if (busy > MAX_TURNS) throw new Error('It never comes to rest.');
      await new Promise((resolve) => void setImmediate(resolve));
      quiet = hasMoved || this.asking > 0 ? 0 : quiet + 1;
    }
  }

  #joined(name: string): JoinedRoom {
    const room = this.#opened.get(name);
    if (room === undefined) throw new Error(`${name} is not open`);
    return room;
  }

  async open(names: readonly string[] = []): Promise<void> {
    const files = doomedFiles();
    this.files = files;
    const storage = await fileRoomStorage({
      directory: this.#directory,
      lock: { clock: this.clock },
      openLogFile: (path) => files.open(path, 'r+').catch(() => files.open(path, 'wx+')),
      openSegmentFile: (path, flags) => files.open(path, flags),
    });
    this.rooms = createDataRooms({ storage, clock: this.clock });
    this.#channel = createFrameChannel({ rooms: this.rooms });
    this.hub = createSyncHub({
      docStore: await fileDocStore({ directory: 'state', disk: this.disk, clock: this.clock }),
      clock: this.clock,
      makeId: () => `id-${(this.#ids += 1)}`,
      onRefused: (code) => this.refused.push(code),
      limits: { roomIdleMs: Number.MAX_SAFE_INTEGER },
    });
    // As the server itself does: the shared half follows what becomes of the data.
    this.rooms.onRenamed((from, to) => {
      this.leave(from);
      this.#leaving = this.#leaving.then(() => this.hub.renameRoom(from, to));
    });
    this.rooms.onGone((name) => {
      this.leave(name);
      this.#leaving = this.#leaving.then(() => this.hub.deleteRoom(name));
    });
    this.#ended = new Promise((_, reject) => {
      this.#endAll = () => reject(new TypeError('the server is dead'));
    });
    this.#ended.catch(() => undefined);
    this.#opened.clear();
    for (const name of names) await this.enter(name);
  }

  /** Opens a room. */
  async enter(name: string, room: Promise<RoomData> = this.rooms.get(name)): Promise<void> {
    const data = await room;
    await this.#leaving;
    // What the hub hands out can serve sockets, too.
    const sync = (await this.hub.room(name)) as OpenedRoom;
    this.#opened.set(name, { data, sync, unlink: linkRoom(data, sync) });
  }

  leave(name: string): void {
    this.#opened.get(name)?.unlink();
    this.#opened.delete(name);
  }

  async close(): Promise<void> {
    await this.#leaving;
    for (const name of this.#opened.keys()) this.leave(name);
    await this.hub.close();
    await this.rooms.close();
    this.#endAll();
  }

  /**
   * What is left of a process that was killed is opened by the next, somewhere else so that the dead cannot disturb it.
   * Of the shared documents everything is left that was handed to the system.
   */
  async rise(names: readonly string[]): Promise<void> {
    this.#endAll();
    for (const { unlink } of this.#opened.values()) unlink();
    // Nobody reaches the dead.
    this.#opened.clear();
    await this.files.bury();
    const left = this.#directory;
    this.#directory = join(this.#parent, `life-${(this.#lives += 1)}`);
    await cp(left, this.#directory, { recursive: true });
    await rm(join(this.#directory, 'lock'), { force: true });
    this.disk = this.disk.afterPowerCut(() => 1);
    await this.open(names);
  }

  async remove(): Promise<void> {
    await this.files.bury();
    await rm(this.#parent, { recursive: true, force: true });
  }
}
