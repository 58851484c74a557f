import { expect, test } from 'vitest';
import { memoryBlobStore, memoryLogStore, openRoomData, type RoomData } from '../../../src/server/data/index.ts';
import { water } from './channel-fixture.ts';
import { handClock, type HandClock } from '../../hand-clock.ts';

interface Scene {
  room: RoomData;
  clock: HandClock;
  id: string;
}

async function scene(store = memoryLogStore()): Promise<Scene> {
  const clock = handClock();
  const room = await openRoomData({ name: 'locks', log: store.open(), blobs: memoryBlobStore(), clock });
  const { ids } = await room.commit([{ op: 'insert', frames: [water()] }]);
  return { room, clock, id: ids[0] };
}

const patch = (id: string, baseVersion: number) => [
  { op: 'patch' as const, id, baseVersion, data: { energy: baseVersion } },
];

test('[L1] while a frame is locked only the holder commits, others are refused with holder and time left', async () => {
  const { room, id } = await scene();
  const { token } = await room.locks.grant({
    name: id,
    session: 's1',
    holder: 'Ada',
    message: 'fixing water',
    ttlMs: 9_000,
  });
  await expect(room.commit(patch(id, 1))).rejects.toMatchObject({
    code: 'lock/held',
    fields: { lock: { name: id, session: 's1', holder: 'Ada', message: 'fixing water', expires_in_ms: 9_000 } },
  });
  expect(room.head(id)?.version).toBe(1);
  expect((await room.commit(patch(id, 1), { lockToken: token })).frames[id].version).toBe(2);
  await room.locks.release(id, token);
  expect((await room.commit(patch(id, 2))).frames[id].version).toBe(3);
  await room.close();
});

test('[L2] of 16 who ask for a lock at once one gets it', async () => {
  const { room } = await scene();
  const answers = await Promise.allSettled(
    Array.from({ length: 16 }, (_, i) => room.locks.grant({ name: 'presenter', session: `s${i}` })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'lock/held' });
  }
  await room.close();
});

test('[L3] the fence is the number of the grant in the log and only grows', async () => {
  const { room, clock } = await scene();
  let last = 0;
  for (let round = 0; round < 5; round += 1) {
    const { fence, token } = await room.locks.grant({ name: 'presenter', ttlMs: 1_000 });
    expect(fence).toBe(room.seq);
    expect(fence).toBeGreaterThan(last);
    last = fence;
    if (round % 2 === 0) await room.locks.release('presenter', token);
    else await clock.pass(1_000);
  }
  await room.close();
});

test('[L4] a lease that is not renewed is lost after its time and the next asker gets it', async () => {
  const { room, clock, id } = await scene();
  const first = await room.locks.grant({ name: id, session: 's1', ttlMs: 5_000 });
  await clock.pass(4_999);
  expect(room.locks.renew(id, first.token)).toEqual({ ...first, expiresInMs: 5_000 });
  await clock.pass(4_999);
  await expect(room.locks.grant({ name: id, session: 's2' })).rejects.toMatchObject({ code: 'lock/held' });
  await clock.pass(1);
  expect(room.listLocks()).toEqual([]);
  const second = await room.locks.grant({ name: id, session: 's2' });
  expect(second.fence).toBeGreaterThan(first.fence);
  expect(() => room.locks.renew(id, first.token)).toThrow(expect.objectContaining({ code: 'lock/lost' }));
  await expect(room.locks.release(id, first.token)).rejects.toMatchObject({ code: 'lock/lost' });
  await expect(room.commit(patch(id, 1), { lockToken: first.token })).rejects.toMatchObject({ code: 'lock/lost' });
  await room.commit(patch(id, 1), { lockToken: second.token });
  await room.close();
});

test('[L5] a holder whose lease ran out cannot commit, even where nobody took the lock since', async () => {
  const { room, clock, id } = await scene();
  const { token } = await room.locks.grant({ name: id, ttlMs: 1_000 });
  // The machine slept: time has passed and no timer has run yet.
  clock.sleep(1_500);
  await expect(room.commit(patch(id, 1), { lockToken: token })).rejects.toMatchObject({ code: 'lock/lost' });
  await room.commit(patch(id, 1));
  const last = room.log(0, 99).at(-1);
  expect(last?.ops.map(({ op }) => op)).toEqual(['unlock', 'set']);
  await room.close();
});

