import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { HistoryEntry } from '../../src/room/room-frames.ts';
import { atoms, closing, numbersOf, ROOM_KINDS, serve } from './room-fixture.ts';

/** Waits as long as a busy machine may take. */
const until = <T>(get: () => T) => expect.poll(get, { timeout: 60_000 });

const refusal = async (task: Promise<unknown>) => {
  const error: unknown = await task.catch((caught: unknown) => caught);
  return isCovalenceError(error) ? error.code : 'no refusal';
};
const listOf = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

describe.each(Object.entries(ROOM_KINDS))('room.frames, %s', (_name, open) => {
  it('[D140] reads, streams, appends, inserts, replaces, patches, moves, removes and commits', async () => {
    const { frames } = await open();
    expect(frames.count).toBe(3);
    const streamed = await listOf(frames.stream({ data: ['energy'] }));
    expect(streamed.map(({ data }) => data['energy'])).toEqual([-1, -2, -3]);
    expect(Object.keys(streamed[0].data)).toEqual(['energy']);
    const [a, b, c] = streamed.map(({ id }) => id);
    const { ids: appended } = await frames.append([atoms(2, 9)]);
    const { ids: inserted } = await frames.insert([atoms(1, 7), atoms(0)], { before: a });
    expect(frames.count).toBe(6);
    await frames.replace(a, atoms(4, 20), { baseVersion: 1 });
    const row = frameArray(Float32Array.of(1, 2, 3), [1, 3]);
    await frames.patch(a, { positions: { index: frameArray(Uint32Array.of(1)), values: row } }, { baseVersion: 2 });
    await frames.move(b, { after: c });
    await frames.remove(c, { baseVersion: 1 });
    const order = await listOf(frames.stream());
    expect(order.map(({ id }) => id)).toEqual([...inserted, a, b, ...appended]);
    const edited = await frames.readById(a);
    expect([edited.version, edited.index]).toEqual([3, 2]);
    expect(numbersOf(edited.data['positions']).slice(0, 6)).toEqual([20, 21, 22, 1, 2, 3]);
    const { frames: after } = await frames.commit([
      { op: 'patch', id: a, baseVersion: 3, data: { energy: 1 } },
      { op: 'patch', id: b, baseVersion: 1, data: { energy: 2 } },
    ]);
    expect([after[a].version, after[b].version]).toEqual([4, 2]);
    expect((await frames.scalars(['energy']))['energy']).toEqual(Float64Array.of(-8, -1, 1, 2, -10));
  });

  it('[D141] the history says who changed what, newest first, page by page, and what was taken back', async () => {
    const { frames } = await open();
    const { id, hashes } = await frames.read(0);
    const { seq } = await frames.info();
    const edit = await frames.write(id, { energy: 5 }, { baseVersion: 1 });
    const taken = await frames.undo(edit.seq);
    const lock = await frames.lock(id);
    await lock.release();
    for (let i = 0; i < 3; i += 1) await frames.append([atoms(1, i)]);
    const history = await listOf(frames.history({ since: seq }));
    expect(history.map(({ changes: [change] }) => change.op)).toEqual(['insert', 'insert', 'insert', 'set', 'set']);
    const [undo, original] = history.slice(-2) as [HistoryEntry, HistoryEntry];
    expect([undo.seq, undo.undo, undo.isUndone]).toEqual([taken.seq, edit.seq, false]);
    expect([original.seq, original.isUndone]).toEqual([edit.seq, true]);
    expect(original.changes).toEqual([expect.objectContaining({ op: 'set', id, version: 2 })]);
    expect(original.atMs).toBeGreaterThan(1_600_000_000_000);
    expect((await listOf(frames.history({ limit: 2 }))).map((entry) => entry.seq)).toEqual(
      history.slice(0, 2).map((entry) => entry.seq),
    );
    expect((await frames.readById(id)).hashes).toEqual(hashes);
    expect((await frames.readById(id, { version: 2 })).data['energy']).toBe(5);
  });

  it('[D142] an edit sends what the recipe changed of what was read, and nothing when it changed nothing', async () => {
    const { frames } = await open();
    const part = await frames.read(1, { data: ['positions'] });
    const done = await frames.edit(part, ({ positions }) => {
      positions.data[3] += 0.5;
    });
    const after = await frames.readById(part.id);
    expect([done?.frames[part.id].version, after.version]).toEqual([2, 2]);
    expect(Object.keys(after.data).sort()).toEqual(['energy', 'numbers', 'positions']);
    expect(numbersOf(after.data['positions'])[3]).toBe(numbersOf(part.data['positions'])[3] + 0.5);
    expect(await frames.edit(after, () => undefined)).toBeUndefined();
    const byId = await frames.edit(part.id, async (draft) => {
      delete draft['energy'];
      return { 'info.note': 'checked' };
    });
    expect(byId?.frames[part.id].version).toBe(3);
    const last = await frames.readById(part.id);
    expect([last.data['energy'], last.data['info.note']]).toEqual([undefined, 'checked']);
    expect(await refusal(frames.edit('no-such-frame', () => ({ energy: 1 })))).toBe('frame/not-found');
    expect(
      await refusal(
        frames.edit(last, () => {
          throw new Error('the recipe failed');
        }),
      ),
    ).toBe('no refusal');
    expect((await frames.readById(part.id)).version).toBe(3);
  });

  it('[D250] null from a recipe takes a value out with the same commit, read or not, and undo brings it back', async () => {
    const room = await open();
    const whole = await room.frames.read(0);
    const part = await room.frames.read(0, { data: ['positions'] });
    const done = await room.frames.edit(part, ({ positions }) => {
      positions.data[0] += 1;
      return { energy: null };
    });
    expect(done?.frames[part.id].version).toBe(2);
    const now = await room.frames.read(0);
    expect(Object.keys(now.data).sort()).toEqual(['numbers', 'positions']);
    expect(numbersOf(now.data['positions'])[0]).toBe(1);
    expect(await room.undo()).toBe(true);
    expect((await room.frames.read(0)).hashes).toEqual(whole.hashes);
    // Again on top of what somebody else took away meanwhile.
    await room.frames.edit(whole.id, () => ({ energy: null }));
    const again = () => ({ energy: null, 'info.note': 'moved' });
    await room.frames.edit(whole, again, { onConflict: 'reapply' });
    expect((await room.frames.read(0)).data['info.note']).toBe('moved');
    expect((await room.frames.read(0)).data['energy']).toBeUndefined();
  });

  it('[D143] an edit that was overtaken fails, is rebased on disjoint keys, or is applied again, as asked', async () => {
    const { frames } = await open();
    const mine = await frames.read(0);
    await frames.write(mine.id, { energy: 40 }, { baseVersion: 1 });
    const shift = ({ positions }: { positions: { data: { [i: number]: number } } }): void =>
      void (positions.data[0] += 1);
    expect(await refusal(frames.edit(mine, shift))).toBe('frame/conflict');
    await frames.edit(mine, shift, { onConflict: 'rebase-disjoint' });
    const both = await frames.readById(mine.id);
    expect([both.version, both.data['energy'], numbersOf(both.data['positions'])[0]]).toEqual([3, 40, 1]);
    expect(await refusal(frames.edit(mine, shift, { onConflict: 'rebase-disjoint' }))).toBe('frame/conflict');
    await frames.edit(mine, shift, { onConflict: 'reapply' });
    const again = await frames.readById(mine.id);
    expect([again.version, numbersOf(again.data['positions'])[0]]).toEqual([4, 2]);
  });

  it('[L25] a lock keeps others out until it is released; an edit takes and returns it by itself', async () => {
    const { frames } = await open();
    const frame = await frames.read(0);
    const lock = await frames.lock(frame.id, { message: 'moving water' });
    await until(() => frames.locks.map(({ name, message }) => [name, message])).toEqual([[frame.id, 'moving water']]);
    expect(await refusal(frames.write(frame.id, { energy: 1 }, { baseVersion: 1 }))).toBe('lock/held');
    expect(await refusal(frames.edit(frame, () => ({ energy: 1 }), { lock: true }))).toBe('lock/held');
    await frames.edit(frame, () => ({ energy: 2 }), { lockToken: lock.token });
    await lock.release();
    await lock.release();
    expect(lock.isOver).toBe(true);
    const seen: string[][] = [];
    frames.onLocks(() => seen.push(frames.locks.map(({ message = '' }) => message)));
    await frames.edit(frame.id, () => ({ energy: 3 }), { lock: { message: 'one moment' } });
    await until(() => frames.locks).toEqual([]);
    expect((await frames.readById(frame.id)).data['energy']).toBe(3);
    await frames.write(frame.id, { energy: 4 }, { baseVersion: 3 });
    // A refused edit gives its lock back too.
    expect(await refusal(frames.edit(frame, () => ({ energy: 5 }), { lock: true }))).toBe('frame/conflict');
    await using free = await frames.lock(frame.id);
    expect(free.fence).toBeGreaterThan(lock.fence);
  });

  it('[D145] room.undo takes back selections and frames in the order in which they were made', async () => {
    const room = await open();
    const { id } = await room.frames.read(0);
    const energy = async (): Promise<unknown> => (await room.frames.readById(id)).data['energy'];
    room.selections.add({ display_name: 'first', particle_ids: [0] });
    await room.frames.write(id, { energy: 10 }, { baseVersion: 1 });
    await room.frames.write(id, { energy: 11 }, { baseVersion: 2 });
    room.selections.add({ display_name: 'second', particle_ids: [1] });
    expect(await room.undo()).toBe(true);
    expect([room.selections.size, await energy()]).toEqual([1, 11]);
    expect(await room.undo()).toBe(true);
    expect([room.selections.size, await energy()]).toEqual([1, 10]);
    expect(await room.redo()).toBe(true);
    expect([room.selections.size, await energy()]).toEqual([1, 11]);
    expect(await room.redo()).toBe(true);
    expect([room.selections.size, await energy()]).toEqual([2, 11]);
    expect(await room.redo()).toBe(false);
    // Pressed faster than the server answers, each takes back one step.
    expect(await Promise.all([room.undo(), room.undo(), room.redo()])).toEqual([true, true, true]);
    expect([room.selections.size, await energy()]).toEqual([1, 11]);
    for (let step = 0; step < 3; step += 1) expect(await room.undo()).toBe(true);
    expect([room.selections.size, await energy()]).toEqual([0, -1]);
    expect(await room.undo()).toBe(false);
  });
});

