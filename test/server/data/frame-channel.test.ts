import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import type { WireFrame } from '../../../src/data/frame-codec.ts';
import { arrayOf, msgpackOf, openChannel, water, wire } from './channel-fixture.ts';

test('[D1] GET /rooms lists the rooms, POST makes one, a second of the same name and an unknown one are refused', async () => {
  const { send } = openChannel();
  expect(await (await send('GET', '/rooms')).json()).toEqual({ rooms: [], disk_bytes: 0 });
  expect((await send('POST', '/rooms', { name: 'argon' })).status).toBe(201);
  expect((await send('POST', '/rooms', { name: 'argon' })).status).toBe(409);
  const { rooms } = await (await send('GET', '/rooms')).json();
  expect(rooms).toMatchObject([{ name: 'argon', count: 0 }]);
  const missing = await send('GET', '/rooms/neon');
  expect(missing.status).toBe(404);
  expect(missing.headers.get('content-type')).toBe('application/problem+json');
  expect(await missing.json()).toMatchObject({ code: 'room/not-found', status: 404 });
});

test('[D2] a batch is a list of {id, index, version, hashes, data} in order and a single frame one such map', async () => {
  const { send } = openChannel();
  await send('POST', '/rooms', { name: 'water' });
  const added = await send('POST', '/rooms/water/frames', [wire(water(0)), wire(water(1)), wire(water(2))]);
  expect(added.status).toBe(201);
  const { ids, seq } = await added.json();
  expect(ids).toHaveLength(3);
  const frames = await msgpackOf<WireFrame[]>(await send('GET', '/rooms/water/frames?index=1:&data=positions,species'));
  expect(frames.map((frame) => [frame.id, frame.index, frame.version])).toEqual([
    [ids[1], 1, 1],
    [ids[2], 2, 1],
  ]);
  const positions = arrayOf(frames[0].data['positions']);
  const numbers = arrayOf(frames[0].data['numbers']);
  expect(Object.keys(frames[0].data)).toEqual(['positions', 'numbers']);
  expect(positions).toMatchObject({ dtype: '<f4', shape: [3, 3] });
  expect(createHash('sha256').update(positions.data).digest('hex')).toBe(frames[0].hashes['positions']);
  expect(numbers.data).toEqual(Uint8Array.of(8, 1, 1));
  const one = await send('GET', `/rooms/water/frames/${ids[1]}`);
  expect(one.headers.get('etag')).toBe('"v1"');
  expect(one.headers.get('covalence-seq')).toBe(String(seq));
  expect((await msgpackOf(one)).data['energy']).toBe(-1);
});

test('[D3] a write on an old version is refused with 409 and says version, hashes and which keys collide', async () => {
  const { send } = openChannel();
  await send('POST', '/rooms', { name: 'water' });
  const { ids } = await (await send('POST', '/rooms/water/frames', wire(water()))).json();
  const path = `/rooms/water/frames/${ids[0]}`;
  const moved = wire({ positions: water(5).positions });
  expect((await send('PATCH', path, moved)).status).toBe(428);
  const first = await send('PATCH', path, moved, { 'if-match': '"v1"' });
  expect(first.status).toBe(200);
  expect((await first.json()).frames[ids[0]].version).toBe(2);
  const late = await send('PATCH', path, wire({ positions: water(7).positions, energy: 3 }), {
    'if-match': '"v1"',
  });
  expect(late.status).toBe(409);
  const hash = createHash('sha256').update(arrayOf(moved['positions']).data).digest('hex');
  expect(await late.json()).toMatchObject({
    code: 'frame/conflict',
    frame: ids[0],
    version: 2,
    hashes: { positions: hash },
    conflicting_keys: ['positions'],
  });
  const disjoint = await (await send('PATCH', path, { energy: 3 }, { 'if-match': '"v1"' })).json();
  expect(disjoint).toMatchObject({ code: 'frame/conflict', changed_keys: ['positions'], conflicting_keys: [] });
  const now = await msgpackOf(await send('GET', path));
  expect(now.version).toBe(2);
  expect(now.data['energy']).toBe(-1);
});

test('[D4] rows sent as a delta give the same hash as the whole array', async () => {
  const { send } = openChannel();
  await send('POST', '/rooms', { name: 'water' });
  const { ids } = await (await send('POST', '/rooms/water/frames', [wire(water()), wire(water())])).json();
  const row = { dtype: '<f4', shape: [1, 3], data: new Uint8Array(Float32Array.of(9, 8, 7).buffer) };
  const index = { dtype: '<i4', shape: [1], data: new Uint8Array(Int32Array.of(2).buffer) };
  const changed = Float32Array.from(water().positions.data);
  changed.set([9, 8, 7], 6);
  const delta = await send(
    'PATCH',
    `/rooms/water/frames/${ids[0]}`,
    { positions: { index, values: row } },
    { 'if-match': '"v1"' },
  );
  const full = await send(
    'PUT',
    `/rooms/water/frames/${ids[1]}?base_version=1`,
    wire({ ...water(), positions: frameArray(changed, [3, 3]) }),
  );
  const [a, b] = [await delta.json(), await full.json()];
  expect(a.frames[ids[0]].hashes.positions).toBe(b.frames[ids[1]].hashes.positions);
});
