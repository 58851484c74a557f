import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import { createFrameChannel } from '../../../src/server/data/index.ts';
import { type Channel, msgpackOf, openChannel, water, wire } from './channel-fixture.ts';

async function one(): Promise<Channel & { id: string; path: string }> {
  const channel = openChannel();
  const room = await channel.rooms.create('water');
  const { ids } = await room.commit([{ op: 'insert', frames: [water()] }]);
  return { ...channel, id: ids[0], path: `/rooms/water/frames/${ids[0]}` };
}

const positions = (rows: number, value = 0): FrameData => ({
  positions: frameArray(new Float32Array(rows * 3).fill(value), [rows, 3]),
});

test.each([
  ['positions of the wrong rank', { positions: frameArray(new Float32Array(9)) }, 'frame/shape-invalid'],
  ['positions of two columns', { positions: frameArray(new Float32Array(6), [3, 2]) }, 'frame/shape-invalid'],
  ['more atoms than the frame has numbers', positions(4), 'frame/shape-invalid'],
  ['NaN', positions(3, Number.NaN), 'frame/not-finite'],
  ['infinity', positions(3, Number.POSITIVE_INFINITY), 'frame/not-finite'],
  ['a number that is none', { energy: Number.NaN }, 'frame/not-finite'],
  ['numbers of the wrong type', { numbers: frameArray(Float64Array.of(1, 2, 3)) }, 'frame/shape-invalid'],
  ['a key that names a prototype', { 'info.constructor': 1 }, 'frame/shape-invalid'],
])('[D32] %s is refused and nothing changes', async (_name, data, code) => {
  const { send, path, rooms } = await one();
  const room = await rooms.get('water');
  const before = [room.seq, room.head(room.ids(0, 1)[0])];
  const patched = await send('PATCH', path, wire(data), { 'if-match': '"v1"' });
  expect(patched.status).toBe(422);
  expect(await patched.json()).toMatchObject({ code });
  const appended = await send('POST', '/rooms/water/frames', [wire(water()), wire({ ...water(), ...data })]);
  expect(appended.status).toBe(422);
  expect([room.seq, room.head(room.ids(0, 1)[0])]).toEqual(before);
  expect(room.count).toBe(1);
});

test('[D32] a whole new frame may have another number of atoms, down to none', async () => {
  const { send, path } = await one();
  const none = { numbers: frameArray(new Uint8Array(0)), positions: frameArray(new Float32Array(0), [0, 3]) };
  expect((await send('PUT', path, wire(none), { 'if-match': '"v1"' })).status).toBe(200);
  expect((await msgpackOf(await send('GET', path))).data).toMatchObject({ positions: { shape: [0, 3] } });
  // Both change at once: neither is held against the old count.
  const both = { ...positions(5), numbers: frameArray(new Uint8Array(5)) };
  expect((await send('PATCH', path, wire(both), { 'if-match': '"v2"' })).status).toBe(200);
});

test('[D6] a change that does not say on which version it was made is refused with 428', async () => {
  const { send, path, id } = await one();
  for (const response of [
    await send('PATCH', path, { energy: 1 }),
    await send('PUT', path, wire(water())),
    await send('DELETE', path),
    await send('PATCH', path, { energy: 1 }, { 'if-match': '"1"' }),
    await send('PATCH', path, { energy: 1 }, { 'if-match': '*' }),
    await send('POST', '/rooms/water/commit', { ops: [{ op: 'remove', id }] }),
  ]) {
    expect(response.status).toBe(428);
    expect(await response.json()).toMatchObject({ code: 'frame/base-required', frame: id });
  }
  expect((await send('PATCH', path, { energy: 1, base_version: 1 })).status).toBe(200);
  expect((await send('PATCH', `${path}?base_version=2`, { energy: 2 })).status).toBe(200);
  expect((await send('DELETE', path, undefined, { 'if-match': '"v3"' })).status).toBe(200);
  expect((await send('GET', path)).status).toBe(404);
});

