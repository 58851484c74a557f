import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import type { CommitLog } from '../../../src/server/data/commit-log.ts';
import { createDataRooms } from '../../../src/server/data/index.ts';
import { openStores } from '../../../src/server/open-stores.ts';
import { redisCommitLog } from '../../../src/server/redis/redis-commit-log.ts';
import { commitLogContract, type CommitLogHarness } from '../../../src/testing/commit-log-contract.ts';
import { listOf, record, scratchDirectory } from '../data/store-fixture.ts';
import { type LineToRedis, lineTo } from './line-to-redis.ts';
import { type RedisServer, startRedis, until } from './redis-server.ts';
import { linkTo } from './two-servers.ts';

/** Where a log is and by which line it is reached. */
interface Place {
  id: string;
  redis: RedisServer;
  line: LineToRedis;
}

const places = new WeakMap<CommitLog, Place>();
const placeOf = (log: CommitLog): Place => places.get(log) as Place;
let shared: RedisServer;

/** The log at `place`. A server whose line is dead is told nothing any more. */
async function openLog(place: Place): Promise<CommitLog> {
  let isDead = false;
  void place.line.died.then(() => (isDead = true));
  const link = await linkTo(place.line.url);
  const inner = redisCommitLog({ link, clock: systemClock, id: place.id, onLost: async () => {} });
  const log: CommitLog = {
    ...inner,
    get head() {
      return inner.head;
    },
    get durability() {
      return inner.durability;
    },
    async append(seq, records) {
      const outcome = await inner.append(seq, records).catch((error: unknown) => error);
      await Promise.race([until(() => link.isReady || isDead), place.line.died]);
      if (isDead) return new Promise(() => undefined);
      if (typeof outcome !== 'boolean') throw outcome;
      return outcome;
    },
  };
  places.set(log, place);
  // Whoever comes second finds out at its first look what is there.
  for await (const each of inner.read(0)) void each;
  return log;
}

const linkedLog = async (redis: RedisServer): Promise<CommitLog> => {
  const log = redisCommitLog({ link: await linkTo(redis.url), clock: systemClock, id: 'log', onLost: async () => {} });
  onTestFinished(() => log.close());
  return log;
};
const seqs = async (log: CommitLog): Promise<number[]> => (await listOf(log.read(0))).map(({ seq }) => seq);

const fresh = async (redis = shared): Promise<Place> => ({ id: randomUUID(), redis, line: await lineTo(redis) });
const again = async ({ id, redis }: Place): Promise<Place> => ({ id, redis, line: await lineTo(redis) });

const harness: CommitLogHarness = {
  open: async () => openLog(await fresh()),
  reopen: async (log) => openLog(await again(placeOf(log))),
  other: async (log) => openLog(await again(placeOf(log))),
  fillDisk: (log) => placeOf(log).line.fillOnce(),
  loseAnswer: (log) => placeOf(log).line.loseAnswer(),
  async openDoomed(atStep) {
    const place = await fresh();
    const log = await openLog(place);
    place.line.arm(atStep);
    return { log, died: place.line.died, survivor: async () => openLog(await again(place)) };
  },
};

