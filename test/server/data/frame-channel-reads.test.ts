import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { WireFrame } from '../../../src/data/frame-codec.ts';
import { decodeFrames } from '../../../src/data/frame-stream-decoder.ts';
import { type Frame, frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import { arrayOf, type Channel, msgpackOf, openChannel, water } from './channel-fixture.ts';
import { scratchDirectory } from './store-fixture.ts';

/** A room `water` of `count` frames. */
async function filled(count: number): Promise<Channel & { ids: string[] }> {
  const channel = openChannel();
  const room = await channel.rooms.create('water');
  const { ids } = await room.commit([{ op: 'insert', frames: Array.from({ length: count }, (_, i) => water(i, -i)) }]);
  return { ...channel, ids };
}

const indices = async (response: Response): Promise<number[]> =>
  (await msgpackOf<WireFrame[]>(response)).map(({ index }) => index);

test.each([
  ['7', [7]],
  ['-1', [9]],
  ['2:5', [2, 3, 4]],
  [':3', [0, 1, 2]],
  ['8:', [8, 9]],
  ['-2:', [8, 9]],
  [':-8', [0, 1]],
  ['5:99', [5, 6, 7, 8, 9]],
  ['6:2', []],
  ['20:30', []],
  ['::4', [0, 4, 8]],
  ['1,3:5,-1', [1, 3, 4, 9]],
  [':', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
])('[D29] index=%s gives the frames that numpy would', async (index, expected) => {
  const { send } = await filled(10);
  expect(await indices(await send('GET', `/rooms/water/frames?index=${index}&data=energy`))).toEqual(expected);
});

test('[D29] frames are asked by id in any order; what is no range and what is not there is refused', async () => {
  const { send, ids } = await filled(4);
  expect(await indices(await send('GET', `/rooms/water/frames?id=${ids[2]},${ids[0]}`))).toEqual([2, 0]);
  for (const [query, status, code] of [
    ['index=x', 400, 'frame/range-invalid'],
    ['index=1.5', 400, 'frame/range-invalid'],
    ['index=0:4:0', 400, 'frame/range-invalid'],
    ['index=1&id=a', 400, 'frame/range-invalid'],
    ['index=4', 404, 'frame/not-found'],
    ['index=-5', 404, 'frame/not-found'],
    ['id=nobody', 404, 'frame/not-found'],
  ] as const) {
    const response = await send('GET', `/rooms/water/frames?${query}`);
    expect(response.status, query).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code, status });
  }
});

test('[D29] more frames than one request may ask are refused with the limit', async () => {
  const { send } = await filled(1_001);
  const response = await send('GET', '/rooms/water/frames?index=:');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'frame/range-invalid', limit: 1_000, asked: 1_001 });
  expect(await indices(await send('GET', '/rooms/water/frames?index=1:&data=energy'))).toHaveLength(1_000);
});

test('[D30] the answer is msgpack unless a framed stream or JSON is preferred, and anything else is refused', async () => {
  const { send, ids } = await filled(2);
  const ask = (accept: string, path = '/frames?index=:'): Promise<Response> =>
    send('GET', `/rooms/water${path}`, undefined, { accept });
  for (const accept of ['*/*', 'application/x-msgpack', 'application/msgpack', 'image/png, */*;q=0.1']) {
    expect((await ask(accept)).headers.get('content-type')).toBe('application/x-msgpack');
  }
  const json = (await (await ask('application/json')).json()) as { data: { positions: { data: number[] } } }[];
  expect(json[1].data.positions.data.slice(0, 3)).toEqual([1, 0, 0]);
  const framed = await ask('application/vnd.covalence.frames');
  expect(framed.headers.get('content-type')).toBe('application/vnd.covalence.frames');
  const decoded: Frame[] = [];
  for await (const frame of decodeFrames(framed.body as AsyncIterable<Uint8Array>)) decoded.push(frame);
  const plain = await msgpackOf<WireFrame[]>(await ask('*/*'));
  expect(decoded.map(({ id, index, version, hashes }) => ({ id, index, version, hashes: { ...hashes } }))).toEqual(
    plain.map(({ id, index, version, hashes }) => ({ id, index, version, hashes })),
  );
  const one: Frame[] = [];
  const single = await ask('application/vnd.covalence.frames', `/frames/${ids[1]}`);
  for await (const frame of decodeFrames(single.body as AsyncIterable<Uint8Array>)) one.push(frame);
  expect(one).toMatchObject([{ id: ids[1], index: 1 }]);
  const refused = await ask('image/png');
  expect(refused.status).toBe(406);
  expect(await refused.json()).toMatchObject({ code: 'request/not-acceptable' });
});

