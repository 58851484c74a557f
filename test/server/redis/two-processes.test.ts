import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { openRoom } from '../../../src/room/open-room.ts';
import type { Room } from '../../../src/room/room.ts';
import { count } from '../../counts.ts';
import { scratchDirectory } from '../data/store-fixture.ts';
import { balancer, buildProgram, runProgram, type Running } from './cli-process.ts';
import { type RedisServer, startRedis, until } from './redis-server.ts';

let cli = '';
beforeAll(async () => {
  cli = await buildProgram('src/server/cli/main.ts', 'covalence-cli');
});

interface Covalence extends Running {
  url: string;
  port: number;
}
/** `covalence --redis`, as a person starts it. */
async function startServer(redis: RedisServer, data: string, port = 0): Promise<Covalence> {
  const running = runProgram(cli, ['--redis', redis.url, '--data', data, '--port', String(port)]);
  const url = (await running.says(/http:\/\/[\d.]+:\d+/)).trim();
  return { ...running, url, port: Number(new URL(url).port) };
}
async function join(base: string | readonly string[], name: string): Promise<Room> {
  const bases = typeof base === 'string' ? [base] : base;
  const room = await openRoom(
    bases.map((each) => `${each}/r/argon`),
    { user: { name } },
  );
  onTestFinished(() => room.close());
  return room;
}
/** How long Redis is away. */
const AWAY_S = count(1, 60);
const atoms = (shift: number): { positions: ReturnType<typeof frameArray> } => ({
  positions: frameArray(
    Float32Array.from({ length: 900 }, (_, index) => index + shift),
    [300, 3],
  ),
});
const firstAtom = async (room: Room, index: number): Promise<number> => {
  const { positions } = (await room.frames.read(index)).data;
  return typeof positions === 'object' && 'data' in positions ? positions.data[0] : Number.NaN;
};
const names = (room: Room): string[] =>
  room.presence.peers.flatMap(({ isSelf, user }) => (isSelf ? [] : [user?.name ?? ''])).sort();

