import { createHash } from 'node:crypto';
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import {
  createDataRooms,
  type DataRooms,
  fileRoomStorage,
  memoryRoomStorage,
  openSegmentBlobStore,
} from '../../../src/server/data/index.ts';
import { handClock } from '../../hand-clock.ts';
import { scratchDirectory } from './store-fixture.ts';

/** 100 atoms, whose positions are a blob of their own. */
function atoms(fill: number): { positions: ReturnType<typeof frameArray> } {
  return { positions: frameArray(new Float32Array(300).fill(fill), [100, 3]) };
}

async function onDisk(directory: string): Promise<DataRooms> {
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  onTestFinished(() => rooms.close());
  return rooms;
}

const makers = [
  ['memory', async () => createDataRooms({ storage: memoryRoomStorage() })],
  ['disk', async () => onDisk(await scratchDirectory())],
] as const;

test.each(makers)(
  '[D106] %s: arrays of a deleted room go, arrays that another room names stay',
  async (_name, make) => {
    const rooms = await make();
    const first = await rooms.create('first');
    const { ids } = await first.commit([{ op: 'insert', frames: [atoms(1), atoms(2)] }]);
    await first.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: atoms(3) }]);
    const copy = await rooms.create('copy', { room: 'first', seq: 2 });
    await rooms.delete('first');
    expect(await rooms.collect({ isAlone: true })).toBe(1);
    expect(rooms.blobByteLength).toBe(2 * 1200);
    expect((await copy.frameAt(0)).data['positions']).toEqual(atoms(1).positions);
    await rooms.delete('copy');
    expect(await rooms.collect({ isAlone: true })).toBe(2);
    expect(rooms.blobByteLength).toBe(0);
  },
);

test.each(makers)(
  '[D106] %s: what an undo, an old version or a removed frame needs is never garbage',
  async (_name, make) => {
    const rooms = await make();
    const room = await rooms.create('room');
    const { ids } = await room.commit([{ op: 'insert', frames: [atoms(1), atoms(2)] }]);
    const edit = await room.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: atoms(3) }]);
    const removal = await room.commit([{ op: 'remove', id: ids[1], baseVersion: 1 }]);
    expect(await rooms.collect({ isAlone: true })).toBe(0);
    expect((await room.frameById(ids[0], { version: 1 })).data['positions']).toEqual(atoms(1).positions);
    await room.undo({ seq: removal.seq });
    await room.undo({ seq: edit.seq });
    await room.redo({ seq: edit.seq });
    expect(await rooms.collect({ isAlone: true })).toBe(0);
    expect((await room.frameAt(0)).data['positions']).toEqual(atoms(3).positions);
    expect((await room.frameAt(1)).data['positions']).toEqual(atoms(2).positions);
  },
);

test('[D106] what a refused commit left is collected after the time of grace, not before', async () => {
  const clock = handClock();
  const storage = memoryRoomStorage();
  const rooms = createDataRooms({ storage, clock });
  onTestFinished(() => rooms.close());
  const room = await rooms.create('room');
  const { ids } = await room.commit([{ op: 'insert', frames: [atoms(1)] }]);
  await expect(
    room.commit([
      { op: 'patch', id: ids[0], baseVersion: 1, data: atoms(2) },
      { op: 'remove', id: 'nobody', baseVersion: 1 },
    ]),
  ).rejects.toMatchObject({ code: 'frame/not-found' });
  expect(rooms.blobByteLength).toBe(2 * 1200);
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
  };
  await clock.pass(3_600_000);
  await settled();
  expect(rooms.blobByteLength, 'put after the last collection, so still within the time of grace').toBe(2 * 1200);
  await clock.pass(3_600_000);
  await settled();
  expect(rooms.blobByteLength).toBe(1200);
});

test('[D106] an upload may last longer than the time of grace', async () => {
  const rooms = createDataRooms();
  onTestFinished(() => rooms.close());
  const room = await rooms.create('room');
  const removed: number[] = [];
  async function* slow(): AsyncGenerator<ReturnType<typeof atoms>> {
    for (let i = 0; i < 200; i += 1) {
      yield atoms(i);
      if (i % 50 === 49) removed.push(await rooms.collect({ isAlone: true }));
    }
  }
  await room.commit([{ op: 'insert', frames: slow() }]);
  expect(removed).toEqual([0, 0, 0, 0]);
  expect(await rooms.collect({ isAlone: true })).toBe(0);
  for (let i = 0; i < 200; i += 1) expect((await room.frameAt(i)).data['positions']).toEqual(atoms(i).positions);
});

