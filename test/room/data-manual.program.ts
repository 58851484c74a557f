// The code of docs/data-channel.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.
import assert from 'node:assert/strict';
import { frameArray, isCovalenceError, openRoom, type FrameData, type FrameDraft } from 'covalence';
import { createServer } from 'covalence/server';

const server = await createServer({ port: 0 });
await server.listen();
const room = await openRoom(server.link('argon'), { user: { name: 'Ada' } });
const { frames } = room;

const water = (x: number): FrameData => ({
  positions: frameArray(Float32Array.of(x, 0, 0, x + 0.96, 0, 0, x - 0.24, 0.93, 0), [3, 3]),
  numbers: frameArray(Uint8Array.of(8, 1, 1)),
  energy: x - 10,
});
const { ids } = await frames.append([water(0), water(1), water(2)]);
const [a = '', b = '', c = ''] = ids;
assert.equal(frames.count, 3);

const energies: unknown[] = [];
for await (const frame of frames.stream({ data: ['energy'] })) energies.push(frame.data['energy']);
assert.deepEqual(energies, [-10, -9, -8]);
for await (const { index } of frames.stream({ start: 1, stop: 3 })) assert.ok(index === 1 || index === 2);
assert.deepEqual((await frames.scalars(['energy']))['energy'], Float64Array.of(-10, -9, -8));

const first = await frames.read(0, { data: ['positions'] });
const done = await frames.edit(first, ({ positions }) => positions.data.set([0.1, 0, 0])); // the place of atom 0
assert.equal(done?.frames[first.id]?.version, 2);
assert.equal((await frames.readById(first.id)).data['energy'], -10);
assert.equal((await frames.readById(first.id, { version: 1 })).version, 1);

const given = await frames.readById(c, { data: ['positions'] });
await frames.edit(given, ({ positions }) => {
  positions.data.set([0.1, 0, 0]);
  return { energy: null };
});
assert.equal('energy' in (await frames.readById(c)).data, false);
await room.undo();
assert.equal((await frames.readById(c)).data['energy'], -8);

const shift = ({ positions }: FrameDraft): void => positions.data.set(positions.data.map((x) => x + 1));
await assert.rejects(frames.edit(first, shift), (error) => isCovalenceError(error, 'frame/conflict'));
await frames.edit(first, () => ({ 'info.note': 'checked' }), { onConflict: 'rebase-disjoint' });
await frames.edit(first, shift, { onConflict: 'reapply' });
assert.equal((await frames.readById(first.id)).version, 4);

await frames.commit([
  { op: 'patch', id: b, baseVersion: 1, data: { energy: -1.5 } },
  { op: 'move', id: c, before: a },
  { op: 'insert', frames: [water(9)], after: b },
]);
await frames.remove(a, { baseVersion: 4 });
const order: string[] = [];
for await (const { id } of frames.stream({ data: [] })) order.push(id);
assert.deepEqual(order.slice(0, 2), [c, b]);

{
  await using lock = await frames.lock(b, { message: 'relaxing' });
  lock.onLost((error) => console.error(error.message));
  const kept = frames.write(b, { energy: -2 }, { baseVersion: 2 });
  await assert.rejects(kept, (error) => isCovalenceError(error, 'lock/held'));
  await frames.write(b, { energy: -2 }, { baseVersion: 2, lockToken: lock.token });
}
await frames.edit(b, () => ({ energy: -3 }), { lock: { message: 'one moment' } });

const { seq: now } = await frames.info();
const made = await fetch(`${server.url}/v1/rooms`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'what-if', base: { room: 'argon', seq: now } }),
});
assert.equal(made.status, 201);
const other = await openRoom(server.link('what-if'), { user: { name: 'Ada' } });
await other.frames.edit(b, () => ({ energy: -7 }));
assert.equal((await other.frames.readById(b)).data['energy'], -7);
assert.equal((await frames.readById(b)).data['energy'], -3);
await other.close();

room.selections.add({ display_name: 'oxygen', particle_ids: [0] });
assert.equal(await room.undo(), true);
assert.equal(room.selections.size, 0);
assert.equal(await room.redo(), true);
assert.equal(room.selections.size, 1);
await room.undo();
assert.equal(await room.undo(), true);
assert.equal((await frames.readById(b)).data['energy'], -2);

for await (const { seq, author, changes, isUndone } of frames.history({ limit: 2 })) {
  console.log(seq, author, changes.map(({ op }) => op).join(), isUndone ? 'taken back' : '');
}
await room.close();
await server.close();
