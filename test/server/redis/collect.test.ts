import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import { collectData } from '../../../src/server/cli/collect-data.ts';
import { collectSlots } from '../../../src/server/data/collect-slots.ts';
import { createDataRooms, type DataRooms } from '../../../src/server/data/index.ts';
import { openSegmentBlobStore } from '../../../src/server/data/segment-blob-store.ts';
import { openStores } from '../../../src/server/open-stores.ts';
import { redisReferences } from '../../../src/server/redis/redis-references.ts';
import { doomedFiles } from '../data/doomed-files.ts';
import { hashOf } from '../data/trajectory-model.ts';
import { scratchDirectory } from '../data/store-fixture.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { linkTo } from './two-servers.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const array = (fill: number, length = 300): FrameData => ({
  'info.x': frameArray(new Float32Array(length).fill(fill), [length]),
});
/** Large enough that the files they lie in are worth writing anew without them. */
const unused = (fill: number): FrameData => array(fill, 3_000);

interface Server {
  rooms: DataRooms;
  stop(): Promise<void>;
}

async function serve(dataDirectory: string, { url }: RedisServer): Promise<Server> {
  const stores = await openStores({ dataDirectory, redis: { url, prefix: 'test:' }, clock: systemClock, log: quiet });
  const rooms = createDataRooms({ storage: stores.storage });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= rooms.close().then(() => stores.close()));
  onTestFinished(stop);
  return { rooms, stop };
}

/** Two servers have written into one directory: arrays 1 to 5 are needed, 6 to 8 are not. */
async function twoServers(dataDirectory: string, redis: RedisServer): Promise<Server[]> {
  const [first, second] = [await serve(dataDirectory, redis), await serve(dataDirectory, redis)];
  const base = await first.rooms.create('base');
  const { ids } = await base.commit([{ op: 'insert', frames: [array(1), array(2)] }]);
  await base.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: array(3) }]);
  await base.commit([{ op: 'remove', id: ids[1], baseVersion: 1 }]);
  const copy = await second.rooms.create('copy', { room: 'base' });
  await copy.commit([{ op: 'patch', id: ids[0], baseVersion: 2, data: array(4) }]);
  await second.rooms.delete('base');
  const gone = await first.rooms.create('gone');
  await gone.commit([{ op: 'insert', frames: [unused(6)] }]);
  await (await second.rooms.get('gone')).commit([{ op: 'insert', frames: [unused(7)] }]);
  await second.rooms.delete('gone');
  const refused = copy.commit([
    { op: 'patch', id: ids[0], baseVersion: 3, data: unused(8) },
    { op: 'remove', id: 'nobody', baseVersion: 1 },
  ]);
  await expect(refused).rejects.toMatchObject({ code: 'frame/not-found' });
  await (await first.rooms.get('copy')).commit([{ op: 'insert', frames: [array(5)] }]);
  return [first, second];
}

/** Everything that is needed is there. */
async function assertReadable({ rooms }: Server): Promise<void> {
  const room = await rooms.get('copy');
  const [id, other] = room.ids(0, room.count);
  for (const [version, fill] of [
    [1, 1],
    [2, 3],
    [3, 4],
  ])
    expect((await room.frameById(id, { version })).data).toEqual(array(fill));
  expect((await room.frameById(other)).data).toEqual(array(5));
  const removed = room.log(0, 10).flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'remove' ? [op.id] : [])));
  for (const each of removed) expect((await room.frameById(each, { version: 1 })).data).toEqual(array(2));
}

const needed = [1, 2, 3, 4, 5].map((fill) => hashOf(array(fill)['info.x']));
const BYTES = 5 * 1_200;

it('[D221] arrays that no room names are removed from the directory of stopped servers, in the part of each; what is needed stays', async () => {
  const redis = await startRedis();
  const dataDirectory = await scratchDirectory();
  const servers = await twoServers(dataDirectory, redis);
  const said: string[] = [];
  const collect = (): Promise<void> =>
    collectData({ dataDirectory, redis: { url: redis.url, prefix: 'test:' } }, (line) => void said.push(line));
  await servers[1].stop();
  await expect(collect(), 'one server runs').rejects.toMatchObject({ code: 'store/in-use' });
  await assertReadable(servers[0]);
  await servers[0].stop();
  await collect();
  await collect();
  expect(said).toEqual([
    '3 arrays of 36,000 bytes that no frame names were removed; 6,000 bytes stay',
    '0 arrays of 0 bytes that no frame names were removed; 6,000 bytes stay',
  ]);
  await assertReadable(await serve(dataDirectory, redis));
});

it('[D221] the same without Redis, at once and not after hours', async () => {
  const dataDirectory = await scratchDirectory();
  const open = (): Promise<Server> =>
    openStores({ dataDirectory, redis: undefined, clock: systemClock, log: quiet }).then(({ storage, docStore }) => {
      const rooms = createDataRooms({ storage });
      return { rooms, stop: () => rooms.close().then(() => docStore.close()) };
    });
  const server = await open();
  await (await server.rooms.create('kept')).commit([{ op: 'insert', frames: [array(1)] }]);
  await (await server.rooms.create('gone')).commit([{ op: 'insert', frames: [unused(2)] }]);
  await server.rooms.delete('gone');
  const said: string[] = [];
  const collect = (): Promise<void> => collectData({ dataDirectory, redis: undefined }, (line) => void said.push(line));
  await expect(collect()).rejects.toMatchObject({ code: 'store/in-use' });
  await server.stop();
  await collect();
  expect(said).toEqual(['1 arrays of 12,000 bytes that no frame names were removed; 1,200 bytes stay']);
  const again = await open();
  expect((await (await again.rooms.get('kept')).frameAt(0)).data).toEqual(array(1));
  await again.stop();
});

