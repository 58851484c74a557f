import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { ServerLog } from '../server-log.ts';
import { openRedisLink, type RedisLink } from './redis-link.ts';

/** Where several servers meet. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss:` with TLS. */
  url: string;
  /** Begins every key; deployments that share a Redis differ in it. Default `covalence:`. */
  prefix?: string;
}

/** A Redis that is not there yet is waited for so long. */
const FIRST_WAIT_MS = 10_000;

/** Connects to Redis, and waits until it answers. Rejects with `store/failed` when it does not. */
export async function reachRedis(
  { url, prefix = 'covalence:' }: RedisOptions,
  clock: Clock,
  log: ServerLog,
): Promise<RedisLink> {
  const link = openRedisLink({ url, prefix, clock, log });
  await new Promise<void>((resolve) => {
    if (link.isReady) resolve();
    const done = (): void => {
      stop();
      cancel();
      resolve();
    };
    const stop = link.onReady(done);
    const cancel = clock.after(FIRST_WAIT_MS, done);
  });
  if (link.isReady) return link;
  const { detail } = await link.health();
  await link.close();
  throw new CovalenceError('store/failed', `${detail ?? 'Redis does not answer.'} Start it, or look at --redis.`);
}