test('[D30] a key that a frame does not have is left out of a batch and refused where one frame is asked by id', async () => {
  const { send, ids, rooms } = await filled(2);
  await (await rooms.get('water')).commit([{ op: 'patch', id: ids[1], baseVersion: 1, data: { time: 3 } }]);
  const frames = await msgpackOf<WireFrame[]>(await send('GET', '/rooms/water/frames?index=:&data=time,energy'));
  expect(frames.map(({ data }) => data)).toEqual(
    [{ energy: -0 }, { time: 3, energy: -1 }].map((data) => ({ ...data, energy: data.energy + 0 })),
  );
  const refused = await send('GET', `/rooms/water/frames/${ids[0]}?data=time`);
  expect(refused.status).toBe(404);
  expect(await refused.json()).toMatchObject({ code: 'frame/key-unknown', key: 'time' });
});

test('[D31] a frame that is known is answered with 304, a batch too as long as nothing was committed', async () => {
  const { send, ids, rooms } = await filled(3);
  const frame = `/rooms/water/frames/${ids[0]}`;
  const batch = '/rooms/water/frames?index=:2';
  expect((await send('GET', frame, undefined, { 'if-none-match': '"v1"' })).status).toBe(304);
  const etag = (await send('GET', batch)).headers.get('etag') ?? '';
  expect((await send('GET', batch, undefined, { 'if-none-match': etag })).status).toBe(304);
  await (await rooms.get('water')).commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: { energy: 5 } }]);
  const again = await send('GET', frame, undefined, { 'if-none-match': '"v1"' });
  expect([again.status, again.headers.get('etag')]).toEqual([200, '"v2"']);
  expect((await send('GET', batch, undefined, { 'if-none-match': etag })).status).toBe(200);
  const earlier = await send('GET', `${frame}?version=1`);
  expect((await msgpackOf(earlier)).data['energy']).toBe(0);
  expect((await send('GET', `${frame}?version=9`)).status).toBe(404);
});