it('[D222] a Redis that was emptied, or lacks a log, makes nothing look unused', async () => {
  const redis = await startRedis();
  const dataDirectory = await scratchDirectory();
  for (const server of await twoServers(dataDirectory, redis)) await server.stop();
  const collect = collectData.bind(undefined, { dataDirectory, redis: { url: redis.url, prefix: 'test:' } });
  const bytes = async (): Promise<number[]> => {
    const lengths: number[] = [];
    for (const slot of ['slot-0', 'slot-1']) {
      const blobs = await openSegmentBlobStore(join(dataDirectory, 'shared', slot, 'blobs'));
      lengths.push(blobs.byteLength);
      await blobs.close();
    }
    return lengths;
  };
  const before = await bytes();
  const link = await linkTo(redis.url);
  const entry = String(await link.command('HGET', 'test:rooms', 'copy'));
  const { log } = JSON.parse(entry) as { log: string };
  const losses: [string, ...string[]][] = [
    ['HDEL', 'test:rooms', 'copy'],
    ['DEL', `test:log:${log}`],
    ['DEL', `test:log:${log}`, `test:log:${log}:head`],
    ['FLUSHALL'],
  ];
  for (const [command, ...words] of losses) {
    await link.command(command, ...words);
    await expect(
      collect(() => undefined),
      command,
    ).rejects.toMatchObject({ code: 'store/failed' });
    expect(await bytes()).toEqual(before);
    await link.command('HSET', 'test:rooms', 'copy', entry);
  }
});

it('[D223] killed between any two steps everything that is needed is there, and the next collection ends it', async () => {
  const redis = await startRedis();
  const dataDirectory = await scratchDirectory();
  for (const server of await twoServers(dataDirectory, redis)) await server.stop();
  const references = await redisReferences(await linkTo(redis.url), systemClock);
  let kills = 0;
  for (let step = 1, isDead = true; isDead; step += 1) {
    const life = join(dataDirectory, `life-${step}`);
    await cp(join(dataDirectory, 'shared'), life, { recursive: true });
    const files = doomedFiles();
    files.arm(step);
    const work = collectSlots(life, () => Promise.resolve(references), {
      openFile: (path, flags) => files.open(path, flags),
      async removeFile(path) {
        // A step of its own: it may die before.
        await (await files.open(path, 'r+')).datasync();
        await rm(path);
      },
    });
    isDead = await Promise.race([work.then(() => false), files.died.then(() => true)]);
    await files.bury();
    if (isDead) kills += 1;
    // What the dead one left, elsewhere, so that it cannot disturb.
    const next = `${life}-next`;
    await cp(life, next, { recursive: true });
    for (const slot of await readdir(next)) await rm(join(next, slot, 'lock'), { force: true });
    await assertSound(next, (has) => needed.filter((hash) => !has.has(hash)));
    const { keptByteLength } = await collectSlots(next, () => Promise.resolve(references));
    expect(keptByteLength).toBe(BYTES);
    await assertSound(next, (has) => [...has].filter((hash) => !needed.includes(hash)));
  }
  expect(kills).toBeGreaterThan(4);
});

/** Reads every array of every part; `wrong` names those that are missing, or too many. */
async function assertSound(directory: string, wrong: (has: ReadonlySet<string>) => string[]): Promise<void> {
  const has = new Set<string>();
  for (const slot of await readdir(directory)) {
    const blobs = await openSegmentBlobStore(join(directory, slot, 'blobs'));
    for (const hash of [...needed, ...[6, 7, 8].map((fill) => hashOf(unused(fill)['info.x']))])
      if ((await blobs.get(hash)) !== undefined) has.add(hash);
    await blobs.close();
  }
  expect(wrong(has)).toEqual([]);
}

it('[D223] a server that starts while arrays are collected keeps what it names, also what was found unused a moment ago', async () => {
  const redis = await startRedis();
  const dataDirectory = await scratchDirectory();
  for (const server of await twoServers(dataDirectory, redis)) await server.stop();
  const link = await linkTo(redis.url);
  let late: Server | undefined;
  const { removed } = await collectSlots(join(dataDirectory, 'shared'), async () => {
    const references = await redisReferences(link, systemClock);
    late = await serve(dataDirectory, redis);
    const room = await late.rooms.get('copy');
    await room.commit([{ op: 'insert', frames: [unused(6), unused(8)] }]);
    return references;
  });
  expect(removed).toBe(3);
  const check = async (server: Server | undefined): Promise<void> => {
    if (server === undefined) throw new Error('no server started');
    await assertReadable(server);
    const room = await server.rooms.get('copy');
    expect((await room.frameAt(2)).data).toEqual(unused(6));
    expect((await room.frameAt(3)).data).toEqual(unused(8));
  };
  await check(late);
  await late?.stop();
  await check(await serve(dataDirectory, redis));
});
