import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDataRooms, fileRoomStorage, lockDirectory } from '../../../src/server/data/index.ts';
import { openSharedBlobStore } from '../../../src/server/data/shared-blob-store.ts';
import { handClock } from '../../hand-clock.ts';
import { scratchDirectory } from './store-fixture.ts';

/** What a process in another container wrote: its pid is ours, and means nothing here. */
const elsewhere = JSON.stringify({ pid: process.pid, token: 'theirs', machine: 'box-2 boot pid:[7]', started: '1' });

test('[D194] a holder in another container that gives signs of life keeps its directory, whatever its pid is here', async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'lock');
  await writeFile(path, elsewhere);
  let looks = 0;
  const wait = async (): Promise<void> => {
    looks += 1;
    if (looks === 7) await utimes(path, new Date(), new Date(1_800_000_000_000));
  };
  await expect(fileRoomStorage({ directory, lock: { wait } })).rejects.toMatchObject({
    code: 'store/in-use',
    message: expect.stringContaining('on box-2') as string,
  });
  expect(looks).toBe(7);
  expect(await readFile(path, 'utf8')).toBe(elsewhere);
});

test('[D194] one that is silent for ten seconds is gone, and its directory is taken over', async () => {
  const directory = await scratchDirectory();
  await writeFile(join(directory, 'lock'), elsewhere);
  let waitedMs = 0;
  const lock = await lockDirectory(directory, { wait: async (ms) => void (waitedMs += ms) });
  expect(waitedMs).toBe(10_000);
  lock.assertHeld();
  await lock.release();
});

test('[D194] a holder touches its lock; one that was taken for dead writes nothing when it wakes', async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'lock');
  const clock = handClock();
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory, lock: { clock } }) });
  const room = await rooms.create('argon');
  await utimes(path, new Date(0), new Date(0));
  await clock.pass(2_000);
  await expect.poll(async () => (await stat(path)).mtimeMs).toBe(clock.now());
  await room.commit([{ op: 'insert', frames: [{ energy: 1 }] }]);
  await writeFile(path, elsewhere);
  const log = join(directory, 'rooms/argon/frames.log');
  const before = await readFile(log);
  let refused: unknown;
  await expect
    .poll(async () => {
      await clock.pass(2_000);
      refused = await room.commit([{ op: 'insert', frames: [{ energy: 2 }] }]).catch((error: unknown) => error);
      return refused;
    })
    .toMatchObject({ code: 'store/in-use' });
  const after = await readFile(log);
  expect(await room.commit([{ op: 'insert', frames: [{ energy: 3 }] }]).catch((error: unknown) => error)).toMatchObject(
    {
      code: 'store/in-use',
    },
  );
  expect(await readFile(log)).toEqual(after);
  expect(after.subarray(0, before.byteLength)).toEqual(before);
  await rooms.close();
  expect(await readFile(path, 'utf8')).toBe(elsewhere);
});

test('[D194] processes of two containers over one directory write into slots of their own', async () => {
  const directory = await scratchDirectory();
  await (await openSharedBlobStore(directory)).close();
  await writeFile(join(directory, 'slot-0/lock'), elsewhere);
  const store = await openSharedBlobStore(directory);
  expect(store.ownDirectory).toBe(join(directory, 'slot-1'));
  await store.close();
});