test('[D33] a body that is not what it says is refused: type, encoding, content, length, digest', async () => {
  const { rooms, path } = await one();
  const channel = createFrameChannel({ rooms, bodyByteLength: 1_000 });
  const body = encodeMsgpack({ energy: 3 });
  const send = async (content: BodyInit, headers: Record<string, string>): Promise<[number, unknown]> => {
    const response = (await channel(
      new Request(`http://h/v1${path}`, {
        method: 'PATCH',
        body: content,
        headers: { 'if-match': '"v1"', ...headers },
      }),
    )) as Response;
    return [response.status, ((await response.json()) as { code: unknown }).code];
  };
  const msgpack = { 'content-type': 'application/x-msgpack' };
  expect(await send(body, { 'content-type': 'text/plain' })).toEqual([415, 'request/unsupported-type']);
  expect(await send(body, { ...msgpack, 'content-encoding': 'gzip' })).toEqual([415, 'request/unsupported-type']);
  expect(await send(Uint8Array.of(0xc1), msgpack)).toEqual([400, 'request/invalid']);
  expect(await send(Uint8Array.of(...body, 0), msgpack)).toEqual([400, 'request/invalid']);
  expect(await send('{"energy":', { 'content-type': 'application/json' })).toEqual([400, 'request/invalid']);
  expect(await send('{"__proto__":{"energy":1}}', { 'content-type': 'application/json' })).toEqual([
    400,
    'request/invalid',
  ]);
  expect(await send(new Uint8Array(1_001), msgpack)).toEqual([413, 'request/too-large']);
  const bad = createHash('sha256').update('something else').digest('base64');
  expect(await send(body, { ...msgpack, 'content-digest': `sha-256=:${bad}:` })).toEqual([
    400,
    'frame/digest-mismatch',
  ]);
  const good = createHash('sha256').update(body).digest('base64');
  expect((await send(body, { ...msgpack, 'content-digest': `sha-256=:${good}:` }))[0]).toBe(200);
});

test('[D33] JSON is taken too: arrays with their numbers in a list', async () => {
  const { rooms, path, send } = await one();
  const channel = createFrameChannel({ rooms });
  const patch = async (body: unknown): Promise<Response> =>
    (await channel(
      new Request(`http://h/v1${path}`, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    )) as Response;
  const index = { dtype: '<i4', shape: [1], data: [1] };
  const values = { dtype: '<f4', shape: [1, 3], data: [4, 5, 6] };
  expect((await patch({ base_version: 1, positions: { index, values }, energy: 8 })).status).toBe(200);
  const json = await (await send('GET', path, undefined, { accept: 'application/json' })).json();
  expect(json.data.positions.data.slice(3, 6)).toEqual([4, 5, 6]);
  const broken = await patch({ base_version: 2, numbers: { dtype: '|u1', shape: [3], data: [1, 2, 300] } });
  expect(broken.status).toBe(400);
});

test('[D33] random bytes as a body never do more than be refused', async () => {
  const { rooms, path } = await one();
  const room = await rooms.get('water');
  const channel = createFrameChannel({ rooms });
  const template = encodeMsgpack(wire(water()));
  const seed = Number(process.env['SEED'] ?? 5);
  let state = seed;
  const random = (below: number): number => (state = (state * 48_271 + 11) % 2_147_483_647) % below;
  let refused = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const bytes = template.slice();
    for (let flips = 0; flips <= random(4); flips += 1) bytes[random(bytes.length)] = random(256);
    const cut = random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    const { seq } = room;
    const response = (await channel(
      new Request(`http://h/v1${path}`, {
        method: 'PATCH',
        body: cut as BodyInit,
        headers: { 'content-type': 'application/x-msgpack', 'if-match': `"v${room.head(room.ids(0, 1)[0])?.version}"` },
      }),
    )) as Response;
    expect([200, 400, 413, 422], `seed ${seed} round ${round}`).toContain(response.status);
    if (response.status !== 200) {
      refused += 1;
      expect(room.seq, `seed ${seed} round ${round}`).toBe(seq);
    }
    await response.arrayBuffer();
  }
  expect(refused).toBeGreaterThan(1_000);
});

