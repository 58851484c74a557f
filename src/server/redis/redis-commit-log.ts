import { createHash } from 'node:crypto';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitLog, Lease } from '../data/commit-log.ts';
import type { CommitRecord } from '../data/commit-record.ts';
import { packRecords, unpackRecords } from '../data/record-codec.ts';
import { APPEND_LOG, READ_LOG } from './log-scripts.ts';
import type { RedisLink } from './redis-link.ts';

/** Records read, or stored again, in one step. */
const PAGE = 500;
/** So often it is looked whether Redis still has the log, also when nobody commits. */
const LOOK_MS = 5_000;

/** Where a log ends: its newest record, and a hash over all of them. */
interface Head {
  seq: number;
  link: string;
}

/** Which log is meant, and whose it is. */
export interface RedisCommitLogOptions {
  link: RedisLink;
  clock: Clock;
  id: string;
  /** Called before records that Redis has lost are stored again. */
  onLost: () => Promise<void>;
}

/**
 * A log in Redis that any number of processes write. An append is one step in Redis: the head is as expected, or nothing
 * is written. Each process keeps the records it knows; what a Redis that was emptied or set back has lost of them is
 * stored again, unless another process committed something else in their place, which is an error and not mended.
 */
export function redisCommitLog({ link, clock, id, onLost }: RedisCommitLogOptions): CommitLog {
  const stream = streamOf(link, id);
  const keys = [stream, `${stream}:head`];
  const leaseChannel = `${stream}:leases`;
  /** Record `seq` and the link behind it are at `seq - 1`. */
  const known: { packed: Uint8Array; link: string }[] = [];
  const growListeners = new Set<() => void>();
  let queued: Head = { seq: 0, link: '' };
  let inFlight = 0;
  let mending: Promise<void> | undefined;

  const headAt = (seq: number): Head => ({ seq, link: seq === 0 ? '' : known[seq - 1].link });
  const take = (packed: Uint8Array): void => {
    known.push({ packed, link: linkOver(headAt(known.length).link, packed) });
  };
  const write = (from: Head, to: Head, records: readonly Uint8Array[]): Promise<unknown> =>
    link.run(APPEND_LOG, [...keys, `${link.prefix}logs`], [id, textOf(from), textOf(to), from.seq + 1, ...records]);

  /** Stores again what Redis has lost. Rejects when something else is in its place. */
  const mend = (): Promise<void> => {
    mending ??= (async () => {
      await onLost();
      for (;;) {
        const found = headOf(((await link.run(READ_LOG, keys, [known.length, 1])) as Buffer[])[0]);
        if (found.seq >= known.length) return;
        if (headAt(found.seq).link !== found.link) throw diverged(id);
        const until = Math.min(known.length, found.seq + PAGE);
        const records = known.slice(found.seq, until).map(({ packed }) => packed);
        await write(found, headAt(until), records);
      }
    })().finally(() => (mending = undefined));
    return mending;
  };

  const tellGrowth = (): void => {
    for (const listener of growListeners) listener();
  };
  const look = (): void => {
    if (link.isReady && inFlight === 0) {
      link.command('GET', keys[1]).then(
        (head) => {
          const found = (head as Buffer | null)?.toString() ?? '0 ';
          if (inFlight === 0 && textOf(headAt(known.length)) !== found) tellGrowth();
        },
        () => undefined,
      );
    }
    cancelLook = clock.after(LOOK_MS, look);
  };
  let cancelLook = clock.after(LOOK_MS, look);
  const stops = [
    link.onReady(tellGrowth),
    link.subscribe(stream, (message) => {
      if (headOf(message).seq > Math.max(known.length, queued.seq)) tellGrowth();
    }),
  ];

  return {
    get durability() {
      return link.durability;
    },
    get head() {
      return known.length;
    },
    async append(expectedSeq, records) {
      if (inFlight === 0) queued = headAt(known.length);
      if (expectedSeq !== queued.seq) return false;
      const packed = records.map((record) => packRecords([record]));
      const from = queued;
      const to = { seq: from.seq + records.length, link: packed.reduce(linkOver, from.link) };
      queued = to;
      inFlight += 1;
      try {
        const answer = await write(from, to, packed);
        if (answer === 1) {
          // A reader may have brought them in meanwhile, or one before them may be known to Redis only.
          if (known.length >= from.seq) for (const each of packed.slice(known.length - from.seq)) take(each);
          return true;
        }
        if (String(answer) === 'removed') throw new CovalenceError('room/not-found', 'The room was deleted.');
        const found = headOf(answer as Buffer);
        if (found.seq < known.length) await mend();
        else if (found.seq === known.length && found.link !== headAt(found.seq).link) throw diverged(id);
        return false;
      } finally {
        inFlight -= 1;
      }
    },
    async *read(since) {
      for (let at = since; ;) {
        const [head, ...records] = (await link.run(READ_LOG, keys, [at, PAGE])) as Buffer[];
        const found = headOf(head);
        if (found.seq < known.length) {
          await mend();
          continue;
        }
        for (const record of records) {
          at += 1;
          // A copy, so that one record does not keep the answer of Redis in memory.
          if (at === known.length + 1) take(Uint8Array.from(record));
          else if (at <= known.length && !Buffer.from(known[at - 1].packed).equals(record)) throw diverged(id);
        }
        if (found.seq === known.length && headAt(found.seq).link !== found.link) throw diverged(id);
        for (const record of records) yield* unpackRecords(record);
        if (at >= found.seq) return;
        if (records.length === 0) throw damaged(id, at + 1);
      }
    },
    onGrow(listener) {
      growListeners.add(listener);
      return () => growListeners.delete(listener);
    },
    leases: {
      renew: (lease) => link.publish(leaseChannel, Buffer.from(JSON.stringify(lease))),
      onRenewed: (listener) =>
        link.subscribe(leaseChannel, (message) => listener(JSON.parse(message.toString()) as Lease)),
    },
    async close() {
      cancelLook();
      for (const stop of stops) stop();
      growListeners.clear();
      await Promise.resolve();
    },
  };
}

/** What a log whose only record is `record` has in its stream and as its head. */
export function firstEntry(record: CommitRecord): { head: string; record: Uint8Array } {
  const packed = packRecords([record]);
  return { head: textOf({ seq: 1, link: linkOver('', packed) }), record: packed };
}

/** The key of a log's stream. */
export function streamOf(link: RedisLink, id: string): string {
  return `${link.prefix}log:${id}`;
}

function linkOver(before: string, packed: Uint8Array): string {
  return createHash('sha256').update(before).update(packed).digest('base64url');
}

function textOf({ seq, link }: Head): string {
  return `${seq} ${link}`;
}

function headOf(bytes: Uint8Array): Head {
  const [seq, link = ''] = Buffer.from(bytes).toString().split(' ');
  return { seq: Number(seq), link };
}

function diverged(id: string): CovalenceError {
  return new CovalenceError(
    'store/failed',
    `Redis has another history than this server for log ${id}: it was set back, and others went on from there. Restart this server to go on with theirs.`,
    { log: id },
  );
}

function damaged(id: string, seq: number): CovalenceError {
  return new CovalenceError('store/failed', `Redis lacks record ${seq} of log ${id}. Restore it from a copy.`, {
    log: id,
    seq,
  });
}
