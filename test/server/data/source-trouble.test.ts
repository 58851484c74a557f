import { appendFile, copyFile, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeXtcFrame } from '../../../src/data/formats/write/write-xtc.ts';
import { frameArray, isFrameArray } from '../../../src/protocol/frames.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { createDataRooms, type DataRooms, fileRoomStorage, type RoomData } from '../../../src/server/data/index.ts';
import { type HandClock, handClock } from '../../hand-clock.ts';
import { scratchDirectory } from './store-fixture.ts';

const frameText = (i: number, energy = -i): string =>
  `3\nProperties=species:S:1:pos:R:3 energy=${energy}\nO ${i} 0 0\nH ${i + 0.96} 0 0\nH ${i - 0.24} 0.93 0\n`;
const text = (from: number, to: number, energy?: (i: number) => number): string =>
  Array.from({ length: to - from }, (_, i) => frameText(from + i, energy?.(from + i))).join('');

interface Place {
  path: string;
  directory: string;
  clock: HandClock;
  open(name?: string): Promise<{ rooms: DataRooms; room: RoomData }>;
  /** Lets the server look at the file until `holds`. */
  until(holds: () => unknown): Promise<void>;
}

async function place(content: string | Uint8Array, name = 'water.xyz'): Promise<Place> {
  const directory = await scratchDirectory();
  const path = join(directory, name);
  await writeFile(path, content);
  const clock = handClock();
  return {
    path,
    directory,
    clock,
    async open(roomName) {
      const storage = await fileRoomStorage({ directory: join(directory, 'data') });
      const rooms = createDataRooms({ storage, openTrajectory, follow: true, clock });
      onTestFinished(() => rooms.close());
      const room = await rooms.openFile(path, roomName).catch(async (error: unknown) => {
        await rooms.close();
        throw error;
      });
      await room.indexed;
      return { rooms, room };
    },
    until: (holds) =>
      vi.waitFor(
        async () => {
          await clock.pass(1_000);
          await holds();
        },
        { timeout: 60_000 },
      ),
  };
}

const edit = async (room: RoomData, id: string, energy: number): Promise<void> => {
  await room.commit([{ op: 'patch', id, baseVersion: room.head(id)?.version ?? 1, data: { energy } }]);
};
const energyOf = async (room: RoomData, index: number): Promise<unknown> => (await room.frameAt(index)).data['energy'];
const replaced = async (path: string, content: string): Promise<void> => {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
};

test('[D199] a followed file that is sent again longer, as rsync does, goes on with what was added', async () => {
  const { path, open, until } = await place(text(0, 5));
  const { room } = await open();
  await edit(room, 'f2', 22);
  await replaced(path, text(0, 8));
  await until(() => expect(room.count).toBe(8));
  expect(await energyOf(room, 7)).toBe(-7);
  await replaced(path, text(0, 9));
  await until(() => expect(room.count).toBe(9));
  expect([await energyOf(room, 8), await energyOf(room, 2)]).toEqual([-8, 22]);
  expect(room.info().damage).toBeUndefined();
});

