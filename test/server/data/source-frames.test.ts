import { appendFile, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import {
  createDataRooms,
  createFrameChannel,
  type DataRooms,
  fileRoomStorage,
  memoryRoomStorage,
  type OpenTrajectory,
} from '../../../src/server/data/index.ts';
import { frameExporters } from '../../../src/server/frame-exporters.ts';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { handClock } from '../../hand-clock.ts';
import { scratchDirectory } from './store-fixture.ts';

/** Frame `i` of a file: three atoms whose first x is `i`. */
function xyzFrame(i: number): string {
  const header = `Lattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3 energy=${-i} pbc="T T T"`;
  return `3\n${header}\nO ${i} 0 0\nH ${i + 0.96} 0 0\nH ${i - 0.24} 0.93 0\n`;
}

async function xyzFile(frames: number, tail = ''): Promise<string> {
  const path = join(await scratchDirectory(), 'water.xyz');
  await writeFile(path, Array.from({ length: frames }, (_, i) => xyzFrame(i)).join('') + tail);
  return path;
}

const open: OpenTrajectory = (source, options) => xyzFormat.open(source, options);

async function onDisk(directory: string, openTrajectory = open, follow = false): Promise<DataRooms> {
  return createDataRooms({ storage: await fileRoomStorage({ directory }), openTrajectory, follow });
}

test('[D22] a file is opened in place: ids f0, f1, ..., version 1, and only edits are stored', async () => {
  const path = await xyzFile(50);
  const storage = memoryRoomStorage();
  const rooms = createDataRooms({ storage, openTrajectory: open });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  await room.indexed;
  expect(room.name).toBe('water');
  expect(room.count).toBe(50);
  expect(room.ids(48, 60)).toEqual(['f48', 'f49']);
  const frame = await room.frameAt(7, { data: ['positions', 'energy'] });
  expect(frame).toMatchObject({ id: 'f7', index: 7, version: 1, data: { energy: -7 } });
  expect(isFrameArray(frame.data['positions']) && frame.data['positions'].data[0]).toBe(7);
  expect(room.info().keys.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['positions', 'numbers', 'cell', 'energy']),
  );
  expect(storage.blobs.byteLength).toBe(0);
  expect(room.seq).toBe(1);
  const { frames } = await room.commit([{ op: 'patch', id: 'f7', baseVersion: 1, data: { energy: 3 } }]);
  expect(frames['f7'].version).toBe(2);
  const edited = await room.frameAt(7);
  expect(edited.data['energy']).toBe(3);
  expect(edited.hashes['positions']).toBe(frame.hashes['positions']);
  expect(room.scalars(['energy'])['energy'][7]).toBe(3);
  expect(room.scalars(['energy'])['energy'][8]).toBe(-8);
});

test('[D22] frames of a file can be inserted between, removed, moved, and brought back by undo', async () => {
  const rooms = createDataRooms({ openTrajectory: open });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(await xyzFile(10));
  await room.indexed;
  const { ids } = await room.commit([{ op: 'insert', frames: [{ energy: 9 }], after: 'f3' }]);
  await room.commit([{ op: 'remove', id: 'f5', baseVersion: 1 }]);
  await room.commit([{ op: 'move', id: 'f0', after: 'f9' }]);
  const order = ['f1', 'f2', 'f3', ids[0], 'f4', 'f6', 'f7', 'f8', 'f9', 'f0'];
  expect(room.ids(0, 99)).toEqual(order);
  for (const [index, id] of order.entries()) expect((await room.frameAt(index)).id).toBe(id);
  await expect(room.frameById('f5')).rejects.toMatchObject({ code: 'frame/not-found' });
  for (let i = 0; i < 3; i += 1) await room.undo();
  expect(room.ids(0, 99)).toEqual(Array.from({ length: 10 }, (_, i) => `f${i}`));
  expect(await room.frameById('f5')).toMatchObject({ index: 5, version: 3, data: { energy: -5 } });
});

/** Opens a file of which eight frames are read, and the others when it goes on. */
function inHalves(): { slow: OpenTrajectory; goOn: () => void } {
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  onTestFinished(() => goOn());
  const slow: OpenTrajectory = async (source) =>
    xyzFormat.open({
      ...source,
      name: source.name,
      get byteLength() {
        return source.byteLength;
      },
      read: source.read.bind(source),
      close: source.close.bind(source),
      async *stream(offset, signal) {
        const half = xyzFrame(0).length * 8;
        for await (const piece of source.stream(offset, signal)) {
          yield piece.subarray(0, half);
          await gate;
          yield piece.subarray(half);
        }
      },
    });
  return { slow, goOn };
}