test('[D10] POST commit makes several edits in one answer, and none when one does not apply', async () => {
  const { send, id } = await one();
  const ops = [
    { op: 'patch', id, base_version: 1, data: { energy: 4 } },
    { op: 'insert', frames: [wire(water(9))], before: id },
  ];
  const done = await send('POST', '/rooms/water/commit', { ops });
  expect(done.status).toBe(200);
  const { seq, ids, frames } = await done.json();
  expect(frames[id].version).toBe(2);
  expect(ids).toHaveLength(1);
  const again = await send('POST', '/rooms/water/commit', { ops: [...ops].reverse() });
  expect(again.status).toBe(409);
  const { count } = await (await send('GET', '/rooms/water')).json();
  expect([count, (await (await send('GET', '/rooms/water/log')).json()).seq]).toEqual([2, seq]);
  for (const bad of [
    {},
    { ops: 3 },
    { ops: [] },
    { ops: [{ op: 'dance', id }] },
    { ops: [{ op: 'insert' }] },
    { ops: [7] },
  ]) {
    expect((await send('POST', '/rooms/water/commit', bad)).status).toBe(400);
  }
});

test('[D5] over HTTP a repeated Idempotency-Key gives the first answer, byte for byte', async () => {
  const { send, path } = await one();
  const headers = { 'if-match': '"v1"', 'idempotency-key': 'abc' };
  const first = await (await send('PATCH', path, { energy: 4 }, headers)).text();
  expect(await (await send('PATCH', path, { energy: 4 }, headers)).text()).toBe(first);
});

test('[D39] the log says who changed what and when, in hashes, with what undid it', async () => {
  const { rooms } = openChannel();
  const room = await rooms.create('water');
  const channel = createFrameChannel({ rooms, callerOf: () => ({ author: 'Ada' }) });
  const send = async (method: string, where: string, body?: unknown, headers = {}): Promise<Response> =>
    (await channel(
      new Request(`http://h/v1/rooms/water${where}`, {
        method,
        headers: { 'content-type': 'application/x-msgpack', ...headers },
        ...(body === undefined ? {} : { body: encodeMsgpack(body) }),
      }),
    )) as Response;
  const { ids } = await (await send('POST', '/frames', wire(water()))).json();
  const { seq } = await (await send('PATCH', `/frames/${ids[0]}`, { energy: 7 }, { 'if-match': '"v1"' })).json();
  const { token } = await (await send('POST', '/locks', { name: ids[0], ttl_ms: 5_000 })).json();
  await send('POST', '/undo', { seq }, { 'lock-token': token });
  const { records } = await (await send('GET', `/log?since=${seq - 1}`)).json();
  expect(records.map((entry: { ops: { op: string }[] }) => entry.ops.map(({ op }) => op).join())).toEqual([
    'set',
    'lock',
    'set',
  ]);
  expect(records[0]).toMatchObject({
    seq,
    author: 'Ada',
    at_ms: expect.any(Number),
    ops: [{ id: ids[0], version: 2 }],
  });
  expect(records[2]).toMatchObject({ undo: seq });
  expect(JSON.stringify(records)).not.toMatch(/token/);
  expect(room.head(ids[0])?.version).toBe(3);
});

test('[L1] over HTTP: a lock is taken, shown, renewed and released; without its token a commit is refused with 423', async () => {
  const { send, id, path } = await one();
  const granted = await send(
    'POST',
    '/rooms/water/locks',
    { name: id, ttl_ms: 9_000, message: 'mine' },
    { 'covalence-session': 's1' },
  );
  expect(granted.status).toBe(201);
  const { token, fence, expires_in_ms: expires, name } = await granted.json();
  expect([name, expires, typeof fence]).toEqual([id, 9_000, 'number']);
  const refused = await send('PATCH', path, { energy: 1 }, { 'if-match': '"v1"' });
  expect(refused.status).toBe(423);
  expect(await refused.json()).toMatchObject({ code: 'lock/held', lock: { name: id, message: 'mine', session: 's1' } });
  const mine = { 'if-match': '"v1"', 'lock-token': token };
  expect((await send('PATCH', path, { energy: 1 }, mine)).status).toBe(200);
  const renewed = await send('PUT', `/rooms/water/locks/${id}`, { ttl_ms: 20_000 }, { 'lock-token': token });
  expect(await renewed.json()).toEqual({ name: id, token, fence, expires_in_ms: 20_000 });
  expect((await (await send('GET', '/rooms/water/locks')).json()).locks).toHaveLength(1);
  expect((await send('DELETE', `/rooms/water/locks/${id}`, undefined, { 'lock-token': 'guess' })).status).toBe(423);
  expect((await send('DELETE', `/rooms/water/locks/${id}`, undefined, { 'lock-token': token })).status).toBe(204);
  expect((await (await send('GET', '/rooms/water/locks')).json()).locks).toEqual([]);
});

