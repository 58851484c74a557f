import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openFileCommitLog,
  openRoomData,
  openSegmentBlobStore,
  type RoomData,
} from '../../../src/server/data/index.ts';
import type { BlobStore } from '../../../src/server/data/blob-store.ts';
import { type DoomedFiles, doomedFiles } from './doomed-files.ts';
import { type HandClock, handClock } from './hand-clock.ts';

/** A room on disk that can be closed, killed and opened again. */
export class RoomUnderTest {
  readonly clock: HandClock = handClock();
  room!: RoomData;
  blobs!: BlobStore;
  files!: DoomedFiles;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(): Promise<RoomUnderTest> {
    const made = new RoomUnderTest(await mkdtemp(join(tmpdir(), 'covalence-model-')));
    await made.open();
    return made;
  }

  async open(): Promise<void> {
    this.files = doomedFiles();
    this.blobs = await openSegmentBlobStore(join(this.#directory, 'blobs'), {
      openFile: (path, flags) => this.files.open(path, flags),
      segmentByteLength: 20_000,
    });
    const log = await openFileCommitLog(join(this.#directory, 'log'), {
      openFile: (path) => this.files.open(path, 'r+').catch(() => this.files.open(path, 'wx+')),
    });
    this.room = await openRoomData({ name: 'model', log, blobs: this.blobs, clock: this.clock });
  }

  async close(): Promise<void> {
    await this.room.close();
    await this.blobs.close();
  }

  /** What is left of a process that was killed is opened by the next. */
  async rise(): Promise<void> {
    await this.files.bury();
    await this.open();
  }

  async collect(): Promise<number> {
    const { room, blobs } = this;
    return (await blobs.garbage?.collect((hash) => room.names(hash), blobs.garbage.mark())) ?? 0;
  }

  async remove(): Promise<void> {
    await this.files.bury();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
