import { join } from 'node:path';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { fileRoomStorage } from './data/file-room-storage.ts';
import { memoryRoomStorage, type RoomStorage } from './data/room-storage.ts';
import { openSharedBlobStore } from './data/shared-blob-store.ts';
import { redisDocStore } from './redis/redis-doc-store.ts';
import { openRedisLink, type RedisLink } from './redis/redis-link.ts';
import { redisPeerChannel } from './redis/redis-peer-channel.ts';
import { redisRoomStorage } from './redis/redis-room-storage.ts';
import type { ServerLog } from './server-log.ts';
import type { DocStore } from './sync/doc-store.ts';
import { fileDocStore } from './sync/file-doc-store.ts';
import { memoryDocStore } from './sync/memory-doc-store.ts';
import type { PeerChannel } from './sync/peer-channel.ts';

/** Where several servers meet. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss:` with TLS. */
  url: string;
  /** Begins every key; deployments that share a Redis differ in it. Default `covalence:`. */
  prefix?: string;
}

/** Everything of a server that lasts. */
export interface Stores {
  storage: RoomStorage;
  docStore: DocStore;
  /** To the other servers, where there are any. */
  peers?: PeerChannel;
  /** Called after the stores were closed. */
  close(): Promise<void>;
}

/** What {@link openStores} opens. */
export interface StoresOptions {
  /** In memory when undefined. */
  dataDirectory: string | undefined;
  redis: RedisOptions | undefined;
  clock: Clock;
  log: ServerLog;
}

/** A server whose Redis is not there yet waits for it so long. */
const FIRST_WAIT_MS = 10_000;

/**
 * Opens the stores: in memory, in a directory of this process alone, or in Redis with a directory that all processes
 * share. Rejects with `store/in-use`, `store/failed`, `command/invalid`.
 */
export async function openStores({ dataDirectory, redis, clock, log }: StoresOptions): Promise<Stores> {
  const nothing = async (): Promise<void> => {};
  if (redis !== undefined) return openShared(dataDirectory, redis, clock, log);
  if (dataDirectory === undefined) {
    return { storage: memoryRoomStorage(), docStore: memoryDocStore(), close: nothing };
  }
  const storage = await fileRoomStorage({ directory: join(dataDirectory, 'frames'), log });
  return { storage, docStore: await fileDocStore({ directory: join(dataDirectory, 'state'), log }), close: nothing };
}

async function openShared(
  dataDirectory: string | undefined,
  { url, prefix = 'covalence:' }: RedisOptions,
  clock: Clock,
  log: ServerLog,
): Promise<Stores> {
  if (dataDirectory === undefined) {
    throw new CovalenceError(
      'command/invalid',
      'With Redis a data directory is needed, the same for all servers: arrays are kept there.',
    );
  }
  const link = openRedisLink({ url, prefix, clock, log });
  try {
    await firstContact(link, clock);
    const blobs = await openSharedBlobStore(join(dataDirectory, 'shared'));
    // Another server may be about to name what nothing names yet, and a Redis that lost its logs names nothing.
    log.warn({}, 'arrays that nothing names any more are kept: with Redis no garbage is collected');
    return {
      storage: redisRoomStorage({ link, clock, blobs, directory: join(blobs.ownDirectory, 'rooms') }),
      docStore: redisDocStore({ link, clock }),
      peers: redisPeerChannel(link),
      close: () => link.close(),
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

async function firstContact(link: RedisLink, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    if (link.isReady) resolve();
    const stop = link.onReady(() => resolve());
    clock.after(FIRST_WAIT_MS, () => {
      stop();
      resolve();
    });
  });
  if (link.isReady) return;
  const { detail } = await link.health();
  throw new CovalenceError('store/failed', `${detail ?? 'Redis does not answer.'} Start it, or look at --redis.`);
}