test('[L6] locks of a session are released 5 s after its socket closed, and kept when it comes back', async () => {
  const { room, clock } = await scene();
  await room.locks.grant({ name: 'presenter', session: 's1', ttlMs: 60_000 });
  await room.locks.grant({ name: 'other', session: 's2', ttlMs: 60_000 });
  room.locks.sessionClosed('s1');
  await clock.pass(4_000);
  room.locks.sessionOpened('s1');
  await clock.pass(4_000);
  expect(room.listLocks().map(({ name }) => name)).toEqual(['presenter', 'other']);
  room.locks.sessionClosed('s1');
  await clock.pass(4_999);
  expect(room.listLocks()).toHaveLength(2);
  await clock.pass(1);
  expect(room.listLocks().map(({ name }) => name)).toEqual(['other']);
  await room.close();
});

test('[L7] after a restart a lock is still held, may be renewed with its token, and ends when it is not', async () => {
  const store = memoryLogStore();
  const { room, id } = await scene(store);
  const { token, fence } = await room.locks.grant({ name: id, session: 's1', ttlMs: 8_000 });
  await room.close();
  const clock = handClock();
  const again = await openRoomData({ name: 'locks', log: store.open(), blobs: memoryBlobStore(), clock });
  await expect(again.commit(patch(id, 1))).rejects.toMatchObject({ code: 'lock/held' });
  expect(again.locks.renew(id, token).fence).toBe(fence);
  await again.commit(patch(id, 1), { lockToken: token });
  await clock.pass(8_000);
  await again.commit(patch(id, 2));
  await again.close();
});

test('[L8] the token is told to the holder only: neither list nor log nor change names it', async () => {
  const store = memoryLogStore();
  const { room, id } = await scene(store);
  const seen: unknown[] = [];
  room.onChange((change) => seen.push(change, room.listLocks()));
  const { token } = await room.locks.grant({ name: id, session: 's1' });
  expect(seen.length).toBeGreaterThan(0);
  expect(JSON.stringify([seen, store.records, room.info()])).not.toContain(token);
  await room.close();
});

test('[L9] a room may want a lock for every change of a frame', async () => {
  const { room, id } = await scene();
  await room.setPolicy({ requireLock: true });
  await expect(room.commit(patch(id, 1))).rejects.toMatchObject({ code: 'lock/required', fields: { frame: id } });
  const { token } = await room.locks.grant({ name: id });
  await room.commit(patch(id, 1), { lockToken: token });
  await room.close();
});

test('[L10] impossible locks are refused with what is possible', async () => {
  const { room } = await scene();
  const refused = [
    { name: 'no spaces' },
    { name: '' },
    { name: 'x'.repeat(129) },
    { name: 'a', ttlMs: 0 },
    { name: 'a', ttlMs: 60_001 },
    { name: 'a', ttlMs: Number.NaN },
    { name: 'a', message: 'x'.repeat(501) },
  ];
  for (const request of refused) {
    await expect(room.locks.grant(request)).rejects.toMatchObject({ code: 'lock/invalid' });
  }
  for (let i = 0; i < 64; i += 1) await room.locks.grant({ name: `n${i}`, session: 'greedy' });
  await expect(room.locks.grant({ name: 'n64', session: 'greedy' })).rejects.toMatchObject({ code: 'request/rate' });
  await room.close();
});

test('[D225] while a room is being closed no lock is given or broken', async () => {
  const store = memoryLogStore();
  const { room, id } = await scene(store);
  for (const name of ['presenter', id]) await room.locks.grant({ name, session: 's1', ttlMs: 5_000 });
  const closing = room.close();
  const [grant, commit] = [room.locks.grant({ name: 'presenter', session: 's2' }), room.commit(patch(id, 1))];
  await expect(grant).rejects.toMatchObject({ code: 'server/closing' });
  await expect(commit).rejects.toMatchObject({ code: 'room/closed' });
  await closing;
  const again = await openRoomData({ name: 'locks', log: store.open(), blobs: memoryBlobStore(), clock: handClock() });
  expect(again.listLocks().map(({ name, session }) => [name, session])).toEqual([
    ['presenter', 's1'],
    [id, 's1'],
  ]);
  await again.close();
});