describe('the contract of logs over a real Redis', () => {
  for (const { title, run } of commitLogContract(harness)) {
    it(`[D115] in Redis: ${title}`, async () => {
      shared = await startRedis();
      await run();
    });
  }

  const [killed] = commitLogContract({
    ...harness,
    async openDoomed(atStep) {
      const redis = await startRedis({ isKept: true });
      const place = await fresh(redis);
      const log = await openLog(place);
      place.line.arm(atStep, () => redis.kill());
      const survivor = async (): Promise<CommitLog> => {
        await redis.start();
        return openLog(await again(place));
      };
      return { log, died: place.line.died, survivor };
    },
  }).filter(({ title }) => title.startsWith('killed'));
  it(`[D193] Redis with its append-only file, ${killed.title}`, killed.run);

  it('[D193] an append-only file torn at any byte holds appends whole or not at all, and the open log makes them good', async () => {
    const redis = await startRedis({ isKept: true });
    const log = await linkedLog(redis);
    await log.append(0, [record(1)]);
    await log.append(1, [record(2), record(3), record(4)]);
    await redis.kill();
    const torn = [0.99, 0.9, 0.7, 0.4, 0.1, 0];
    const lengths = new Set<number>();
    for (const share of torn) {
      await redis.tear(share);
      await redis.start();
      const found = (await seqs(await linkedLog(redis))).length;
      lengths.add(found);
      expect([0, 1, 4]).toContain(found);
      await until(async () => (await seqs(log).catch(() => [])).length === 4);
      expect((await seqs(await linkedLog(redis))).length).toBe(4);
      await redis.kill();
    }
    expect(lengths.size).toBeGreaterThan(1);
  });

  it('[D19] a Redis whose disk is full refuses the commit, keeps what it has, and takes the next one once there is room', async () => {
    const redis = await startRedis({ isKept: true });
    await redis.ask('CONFIG', 'SET', 'appendfsync', 'everysec');
    const log = await linkedLog(redis);
    expect(await log.append(0, [record(1)])).toBe(true);
    await redis.fillDisk(true);
    // With `everysec` Redis finds out after it has answered; from then on it refuses.
    let last = 1;
    const refusalOf = (): Promise<unknown> =>
      log.append(last, [record(last + 1)]).then(
        () => void (last += 1),
        (error: unknown) => error,
      );
    let refusal = await refusalOf();
    while (refusal === undefined) refusal = await refusalOf();
    expect(refusal).toMatchObject({ code: 'store/full' });
    expect((await seqs(log)).length).toBe(last);
    await redis.fillDisk(false);
    await until(() => log.append(last, [record(last + 1)]).catch(() => false));
    await redis.kill();
    await redis.start();
    await until(async () => (await seqs(log).catch(() => [])).length === last + 1);
    expect((await seqs(await linkedLog(redis))).length).toBe(last + 1);
  });
});

it('[D195] servers that share arrays remove none of them and say so when they start', async () => {
  const redis = await startRedis();
  const said: string[] = [];
  const log = { info: () => {}, warn: (_: unknown, text: string) => void said.push(text), error: () => {} };
  const clock = systemClock;
  const stores = await openStores({ dataDirectory: await scratchDirectory(), redis: { url: redis.url }, clock, log });
  expect(said).toEqual([expect.stringMatching(/no garbage is collected/)]);
  const rooms = createDataRooms({ storage: stores.storage });
  const room = await rooms.create('argon');
  await room.commit([{ op: 'insert', frames: [{ 'info.x': frameArray(new Float32Array(1_000), [1_000]) }] }]);
  await rooms.delete('argon');
  expect(await rooms.collect({ isAlone: true })).toBe(0);
  expect(rooms.blobByteLength).toBe(4_000);
  await rooms.close();
  await stores.close();
});

it('[D224] a room that was deleted does not come back when a server that has not heard of it looks at its log', async () => {
  const redis = await startRedis();
  const dataDirectory = await scratchDirectory();
  const open = (): ReturnType<typeof openStores> => {
    const quiet = { info: () => {}, warn: () => {}, error: () => {} };
    return openStores({ dataDirectory, redis: { url: redis.url }, clock: systemClock, log: quiet });
  };
  const [first, second] = [await open(), await open()];
  const { log } = await first.storage.open('argon');
  expect(await log.append(0, [record(1)])).toBe(true);
  await second.storage.remove('argon');
  await expect(listOf(log.read(0))).rejects.toMatchObject({ code: 'room/not-found' });
  await expect(log.append(1, [record(2)])).rejects.toMatchObject({ code: 'room/not-found' });
  expect(await second.storage.list()).toEqual([]);
  await log.close();
  for (const { storage, close } of [first, second]) {
    await storage.close();
    await close();
  }
});
