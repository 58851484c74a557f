import { describe, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/protocol/clock.ts';
import { openRedisLink } from '../../../src/server/redis/redis-link.ts';
import { redisDocStore } from '../../../src/server/redis/redis-doc-store.ts';
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

describe('the Redis store', () => {
  const cases = docStoreContract({
    open: async () => openStore((await startRedis({ isKept: true })).url),
    reopen: (store) => openStore(urlOf.get(store) ?? ''),
  });
  it.each(cases)('[T140] $title', async ({ run }) => await run());
});