describe('two clients of a server', () => {
  it('[L26] the table of locks is seen by the other, with name and message, and empties when the holder leaves', async () => {
    const { url } = await serve();
    const bob = closing(await openRoom(url, { user: { name: 'Bob' } }));
    const ada = await openRoom(url, { user: { name: 'Ada' } });
    const { id } = await ada.frames.read(0);
    await ada.frames.lock(id, { message: 'turning the ring' });
    await until(() => bob.frames.locks).toHaveLength(1);
    expect(bob.frames.locks[0]).toMatchObject({ name: id, holder: 'Ada', message: 'turning the ring' });
    const error: unknown = await bob.frames
      .write(id, { energy: 1 }, { baseVersion: 1 })
      .catch((caught: unknown) => caught);
    expect(isCovalenceError(error, 'lock/held') && error.message).toContain('Ada');
    await ada.close();
    await until(() => bob.frames.locks).toHaveLength(0);
  });

  it('[D145] what another changed since is not taken back, and does not stand in the way of what is older', async () => {
    const { url } = await serve();
    const [ada, bob] = [closing(await openRoom(url)), closing(await openRoom(url))];
    const { id } = await ada.frames.read(0);
    ada.selections.add({ display_name: 'older', particle_ids: [0] });
    await ada.frames.write(id, { energy: 1 }, { baseVersion: 1 });
    await bob.frames.write(id, { energy: 2 }, { baseVersion: 2 });
    expect(await refusal(ada.undo())).toBe('undo/conflict');
    expect(await ada.undo()).toBe(true);
    expect(ada.selections.size).toBe(0);
    expect((await ada.frames.readById(id)).data['energy']).toBe(2);
  });
});
