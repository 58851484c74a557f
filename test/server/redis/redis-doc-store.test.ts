import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import { openRedisLink } from '../../../src/server/redis/redis-link.ts';
import { redisDocStore } from '../../../src/server/redis/redis-doc-store.ts';
import { yRedisDocStore } from '../../../src/server/redis/y-redis-doc-store.ts';
import { ourClient, startHub } from '../sync/hub-server.ts';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { silentLog } from '../../../src/server/sync/sync-log.ts';
import { docStoreContract } from '../../../src/testing/doc-store-contract.ts';
import { startRedis, until } from './redis-server.ts';

const urlOf = new WeakMap<DocStore, string>();
const openStore = async (url: string): Promise<DocStore> => {
  const link = openRedisLink({ url, prefix: 'test:', clock: systemClock, log: silentLog });
  await until(() => link.isReady);
  const store = redisDocStore({ link, clock: systemClock });
  urlOf.set(store, url);
  onTestFinished(async () => {
    await store.close();
    await link.close();
  });
  return store;
};

const openYRedis = async (url: string): Promise<DocStore> => {
  const store = await yRedisDocStore({ url });
  urlOf.set(store, url);
  return store;
};

describe('the y-redis store', () => {
  const cases = docStoreContract({
    open: async () => openYRedis((await startRedis()).url),
    reopen: (store) => openYRedis(urlOf.get(store) ?? ''),
  });
  it.each(cases)('[T148] $title', async ({ run }) => await run());

  it('[T148] says what it cannot do', async () => {
    const store = await openYRedis((await startRedis()).url);
    onTestFinished(() => store.close());
    expect(store.lacks).toEqual(['compact', 'heal']);
  });

  it('[T148] two servers over y-redis give edits to each other, and outlive an absence of Redis', async () => {
    const redis = await startRedis({ isKept: true });
    const [a, b] = [
      await startHub({ store: await openYRedis(redis.url) }),
      await startHub({ store: await openYRedis(redis.url) }),
    ];
    const [ada, ben] = [await ourClient(a, 'argon'), await ourClient(b, 'argon')];
    ada.state.set('one', 1);
    await until(() => ben.state.get('one') === 1);
    await redis.kill();
    await until(async () => !(await a.hub.health()).isWritable);
    ada.state.set('two', 2);
    const stored = ada.transport.whenSaved?.();
    await redis.start();
    expect(await stored).toBe('process');
    await until(() => ben.state.get('two') === 2);
    // The other one finds back by itself, a little later: until then closing it would tell that not all is stored.
    ben.state.set('three', 3);
    expect(await ben.transport.whenSaved?.()).toBe('process');
    await until(() => ada.state.get('three') === 3);
  });
});

describe('the Redis store', () => {
  const cases = docStoreContract({
    open: async () => openStore((await startRedis({ isKept: true })).url),
    reopen: (store) => openStore(urlOf.get(store) ?? ''),
  });
  it.each(cases)('[T140] $title', async ({ run }) => await run());
});
