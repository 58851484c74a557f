import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, type DataRooms, fileRoomStorage, memoryRoomStorage } from '../../../src/server/data/index.ts';
import { firstRecord } from '../../../src/server/data/open-room-data.ts';
import { redisRoomStorage } from '../../../src/server/redis/redis-room-storage.ts';
import { memoryBlobStore } from '../../../src/server/data/index.ts';
import { systemClock } from '../../../src/protocol/clock.ts';
import { startRedis } from '../redis/redis-server.ts';
import { linkTo } from '../redis/two-servers.ts';
import type { RedisLink } from '../../../src/server/redis/redis-link.ts';
import { doomedFiles } from './doomed-files.ts';
import { scratchDirectory } from './store-fixture.ts';

const atoms = (fill: number): { positions: ReturnType<typeof frameArray> } => ({
  positions: frameArray(new Float32Array(300).fill(fill), [100, 3]),
});

/** A room `base` of two frames; answers where the first is. */
async function withBase(rooms: DataRooms, fill = 1): Promise<void> {
  const base = await rooms.create('base');
  await base.commit([{ op: 'insert', frames: [atoms(fill), atoms(fill + 1)] }]);
}

const firstOf = async (rooms: DataRooms, name: string): Promise<unknown> =>
  (await (await rooms.get(name)).frameAt(0)).data['positions'];

const makers = [
  ['memory', async () => memoryRoomStorage()],
  ['disk', async () => fileRoomStorage({ directory: await scratchDirectory() })],
] as const;

test.each(makers)(
  '[D227] %s: a room is made of the base that was named, or not at all, whoever removes, renames or makes that anew meanwhile',
  async (_what, make) => {
    const others: ((rooms: DataRooms) => Promise<unknown>[])[] = [
      (rooms) => [rooms.delete('base')],
      (rooms) => [rooms.rename('base', 'other')],
      (rooms) => [rooms.delete('base'), rooms.create('base')],
      (rooms) => [rooms.rename('base', 'other'), rooms.create('base')],
      (rooms) => [rooms.rename('base', 'other'), rooms.create('base', { room: 'other' }), rooms.delete('other')],
    ];
    const found = new Set<string>();
    for (const other of others) {
      for (const isFirst of [true, false]) {
        const storage = await make();
        const rooms = createDataRooms({
          storage: {
            ...storage,
            async has(name) {
              // The others come first where they are let.
              if (name === 'copy') for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
              return storage.has(name);
            },
          },
        });
        await withBase(rooms);
        const before = isFirst ? [] : other(rooms);
        const making = rooms.create('copy', { room: 'base', seq: 2 });
        const [made] = await Promise.allSettled([making, ...before, ...(isFirst ? other(rooms) : [])]);
        await rooms.collect({ isAlone: true });
        found.add(made.status);
        expect(await rooms.has('copy')).toBe(made.status === 'fulfilled');
        if (made.status === 'fulfilled') expect(await firstOf(rooms, 'copy')).toEqual(atoms(1).positions);
        else expect(made.reason).toMatchObject({ code: expect.stringMatching(/^(room\/not-found|request\/invalid)$/) });
        await rooms.close();
      }
    }
    expect(found).toEqual(new Set(['fulfilled', 'rejected']));
  },
);

test('[D227] killed between any two steps of making a room on another, it is there whole or not at all, and can be made', async () => {
  const outcomes: boolean[] = [];
  for (let step = 1; step <= 6; step += 1) {
    const [directory, next] = [join(await scratchDirectory(), 'one'), join(await scratchDirectory(), 'two')];
    const files = doomedFiles();
    const rooms = createDataRooms({
      storage: await fileRoomStorage({ directory, openLogFile: (path) => files.open(path, 'a+') }),
    });
    await withBase(rooms);
    files.arm(step);
    await Promise.race([rooms.create('copy', { room: 'base' }), files.died]);
    await cp(directory, next, { recursive: true, filter: (path) => !path.endsWith('lock') });
    await files.bury();
    const again = createDataRooms({ storage: await fileRoomStorage({ directory: next }) });
    const isThere = await again.has('copy');
    outcomes.push(isThere);
    if (!isThere) await again.create('copy', { room: 'base' });
    expect(await firstOf(again, 'copy'), `killed before step ${step}`).toEqual(atoms(1).positions);
    expect((await readdir(join(next, 'rooms'))).sort()).toEqual(['base', 'copy']);
    await again.close();
  }
  expect(new Set(outcomes)).toEqual(new Set([true, false]));
});

