import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/protocol/clock.ts';
import { redisDocStore } from '../../../src/server/redis/redis-doc-store.ts';
import { openRedisLink, type RedisLink } from '../../../src/server/redis/redis-link.ts';
import { redisPeerChannel } from '../../../src/server/redis/redis-peer-channel.ts';
import { silentLog } from '../../../src/server/sync/sync-log.ts';
import { type HubServer, startHub } from '../sync/hub-server.ts';
import { until } from './redis-server.ts';

export async function linkTo(url: string, clock: Clock = systemClock): Promise<RedisLink> {
  const link = openRedisLink({ url, prefix: 'test:', clock, log: silentLog });
  onTestFinished(() => link.close());
  await until(() => link.isReady);
  return link;
}

/** A server with nothing but the control channel over Redis. */
export async function redisHub(url: string, clock: Clock = systemClock): Promise<HubServer & { link: RedisLink }> {
  const link = await linkTo(url, clock);
  const server = await startHub({ store: redisDocStore({ link, clock }), peers: redisPeerChannel(link), clock });
  return Object.assign(server, { link });
}
