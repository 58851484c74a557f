import { describe, expect, it } from 'vitest';
import { count } from '../../counts.ts';
import { handClock } from '../../hand-clock.ts';
import { contentOf, type OurClient, ourClient, stockClient } from '../sync/hub-server.ts';
import { startRedis, until } from './redis-server.ts';
import { redisHub } from './two-servers.ts';

/** How often Redis is killed under load. */
const KILLS = count(30, 200);

const saved = async ({ transport }: OurClient): Promise<unknown> => transport.whenSaved?.();

describe('two servers over one Redis', () => {
  it('[T141] give edits and people to each other', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await ourClient(a, 'argon');
    const ben = await stockClient(b, 'argon');
    ada.state.set('from.a', 1);
    ben.state.set('from.b', 2);
    await until(() => contentOf(ada.state) === contentOf(ben.state) && ada.state.size === 2);
    ada.awareness.setLocalState({ user: { name: 'Ada' } });
    ben.provider.awareness.setLocalState({ user: { name: 'Ben' } });
    await until(() => ben.provider.awareness.getStates().has(ada.doc.clientID));
    await until(() => ada.awareness.getStates().has(ben.doc.clientID));
    // Somebody who comes later is told of people who were silent since, on either side.
    const cyd = await ourClient(b, 'argon');
    await until(() => cyd.awareness.getStates().has(ada.doc.clientID));
    await ada.transport.close();
    await until(() => !ben.provider.awareness.getStates().has(ada.doc.clientID));
    const [epochA, epochB] = await Promise.all([a.hub.room('argon'), b.hub.room('argon')]);
    expect(epochA.epoch).toBe(epochB.epoch);
  });

  it('[T141] a client that goes from one to the other continues its own history there, and nobody else does', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await ourClient(a, 'argon', { secret: 'ada' });
    ada.state.set('one', 1);
    await saved(ada);
    await ada.transport.close();
    const there = await ourClient(b, 'argon', { doc: ada.doc, secret: 'ada' });
    ada.state.set('two', 2);
    await saved(there);
    const other = await ourClient(b, 'argon');
    expect(contentOf(other.state)).toBe('[["one",1],["two",2]]');
  });

  it('[T142] a Redis that was killed and comes back empty gets everything again, also what was written meanwhile', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await ourClient(a, 'argon');
    const ben = await ourClient(b, 'argon');
    ada.state.set('before.a', 1);
    ben.state.set('before.b', 2);
    await until(() => contentOf(ada.state) === contentOf(ben.state));
    await redis.kill();
    ada.state.set('meanwhile.a', 3);
    ben.state.set('meanwhile.b', 4);
    // Each goes on serving its own.
    const cyd = await ourClient(a, 'argon');
    await until(() => cyd.state.has('meanwhile.a'));
    expect(cyd.state.has('meanwhile.b')).toBe(false);
    expect((await a.hub.health()).isWritable).toBe(false);
    const all = [saved(ada), saved(ben)];
    await redis.start();
    await Promise.all(all);
    await until(() => ben.state.size === 4 && contentOf(ben.state) === contentOf(ada.state));
    const fresh = await redisHub(redis.url);
    const dan = await ourClient(fresh, 'argon');
    expect(contentOf(dan.state)).toBe(contentOf(ada.state));
    expect((await a.hub.health()).isWritable).toBe(true);
  });

  it('[T200] Redis away for 60 s by the servers’ clock: both serve on and heal, and nothing anybody saw goes back', async () => {
    const clock = handClock();
    const redis = await startRedis({ isKept: true });
    const [a, b] = [await redisHub(redis.url, clock), await redisHub(redis.url, clock)];
    const [ada, abe] = [await ourClient(a, 'argon', { secret: 'ada' }), await ourClient(a, 'argon')];
    const [ben, bea] = [await ourClient(b, 'argon', { secret: 'ben' }), await ourClient(b, 'argon')];
    /** Lets time pass, a tenth of a second for every turn of the loop that it takes. */
    const passing = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
      await until(async () => {
        clock.advance(100);
        return condition();
      });
    };
    const seen = [ada, abe, ben, bea].flatMap(({ state }) =>
      ['a', 'b'].map((name) => {
        const values: number[] = [];
        state.observe(() => values.push(Number(state.get(`away.${name}`) ?? 0)));
        return values;
      }),
    );
    ada.state.set('away.a', 1);
    ben.state.set('away.b', 1);
    await passing(() => contentOf(abe.state) === contentOf(bea.state) && abe.state.size === 2);
    await redis.kill();
    let isSaved = false;
    for (let second = 2; second <= 60; second += 1) {
      ada.state.set('away.a', second);
      ben.state.set('away.b', second);
      if (second === 2) void saved(ada).then(() => (isSaved = true));
      clock.advance(1_000);
      await until(() => abe.state.get('away.a') === second && bea.state.get('away.b') === second);
    }
    expect(bea.state.get('away.a')).toBe(1);
    expect(isSaved).toBe(false);
    for (const { hub } of [a, b]) expect((await hub.health()).isWritable).toBe(false);
    // Whoever comes meanwhile gets what this server has, and nobody was sent away.
    const late = await ourClient(a, 'argon');
    expect(late.state.get('away.a')).toBe(60);
    expect([ada, abe, ben, bea].map(({ transport }) => transport.status)).toEqual(Array(4).fill('online'));
    await redis.start();
    await passing(() => bea.state.get('away.a') === 60 && abe.state.get('away.b') === 60 && isSaved);
    await passing(async () => (await a.hub.health()).isWritable && (await b.hub.health()).isWritable);
    const fresh = await ourClient(await redisHub(redis.url, clock), 'argon');
    expect(contentOf(fresh.state)).toBe('[["away.a",60],["away.b",60]]');
    for (const values of seen) expect(values).toEqual([...values].sort((one, other) => one - other));
  });

  it('[T143] a Redis that is emptied under them is filled again at the next write, and without one', async () => {
    const redis = await startRedis();
    const a = await redisHub(redis.url);
    const b = await redisHub(redis.url);
    const ada = await ourClient(a, 'argon');
    const ben = await ourClient(b, 'argon');
    ada.state.set('before', 1);
    await until(() => ben.state.has('before'));
    await redis.empty();
    ben.state.set('after', 2);
    await saved(ben);
    await until(() => ada.state.has('after'));
    const first = await ourClient(await redisHub(redis.url), 'argon');
    expect(contentOf(first.state)).toBe('[["after",2],["before",1]]');
    await first.transport.close();
    await redis.empty();
    await until(async () => (await redis.ask('EXISTS', 'test:doc:argon:log')) === ':1');
    const second = await ourClient(await redisHub(redis.url), 'argon');
    await until(() => contentOf(second.state) === '[["after",2],["before",1]]');
  });

  it('[T144] a Redis that stops answering holds nobody up, and all is stored when it answers again', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await ourClient(a, 'argon');
    const near = await ourClient(a, 'argon');
    const ben = await ourClient(b, 'argon');
    ada.state.set('before', 0);
    await until(() => ben.state.has('before'));
    redis.pause();
    for (let each = 1; each <= 200; each += 1) ada.state.set(`paused.${each}`, each);
    ben.state.set('ben', 1);
    await until(() => near.state.size === 201);
    let isSaved = false;
    const done = saved(ada).then(() => (isSaved = true));
    await until(async () => !(await a.hub.health()).isWritable);
    expect(isSaved).toBe(false);
    redis.resume();
    await done;
    await until(() => ben.state.size === 202 && contentOf(ben.state) === contentOf(ada.state));
    const fresh = await ourClient(await redisHub(redis.url), 'argon');
    await until(() => contentOf(fresh.state) === contentOf(ada.state));
  });

  it('[T145] what was called saved is there after Redis, kept in its append-only file, and all servers were killed', async () => {
    const redis = await startRedis({ isKept: true });
    const a = await redisHub(redis.url);
    const ada = await ourClient(a, 'argon');
    expect(a.store.durability).toBe('disk');
    for (let each = 0; each < 50; each += 1) {
      ada.state.set(`key.${each}`, each);
      if (each % 10 === 0) await saved(ada);
    }
    await saved(ada);
    await redis.kill();
    const fresh = await ourClient(await redisHub((await redis.copy()).url), 'argon');
    expect(contentOf(fresh.state)).toBe(contentOf(ada.state));
  });

  it(`[T149] Redis killed ${KILLS} times (200 in test:long) under 8 writers has everything that was called saved`, async () => {
    const redis = await startRedis({ isKept: true });
    const servers = [await redisHub(redis.url), await redisHub(redis.url)];
    const writers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ourClient(servers[index % 2], 'argon', { secret: `writer ${index}` })),
    );
    const called = writers.map(() => 0);
    const over = new AbortController();
    const work = writers.map(async (writer, index) => {
      for (let value = 1; !over.signal.aborted; value += 1) {
        writer.state.set(`writer.${index}`, value);
        await saved(writer);
        called[index] = value;
      }
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = Math.min(...called);
      await until(() => Math.min(...called) > before + 5);
      await redis.kill();
      const promised = [...called];
      // What is on disk, before the servers store again what they have.
      const found = (await ourClient(await redisHub((await redis.copy()).url), 'argon')).state;
      await redis.start();
      for (const [index, value] of promised.entries()) {
        expect(found.get(`writer.${index}`)).toBeGreaterThanOrEqual(value);
      }
    }
    over.abort();
    await Promise.all(work);
  }, 1_200_000);

  it('[T146] one compacts what it knows and nothing that the other wrote since', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await ourClient(a, 'argon');
    const ben = await ourClient(b, 'argon');
    const large = 'x'.repeat(60_000);
    for (let round = 0; round < 12; round += 1) {
      ada.state.set('a', large + round);
      ben.state.set('b', large + round);
      ada.state.set(`a.${round}`, round);
      ben.state.set(`b.${round}`, round);
      if (round % 3 === 0) await Promise.all([saved(ada), saved(ben)]);
    }
    await Promise.all([saved(ada), saved(ben)]);
    await until(() => contentOf(ada.state) === contentOf(ben.state));
    expect(Number((await redis.ask('XLEN', 'test:doc:argon:log')).slice(1))).toBeLessThan(48);
    const fresh = await ourClient(await redisHub(redis.url), 'argon');
    expect(contentOf(fresh.state)).toBe(contentOf(ada.state));
  });

  it('[T147] a room that one removes is gone from the other and does not come back', async () => {
    const redis = await startRedis();
    const [a, b] = [await redisHub(redis.url), await redisHub(redis.url)];
    const ada = await stockClient(a, 'argon');
    const ben = await stockClient(b, 'argon');
    ada.state.set('key', 1);
    await until(() => ben.state.has('key'));
    await a.hub.deleteRoom('argon');
    expect((await ben.closed).code).toBe(4404);
    const fresh = await ourClient(await redisHub(redis.url), 'argon');
    expect(fresh.state.size).toBe(0);
  });
});