test('[D106] bytes that nobody named any more and that are put again at the last moment stay', async () => {
  const rooms = createDataRooms();
  onTestFinished(() => rooms.close());
  await (await rooms.create('old')).commit([{ op: 'insert', frames: [atoms(7)] }]);
  await rooms.delete('old');
  const room = await rooms.create('new');
  async function* late(): AsyncGenerator<ReturnType<typeof atoms>> {
    yield atoms(7);
    yield* Array.from({ length: 64 }, (_, i) => atoms(100 + i));
    expect(await rooms.collect({ isAlone: true })).toBe(0);
  }
  await room.commit([{ op: 'insert', frames: late() }]);
  expect((await room.frameAt(0)).data['positions']).toEqual(atoms(7).positions);
});

test('[D106] nothing is removed while the log of a room cannot be read', async () => {
  const directory = await scratchDirectory();
  const rooms = await onDisk(directory);
  for (const name of ['a', 'b', 'gone']) {
    const room = await rooms.create(name);
    for (let i = 0; i < 3; i += 1) await room.commit([{ op: 'insert', frames: [atoms(i + name.length * 10)] }]);
  }
  await rooms.delete('gone');
  await rooms.close();
  const log = await open(join(directory, 'rooms', 'b', 'frames.log'), 'r+');
  await log.write(Buffer.from([1, 2, 3]), 0, 3, 100);
  await log.close();
  const again = await onDisk(directory);
  const before = again.blobByteLength;
  await expect(again.collect({ isAlone: true })).rejects.toMatchObject({ code: 'store/failed' });
  expect(again.blobByteLength).toBe(before);
});

test('[D106] what an altered or lost last commit of a room names stays for whoever restores it', async () => {
  const directory = await scratchDirectory();
  const rooms = await onDisk(directory);
  for (const name of ['a', 'b']) {
    const room = await rooms.create(name);
    for (let i = 0; i < 3; i += 1) await room.commit([{ op: 'insert', frames: [atoms(i + (name === 'a' ? 10 : 20))] }]);
  }
  await rooms.close();
  const path = (file: string): string => join(directory, 'rooms', 'b', file);
  const sound = await readFile(path('frames.log'));
  const last = sound.lastIndexOf('CVBK');
  const flipped = Buffer.from(sound);
  flipped[last + 50] ^= 1;
  for (const [damaged, hasSummary] of [
    [sound.subarray(0, last), true],
    [flipped, true],
    [flipped, false],
  ] as const) {
    await writeFile(path('frames.log'), damaged);
    if (!hasSummary) await rm(path('summary.json'));
    const again = await onDisk(directory);
    const before = again.blobByteLength;
    await expect(again.collect({ isAlone: true })).rejects.toMatchObject({ code: 'store/failed' });
    expect(again.blobByteLength).toBe(before);
    await again.close();
  }
  await writeFile(path('frames.log'), sound);
  const restored = await onDisk(directory);
  expect(await restored.collect({ isAlone: true })).toBe(0);
  expect((await (await restored.get('b')).frameAt(2)).data['positions']).toEqual(atoms(22).positions);
  await restored.close();
});

