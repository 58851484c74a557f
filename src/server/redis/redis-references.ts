import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { foldLog } from '../data/fold-log.ts';
import { redisCommitLog } from './redis-commit-log.ts';
import type { RedisLink } from './redis-link.ts';

/** What the logs in Redis name. */
export interface RedisReferences {
  /** Hashes of the arrays that any version of any frame of any room names. */
  hashes: ReadonlySet<string>;
  /** Ids of the logs that are there, and of those that were removed. */
  logs: ReadonlySet<string>;
}

/**
 * Reads the logs of all rooms in Redis to their ends. Rejects with `store/failed` when one cannot be read, or is empty:
 * nobody knows then what it names.
 */
export async function redisReferences(link: RedisLink, clock: Clock): Promise<RedisReferences> {
  const hashes = new Set<string>();
  const logs = new Set(((await link.command('HKEYS', `${link.prefix}logs`)) as Buffer[]).map(String));
  const read = (id: string): ReturnType<typeof redisCommitLog> =>
    redisCommitLog({ link, clock, id, onLost: () => Promise.resolve() });
  const names = (await link.command('HKEYS', `${link.prefix}rooms`)) as Buffer[];
  for (const name of names) {
    const text = (await link.command('HGET', `${link.prefix}rooms`, name)) as Buffer | null;
    if (text === null) throw lost(String(name));
    const entry = JSON.parse(text.toString()) as { log: string; bases: readonly string[] };
    const [log, ...bases] = [entry.log, ...entry.bases].map((id) => (logs.add(id), read(id)));
    try {
      const state = await foldLog(
        log.read(0),
        bases.map((base) => () => base.read(0)),
      );
      if (state.seq === 0) throw lost(String(name));
      for (const { hash, inline } of state.values()) if (inline === undefined) hashes.add(hash);
    } finally {
      for (const each of [log, ...bases]) await each.close();
    }
  }
  return { hashes, logs };
}

function lost(room: string): CovalenceError {
  return new CovalenceError(
    'store/failed',
    `Redis has no commits of the room "${room}". Restore Redis from a copy, or delete the room; nothing was removed.`,
    { room },
  );
}
