import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import type { CommitLog } from '../../../src/server/data/commit-log.ts';
import { openRoomData } from '../../../src/server/data/open-room-data.ts';
import { memoryBlobStore } from '../../../src/server/data/memory-blob-store.ts';
import type { RoomData } from '../../../src/server/data/room-data.ts';
import { redisCommitLog } from '../../../src/server/redis/redis-commit-log.ts';
import { listOf, record } from '../data/store-fixture.ts';
import { startRedis, until } from './redis-server.ts';
import { linkTo } from './two-servers.ts';

const openLog = async (url: string): Promise<CommitLog> => {
  const log = redisCommitLog({ link: await linkTo(url), clock: systemClock, id: 'log', onLost: async () => {} });
  onTestFinished(() => log.close());
  return log;
};
/** A room in a server of its own. */
const openRoom = async (url: string): Promise<RoomData> => {
  const room = await openRoomData({ name: 'argon', log: await openLog(url), blobs: memoryBlobStore() });
  onTestFinished(() => room.close());
  return room;
};
const energy = (value: number): Record<string, number> => ({ energy: value });
const seqs = async (log: CommitLog): Promise<number[]> => (await listOf(log.read(0))).map(({ seq }) => seq);

describe('the log in Redis', () => {
  it('[D180] has every record that was acknowledged, in order and equal, for every reader', async () => {
    const { url } = await startRedis();
    const log = await openLog(url);
    expect(await log.append(0, [record(1)])).toBe(true);
    expect(await Promise.all([2, 3, 4].map((seq) => log.append(seq - 1, [record(seq, 'grace')])))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await log.append(4, [record(5), record(6)])).toBe(true);
    const other = await openLog(url);
    const all = [record(1), ...[2, 3, 4].map((seq) => record(seq, 'grace')), record(5), record(6)];
    expect(await listOf(other.read(0))).toEqual(all);
    expect(await listOf(other.read(4))).toEqual(all.slice(4));
    expect(other.head).toBe(6);
  });

  it('[D180] an append on another head than the present one writes nothing', async () => {
    const { url } = await startRedis();
    const [one, other] = [await openLog(url), await openLog(url)];
    // Whose connection Redis reads first is not said.
    const isDone = await Promise.all([one.append(0, [record(1, 'one')]), other.append(0, [record(1, 'other')])]);
    expect(isDone.filter(Boolean)).toHaveLength(1);
    expect(await listOf(other.read(0))).toEqual([record(1, isDone[0] ? 'one' : 'other')]);
    expect(await other.append(1, [record(2, 'other')])).toBe(true);
    expect(await one.append(1, [record(2, 'one')])).toBe(false);
    expect(await Promise.all([one.append(1, [record(2)]), one.append(2, [record(3)])])).toEqual([false, false]);
  });

  it('[D180] names what an acknowledgement is worth as Redis is configured', async () => {
    expect((await openLog((await startRedis()).url)).durability).toBe('process');
    expect((await openLog((await startRedis({ isKept: true })).url)).durability).toBe('disk');
  });

  it('[D181] of many writers each commit is made once; versions are 1, 2, 3 without gap', async () => {
    const { url } = await startRedis();
    const rooms = [await openRoom(url), await openRoom(url), await openRoom(url)];
    const [{ ids }] = [await rooms[0].commit([{ op: 'insert', frames: [energy(0)] }])];
    await until(async () => (await Promise.all(rooms.map((room) => room.catchUp(2)))).every(Boolean));
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const room = rooms[index % 3];
        for (let attempt = 0; ; attempt += 1) {
          const baseVersion = room.head(ids[0])?.version ?? 0;
          const done = await room.commit([{ op: 'patch', id: ids[0], baseVersion, data: energy(index) }]).then(
            () => true,
            (error: { code?: string }) => (error.code === 'frame/conflict' ? false : Promise.reject(error)),
          );
          if (done) return attempt;
          await room.catchUp(room.seq + 1);
        }
      }),
    );
    expect(outcomes).toHaveLength(24);
    await Promise.all(rooms.map((room) => room.catchUp(26)));
    for (const room of rooms) expect([room.seq, room.head(ids[0])?.version]).toEqual([26, 25]);
    expect(await seqs(await openLog(url))).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
  });

  it('[D182] a Redis that comes back empty is given the log again, and versions go on', async () => {
    const redis = await startRedis();
    const log = await openLog(redis.url);
    for (let seq = 1; seq <= 1200; seq += 400) {
      await log.append(
        seq - 1,
        Array.from({ length: 400 }, (_, index) => record(seq + index)),
      );
    }
    await redis.empty();
    expect(await log.append(1200, [record(1201)])).toBe(false);
    expect(await log.append(1200, [record(1201)])).toBe(true);
    await redis.kill();
    await redis.start();
    // Nobody commits: it is looked at when Redis is back.
    await until(async () => (await listOf(log.read(1201)).catch(() => undefined)) !== undefined);
    expect((await seqs(await openLog(redis.url))).length).toBe(1201);
  });

  it('[D183] after Redis, kept in its append-only file, was killed every acknowledged record is there', async () => {
    const redis = await startRedis({ isKept: true });
    const log = await openLog(redis.url);
    for (let seq = 1; seq <= 30; seq += 1) expect(await log.append(seq - 1, [record(seq)])).toBe(true);
    await redis.kill();
    await expect(log.append(30, [record(31)])).rejects.toMatchObject({ code: 'store/failed' });
    await redis.start();
    expect(await listOf((await openLog(redis.url)).read(0))).toEqual(
      Array.from({ length: 30 }, (_, i) => record(i + 1)),
    );
  });

  it('[D184] a record whose answer was lost is found and not made twice', async () => {
    const redis = await startRedis();
    const room = await openRoom(redis.url);
    const { ids } = await room.commit([{ op: 'insert', frames: [energy(0)] }]);
    redis.pause();
    const edit = { op: 'patch', id: ids[0], baseVersion: 1, data: energy(7) } as const;
    const context = { idempotencyKey: 'once' };
    await expect(room.commit([edit], context)).rejects.toMatchObject({ code: 'store/failed' });
    redis.resume();
    await until(async () => (await room.commit([edit], context).catch(() => undefined)) !== undefined);
    expect([room.seq, room.head(ids[0])?.version]).toEqual([3, 2]);
  });

  it('[D185] a Redis that was set back and went on without this server is an error and is not overwritten', async () => {
    const redis = await startRedis();
    const log = await openLog(redis.url);
    for (const seq of [1, 2, 3]) await log.append(seq - 1, [record(seq)]);
    await redis.ask('DEL', 'test:log:log', 'test:log:log:head');
    const other = await openLog(redis.url);
    await other.append(0, [record(1, 'other')]);
    await expect(log.append(3, [record(4)])).rejects.toMatchObject({
      code: 'store/failed',
      message: /another history/,
    });
    await expect(listOf(log.read(3))).rejects.toMatchObject({ code: 'store/failed' });
    expect(await listOf((await openLog(redis.url)).read(0))).toEqual([record(1, 'other')]);
  });
});