describe('two covalence processes over one Redis', () => {
  it('[T150] show the same room: edits, people, frames and locks', async () => {
    const redis = await startRedis();
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const ada = await join(a.url, 'Ada');
    const ben = await join(b.url, 'Ben');
    ada.state.set('note.one', { text: 'from a' });
    ben.state.set('note.two', { text: 'from b' });
    await until(() => ben.state.has('note.one') && ada.state.has('note.two'));
    await until(() => names(ada).includes('Ben') && names(ben).includes('Ada'));
    // Arrays lie in the directory that both share; the commit and the facts of the room come over Redis.
    const { ids } = await ada.frames.append([atoms(0), atoms(1000)]);
    await until(() => ben.frames.trajectory?.count === 2);
    expect(await firstAtom(ben, 1)).toBe(1000);
    await ben.frames.write(ids[0], atoms(5), { baseVersion: 1 });
    await until(() => ada.frames.trajectory?.seq === 3);
    expect(await firstAtom(ada, 0)).toBe(5);
    await expect(ada.frames.write(ids[0], atoms(6), { baseVersion: 1 })).rejects.toMatchObject({
      code: 'frame/conflict',
    });
    const lock = await ada.frames.lock(ids[0]);
    await until(() => ben.frames.locks.some(({ name }) => name === ids[0]));
    await expect(ben.frames.write(ids[0], atoms(7), { baseVersion: 2 })).rejects.toMatchObject({ code: 'lock/held' });
    await lock.release();
    await until(() => ben.frames.locks.length === 0);
    const { seq } = await ben.frames.write(ids[0], atoms(7), { baseVersion: 2 });
    // The other server hears of it a moment later.
    await until(() => (ada.frames.trajectory?.seq ?? 0) >= seq);
    expect(await firstAtom(ada, 0)).toBe(7);
  });

  it('[T151] one is killed: its people go on with the other behind one address, and nothing stored is lost', async () => {
    const redis = await startRedis();
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const address = await balancer([a.port, b.port]);
    const ada = await join(address, 'Ada');
    const ben = await join(b.url, 'Ben');
    const { ids } = await ada.frames.append([atoms(0)]);
    for (let each = 0; each < 50; each += 1) ada.state.set(`note.n${each}`, { each });
    await ada.state.whenSaved();
    ada.state.set('note.unsaved', { text: 'on its way' });
    await a.kill();
    ada.state.set('note.offline', { text: 'while nobody answered' });
    await until(() => ben.state.has('note.offline') && ben.state.has('note.unsaved'));
    ben.state.set('note.answer', { text: 'yes' });
    await until(() => ada.state.has('note.answer'));
    await ada.frames.write(ids[0], atoms(9), { baseVersion: 1 });
    expect(await firstAtom(ben, 0)).toBe(9);
    await until(() => names(ben).join() === 'Ada');
    // Somebody new, on a server that was not there before.
    const c = await startServer(redis, data);
    const cyd = await join(c.url, 'Cyd');
    expect([...cyd.state.keys()].filter((key) => key.startsWith('note.')).length).toBe(53);
    expect(await firstAtom(cyd, 0)).toBe(9);
  });

  it('[D234] one is killed in the middle of commits: repeated at the other with their keys each is made once, is taken back there, and a lock of the dead one ends', async () => {
    const redis = await startRedis();
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const at = (url: string, path: string): string => `${url}/v1/rooms/argon${path}`;
    const send = (url: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(at(url, path), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const ben = await join(b.url, 'Ben');
    const { ids } = await ben.frames.append(Array.from({ length: 12 }, (_, i) => atoms(i)));
    await send(a.url, '/locks', { name: 'relaxing', ttl_ms: 1_000 });
    const positions = { dtype: '<f4', shape: [300, 3], data: Array.from({ length: 900 }, () => 7) };
    const commit = async (url: string, id: string): Promise<number> => {
      const ops = [{ op: 'patch', id, base_version: 1, data: { positions } }];
      const answer = await send(url, '/commit', { ops }, { 'idempotency-key': `key of ${id}` });
      expect([id, answer.status]).toEqual([id, 200]);
      const { seq, frames } = (await answer.json()) as { seq: number; frames: Record<string, { version: number }> };
      expect(frames[id].version).toBe(2);
      return seq;
    };
    const first = ids.map((id) => commit(a.url, id));
    await Promise.race(first);
    await a.kill();
    const acknowledged = await Promise.allSettled(first);
    const seqs = await Promise.all(ids.map((id) => commit(b.url, id)));
    for (const [i, each] of acknowledged.entries()) {
      if (each.status === 'fulfilled') expect(seqs[i], 'what was answered').toBe(each.value);
    }
    expect(new Set(seqs).size).toBe(12);
    for (const seq of seqs) expect((await send(b.url, '/undo', { seq })).status).toBe(200);
    for (const [i, id] of ids.entries()) {
      const { version, data: values } = await ben.frames.readById(id);
      expect([version, values['positions']]).toMatchObject([3, { data: atoms(i).positions.data }]);
    }
    await until(async () => (await send(b.url, '/locks', { name: 'relaxing' })).status === 201);
  });

  it('[T197] one is killed: clients that were given both addresses go on with the other, and nothing they saw goes back', async () => {
    const redis = await startRedis();
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const ada = await join([a.url, b.url], 'Ada');
    const ben = await join([b.url, a.url], 'Ben');
    const { ids } = await ada.frames.append([atoms(0)]);
    await until(() => ben.frames.trajectory?.count === 1);
    /** Everything that either of them ever saw as the newest: a counter, and the commits of the room. */
    const seen: number[][] = [];
    for (const room of [ada, ben]) {
      const own: number[] = [];
      seen.push(own);
      room.state.onChange(() => own.push(Number(room.state.get('note.counter') ?? 0)));
    }
    const seqs: number[] = [];
    ben.frames.onChange(() => seqs.push(ben.frames.trajectory?.seq ?? 0));
    const servers = [a, b];
    for (const [round, server] of servers.entries()) {
      for (let each = 0; each < 20; each += 1) ada.state.set('note.counter', round * 100 + each);
      await ada.state.whenSaved();
      await ada.frames.write(ids[0], atoms(round + 1), { baseVersion: round + 1 });
      await until(() => ben.state.get('note.counter') === round * 100 + 19);
      await server.kill();
      ada.state.set('note.counter', round * 100 + 50);
      if (round === 0) {
        await until(() => ben.state.get('note.counter') === 50);
        expect(await firstAtom(ada, 0)).toBe(1);
        // The first comes back, somewhere else than nowhere: the second may go.
        servers[0] = await startServer(redis, data, a.port);
      }
    }
    await until(() => ben.state.get('note.counter') === 150);
    await ben.frames.write(ids[0], atoms(7), { baseVersion: 3 });
    await until(() => ada.frames.trajectory?.seq === ben.frames.trajectory?.seq);
    expect(await firstAtom(ada, 0)).toBe(7);
    for (const own of [...seen, seqs]) expect(own).toEqual([...own].sort((one, other) => one - other));
    expect(seen.map((own) => own.at(-1))).toEqual([150, 150]);
  });

  it(`[T152] Redis away for ${AWAY_S} s (60 in test:long): both serve on, say so, and heal; what was asked meanwhile is there or was refused`, async () => {
    const redis = await startRedis({ isKept: true });
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const [ada, ben] = [await join(a.url, 'Ada'), await join(b.url, 'Ben')];
    const near = await join(a.url, 'Abe');
    const { ids } = await ada.frames.append([atoms(0)]);
    await until(() => ben.frames.trajectory?.count === 1);
    const readiness = async (server: Covalence): Promise<number> => (await fetch(`${server.url}/readyz`)).status;
    expect(await readiness(a)).toBe(200);
    await redis.kill();
    ada.state.set('note.away', { from: 'a' });
    ben.state.set('note.away2', { from: 'b' });
    await until(() => near.state.has('note.away'));
    expect(await firstAtom(ben, 0)).toBe(0);
    for (let second = 1; second <= AWAY_S; second += 1) {
      ada.state.set('note.away', { from: 'a', second });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await until(() => near.state.has('note.away'));
    }
    await expect(ada.frames.write(ids[0], atoms(1), { baseVersion: 1 })).rejects.toMatchObject({
      code: 'store/failed',
    });
    await until(async () => (await readiness(a)) === 503 && (await readiness(b)) === 503);
    await redis.start();
    await until(() => ada.state.has('note.away2') && ben.state.has('note.away'));
    await until(async () => (await readiness(a)) === 200 && (await readiness(b)) === 200);
    await ada.state.whenSaved();
    const { seq } = await ada.frames.write(ids[0], atoms(1), { baseVersion: 1 });
    await until(() => ben.frames.trajectory?.seq === seq);
    expect(await firstAtom(ben, 0)).toBe(1);
  }, 180_000);

  it('[T153] nothing that somebody has seen goes back: a server that is behind reads on first, or says 503', async () => {
    const redis = await startRedis();
    const data = await scratchDirectory();
    const [a, b] = [await startServer(redis, data), await startServer(redis, data)];
    const ada = await join(a.url, 'Ada');
    const { ids } = await ada.frames.append([atoms(0)]);
    // The other server opens the room, then sleeps through the next commits.
    const at = `${b.url}/v1/rooms/argon/frames/${ids[0]}?data=positions`;
    const version = async (seen: number): Promise<string> => {
      const response = await fetch(at, { headers: { 'covalence-seq': String(seen) } });
      return response.ok ? (response.headers.get('etag') ?? '') : String(response.status);
    };
    expect(await version(0)).toContain('v1');
    b.pause();
    for (const each of [1, 2, 3]) await ada.frames.write(ids[0], atoms(each), { baseVersion: each });
    const seq = ada.frames.trajectory?.seq ?? 0;
    const asked = version(5);
    b.resume();
    expect(await asked).toContain('v4');
    expect(seq).toBeLessThanOrEqual(5);
    await redis.kill();
    expect(await version(6)).toBe('503');
    expect(await version(5)).toContain('v4');
  });
});