test('[D199] a followed file that was cut and grew again with other frames is refused, also after a restart', async () => {
  const { path, open, until } = await place(text(0, 5));
  const { rooms, room } = await open();
  await appendFile(path, text(5, 10));
  await until(() => expect(room.count).toBe(10));
  await edit(room, 'f8', 88);
  const sound = await readFile(path);
  const firstFive = text(0, 5).length;
  // A simulation that was started again from a checkpoint: what was seen of frames 5 to 9 is not what is there now.
  await truncate(path, firstFive);
  await expect(room.frameAt(8)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await expect(room.frameAt(1)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await until(() => expect(room.info().damage?.code).toBe('frame/source-changed'));
  await appendFile(
    path,
    text(5, 12, (i) => i * 1_000),
  );
  await expect(room.frameAt(9)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await until(() => expect(room.count).toBe(10));
  await rooms.close();
  await expect(open()).rejects.toMatchObject({ code: 'file/changed' });
  // With the old file everything is there again, the edit too.
  await writeFile(path, sound);
  const again = await open();
  expect([again.room.count, await energyOf(again.room, 8), await energyOf(again.room, 9)]).toEqual([10, 88, -9]);
});

test('[D199] a file that was cut and grew again with the same frames goes on', async () => {
  const { path, open, until } = await place(text(0, 5));
  const { room } = await open();
  await edit(room, 'f4', 44);
  await truncate(path, text(0, 3).length);
  await expect(room.frameAt(4)).rejects.toMatchObject({ code: 'frame/source-changed' });
  await appendFile(path, text(3, 7));
  await until(() => expect(room.count).toBe(7));
  expect([await energyOf(room, 4), await energyOf(room, 6)]).toEqual([44, -6]);
  expect(room.info().damage).toBeUndefined();
});

test('[D199] a file that is replaced by another one of equal length and time while it is open is found out', async () => {
  const long = (energy: (i: number) => number): string => text(0, 4_000, energy);
  const content = long((i) => 100_000 + i);
  const { path, open } = await place(content);
  await utimes(path, 1_000, 1_000);
  const { room } = await open();
  expect(await energyOf(room, 2_000)).toBe(102_000);
  const other = long((i) => (i === 2_000 ? 999_999 : 100_000 + i));
  expect(other.length).toBe(content.length);
  await writeFile(`${path}.new`, other);
  await utimes(`${path}.new`, 1_000, 1_000);
  await rename(`${path}.new`, path);
  await expect(room.frameAt(1)).rejects.toMatchObject({ code: 'frame/source-changed' });
  // The same bytes in another file are the same.
  await writeFile(`${path}.new`, content);
  await utimes(`${path}.new`, 1_000, 1_000);
  await rename(`${path}.new`, path);
  expect(await energyOf(room, 2_000)).toBe(102_000);
});

test('[D199] a file that is removed while it is open is said to be missing, and is back when it is back', async () => {
  const { path, directory, open, until } = await place(text(0, 5));
  const { room } = await open();
  await edit(room, 'f1', 11);
  const aside = join(directory, 'aside');
  await copyFile(path, aside);
  await rm(path);
  await expect(room.frameAt(3)).rejects.toMatchObject({ code: 'frame/source-changed', message: /removed/ });
  await until(() => expect(room.info().damage?.detail).toMatch(/removed/));
  // Nothing stands in the way of new frames meanwhile.
  const { ids } = await room.commit([{ op: 'insert', frames: [{ energy: 5 }] }]);
  expect((await room.frameById(ids[0])).data['energy']).toBe(5);
  await rename(aside, path);
  await until(() => expect(room.info().damage).toBeUndefined());
  expect([await energyOf(room, 1), await energyOf(room, 3), await energyOf(room, 5)]).toEqual([11, -3, 5]);
});

test('[D199] a compressed file that grows by further members shows what was added', async () => {
  const { path, open, until } = await place(gzipSync(text(0, 5)), 'water.xyz.gz');
  const { rooms, room } = await open('water');
  await edit(room, 'f4', 44);
  await appendFile(path, gzipSync(text(5, 9)));
  await until(() => expect(room.count).toBe(9));
  expect([await energyOf(room, 4), await energyOf(room, 8)]).toEqual([44, -8]);
  await rooms.close();
  await appendFile(path, gzipSync(text(9, 11)));
  const again = await open('water');
  expect([again.room.count, await energyOf(again.room, 10), await energyOf(again.room, 4)]).toEqual([11, -10, 44]);
});

test('[D199] a binary trajectory that grows shows what was added, a frame that is written by half when it is whole', async () => {
  const frame = (x: number): Uint8Array =>
    writeXtcFrame({ positions: frameArray(Float32Array.of(x, 0, 0, x, 1, 0, x, 2, 0), [3, 3]) }, { index: x });
  const { path, open, until } = await place(Buffer.concat([frame(0), frame(1)]), 'water.xtc');
  const { room } = await open();
  const half = frame(3).length >> 1;
  await appendFile(path, Buffer.concat([frame(2), frame(3).subarray(0, half)]));
  await until(() => expect(room.count).toBe(3));
  await appendFile(path, frame(3).subarray(half));
  await until(() => expect(room.count).toBe(4));
  expect(room.info().damage).toBeUndefined();
  const { positions } = (await room.frameAt(3)).data;
  expect(isFrameArray(positions) && positions.data[0]).toBe(3);
});

test('[D199] one file behind two rooms: each has its own edits, and the file is not touched', async () => {
  const { path, open } = await place(text(0, 6));
  const { rooms, room: one } = await open('one');
  const other = await rooms.openFile(path, 'other');
  await other.indexed;
  const before = await stat(path);
  await edit(one, 'f2', 21);
  await other.commit([{ op: 'remove', id: 'f0', baseVersion: 1 }]);
  await edit(other, 'f2', 22);
  expect([await energyOf(one, 2), await energyOf(other, 1), one.count, other.count]).toEqual([21, 22, 6, 5]);
  await rooms.delete('one');
  expect(await energyOf(other, 1)).toBe(22);
  expect((await other.frameById('f3')).data['energy']).toBe(-3);
  const after = await stat(path);
  expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
});