test('[D23] frames are readable and the count grows while the file is still being read', async () => {
  const path = await xyzFile(20);
  const { slow, goOn } = inHalves();
  const rooms = createDataRooms({ openTrajectory: slow });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  const told = vi.fn();
  room.onChange(({ count }) => told(count));
  // The eighth frame is a few digits longer than the first and still to come in part.
  expect(room.count).toBe(7);
  expect(room.info().indexing).toMatchObject({ byteLength: expect.any(Number) as number });
  expect((await room.frameAt(6)).data['energy']).toBe(-6);
  await expect(room.frameAt(15)).rejects.toMatchObject({ code: 'frame/not-found' });
  goOn();
  await room.indexed;
  expect(room.count).toBe(20);
  expect(room.info().indexing).toBeUndefined();
  expect(told).toHaveBeenLastCalledWith(20);
});

test('[D233] what is given as all of a room waits until its file was read to the end; a frame that is not found yet was not removed', async () => {
  const [path, directory] = [await xyzFile(20), await scratchDirectory()];
  const before = await onDisk(directory);
  const edited = await before.openFile(path);
  await edited.indexed;
  await edited.commit([{ op: 'patch', id: 'f15', baseVersion: 1, data: { energy: 9 } }]);
  await before.close();
  for (const name of ['source.index', 'summary.json']) await rm(join(directory, 'rooms', 'water', name));
  const { slow, goOn } = inHalves();
  let rooms = await onDisk(directory, slow);
  const room = await rooms.openFile(path);
  const channel = createFrameChannel({ rooms, exporters: frameExporters });
  const ask = async (of: string): Promise<string> => {
    const answer = await channel(new Request(`http://localhost/v1/rooms/water/${of}`));
    return (await answer?.text()) ?? '';
  };
  expect(room.count).toBe(7);
  expect(JSON.parse(await ask('frames?id=f15'))).toMatchObject({
    code: 'frame/not-found',
    detail: 'There is no frame "f15"; so far 7 frames were found in the file.',
  });
  const asked = ['export?format=extxyz', 'zarr/head/particles/all/n_atoms/.zarray'].map(ask);
  goOn();
  const [text, shape] = await Promise.all(asked);
  expect(text.match(/^3$/gm)).toHaveLength(20);
  expect(JSON.parse(shape)).toMatchObject({ shape: [20] });
  await rooms.close();
  // A server that is ended before does not say that the file has no more than was found.
  for (const name of ['source.index', 'summary.json']) await rm(join(directory, 'rooms', 'water', name));
  const half = inHalves();
  rooms = await onDisk(directory, half.slow);
  await rooms.openFile(path);
  const refused = createFrameChannel({ rooms, exporters: frameExporters })(
    new Request('http://localhost/v1/rooms/water/export'),
  );
  const closing = rooms.close();
  half.goOn();
  await closing;
  expect(await (await refused)?.json()).toMatchObject({ code: 'room/closed' });
  rooms = await onDisk(directory);
  onTestFinished(() => rooms.close());
  expect((await rooms.list())[0]).not.toHaveProperty('count');
});

test('[D24] a second opening of an unchanged file uses the kept index and finds the edits', async () => {
  const directory = await scratchDirectory();
  const path = await xyzFile(30);
  const first = await onDisk(directory);
  const room = await first.openFile(path);
  await room.indexed;
  await room.commit([{ op: 'patch', id: 'f3', baseVersion: 1, data: { energy: 33 } }]);
  await first.close();
  expect(await readdir(join(directory, 'rooms', 'water'))).toContain('source.index');
  let passes = 0;
  const again = await onDisk(directory, async (source, options) => {
    expect(options?.index).toBeInstanceOf(Uint8Array);
    const trajectory = await xyzFormat.open(source, options);
    if (!trajectory.isComplete) passes += 1;
    return trajectory;
  });
  onTestFinished(() => again.close());
  const resumed = await again.openFile(path);
  expect(passes).toBe(0);
  expect(resumed.epoch).toBe(room.epoch);
  expect(resumed.count).toBe(30);
  expect((await resumed.frameAt(3)).data['energy']).toBe(33);
  expect((await resumed.frameAt(4)).data['energy']).toBe(-4);
});

