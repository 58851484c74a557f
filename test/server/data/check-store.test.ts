import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import { checkData } from '../../../src/server/cli/check-data.ts';
import { scratchDirectory } from './store-fixture.ts';

function atoms(fill: number): { positions: ReturnType<typeof frameArray>; energy: number } {
  return { positions: frameArray(new Float32Array(300).fill(fill), [100, 3]), energy: fill };
}

/** A data directory with a room, a room made from it, and an array that nothing names. */
async function filled(): Promise<string> {
  const directory = await scratchDirectory();
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: join(directory, 'frames') }) });
  const room = await rooms.create('room');
  const { ids } = await room.commit([{ op: 'insert', frames: [atoms(1), atoms(2)] }]);
  await rooms.create('copy', { room: 'room' });
  await room.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: atoms(3) }]);
  const edit = { op: 'patch', id: ids[0], baseVersion: 1, data: atoms(4) } as const;
  await expect(room.commit([{ op: 'patch', id: ids[1], baseVersion: 1, data: atoms(5) }, edit])).rejects.toThrow();
  await rooms.close();
  return directory;
}

async function checked(directory: string): Promise<{ isWell: boolean; said: string }> {
  const lines: string[] = [];
  const isWell = await checkData(directory, (line) => lines.push(line));
  return { isWell, said: lines.join('\n') };
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  const file = await open(path, 'r+');
  await file.write(Uint8Array.of(bytes[at] ^ 1), 0, 1, at);
  await file.close();
}

test('[D110] a sound directory is well, and what belongs to no frame is counted', async () => {
  const { isWell, said } = await checked(await filled());
  expect(said).toContain('2 rooms, 4 commits, 4 arrays');
  expect(said).toContain('1 arrays belong to no frame');
  expect(isWell).toBe(true);
});

test('[D110] every flipped bit of an array that a frame names is found, in every room that names it', async () => {
  const directory = await filled();
  const blobs = join(directory, 'frames', 'blobs');
  const [segment] = await readdir(blobs);
  await flip(join(blobs, segment), 40 + 600);
  const { isWell, said } = await checked(directory);
  expect(isWell).toBe(false);
  expect(said).toMatch(/DAMAGE: copy: .*"positions"|DAMAGE: copy: a frame of the room it began from/);
  expect(said).toMatch(/DAMAGE: room: "positions" of frame \S+ in version 1 is lost or damaged/);
});

test('[D110] a flipped bit anywhere in a log is found, and nothing is changed by looking', async () => {
  const directory = await filled();
  const path = join(directory, 'frames', 'rooms', 'room', 'frames.log');
  const { length } = await readFile(path);
  for (let at = 0; at < length; at += 17) {
    await flip(path, at);
    const before = await readFile(path);
    const { isWell, said } = await checked(directory);
    // Also of the last block: the summary says how many commits there were.
    expect(isWell, `byte ${at}: ${said}`).toBe(false);
    expect(await readFile(path)).toEqual(before);
    await flip(path, at);
  }
  expect((await checked(directory)).isWell).toBe(true);
});

test('[D110] a lost file of arrays is found; a folder without rooms and one in use are refused', async () => {
  const directory = await filled();
  const storage = await fileRoomStorage({ directory: join(directory, 'frames') });
  await expect(checked(directory)).rejects.toMatchObject({ code: 'store/in-use' });
  await storage.close();
  await expect(checked(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'room/not-found' });
  const blobs = join(directory, 'frames', 'blobs');
  const [segment] = await readdir(blobs);
  const file = await open(join(blobs, segment), 'r+');
  await file.truncate(0);
  await file.close();
  expect((await checked(directory)).isWell).toBe(false);
});