test('[D34] bytes are served by their hash, whole and in part, and only those that the room names', async () => {
  const channel = openChannel();
  const { send, rooms } = channel;
  const positions = frameArray(
    Float32Array.from({ length: 300 }, (_, i) => i),
    [100, 3],
  );
  const [room, other] = [await rooms.create('water'), await rooms.create('other')];
  await room.commit([{ op: 'insert', frames: [{ positions }] }]);
  await other.commit([{ op: 'insert', frames: [{ energy: 1 }] }]);
  const [frame] = await msgpackOf<WireFrame[]>(await send('GET', '/rooms/water/frames'));
  const path = `/blobs/sha256/${frame.hashes['positions']}`;
  const whole = await send('GET', `/rooms/water${path}`);
  expect(whole.headers.get('cache-control')).toContain('immutable');
  const bytes = new Uint8Array(await whole.arrayBuffer());
  expect(bytes).toEqual(arrayOf(frame.data['positions']).data);
  const part = await send('GET', `/rooms/water${path}`, undefined, { range: 'bytes=8-15' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 8-15/1200']);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.subarray(8, 16));
  const last = await send('GET', `/rooms/water${path}`, undefined, { range: 'bytes=-4' });
  expect(last.headers.get('content-range')).toBe('bytes 1196-1199/1200');
  expect((await send('GET', `/rooms/water${path}`, undefined, { range: 'bytes=2000-' })).status).toBe(416);
  expect((await send('GET', `/rooms/other${path}`)).status).toBe(404);
  expect((await send('GET', '/rooms/water/blobs/sha256/..%2F..%2Fsecret')).status).toBe(404);
});

test('[D37] a batch shows one moment although commits are made while it streams', async () => {
  const { send, ids, rooms } = await filled(200);
  const room = await rooms.get('water');
  const response = await send('GET', '/rooms/water/frames?index=:&data=energy,positions');
  const edits = ids.map((id) => ({ op: 'patch' as const, id, baseVersion: 1, data: { energy: 77 } }));
  await room.commit(edits);
  await room.commit([{ op: 'remove', id: ids[150], baseVersion: 2 }]);
  const frames = await msgpackOf<WireFrame[]>(response);
  expect(frames.map(({ data, version, index }) => [data['energy'], version, index])).toEqual(
    ids.map((_, i) => [-i + 0, 1, i]),
  );
});

test('[D38] an answer that breaks off is told: by the framed stream as the error, in msgpack by the cut', async () => {
  const directory = await scratchDirectory();
  const before = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  const room = await before.create('water');
  const frames = Array.from({ length: 8 }, (_, i) => ({
    positions: frameArray(new Float32Array(30_000).fill(i), [10_000, 3]),
  }));
  await room.commit([{ op: 'insert', frames }]);
  await before.close();
  const segment = join(directory, 'blobs', '00000001.seg');
  const bytes = await readFile(segment);
  // Inside the fourth of eight arrays of 120,000 bytes.
  bytes[3 * 120_040 + 60_000] ^= 1;
  await writeFile(segment, bytes);
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  onTestFinished(() => rooms.close());
  const { send } = openChannel(rooms);
  const ask = (accept: string): Promise<Response> => send('GET', '/rooms/water/frames', undefined, { accept });
  const framed = await ask('application/vnd.covalence.frames');
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    for await (const { index } of decodeFrames(framed.body as AsyncIterable<Uint8Array>)) seen.push(index);
  };
  await expect(read()).rejects.toMatchObject({ code: 'frame/corrupt' });
  expect(seen).toEqual([0, 1, 2]);
  await expect((await ask('application/x-msgpack')).arrayBuffer()).rejects.toThrow();
  // A first frame that cannot be read is a refusal with its own status.
  // So is one of the first 64 kB, of which nothing was sent yet.
  const again = await rooms.get('water');
  await again.commit([{ op: 'insert', frames: [{ energy: 1 }], before: again.ids(3, 4)[0] }]);
  for (const range of ['4', '3:5']) {
    const refused = await send('GET', `/rooms/water/frames?index=${range}`);
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ code: 'frame/corrupt' });
  }
});

test('[D40] the frame table comes in pages with id and version', async () => {
  const { send, ids } = await filled(5);
  const page = await (await send('GET', '/rooms/water/order?from=1&limit=2')).json();
  expect(page).toEqual({ seq: 2, count: 5, frames: [1, 2].map((i) => ({ id: ids[i], version: 1 })) });
  expect((await send('GET', '/rooms/water/order?from=-1')).status).toBe(400);
});

test('[D41] scalars come as one array for all frames, NaN where a frame has none', async () => {
  const { send, ids, rooms } = await filled(3);
  await (
    await rooms.get('water')
  ).commit([{ op: 'patch', id: ids[1], baseVersion: 1, data: { time: 2, energy: null } }]);
  const columns = await msgpackOf<Record<string, never>>(await send('GET', '/rooms/water/scalars?data=energy,time'));
  const numbers = (key: string): number[] => [...new Float64Array(arrayOf(columns[key]).data.slice().buffer)];
  expect(numbers('energy')).toEqual([0, Number.NaN, -2]);
  expect(numbers('time')).toEqual([Number.NaN, 2, Number.NaN]);
});

test('[D44] a client that saw newer commits elsewhere is told that this server is behind', async () => {
  const { send } = await filled(1);
  expect((await send('GET', '/rooms/water/frames', undefined, { 'covalence-seq': '2' })).status).toBe(200);
  const behind = await send('GET', '/rooms/water/frames', undefined, { 'covalence-seq': '3' });
  expect([behind.status, behind.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await behind.json()).toMatchObject({ code: 'server/behind', seq: 2 });
});