test('[D42] a room is renamed with all it holds, and deleted; its name is free then', async () => {
  const { send, path } = await one();
  expect((await send('PATCH', '/rooms/water', { name: '../etc' })).status).toBe(400);
  const renamed = await send('PATCH', '/rooms/water', { name: 'ice', require_lock: true });
  expect(await renamed.json()).toMatchObject({ name: 'ice', count: 1, require_lock: true });
  expect((await send('GET', path)).status).toBe(404);
  expect((await send('GET', path.replace('water', 'ice'))).status).toBe(200);
  expect((await send('DELETE', '/rooms/ice')).status).toBe(204);
  expect((await send('DELETE', '/rooms/ice')).status).toBe(404);
  const fresh = await (await send('POST', '/rooms', { name: 'ice' })).json();
  expect(fresh).toMatchObject({ name: 'ice', count: 0 });
});

test('[D35] pages of allowed origins may read the answers and their headers, others may not', async () => {
  const { rooms } = await one();
  const channel = createFrameChannel({ rooms, allowOrigins: ['https://lab.example'] });
  const ask = async (origin: string, method = 'GET'): Promise<Headers> =>
    ((await channel(new Request('http://h/v1/rooms', { method, headers: { origin } }))) as Response).headers;
  const allowed = await ask('https://lab.example');
  expect(allowed.get('access-control-allow-origin')).toBe('https://lab.example');
  expect(allowed.get('access-control-expose-headers')).toContain('ETag');
  expect((await ask('https://evil.example')).get('access-control-allow-origin')).toBeNull();
  const preflight = await ask('https://lab.example', 'OPTIONS');
  expect(preflight.get('access-control-allow-methods')).toContain('PATCH');
  expect(preflight.get('access-control-allow-headers')?.toLowerCase()).toContain('lock-token');
});

test('[D36] what is not there or not possible is a problem document, and a path that is not ours is left alone', async () => {
  const { send, rooms } = await one();
  for (const [method, path, status, code] of [
    ['GET', '/rooms/water/nothing', 404, 'request/not-found'],
    ['GET', '/rooms/water/frames/a/b', 404, 'request/not-found'],
    ['DELETE', '/rooms/water/frames', 405, 'request/method'],
    ['PUT', '/rooms', 405, 'request/method'],
    ['GET', '/rooms/%E0%A4%A', 400, 'request/invalid'],
    ['GET', '/rooms/..%2F..', 400, 'room/name-invalid'],
    ['GET', '/rooms/nobody/frames', 404, 'room/not-found'],
  ] as const) {
    const response = await send(method, path);
    expect([response.status, (await response.json()).code], `${method} ${path}`).toEqual([status, code]);
  }
  expect((await send('DELETE', '/rooms/water/frames')).headers.get('allow')).toBe('GET, POST');
  const channel = createFrameChannel({ rooms, basePath: '/lab' });
  expect(await channel(new Request('http://h/v1/rooms'))).toBeUndefined();
  expect((await channel(new Request('http://h/lab/v1/rooms')))?.status).toBe(200);
  const failures: unknown[] = [];
  const broken = { ...rooms, list: () => Promise.reject(new Error('/secret/path')) };
  const failing = createFrameChannel({ rooms: broken, onFailure: (error) => failures.push(error) });
  const response = (await failing(new Request('http://h/v1/rooms'))) as Response;
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  expect(failures).toHaveLength(1);
});
