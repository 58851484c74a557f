import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import { memoryBlobStore } from '../../../src/server/data/memory-blob-store.ts';
import { openRoomData } from '../../../src/server/data/open-room-data.ts';
import type { RoomData } from '../../../src/server/data/room-data.ts';
import { redisCommitLog } from '../../../src/server/redis/redis-commit-log.ts';
import { count } from '../../counts.ts';
import { handClock } from '../../hand-clock.ts';
import { seeded } from '../data/seeded.ts';
import { listOf } from '../data/store-fixture.ts';
import { buildProgram, runProgram } from './cli-process.ts';
import { startRedis, until } from './redis-server.ts';
import { linkTo } from './two-servers.ts';

const SEED = Number(process.env['SEED'] ?? 20261121);
/** How often real processes are stopped and continued at random under one lock. */
const RUNS = count(100, 500);
const HOLDERS = 3;
/** Commits of each holder in a run. */
const COMMITS = 2;

let child = '';
beforeAll(async () => {
  child = await buildProgram('test/server/redis/holder-child.ts', 'holder-child');
});

const openRoom = async (url: string, id: string, clock = systemClock): Promise<RoomData> => {
  const log = redisCommitLog({ link: await linkTo(url), clock: systemClock, id, onLost: async () => {} });
  const room = await openRoomData({ name: 'argon', log, blobs: memoryBlobStore(), clock });
  onTestFinished(() => room.close());
  return room;
};

describe('locks of several servers', () => {
  it('[L50] a lock that is renewed on one server stays held on the others; one that is not runs out on all', async () => {
    const { url } = await startRedis();
    const clock = handClock();
    const [a, b] = [await openRoom(url, 'log', clock), await openRoom(url, 'log', clock)];
    const { token } = await a.locks.grant({ name: 'presenter', session: 's', ttlMs: 5_000 });
    await until(() => b.listLocks().length === 1);
    await clock.pass(4_000);
    a.locks.renew('presenter', token);
    await until(() => (b.listLocks()[0]?.expires_in_ms ?? 0) > 4_000);
    await clock.pass(4_000);
    await expect(b.locks.grant({ name: 'presenter', session: 't' })).rejects.toMatchObject({ code: 'lock/held' });
    await clock.pass(2_000);
    await until(
      async () => (await b.locks.grant({ name: 'presenter', session: 't' }).catch(() => undefined)) !== undefined,
    );
    expect(() => a.locks.renew('presenter', token)).toThrow(/no longer yours/);
  });

  it(`[L51] ${RUNS} runs of 3 processes that are stopped and continued while they hold a lock (seed ${SEED}; 100, in test:long 500): no acknowledged commit is lost, none by a past holder`, async () => {
    const { url } = await startRedis({ isKept: true });
    const random = seeded(SEED);
    const link = await linkTo(url);
    let stops = 0;
    let said = '';
    const holders = Array.from({ length: HOLDERS }, (_, i) => runProgram(child, [url, String(i + 1), String(COMMITS)]));
    await Promise.all(holders.map(({ says }) => says(/ready/)));
    for (const { child: each } of holders) each.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    for (let run = 0; run < RUNS; run += 1) {
      const id = `log-${run}`;
      const room = await openRoom(url, id);
      await room.commit([{ op: 'insert', frames: [{ energy: 0 }] }]);
      said = '';
      for (const { child: each } of holders) each.stdin?.write(`${id}\n`);
      const areOver = (): boolean => said.split('over').length > HOLDERS;
      while (!areOver()) {
        const holder = holders[Math.floor(random() * HOLDERS)];
        holder.pause();
        stops += 1;
        await new Promise((resolve) => setTimeout(resolve, 5 + random() * 40));
        holder.resume();
        await new Promise((resolve) => setTimeout(resolve, random() * 15));
      }
      const commits = said
        .split('\n')
        .filter((line) => /^\d/.test(line))
        .map((line) => line.split(' ').map(Number));
      expect(commits).toHaveLength(HOLDERS * COMMITS);
      // Versions 2, 3, 4 ..., each acknowledged once, and in the log as it was acknowledged.
      expect(commits.map(([version]) => version).sort((x, y) => x - y)).toEqual(
        Array.from({ length: HOLDERS * COMMITS }, (_, i) => i + 2),
      );
      const log = redisCommitLog({ link, clock: systemClock, id, onLost: async () => {} });
      const records = await listOf(log.read(0));
      await log.close();
      let fence = 0;
      const fenceAt = new Map<number, number>();
      for (const { seq, ops } of records) {
        for (const op of ops) {
          if (op.op === 'unlock') expect(op.fence).toBe(fence);
          if (op.op === 'unlock') fence = 0;
          if (op.op === 'lock') fence = seq;
          if (op.op === 'set') fenceAt.set(seq, fence);
        }
      }
      expect(commits.map(([, , token, seq]) => [seq, token]).sort(([x], [y]) => x - y)).toEqual([...fenceAt]);
    }
    for (const { child: each } of holders) each.stdin?.end();
    process.stdout.write(`L51: ${RUNS} runs, processes stopped ${stops} times\n`);
    expect(stops).toBeGreaterThan(RUNS);
  }, 900_000);
});
