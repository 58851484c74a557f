import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { type Collection, collectSlots } from '../data/collect-slots.ts';
import { createDataRooms } from '../data/data-rooms.ts';
import { fileRoomStorage } from '../data/file-room-storage.ts';
import { reachRedis } from '../redis/reach-redis.ts';
import { redisReferences } from '../redis/redis-references.ts';
import type { CollectArguments } from './arguments.ts';
import { framesDirectory } from './frames-directory.ts';

const numbers = new Intl.NumberFormat('en-US');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * `covalence collect`: removes the arrays that no version of any frame of any room names, and prints what it did. Rejects
 * with `store/in-use` while a server has the directory, and with `store/failed` when a log cannot be read; nothing was
 * removed then.
 */
export async function collectData(given: CollectArguments, print: (line: string) => void): Promise<void> {
  const { removed, removedByteLength, keptByteLength } =
    given.redis === undefined ? await collectOwned(given) : await collectShared(given.dataDirectory, given.redis);
  print(
    `${numbers.format(removed)} arrays of ${numbers.format(removedByteLength)} bytes that no frame names were removed; ` +
      `${numbers.format(keptByteLength)} bytes stay`,
  );
}

async function collectOwned({ dataDirectory }: CollectArguments): Promise<Collection> {
  const storage = await fileRoomStorage({ directory: await framesDirectory(dataDirectory) });
  const rooms = createDataRooms({ storage });
  try {
    const before = rooms.blobByteLength;
    const removed = await rooms.collect({ isAlone: true });
    return { removed, removedByteLength: before - rooms.blobByteLength, keptByteLength: rooms.blobByteLength };
  } finally {
    await rooms.close();
  }
}

async function collectShared(
  dataDirectory: string,
  redis: NonNullable<CollectArguments['redis']>,
): Promise<Collection> {
  const directory = join(dataDirectory, 'shared');
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) {
    const message = `"${dataDirectory}" holds no rooms that servers share through Redis. Name their folder with --data.`;
    throw new CovalenceError('room/not-found', message);
  }
  const link = await reachRedis(redis, systemClock, silent);
  try {
    return await collectSlots(directory, () => redisReferences(link, systemClock));
  } finally {
    await link.close();
  }
}
