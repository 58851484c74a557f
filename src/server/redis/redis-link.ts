import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { Durability } from '../sync/doc-store.ts';
import type { SyncLog } from '../sync/sync-log.ts';

/** A Lua program, and the name that errors call it by. */
export interface RedisScript {
  name: string;
  lua: string;
}

/** What a script or command takes. */
export type RedisArgument = string | number | Uint8Array;

/** Where Redis is and how its keys begin. */
export interface RedisLinkOptions {
  /** `redis://[user:password@]host:port[/db]`, or `rediss:` with TLS. */
  url: string;
  /** Begins every key and channel; two deployments on one Redis differ in it. */
  prefix: string;
  clock: Clock;
  log: SyncLog;
}

/**
 * Two connections to one Redis, one for commands and one for messages. While Redis is away everything asked of it is
 * refused at once with `store/failed`: nothing piles up here, whoever asked keeps what is to be stored.
 */
export interface RedisLink {
  readonly prefix: string;
  /** `disk` when Redis writes each command to disk before it answers, as it is configured now; else `process`. */
  readonly durability: Durability;
  readonly isReady: boolean;
  /** Runs a script as one step that nothing comes between. Calls keep their order. */
  run(script: RedisScript, keys: readonly string[], values: readonly RedisArgument[]): Promise<unknown>;
  /** One command; bulk strings come as `Buffer`. */
  command(name: string, ...values: RedisArgument[]): Promise<unknown>;
  /** Tells everybody who listens now, this process included; forgotten while Redis is away. */
  publish(channel: string, message: Uint8Array): void;
  /** Hears what is published from when it resolves on. Returns its own undo. */
  subscribe(channel: string, listener: (message: Buffer) => void): () => void;
  /** Called when Redis can be used again; `isOther` when it was started anew, so that it may have lost something. */
  onReady(listener: (isOther: boolean) => void): () => void;
  health(): Promise<{ isWritable: boolean; detail?: string }>;
  close(): Promise<void>;
}

/** Bytes that may be on their way to Redis; more is refused. */
const MAX_UNANSWERED_BYTE_LENGTH = 64 * 1024 * 1024;
/** A Redis that has not answered for so long is treated as away, although its connection stands. */
const STALLED_MS = 3_000;
const LONGEST_WAIT_MS = 1_000;