test('[D227] on a full disk a room on another is refused and not there; what a killed server left half made or half removed is gone after the start', async () => {
  const directory = await scratchDirectory();
  const files = doomedFiles();
  for (const name of ['.derived-0123', '.removed-4567']) {
    await mkdir(join(directory, 'rooms', name), { recursive: true });
    await writeFile(join(directory, 'rooms', name, 'frames.log'), 'x');
  }
  const rooms = createDataRooms({
    storage: await fileRoomStorage({ directory, openLogFile: (path) => files.open(path, 'a+') }),
  });
  onTestFinished(() => rooms.close());
  expect(await readdir(join(directory, 'rooms'))).toEqual([]);
  await withBase(rooms);
  files.failNext('ENOSPC', 'before');
  await expect(rooms.create('copy', { room: 'base' })).rejects.toMatchObject({ code: 'store/full' });
  expect(await rooms.has('copy')).toBe(false);
  expect(await readdir(join(directory, 'rooms'))).toEqual(['base']);
  await rooms.create('copy', { room: 'base' });
  expect(await firstOf(rooms, 'copy')).toEqual(atoms(1).positions);
});

/** A link on which something happens between a command's answer and whoever asked. */
function linkBehind(link: RedisLink, happens: (command: unknown) => Promise<void>): RedisLink {
  return {
    ...link,
    run: (...asked) => link.run(...asked),
    async command(...asked) {
      const answer = await link.command(...asked);
      await happens(asked[0]);
      return answer;
    },
  };
}

test('[D227] Redis: a room is not made on one that another server removes at that moment', async () => {
  const redis = await startRedis();
  const link = await linkTo(redis.url);
  const other = redisRoomStorage({ link, clock: systemClock, blobs: memoryBlobStore() });
  const { log } = await other.open('base');
  await log.append(0, [firstRecord('base', 1, {})]);
  await log.close();
  let isArmed = false;
  const slow = linkBehind(link, async (command) => {
    if (!isArmed || command !== 'HGET') return;
    isArmed = false;
    await other.remove('base');
  });
  const storage = redisRoomStorage({ link: slow, clock: systemClock, blobs: memoryBlobStore() });
  const first = firstRecord('copy', 2, { base: { room: 'base', epoch: 'e', seq: 1 } });
  await storage.derive('base', 'first', first);
  isArmed = true;
  await expect(storage.derive('base', 'second', first)).rejects.toMatchObject({ code: 'room/not-found' });
  expect(await storage.list()).toEqual(['first']);
  await expect(storage.derive('nobody', 'third', first)).rejects.toMatchObject({ code: 'room/not-found' });
});

test('[D236] Redis: a log goes with the last room that needs it, and whoever deletes a room leaves one that another server made anew under its name', async () => {
  const redis = await startRedis();
  const link = await linkTo(redis.url);
  const make = (used: typeof link): ReturnType<typeof redisRoomStorage> =>
    redisRoomStorage({ link: used, clock: systemClock, blobs: memoryBlobStore() });
  const storage = make(link);
  const begin = async (name: string): Promise<void> => {
    const { log } = await storage.open(name);
    await log.append(0, [firstRecord(name, 1, {})]);
    await log.close();
  };
  const logs = async (): Promise<number> =>
    ((await link.command('KEYS', 'test:log:*')) as Buffer[]).map(String).length / 2;
  const on = (room: string): ReturnType<typeof firstRecord> =>
    firstRecord('copy', 2, { base: { room, epoch: 'e', seq: 1 } });
  await begin('base');
  await storage.derive('base', 'copy', on('base'));
  await storage.derive('copy', 'third', on('copy'));
  await storage.remove('base');
  await storage.remove('copy');
  expect(await logs(), 'what the third stands on').toBe(3);
  await storage.remove('third');
  expect(await logs()).toBe(0);

  await begin('base');
  let isArmed = true;
  const slow = linkBehind(link, async () => {
    if (!isArmed) return;
    isArmed = false;
    await storage.remove('base');
    await begin('base');
  });
  await make(slow).remove('base');
  expect(isArmed).toBe(false);
  expect(await storage.list()).toEqual(['base']);
  expect(await logs()).toBe(1);
});

test('[D232] a collection looks anew at a name under which there is another room by now', async () => {
  const directory = await scratchDirectory();
  let rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  await rooms.create('a');
  await withBase(rooms);
  await rooms.close();
  const storage = await fileRoomStorage({ directory });
  let isArmed = true;
  const { sleeping } = storage;
  rooms = createDataRooms({
    storage: {
      ...storage,
      list: async () => (await storage.list()).sort(),
      sleeping: {
        ...sleeping,
        async read(name) {
          if (name === 'base' && isArmed) {
            isArmed = false;
            await rooms.delete('a');
            await rooms.create('a', { room: 'base' });
            await rooms.delete('base');
          }
          return sleeping.read(name);
        },
      },
    },
  });
  onTestFinished(() => rooms.close());
  await rooms.collect({ isAlone: true });
  expect(isArmed).toBe(false);
  expect(await firstOf(rooms, 'a')).toEqual(atoms(1).positions);
});
