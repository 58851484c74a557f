import { join } from 'node:path';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { fileRoomStorage } from './data/file-room-storage.ts';
import { memoryRoomStorage, type RoomStorage } from './data/room-storage.ts';
import { openSharedBlobStore } from './data/shared-blob-store.ts';
import { redisDocStore } from './redis/redis-doc-store.ts';
import { reachRedis, type RedisOptions } from './redis/reach-redis.ts';
import { redisPeerChannel } from './redis/redis-peer-channel.ts';
import { redisRoomStorage } from './redis/redis-room-storage.ts';
import type { ServerLog } from './server-log.ts';
import type { DocStore } from './sync/doc-store.ts';
import { fileDocStore } from './sync/file-doc-store.ts';
import { memoryDocStore } from './sync/memory-doc-store.ts';
import type { PeerChannel } from './sync/peer-channel.ts';

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
  redis: RedisOptions,
  clock: Clock,
  log: ServerLog,
): Promise<Stores> {
  if (dataDirectory === undefined) {
    throw new CovalenceError(
      'command/invalid',
      'With Redis a data directory is needed, the same for all servers: arrays are kept there.',
    );
  }
  const link = await reachRedis(redis, clock, log);
  try {
    const blobs = await openSharedBlobStore(join(dataDirectory, 'shared'));
    // Another server may be about to name what nothing names yet, and a Redis that lost its logs names nothing.
    log.warn(
      {},
      'arrays that nothing names any more are kept: with Redis no garbage is collected while servers run; stop them and use "covalence collect"',
    );
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
