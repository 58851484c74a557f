import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CovalenceError } from '../../../src/protocol/errors.ts';
import type { CommitLog } from '../../../src/server/data/commit-log.ts';
import { memoryBlobStore, memoryLogStore, openRoomData, type RoomData } from '../../../src/server/data/index.ts';
import { water } from './channel-fixture.ts';
import { handClock } from '../../hand-clock.ts';

const RUNS = process.env['COVALENCE_LONG'] === '1' ? 50_000 : 5_000;
const SEED = Number(process.env['COVALENCE_SEED'] ?? Date.now() % 2 ** 31);
const TTL_MS = 10_000;
const PEOPLE = ['ada', 'bob', 'eve'] as const;

type Person = (typeof PEOPLE)[number];
const who = fc.constantFrom(...PEOPLE);
const frame = fc.nat(1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('acquire' as const), who, frame }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('commit' as const), who, frame }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('commit without lock' as const), who, frame }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('renew' as const), who, frame }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('release' as const), who, frame }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('pause' as const), ms: fc.constantFrom(1, 4_000, 6_000, 11_000) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('sleep' as const), ms: fc.constantFrom(6_000, 11_000) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('crash' as const) }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant('turn' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What one run came to, so that the test can tell that it looked. */
const seen = { commits: 0, refused: 0, grants: 0, crashes: 0, lostAnswers: 0 };

async function play(steps: readonly Step[], scheduler: fc.Scheduler): Promise<void> {
  const clock = handClock();
  const store = memoryLogStore();
  const blobs = memoryBlobStore();
  const seeding = await openRoomData({ name: 'r', log: store.open(), blobs, clock });
  const { ids } = await seeding.commit([{ op: 'insert', frames: [water(), water(1)] }]);
  await seeding.close();

  /** Tokens as their holders remember them, lost locks included. */
  const tokens = new Map<string, string>();
  const acknowledged: { id: string; version: number; energy: number }[] = [];
  /** When a lock's lease began last, by fence. */
  const begun = new Map<number, number>();
  const tasks: Promise<unknown>[] = [];
  let incarnation = { isAlive: true };
  let room = await open();
  let counter = 0;

  /** The room over a log that takes its time, and that dies with its incarnation before or after it wrote. */
  async function open(): Promise<RoomData> {
    const mine = incarnation;
    const inner = store.open();
    const dead = (): CovalenceError => new CovalenceError('server/unreachable', 'The server was killed.');
    const log: CommitLog = {
      durability: 'memory',
      get head() {
        return inner.head;
      },
      read: (since) => inner.read(since),
      close: () => inner.close(),
      async append(expected, records) {
        await scheduler.schedule(Promise.resolve(), 'before writing');
        if (!mine.isAlive) throw dead();
        const isWritten = await inner.append(expected, records);
        await scheduler.schedule(Promise.resolve(), 'after writing');
        if (mine.isAlive) return isWritten;
        seen.lostAnswers += 1;
        throw dead();
      },
    };
    const opened = await openRoomData({ name: 'r', log, blobs, clock });
    // A lease begins when the server knows of its grant, which may be long after the record was made.
    opened.onChange(({ hasNewLocks }) => {
      if (!hasNewLocks) return;
      for (const { fence } of opened.listLocks()) if (!begun.has(fence)) begun.set(fence, clock.now());
    });
    return opened;
  }
  const commit = async (person: Person, id: string, lockToken: string | undefined): Promise<void> => {
    const energy = (counter += 1);
    const { version = 0 } = room.head(id) ?? {};
    const context = { session: person, ...(lockToken === undefined ? {} : { lockToken }) };
    try {
      const answer = await room.commit([{ op: 'patch', id, baseVersion: version, data: { energy } }], context);
      acknowledged.push({ id, version: answer.frames[id].version, energy });
    } catch {
      seen.refused += 1;
    }
  };
  const act = async (now: Step): Promise<void> => {
    const id = 'frame' in now ? ids[now.frame] : '';
    const key = 'who' in now ? `${now.who} ${id}` : '';
    if (now.act === 'acquire') {
      const { token } = await room.locks.grant({ name: id, session: now.who, ttlMs: TTL_MS });
      tokens.set(key, token);
      seen.grants += 1;
    } else if (now.act === 'commit') await commit(now.who, id, tokens.get(key));
    else if (now.act === 'commit without lock') await commit(now.who, id, undefined);
    else if (now.act === 'renew') begun.set(room.locks.renew(id, tokens.get(key) ?? '').fence, clock.now());
    else if (now.act === 'release') await room.locks.release(id, tokens.get(key) ?? '');
    else if (now.act === 'leave') room.locks.sessionClosed(now.who);
  };

  for (const now of steps) {
    if (now.act === 'turn') {
      if (scheduler.count() > 0) await scheduler.waitOne();
    } else if (now.act === 'pause') await clock.pass(now.ms);
    else if (now.act === 'sleep') clock.sleep(now.ms);
    else if (now.act === 'crash') {
      seen.crashes += 1;
      incarnation.isAlive = false;
      room.locks.close();
      incarnation = { isAlive: true };
      room = await open();
      for (const { fence } of room.listLocks()) begun.set(fence, clock.now());
    } else tasks.push(act(now).catch(() => undefined));
  }
  await scheduler.waitFor(Promise.allSettled(tasks));

  check(store.records, begun, ids);
  const after = await openRoomData({ name: 'r', log: store.open(), blobs, clock });
  for (const { id, version, energy } of acknowledged) {
    expect((await after.frameById(id, { version })).data['energy'], 'an acknowledged write').toBe(energy);
  }
  const keys = acknowledged.map(({ id, version }) => `${id} ${version}`);
  expect(new Set(keys).size, 'one acknowledgement a version').toBe(keys.length);
  seen.commits += acknowledged.length;
  await after.close();
}

/** Reads the log as it stands: who held which lock when, and whether every commit had the right to be there. */
function check(
  records: ReturnType<typeof memoryLogStore>['records'],
  begun: ReadonlyMap<number, number>,
  ids: readonly string[],
): void {
  const held = new Map<string, { session: string; fence: number; at: number }>();
  const versions = new Map(ids.map((id) => [id, 1]));
  let fence = 0;
  for (const { seq, at, session, ops } of records) {
    for (const op of ops) {
      if (op.op === 'unlock') held.delete(op.name);
      if (op.op === 'lock') {
        expect(held.has(op.name), `record ${seq} grants a lock that is held`).toBe(false);
        expect(seq, 'fences grow').toBeGreaterThan(fence);
        fence = seq;
        held.set(op.name, { session: op.session, fence: seq, at });
      }
      if (op.op !== 'set') continue;
      expect(op.version, `version of record ${seq}`).toBe((versions.get(op.id) ?? 0) + 1);
      versions.set(op.id, op.version);
      const lock = held.get(op.id);
      if (lock === undefined) continue;
      expect(session, `record ${seq} is by the holder`).toBe(lock.session);
      const since = Math.max(lock.at, begun.get(lock.fence) ?? 0);
      expect(at - since, `record ${seq} is within the lease`).toBeLessThanOrEqual(TTL_MS);
    }
  }
}

test(`[L28] in ${RUNS} schedules of acquire, pause, expire, commit and crash nothing acknowledged is lost and no past holder commits (seed ${SEED})`, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), fc.scheduler(), play), {
    numRuns: RUNS,
    seed: SEED,
  });
  // It looked: every kind of thing happened.
  expect(seen.commits).toBeGreaterThan(RUNS / 4);
  expect(seen.grants).toBeGreaterThan(RUNS / 4);
  for (const count of [seen.refused, seen.crashes, seen.lostAnswers]) expect(count).toBeGreaterThan(RUNS / 100);
}, 600_000);
