import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ByteSource, Trajectory } from '../../../src/data/formats/format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { createDataRooms, type DataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import type { RoomData } from '../../../src/server/data/room-data.ts';
import { scratchDirectory } from './store-fixture.ts';

const FRAMES = 8_000;
const TEXT = Array.from({ length: FRAMES }, (_, i) => `1\nenergy=${i}\nAr ${(i / 8).toFixed(3)} 2 3\n`).join('');

/** Rooms on disk, and the names of the sources that their files were read from. */
async function onDisk(directory: string): Promise<DataRooms & { passes: string[] }> {
  const passes: string[] = [];
  const rooms = createDataRooms({
    storage: await fileRoomStorage({ directory }),
    async openTrajectory(source: ByteSource, options): Promise<Trajectory> {
      const trajectory = await openTrajectory(source, options);
      if (!trajectory.isComplete) passes.push(source.name);
      return trajectory;
    },
  });
  return Object.assign(rooms, { passes });
}

/** The room of a file, read to its end, in rooms of its own. */
async function readIn(
  directory: string,
  path: string,
): Promise<{ rooms: DataRooms & { passes: string[] }; room: RoomData }> {
  const rooms = await onDisk(directory);
  const room = await rooms.openFile(path, 'argon');
  await room.indexed;
  return { rooms, room };
}

/** A directory and a compressed file in it. */
async function compressed(): Promise<{ directory: string; path: string }> {
  const directory = await scratchDirectory();
  const path = join(directory, 'argon.xyz.gz');
  await writeFile(path, gzipSync(TEXT));
  return { directory, path };
}

/** Writes a file anew, as a copy or an editor does. */
async function writeAnew(path: string, bytes: string | Uint8Array, at: number): Promise<void> {
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
  await utimes(path, at, at);
}

test('[D117] a long file that was only touched is the same file, at opening, while it is open, and without a pass', async () => {
  expect(TEXT.length).toBeGreaterThan(2 * 65_536);
  const directory = await scratchDirectory();
  const path = join(directory, 'argon.xyz');
  await writeAnew(path, TEXT, 1_000_000);
  const { rooms: first, room } = await readIn(directory, path);
  await room.commit([{ op: 'patch', id: 'f3', baseVersion: 1, data: { energy: 33 } }]);
  await writeAnew(path, TEXT, 2_000_000);
  expect((await room.frameAt(7)).data['energy']).toBe(7);
  await first.close();
  for (const at of [3_000_000, 4_000_000]) {
    await writeAnew(path, TEXT, at);
    const again = await onDisk(directory);
    const resumed = await again.openFile(path);
    expect(resumed.count).toBe(FRAMES);
    expect((await resumed.frameAt(3)).data['energy']).toBe(33);
    expect((await resumed.frameAt(FRAMES - 1)).data['energy']).toBe(FRAMES - 1);
    expect(again.passes).toEqual([]);
    await again.close();
  }
});

test('[D117] one digit in the middle of a long file makes it another one', async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'argon.xyz');
  await writeAnew(path, TEXT, 1_000_000);
  const { rooms: first, room } = await readIn(directory, path);
  const middle = TEXT.indexOf('energy=4000') + 7;
  const edited = `${TEXT.slice(0, middle)}5${TEXT.slice(middle + 1)}`;
  await writeAnew(path, edited, 2_000_000);
  await expect(room.frameAt(7)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await first.close();
  const second = await onDisk(directory);
  await expect(second.openFile(path)).rejects.toMatchObject({ code: 'file/changed' });
  await writeAnew(path, TEXT, 5_000_000);
  expect((await second.openFile(path)).count).toBe(FRAMES);
  await second.close();
});

test('[D118] the content of a compressed file goes to disk, stays there, and is not inflated again', async () => {
  const { directory, path } = await compressed();
  const { rooms: first, room } = await readIn(directory, path);
  const before = await room.frameAt(4_321);
  await first.close();
  const folder = join(directory, 'rooms', 'argon');
  expect((await stat(join(folder, 'source.content'))).size).toBe(TEXT.length);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  const again = await onDisk(directory);
  const resumed = await again.openFile(path, 'argon');
  expect(again.passes).toEqual([]);
  expect(await resumed.frameAt(4_321)).toEqual(before);
  await again.close();
  // Without the content, or with another file's, everything is made anew.
  await writeFile(join(folder, 'source.content'), 'lost');
  const { rooms: third, room: remade } = await readIn(directory, path);
  expect(await remade.frameAt(4_321)).toEqual(before);
  await third.close();
  expect(await readFile(join(folder, 'source.content'), 'utf8')).toBe(TEXT);
});

test('[D118] rooms in memory leave nothing of a compressed file behind', async () => {
  const { directory, path } = await compressed();
  const own = join(directory, 'tmp');
  await mkdir(own);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = own;
  try {
    const rooms = createDataRooms({ openTrajectory });
    const room = await rooms.openFile(path, 'argon');
    await room.indexed;
    expect((await room.frameAt(99)).data['energy']).toBe(99);
    expect((await readdir(own)).length).toBe(1);
    await rooms.close();
    expect(await readdir(own)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('[D213] an altered index, or altered content of a compressed file, is not believed: everything is made anew', async () => {
  const { directory, path } = await compressed();
  const { rooms: first, room } = await readIn(directory, path);
  const before = await room.frameAt(4_321);
  await first.close();
  for (const [name, place] of [
    ['source.index', 0.5],
    ['source.index', 0.01],
    ['source.content', 0.54],
  ] as const) {
    const file = join(directory, 'rooms', 'argon', name);
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.byteLength * place)] ^= 1;
    await writeFile(file, bytes);
    const { rooms: again, room: remade } = await readIn(directory, path);
    expect(again.passes.length, `${name} at ${place}`).toBe(1);
    expect(remade.count).toBe(FRAMES);
    expect(await remade.frameAt(4_321)).toEqual(before);
    await again.close();
  }
});

test('[D213] a damaged note of how a file was to be read is an error, not another reading', async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'argon.xyz');
  await writeFile(path, TEXT);
  await (await readIn(directory, path)).rooms.close();
  await writeFile(join(directory, 'rooms', 'argon', 'source.reading.json'), '{"elements":["Si"');
  const again = await onDisk(directory);
  await expect(again.openFile(path, 'argon')).rejects.toMatchObject({ code: 'store/failed' });
  await again.close();
});
