import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, type DataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import { openChannel, water, wire } from './channel-fixture.ts';
import { scratchDirectory } from './store-fixture.ts';

const onDisk = async (directory: string): Promise<DataRooms> =>
  createDataRooms({
    storage: await fileRoomStorage({ directory }),
    openTrajectory: (source, options) => xyzFormat.open(source, options),
  });

test('[D45] a room on base data begins with its frames at one commit, shares the bytes and goes its own way', async () => {
  const directory = await scratchDirectory();
  let rooms = await onDisk(directory);
  const base = await rooms.create('base');
  const positions = frameArray(new Float32Array(3_000).fill(1), [1_000, 3]);
  const { ids, seq } = await base.commit([{ op: 'insert', frames: [{ positions }, { positions, energy: 2 }] }]);
  await base.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: { energy: 5 } }]);
  const copy = await rooms.create('copy', { room: 'base', seq });
  expect(copy.epoch).not.toBe(base.epoch);
  expect(copy.seq).toBe(1);
  expect(copy.order(0, 9).frames).toEqual(ids.map((id) => ({ id, version: 1 })));
  await copy.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: { energy: 7 } }]);
  await base.commit([{ op: 'remove', id: ids[1], baseVersion: 1 }]);
  const third = await rooms.create('third', { room: 'copy' });
  await third.commit([{ op: 'insert', frames: [{ energy: 0 }], before: ids[0] }]);
  const expectAll = async (from: DataRooms): Promise<void> => {
    expect((await (await from.get('copy')).frameAt(0)).data['energy']).toBe(7);
    expect((await from.get('copy')).count).toBe(2);
    const last = await (await from.get('third')).frameAt(2);
    expect([last.id, last.version, last.data['energy']]).toEqual([ids[1], 1, 2]);
    expect(last.data['positions']).toEqual(positions);
  };
  await expectAll(rooms);
  await rooms.close();
  rooms = await onDisk(directory);
  await expectAll(rooms);
  await rooms.delete('base');
  await rooms.close();
  rooms = await onDisk(directory);
  onTestFinished(() => rooms.close());
  await expectAll(rooms);
  await expect(rooms.create('fourth', { room: 'base' })).rejects.toMatchObject({ code: 'room/not-found' });
  await expect(rooms.create('fourth', { room: 'copy', seq: 99 })).rejects.toMatchObject({ code: 'request/invalid' });
  expect((await rooms.list()).map(({ name }) => name)).toEqual(['copy', 'third']);
});

test('[D45] a room on a file can be the base of another; over HTTP too', async () => {
  const path = join(await scratchDirectory(), 'two.xyz');
  await writeFile(path, '1\nenergy=1\nH 0 0 0\n1\nenergy=2\nH 0 0 1\n');
  const rooms = await onDisk(await scratchDirectory());
  onTestFinished(() => rooms.close());
  await (
    await rooms.openFile(path)
  ).indexed;
  const { send } = openChannel(rooms);
  const made = await send('POST', '/rooms', { name: 'mine', base: { room: 'two' } });
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({ name: 'mine', count: 2 });
  await send('PATCH', '/rooms/mine/frames/f0', { energy: 9 }, { 'if-match': '"v1"' });
  const energies = async (room: string): Promise<unknown> => [...(await rooms.get(room)).scalars(['energy'])['energy']];
  expect([await energies('mine'), await energies('two')]).toEqual([
    [9, 2],
    [1, 2],
  ]);
  expect((await send('POST', '/rooms', { name: 'x', base: { room: 7 } })).status).toBe(400);
});