test('[D107] the room of what was removed is given back to the disk', async () => {
  const directory = await scratchDirectory();
  const rooms = await onDisk(directory);
  const sizeOnDisk = async (): Promise<number> => {
    const names = await readdir(join(directory, 'blobs'));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, 'blobs', name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const keep = await rooms.create('keep');
  const gone = await rooms.create('gone');
  for (let i = 0; i < 20; i += 1) {
    await gone.commit([{ op: 'insert', frames: [atoms(1000 + i)] }]);
    if (i % 5 === 0) await keep.commit([{ op: 'insert', frames: [atoms(i)] }]);
  }
  await rooms.close();
  const again = await onDisk(directory);
  const before = await sizeOnDisk();
  await again.delete('gone');
  expect(await again.collect({ isAlone: true })).toBe(20);
  expect(await sizeOnDisk()).toBeLessThan(before / 3);
  const kept = await again.get('keep');
  for (let i = 0; i < 4; i += 1) expect((await kept.frameAt(i)).data['positions']).toEqual(atoms(5 * i).positions);
});

test('[D108] killed between any two steps of a collection, everything that is needed is still there', async () => {
  const blob = (fill: number): { hash: string; bytes: Uint8Array } => {
    const bytes = new Uint8Array(500).fill(fill);
    return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
  };
  const blobs = Array.from({ length: 12 }, (_, i) => blob(i));
  const isNeeded = (hash: string): boolean => blobs.findIndex((known) => known.hash === hash) % 4 === 0;
  let isDone = false;
  let killed = 0;
  for (let killAt = 1; !isDone; killAt += 1) {
    const directory = await scratchDirectory();
    const filling = await openSegmentBlobStore(directory, { segmentByteLength: 2_000 });
    for (const { hash, bytes } of blobs) await filling.put(hash, bytes);
    await filling.close();
    let step = 0;
    const die = (): void => {
      step += 1;
      if (step >= killAt) throw new Error('killed');
    };
    const store = await openSegmentBlobStore(directory, {
      async openFile(path, flags) {
        if (flags === 'wx+') die();
        const file = await open(path, flags);
        return new Proxy(file, {
          get(target, property) {
            const value: unknown = Reflect.get(target, property);
            if (typeof value !== 'function') return value;
            if (property !== 'write' && property !== 'datasync') return value.bind(target);
            return async (...args: unknown[]) => {
              // A write that is cut short, as a kill leaves it.
              if (property === 'write' && step + 1 >= killAt) {
                const [bytes, offset, length, position] = args as [Uint8Array, number, number, number];
                await target.write(bytes, offset, Math.floor(length / 2), position);
              }
              die();
              return (value as (...given: unknown[]) => unknown).apply(target, args);
            };
          },
        });
      },
      async removeFile(path) {
        die();
        await rm(path);
      },
    });
    try {
      expect(await store.garbage?.collect(isNeeded, store.garbage.mark())).toBe(9);
      isDone = true;
    } catch {
      killed += 1;
    }
    await store.close().catch(() => undefined);
    const after = await openSegmentBlobStore(directory);
    const collect = async (): Promise<number> => after.garbage?.collect(isNeeded, after.garbage.mark()) ?? 0;
    for (const { hash, bytes } of blobs) {
      if (isNeeded(hash)) expect(await after.get(hash), `killed at step ${killAt}`).toEqual(bytes);
    }
    // What a broken off collection left is collected by the next.
    await collect();
    expect(after.byteLength).toBe(3 * 500);
    for (const { hash, bytes } of blobs) expect(await after.get(hash)).toEqual(isNeeded(hash) ? bytes : undefined);
    await after.close();
  }
  expect(killed).toBeGreaterThan(4);
});

test('[D218] a collection that begins while a segment is begun does not take it for an empty one', async () => {
  for (let round = 0; round < 20; round += 1) {
    const directory = await scratchDirectory();
    let collecting: Promise<unknown> = Promise.resolve();
    const store = await openSegmentBlobStore(directory, {
      async openFile(path, flags) {
        const file = await open(path, flags);
        if (flags === 'wx+') {
          process.nextTick(() => {
            collecting = Promise.resolve(store.garbage?.collect(() => true, store.garbage.mark()));
          });
        }
        return file;
      },
    });
    const blobs = Array.from({ length: 5 }, (_, i) => bytesOf(1_000 * round + i));
    for (const { hash, bytes } of blobs) await store.put(hash, bytes);
    await collecting;
    await store.close();
    const again = await openSegmentBlobStore(directory);
    for (const { hash, bytes } of blobs) expect(await again.get(hash), `round ${round}`).toEqual(bytes);
    await again.close();
  }
});

test('[D218] a segment that is filled while a collection goes on keeps what came into it meanwhile', async () => {
  const directory = await scratchDirectory();
  const garbage = Array.from({ length: 20 }, (_, i) => bytesOf(i));
  const [kept, dead] = [garbage[0].hash, new Set(garbage.slice(1).map(({ hash }) => hash))];
  const late = Array.from({ length: 30 }, (_, i) => bytesOf(100 + i));
  const first = await openSegmentBlobStore(directory);
  for (const { hash, bytes } of garbage) await first.put(hash, bytes);
  await first.close();
  let isArmed = false;
  const store = await openSegmentBlobStore(directory, {
    segmentByteLength: 4_000,
    async openFile(path, flags) {
      if (isArmed && flags === 'r') {
        isArmed = false;
        // The collection has looked at what is needed; the segment that it was written to is full a moment later.
        for (const { hash, bytes } of late.slice(1)) await store.put(hash, bytes);
      }
      return open(path, flags);
    },
  });
  await store.put(late[0].hash, late[0].bytes);
  isArmed = true;
  await store.garbage?.collect((hash) => !dead.has(hash), store.garbage.mark());
  await store.close();
  const again = await openSegmentBlobStore(directory);
  for (const { hash, bytes } of [garbage[0], ...late]) expect(await again.get(hash)).toEqual(bytes);
  expect(again.has(kept)).toBe(true);
  expect([...dead].some((hash) => again.has(hash))).toBe(false);
  await again.close();
});

function bytesOf(seed: number): { hash: string; bytes: Uint8Array } {
  const bytes = Uint8Array.from(Buffer.alloc(300, `blob ${seed} `));
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}