test('[D25] a file that changed is refused at opening, while reading too, and the edits are kept', async () => {
  const directory = await scratchDirectory();
  const path = await xyzFile(30);
  const original = await readFile(path);
  const first = await onDisk(directory);
  const room = await first.openFile(path);
  await room.indexed;
  await room.commit([{ op: 'patch', id: 'f3', baseVersion: 1, data: { energy: 33 } }]);
  const modified = Buffer.from(original);
  modified.write('8', original.indexOf('O 9') + 2);
  await writeFile(path, modified);
  await utimes(path, 1_000_000, 1_000_000);
  await expect(room.frameAt(9)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await first.close();
  const second = await onDisk(directory);
  await expect(second.openFile(path)).rejects.toMatchObject({ code: 'file/changed', fields: { file: 'water.xyz' } });
  expect((await second.list())[0]).toMatchObject({ name: 'water', problem: { code: 'file/changed' } });
  await second.close();
  await writeFile(path, xyzFrame(0));
  const third = await onDisk(directory);
  await expect(third.openFile(path)).rejects.toMatchObject({ code: 'file/changed' });
  expect(await third.has('water')).toBe(true);
  await third.close();
});

test('[D26] frames appended to the file appear when it is followed, under ids of their own', async () => {
  const path = await xyzFile(5);
  const clock = handClock();
  const rooms = createDataRooms({ openTrajectory: open, follow: true, clock });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  await room.indexed;
  await room.commit([{ op: 'patch', id: 'f2', baseVersion: 1, data: { energy: 22 } }]);
  const half = xyzFrame(6).slice(0, 40);
  await appendFile(path, xyzFrame(5) + half);
  const isGrown = (count: number): Promise<void> =>
    vi.waitFor(
      async () => {
        await clock.pass(1_000);
        expect(room.count).toBe(count);
      },
      { timeout: 60_000 },
    );
  await isGrown(6);
  await appendFile(path, xyzFrame(6).slice(40));
  await isGrown(7);
  expect(room.info().damage).toBeUndefined();
  expect(await room.frameAt(6)).toMatchObject({ id: 'f6', data: { energy: -6 } });
  expect((await room.frameAt(2)).data['energy']).toBe(22);
});

test('[D26] a file that only grew is read on without being followed, up to where it ended', async () => {
  const path = await xyzFile(5);
  const rooms = createDataRooms({ openTrajectory: open });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  await room.indexed;
  await appendFile(path, xyzFrame(5));
  expect((await room.frameAt(4)).data['energy']).toBe(-4);
  expect(room.count).toBe(5);
});

test('[D27] frames before the damage of a file stay readable and the damage names file, frame and line', async () => {
  const path = await xyzFile(4, '3\nProperties=species:S:1:pos:R:3\nO 0 0 nonsense\n');
  const rooms = createDataRooms({ openTrajectory: open });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  await room.indexed;
  const { damage } = room.info();
  expect(damage?.code).toBe('file/damaged');
  expect(damage?.detail).toMatch(/water\.xyz/);
  expect(damage?.detail).toMatch(/frame 4/);
  expect(damage?.detail).toMatch(/line/);
  expect(room.count).toBe(4);
  expect((await room.frameAt(3)).data['energy']).toBe(-3);
  const nothing = join(await scratchDirectory(), 'empty.xyz');
  await writeFile(nothing, '');
  await expect(rooms.openFile(nothing)).rejects.toMatchObject({ code: 'file/empty' });
  await expect(rooms.openFile('/nowhere/at/all.xyz')).rejects.toMatchObject({ code: 'file/not-found' });
  expect((await rooms.list()).map(({ name }) => name)).toEqual(['water']);
});

test('[D28] undoing an edit of a frame of a file shows the value of the file again', async () => {
  const rooms = createDataRooms({ openTrajectory: open });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(await xyzFile(3));
  await room.indexed;
  const before = await room.frameById('f1');
  const edit = await room.commit([{ op: 'patch', id: 'f1', baseVersion: 1, data: { energy: 1, positions: null } }]);
  expect((await room.frameById('f1')).data).not.toHaveProperty('positions');
  await room.commit([{ op: 'patch', id: 'f1', baseVersion: 2, data: { time: 5 } }]);
  await room.undo({ seq: edit.seq });
  const after = await room.frameById('f1');
  expect(after.version).toBe(4);
  expect(after.data).toEqual({ ...before.data, time: 5 });
  expect(after.hashes).toMatchObject(before.hashes);
  expect((await room.frameById('f1', { version: 1 })).data).toEqual(before.data);
});
