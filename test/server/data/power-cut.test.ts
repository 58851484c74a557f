import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { canonicalBytes } from '../../../src/data/hash.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import {
  openFileCommitLog,
  openRoomData,
  openSegmentBlobStore,
  type RoomData,
} from '../../../src/server/data/index.ts';
import { scratchDirectory } from './store-fixture.ts';
import { seeded } from './seeded.ts';

/** A disk that forgets, when the power goes, what was not synced: each such write wholly, in part, or not at all. */
interface Disk {
  open(path: string, flags?: string): Promise<FileHandle>;
  /** Resolves when the power is gone and the files are as the next start finds them. */
  readonly cut: Promise<void>;
}

function diskThatFails(atStep: number, random: () => number): Disk {
  interface Write {
    file: FileHandle;
    offset: number;
    before: Uint8Array;
    length: number;
  }
  const unsynced = new Map<string, Write[]>();
  const files: FileHandle[] = [];
  const never = new Promise<never>(() => undefined);
  let steps = 0;
  let isGone = false;
  let tellCut = (): void => undefined;
  const cut = new Promise<void>((resolve) => (tellCut = resolve));

  const forget = async (): Promise<void> => {
    for (const writes of unsynced.values()) {
      for (const { file, offset, before, length } of [...writes].reverse()) {
        const kept = random() < 0.4 ? 0 : Math.floor(random() * (length + 1));
        const { size } = await file.stat();
        // What lay behind the end before it was written is zeros where a later write made the file longer.
        const lost = new Uint8Array(length - kept);
        lost.set(before.subarray(Math.min(kept, before.byteLength)));
        if (size === offset + length && random() < 0.5)
          await file.truncate(Math.max(offset + kept, offset + before.byteLength));
        else await file.write(lost, 0, lost.byteLength, offset + kept);
      }
    }
  };
  const step = async (): Promise<void> => {
    if (isGone) return never;
    steps += 1;
    if (steps < atStep) return undefined;
    isGone = true;
    await forget();
    await Promise.all(files.map((file) => file.close()));
    tellCut();
    return never;
  };

  return {
    cut,
    async open(path, flags = 'wx+') {
      const file = await open(path, flags);
      files.push(file);
      return new Proxy(file, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          if (property === 'write') {
            return async (bytes: Uint8Array, offset: number, length: number, position: number) => {
              const { buffer, bytesRead } = await target.read(new Uint8Array(length), 0, length, position);
              const written = await target.write(bytes, offset, length, position);
              const writes = unsynced.get(path) ?? [];
              writes.push({ file: target, offset: position, before: buffer.subarray(0, bytesRead), length });
              unsynced.set(path, writes);
              await step();
              return written;
            };
          }
          if (property === 'datasync') {
            return async () => {
              await step();
              const writes = unsynced.get(path)?.splice(0) ?? [];
              await target.datasync();
              return writes.length;
            };
          }
          return value.bind(target);
        },
      });
    },
  };
}

test('[D7] nothing acknowledged is lost when the power goes and takes with it what was not synced', async () => {
  const seed = Number(process.env['SEED'] ?? 42);
  const random = seeded(seed);
  const directory = await scratchDirectory();
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 40; round += 1) {
    const note = `seed ${seed} round ${round}`;
    const disk = diskThatFails(3 + Math.floor(random() * 40), random);
    const blobs = await openSegmentBlobStore(join(directory, 'blobs'), {
      openFile: (path, flags) => disk.open(path, flags),
    });
    const log = await openFileCommitLog(join(directory, 'log'), {
      openFile: (path) => disk.open(path, 'r+').catch(() => disk.open(path, 'wx+')),
    });
    const room = await openRoomData({ name: 'power', log, blobs });
    await expectAll(room, acknowledged, note);
    const positions = (): ReturnType<typeof frameArray> =>
      frameArray(Float32Array.from({ length: 90 }, random), [30, 3]);
    for (let writer = 0; writer < 6; writer += 1) {
      void (async () => {
        for (;;) {
          const data = { positions: positions() };
          const ids = room.ids(0, room.count);
          const id = ids[Math.floor(random() * ids.length)];
          const baseVersion = ids.length < 6 ? 0 : (room.head(id)?.version ?? 0);
          const edit =
            ids.length < 6
              ? ({ op: 'insert', frames: [data] } as const)
              : ({ op: 'patch', id, baseVersion, data } as const);
          const result = await room.commit([edit]).catch(() => undefined);
          for (const [changed, { version, hashes }] of Object.entries(result?.frames ?? {})) {
            acknowledged.set(`${changed} ${version}`, hashes['positions']);
          }
        }
      })();
    }
    await disk.cut;
  }
  const blobs = await openSegmentBlobStore(join(directory, 'blobs'));
  onTestFinished(() => blobs.close());
  const room = await openRoomData({ name: 'power', log: await openFileCommitLog(join(directory, 'log')), blobs });
  await expectAll(room, acknowledged, `seed ${seed} at the end`);
  expect(acknowledged.size).toBeGreaterThan(100);
  await room.close();
});

async function expectAll(room: RoomData, acknowledged: ReadonlyMap<string, string>, note: string): Promise<void> {
  for (const [key, hash] of acknowledged) {
    const [id, version] = key.split(' ');
    const { data, hashes } = await room.frameById(id, { version: Number(version), data: ['positions'] });
    expect(hashes['positions'], `${note}: ${key}`).toBe(hash);
    const bytes = canonicalBytes(data['positions']);
    expect(createHash('sha256').update(bytes).digest('hex'), `${note}: ${key}`).toBe(hash);
  }
}
