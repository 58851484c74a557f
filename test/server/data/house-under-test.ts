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
import { type DoomedFiles, doomedFiles } from './doomed-files.ts';
import { type HandClock, handClock } from '../../hand-clock.ts';

/** Rooms of one data directory that can be closed, killed and opened again. */
export class HouseUnderTest {
  readonly clock: HandClock = handClock();
  rooms!: DataRooms;
  files!: DoomedFiles;
  readonly #parent: string;
  readonly #opened = new Map<string, RoomData>();
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
    const ask: typeof fetch = async (input, init) =>
      (await this.#channel(new Request(input, init))) ?? new Response(null, { status: 404 });
    return withCache(httpProvider({ url: 'http://house', room, fetch: ask }), { byteLength: 4_000 });
  }

  /** The room, which was opened before. */
  room(name: string): RoomData {
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
    this.#opened.clear();
    for (const name of names) await this.enter(name);
  }

  /** Opens a room. */
  async enter(name: string, room: Promise<RoomData> = this.rooms.get(name)): Promise<void> {
    this.#opened.set(name, await room);
  }

  leave(name: string): void {
    this.#opened.delete(name);
  }

  async close(): Promise<void> {
    await this.rooms.close();
  }

  /** What is left of a process that was killed is opened by the next, somewhere else so that the dead cannot disturb it. */
  async rise(names: readonly string[]): Promise<void> {
    await this.files.bury();
    const left = this.#directory;
    this.#directory = join(this.#parent, `life-${(this.#lives += 1)}`);
    await cp(left, this.#directory, { recursive: true });
    await rm(join(this.#directory, 'lock'), { force: true });
    await this.open(names);
  }

  async remove(): Promise<void> {
    await this.files.bury();
    await rm(this.#parent, { recursive: true, force: true });
  }
}
