import { describe, expect, it } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { holdLock } from '../../src/room/frame-lock.ts';
import { sureWrite } from '../../src/room/sure-write.ts';
import { createDataRooms, createFrameChannel } from '../../src/server/data/index.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import { handClock } from '../hand-clock.ts';
import { atoms } from './room-fixture.ts';

/** A room of the real frame channel whose answers are lost on the way back while `lose` is above 0. */
async function lossyRoom() {
  const rooms = createDataRooms();
  const data = await rooms.create('r');
  const channel = createFrameChannel({ rooms });
  const line = { lose: 0, requests: 0 };
  const provider = httpProvider({
    url: 'http://localhost',
    room: 'r',
    session: () => 'tab',
    fetch: async (input, init) => {
      line.requests += 1;
      const response = await channel(new Request(input, init));
      if (line.lose > 0) {
        line.lose -= 1;
        throw new TypeError('connection reset');
      }
      return response ?? new Response(null, { status: 404 });
    },
  });
  return { data, provider, line };
}

describe('writes over a bad line', () => {
  it('[D144] an answer that is lost three times: every kind of write happens once', async () => {
    const { data, provider, line } = await lossyRoom();
    const clock = handClock();
    const surely = async <R>(write: (options: { idempotencyKey?: string }) => Promise<R>): Promise<R> => {
      line.lose = 3;
      const task = sureWrite(clock, {}, write);
      for (let turn = 0; turn < 40; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        await clock.pass(500);
      }
      return task;
    };
    const { ids } = await surely((how) => provider.insert([atoms(2), atoms(3)], how));
    const [a, b] = ids;
    await surely((how) => provider.patch(a, { energy: 1 }, { baseVersion: 1, ...how }));
    await surely((how) => provider.replace(b, atoms(1), { baseVersion: 1, ...how }));
    await surely((how) => provider.commit([{ op: 'move', id: a, after: b }], how));
    const undone = await surely((how) => provider.undo(undefined, how));
    await surely((how) => provider.redo(undefined, how));
    await surely((how) => provider.remove(b, { baseVersion: 2, ...how }));
    expect(data.seq).toBe(undone.seq + 2);
    expect([data.count, (await provider.readById(a)).version]).toEqual([1, 2]);
    expect(data.log(0, 100).filter(({ ops }) => ops.some(({ op }) => op !== 'room'))).toHaveLength(7);
  });

  it('[D144] when no answer comes at all the error carries the key, and repeating with it is safe', async () => {
    const { data, provider, line } = await lossyRoom();
    const clock = handClock();
    line.lose = 4;
    const failed = sureWrite(clock, {}, (how) => provider.insert([atoms(2)], how)).catch((error: unknown) => error);
    for (let turn = 0; turn < 40; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.pass(500);
    }
    const error = await failed;
    if (!isCovalenceError(error, 'server/unreachable')) throw error;
    expect(line.requests).toBe(4);
    const idempotencyKey = String(error.fields['idempotency_key']);
    const answer = await provider.insert([atoms(2)], { idempotencyKey });
    expect([answer.ids.length, data.count]).toEqual([1, 1]);
  });

  it('[D144] a refusal is not repeated, and an abort ends the waiting', async () => {
    const { provider, line } = await lossyRoom();
    const refused = sureWrite(handClock(), {}, (how) => provider.remove('nobody', { baseVersion: 1, ...how }));
    await expect(refused).rejects.toMatchObject({ code: 'frame/not-found' });
    expect(line.requests).toBe(1);
    line.lose = 9;
    const abort = new AbortController();
    const reason = new Error('closed');
    const waiting = sureWrite(handClock(), { signal: abort.signal }, (how) => provider.insert([atoms(1)], how));
    setImmediate(() => abort.abort(reason));
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('a held lock', () => {
  const opened = async () => {
    const clock = handClock();
    const provider = memoryProvider({ frames: [atoms(1)], clock });
    const lost: string[] = [];
    const lock = await holdLock(provider, clock, 'f1', { ttlMs: 30_000 });
    lock.onLost((error) => lost.push(error.code));
    return { clock, provider, lock, lost };
  };

  it('[L27] is renewed for as long as it is held', async () => {
    const { clock, provider, lock, lost } = await opened();
    for (let minute = 0; minute < 5; minute += 1) await clock.pass(60_000);
    expect([lock.isOver, lost, (await provider.listLocks()).length]).toEqual([false, [], 1]);
    await lock.release();
    await clock.pass(60_000);
    expect([lock.isOver, lost, await provider.listLocks()]).toEqual([true, [], []]);
  });

  it('[L27] tells its holder once when it was lost while the machine slept', async () => {
    const { clock, provider, lock, lost } = await opened();
    clock.sleep(31_000);
    const next = await provider.grantLock('f1');
    await clock.pass(1);
    await clock.pass(60_000);
    expect([lock.isOver, lost]).toEqual([true, ['lock/lost']]);
    lock.onLost((error) => lost.push(`late ${error.code}`));
    expect(lost).toEqual(['lock/lost', 'late lock/lost']);
    await lock.release();
    expect(next.fence).toBe(2);
  });

  it('[L27] is kept over a short silence of the server and lost when the lease ends by the own clock', async () => {
    const { provider, line } = await lossyRoom();
    const clock = handClock();
    const { ids } = await provider.insert([atoms(1)]);
    const lock = await holdLock(provider, clock, ids[0], { ttlMs: 30_000 });
    const settle = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 1_000) {
        await clock.pass(1_000);
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    line.lose = 2;
    await settle(29_000);
    expect([lock.isOver, line.lose]).toEqual([false, 0]);
    line.lose = Number.POSITIVE_INFINITY;
    await settle(25_000);
    expect(lock.isOver).toBe(false);
    await settle(12_000);
    expect(lock.isOver).toBe(true);
  });
});