/** Connects, without waiting for the connection. */
export function openRedisLink({ url, prefix, clock, log }: RedisLinkOptions): RedisLink {
  const settings = {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), LONGEST_WAIT_MS),
  };
  const commands = new Redis(url, settings);
  const messages = new Redis(url, settings);
  const listeners = new Map<string, Set<(message: Buffer) => void>>();
  const readyListeners = new Set<(isOther: boolean) => void>();
  const shas = new Map<RedisScript, string>();
  let durability: Durability = 'process';
  let runId: string | undefined;
  let isReady = false;
  let isClosed = false;
  let trouble = `Redis at ${placeOf(url)} was not reached yet.`;
  let unansweredByteLength = 0;
  const askedMs = new Set<{ atMs: number }>();

  const isStalled = (): boolean => {
    const [oldest] = askedMs;
    return oldest !== undefined && clock.now() - oldest.atMs > STALLED_MS;
  };
  const ask = (name: string, values: readonly RedisArgument[]): Promise<unknown> => {
    if (commands.status !== 'ready' || isClosed) return Promise.reject(away(trouble));
    if (isStalled()) return Promise.reject(away(`Redis has not answered for ${STALLED_MS / 1_000} s.`));
    if (unansweredByteLength > MAX_UNANSWERED_BYTE_LENGTH) {
      return Promise.reject(away('Redis is slower than what is to be stored.'));
    }
    const byteLength = values.reduce<number>((sum, value) => sum + (typeof value === 'number' ? 8 : value.length), 0);
    unansweredByteLength += byteLength;
    const question = { atMs: clock.now() };
    askedMs.add(question);
    const answered = commands
      .callBuffer(name, ...values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)))
      .finally(() => {
        unansweredByteLength -= byteLength;
        askedMs.delete(question);
      });
    return new Promise((resolve, reject) => {
      const cancel = clock.after(STALLED_MS, () => reject(away(`Redis has not answered for ${STALLED_MS / 1_000} s.`)));
      answered.then(resolve, (cause: unknown) => reject(asFailure(cause, name))).finally(cancel);
    });
  };

  /** Begins the use of a connection that was just made. */
  const begin = async (): Promise<void> => {
    if (commands.status !== 'ready' || messages.status !== 'ready' || isReady) return;
    try {
      if (listeners.size > 0) await messages.subscribe(...listeners.keys());
      const info = await commands.info('server');
      const found = /run_id:(\w+)/.exec(info)?.[1];
      durability = await durabilityOf(commands);
      const isOther = runId !== undefined && found !== runId;
      runId = found;
      isReady = true;
      log.info({ durability, isOther }, 'Redis is there');
      for (const listener of readyListeners) listener(isOther);
    } catch (error) {
      trouble = `Redis at ${placeOf(url)} cannot be used: ${String(error)}.`;
      if (!isClosed) clock.after(LONGEST_WAIT_MS, () => void begin());
    }
  };
  for (const connection of [commands, messages]) {
    connection.on('error', (error: Error) => {
      trouble = `Redis at ${placeOf(url)} is not reached: ${error.message}.`;
    });
    connection.on('close', () => {
      if (isReady) log.warn({}, 'Redis is away; rooms are kept in memory until it is back');
      isReady = false;
    });
    connection.on('ready', () => void begin());
    connection.connect().catch(() => undefined);
  }
  messages.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    for (const listener of listeners.get(channel.toString()) ?? []) listener(message);
  });

  return {
    prefix,
    get durability() {
      return durability;
    },
    get isReady() {
      return isReady && !isStalled();
    },
    run(script, keys, values) {
      const known = shas.get(script);
      const sha = known ?? createHash('sha1').update(script.lua).digest('hex');
      shas.set(script, sha);
      return ask('EVALSHA', [sha, keys.length, ...keys, ...values]).catch((error: unknown) => {
        if (!(error instanceof CovalenceError && String(error.cause).includes('NOSCRIPT'))) throw error;
        return ask('EVAL', [script.lua, keys.length, ...keys, ...values]);
      });
    },
    command: (name, ...values) => ask(name, values),
    publish(channel, message) {
      if (commands.status === 'ready' && !isStalled()) {
        ask('PUBLISH', [channel, message]).catch(() => undefined);
      }
    },
    subscribe(channel, listener) {
      let all = listeners.get(channel);
      if (all === undefined) {
        listeners.set(channel, (all = new Set()));
        if (messages.status === 'ready') messages.subscribe(channel).catch(() => undefined);
      }
      all.add(listener);
      return () => {
        if (!all.delete(listener) || all.size > 0 || listeners.get(channel) !== all) return;
        listeners.delete(channel);
        if (messages.status === 'ready') messages.unsubscribe(channel).catch(() => undefined);
      };
    },
    onReady(listener) {
      readyListeners.add(listener);
      return () => readyListeners.delete(listener);
    },
    async health() {
      try {
        await ask('PING', []);
        return isReady ? { isWritable: true } : { isWritable: false, detail: trouble };
      } catch (error) {
        return { isWritable: false, detail: error instanceof Error ? error.message : String(error) };
      }
    },
    async close() {
      isClosed = true;
      isReady = false;
      commands.disconnect();
      messages.disconnect();
      await Promise.resolve();
    },
  };
}

/** A Redis may refuse to tell its configuration; what is not known is not promised. */
async function durabilityOf(redis: Redis): Promise<Durability> {
  try {
    const [, isAppending] = await redis.config('GET', 'appendonly');
    const [, policy] = await redis.config('GET', 'appendfsync');
    return isAppending === 'yes' && policy === 'always' ? 'disk' : 'process';
  } catch {
    return 'process';
  }
}

/** Where Redis is, without its password. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '6379' : port}`;
}

function away(why: string): CovalenceError {
  return new CovalenceError('store/failed', `${why} Nothing is lost here; it is tried again.`);
}

function asFailure(cause: unknown, name: string): CovalenceError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const isFull = text.startsWith('OOM') || text.startsWith('MISCONF');
  return new CovalenceError(
    isFull ? 'store/full' : 'store/failed',
    `Redis refused ${name}: ${text.replace(/\.?$/, '.')} ${isFull ? 'Give Redis more memory or disk.' : 'It is tried again.'}`,
    {},
    { cause },
  );
}