test('[D42] rooms survive a restart under their names; a deleted or renamed one does not come back', async () => {
  const directory = await scratchDirectory();
  let rooms = await onDisk(directory);
  const { send } = openChannel(rooms);
  for (const name of ['a', 'b', 'c']) {
    await send('POST', '/rooms', { name });
    await send('POST', `/rooms/${name}/frames`, wire(water()));
  }
  const gone: string[] = [];
  rooms.onGone((name) => gone.push(name));
  rooms.onRenamed((from, to) => gone.push(`${from} is ${to}`));
  await rooms.delete('a');
  await rooms.rename('b', 'z');
  await rooms.close();
  expect(gone).toEqual(['a', 'b is z']);
  rooms = await onDisk(directory);
  onTestFinished(() => rooms.close());
  expect((await rooms.list()).map(({ name }) => name)).toEqual(['c', 'z']);
  expect((await (await rooms.get('z')).frameAt(0)).data['energy']).toBe(-1);
  await expect(rooms.get('a')).rejects.toMatchObject({ code: 'room/not-found' });
  for (const name of ['..', 'a/b', '', 'x'.repeat(129)]) {
    await expect(rooms.ensure(name)).rejects.toMatchObject({ code: 'room/name-invalid' });
  }
});

test('[D42] a room asked for by many at once is made once', async () => {
  const rooms = await onDisk(await scratchDirectory());
  onTestFinished(() => rooms.close());
  const asked = await Promise.all(Array.from({ length: 20 }, () => rooms.ensure('same')));
  expect(new Set(asked).size).toBe(1);
  const made = await Promise.allSettled(Array.from({ length: 5 }, () => rooms.create('other')));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('[D109] the list knows frames, commits and bytes of rooms that are not open, also after a kill', async () => {
  const directory = await scratchDirectory();
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  const room = await rooms.create('room');
  const positions = frameArray(new Float32Array(300), [100, 3]);
  await room.commit([{ op: 'insert', frames: [{ positions }, { positions }] }]);
  await rooms.create('copy', { room: 'room' });
  const listed = await rooms.list();
  expect(listed).toMatchObject([
    { name: 'copy', seq: 1, count: 2 },
    { name: 'room', seq: 2, count: 2 },
  ]);
  expect(listed[1].disk_bytes).toBeGreaterThan(1200);
  expect(rooms.blobByteLength).toBe(1200);
  await rooms.close();
  // What is kept at closing, and the same without it, as a kill leaves the directory.
  for (const isKept of [true, false]) {
    if (!isKept) for (const name of ['room', 'copy']) await rm(join(directory, 'rooms', name, 'summary.json'));
    const again = createDataRooms({ storage: await fileRoomStorage({ directory }) });
    expect(await again.list()).toEqual(listed);
    await again.close();
  }
});

test('[C477] only a room that a join made here, and that nobody wrote to, is forgotten', async () => {
  const directory = await scratchDirectory();
  let rooms = await onDisk(directory);
  onTestFinished(() => rooms.close());
  for (const name of ['looked-at', 'before', 'kept']) await rooms.ensure(name);
  await rooms.create('made');
  const insert = [{ op: 'insert' as const, frames: [{ energy: 1 }] }];
  await (await rooms.ensure('written')).commit(insert);
  rooms.keep('kept');
  const forgotten = await Promise.all(
    ['looked-at', 'made', 'written', 'kept', 'nowhere'].map((name) => rooms.forget(name)),
  );
  expect(forgotten).toEqual([true, false, false, false, false]);
  expect(await rooms.has('looked-at')).toBe(false);
  await rooms.close();
  rooms = await onDisk(directory);
  await rooms.ensure('before');
  expect(await rooms.forget('before'), 'of an earlier process').toBe(false);
  expect((await rooms.list()).map(({ name }) => name)).toEqual(['before', 'kept', 'made', 'written']);
});

test('[C477] a commit that meets a room being forgotten is there or refused, whichever was first', async () => {
  const rooms = createDataRooms();
  onTestFinished(() => rooms.close());
  const outcomes = new Set<string>();
  for (let turns = 0; turns < 80; turns += 1) {
    const name = `room-${turns}`;
    const room = await rooms.ensure(name);
    const committed = room.commit([{ op: 'insert', frames: [{ energy: 1 }] }]).then(
      () => 'there',
      ({ code }: { code: string }) => code,
    );
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const [outcome, isForgotten] = await Promise.all([committed, rooms.forget(name)]);
    outcomes.add(outcome);
    expect([turns, isForgotten], outcome).toEqual([turns, outcome !== 'there']);
    if (!isForgotten) expect((await (await rooms.get(name)).frameAt(0)).data['energy']).toBe(1);
  }
  expect([...outcomes].sort()).toEqual(['room/closed', 'there']);
});
