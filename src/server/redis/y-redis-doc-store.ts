import type { RedisPersistence } from 'y-redis';
import { Doc } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { assertRoomName } from '../../protocol/room-name.ts';
import type { ClientOwner, DocStore, DocWatcher } from '../sync/doc-store.ts';

/** Where y-redis keeps its lists. */
export interface YRedisDocStoreOptions {
  /** `redis://[user:password@]host[:port][/db]`. */
  url: string;
  /** Begins the names of the rooms' lists; a deployment that y-redis writes already has none. */
  prefix?: string;
}

/** A room that this process has loaded. */
interface OpenDoc {
  watcher: DocWatcher | undefined;
  isBroken: boolean;
}

/**
 * Shared documents in the lists of y-redis 1, an optional dependency, for those who have it running: it reads and writes
 * what other users of y-redis do. It never trims a list (`lacks` says `compact`), and while several servers are connected
 * a Redis that was emptied is filled again only by those that write (`heal`). `redisDocStore` has neither limit. Rejects
 * with `command/invalid` when y-redis is not installed.
 */
export async function yRedisDocStore({ url, prefix = '' }: YRedisDocStoreOptions): Promise<DocStore> {
  const { RedisPersistence: Persistence } = await import('y-redis').catch((cause: unknown) => {
    throw new CovalenceError(
      'command/invalid',
      'y-redis is not installed. Run "npm install y-redis@1.0.3".',
      {},
      { cause },
    );
  });
  const { hostname, port, username, password, pathname } = new URL(url);
  const persistence: RedisPersistence = new Persistence({
    redisOpts: {
      host: hostname,
      port: Number(port === '' ? 6379 : port),
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { password }),
      db: Number(pathname.slice(1)),
      // By default a Redis that is away ends the process: a promise inside y-redis rejects and nobody hears it.
      maxRetriesPerRequest: null,
      retryStrategy: (times: number) => Math.min(50 * times, 1_000),
    },
  });
  const { redis } = persistence;
  const docs = new Map<string, OpenDoc>();
  const shadows = new Map<string, Doc>();
  let trouble: string | undefined;
  for (const connection of [redis, persistence.sub]) connection.on('error', (error) => (trouble = error.message));
  redis.on('ready', () => {
    trouble = undefined;
    for (const doc of docs.values()) if (doc.isBroken) doc.watcher?.onGap();
  });

  persistence.sub.on('ready', () => {
    // By itself y-redis stays behind after an absence until somebody writes.
    for (const [name, doc] of persistence.docs) {
      persistence.sub
        .subscribe(name)
        .then(() => doc.getUpdates())
        .catch(() => undefined);
    }
  });
  await new Promise<void>((resolve) => {
    redis.on('ready', resolve);
    redis.on('error', () => resolve());
  });

  const nameOf = (room: string): string => {
    assertRoomName(room);
    return prefix + room;
  };
  const listOf = (room: string): string => `${nameOf(room)}:updates`;
  const factsOf = (room: string): string => `${nameOf(room)}:covalence`;
  const roomsKey = `${prefix}:covalence:rooms`;
  const asked = async <T>(room: string, task: () => Promise<T>): Promise<T> => {
    try {
      if (redis.status !== 'ready' && redis.status !== 'connecting' && redis.status !== 'connect') {
        throw new Error(trouble ?? 'the connection is closed');
      }
      return await task();
    } catch (cause) {
      const doc = docs.get(room);
      if (doc !== undefined) doc.isBroken = true;
      if (cause instanceof CovalenceError) throw cause;
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new CovalenceError('store/failed', `Redis, used by y-redis, failed: ${text}.`, { room }, { cause });
    }
  };
  const docOf = (room: string): OpenDoc => {
    const doc = docs.get(room);
    if (doc !== undefined) return doc;
    throw new CovalenceError('store/failed', `Room "${room}" was written before it was created or loaded.`, { room });
  };
  const push = async (room: string, update: Uint8Array | undefined, owners: readonly ClientOwner[]): Promise<void> => {
    const bytes = update === undefined ? undefined : Buffer.from(update);
    const facts = owners.flatMap(([clientId, subject]) => [`owner:${clientId}`, subject]);
    await Promise.all([
      bytes === undefined
        ? undefined
        : redis.rpush(listOf(room), bytes).then((length) => redis.publish(nameOf(room), String(length))),
      facts.length === 0 ? undefined : redis.hset(factsOf(room), ...facts),
    ]);
  };
  const release = async (room: string): Promise<void> => {
    docs.delete(room);
    shadows.get(room)?.destroy();
    // Answered only when Redis is there again.
    if (shadows.delete(room)) persistence.closeDoc(nameOf(room))?.catch(() => undefined);
    await Promise.resolve();
  };

  return {
    durability: 'process',
    lacks: ['compact', 'heal'],
    load: (room) =>
      asked(room, async () => {
        const [facts, updates] = await Promise.all([
          redis.hgetall(factsOf(room)),
          redis.lrangeBuffer(listOf(room), 0, -1),
        ]);
        const epoch = facts['epoch'];
        if (epoch === undefined && updates.length === 0) return undefined;
        // Others may have filled the list before there was an epoch.
        if (epoch === undefined) await redis.hsetnx(factsOf(room), 'epoch', 'y-redis');
        docs.set(room, { watcher: undefined, isBroken: false });
        const owners = Object.entries(facts).filter(([key]) => key.startsWith('owner:'));
        return {
          epoch: epoch ?? 'y-redis',
          updates,
          owners: owners.map(([key, subject]): ClientOwner => [Number(key.slice(6)), subject]),
        };
      }),
    create: (room, epoch) =>
      asked(room, async () => {
        await Promise.all([redis.hsetnx(factsOf(room), 'epoch', epoch), redis.sadd(roomsKey, room)]);
        docs.set(room, { watcher: undefined, isBroken: false });
      }),
    append: (room, { update, owners = [] }) =>
      asked(room, () => {
        if (docOf(room).isBroken) throw new Error('the room waits for Redis');
        return push(room, update, owners);
      }),
    compact: (room, { update, owners = [] }) =>
      asked(room, async () => {
        const doc = docOf(room);
        // A list is never trimmed: others count on its length. Only what could not be appended is added.
        await push(room, doc.isBroken ? update : undefined, owners);
        doc.isBroken = false;
      }),
    remove: (room) =>
      asked(room, async () => {
        await release(room);
        await redis.srem(roomsKey, room);
        return (await redis.del(listOf(room), factsOf(room))) > 0;
      }),
    list: () => asked('', async () => (await redis.smembers(roomsKey)).sort()),
    watch(room, watcher) {
      docOf(room).watcher = watcher;
      const shadow = new Doc();
      shadows.set(room, shadow);
      shadow.on('update', (update: Uint8Array) => watcher.onEntry({ update }));
      persistence.bindState(nameOf(room), shadow).synced.catch(() => undefined);
      return () => void release(room);
    },
    release,
    async health() {
      if (redis.status !== 'ready')
        return { isWritable: false, detail: `Redis is not reached: ${trouble ?? redis.status}.` };
      return { isWritable: true };
    },
    async close() {
      for (const room of docs.keys()) await release(room);
      redis.disconnect();
      persistence.sub.disconnect();
    },
  };
}
