import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as zarr from 'zarrita';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { toHex } from '../../../src/data/hash.ts';
import { zarrProvider } from '../../../src/data/zarr-provider.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, memoryRoomStorage } from '../../../src/server/data/index.ts';
import { type Channel, openChannel, water } from './channel-fixture.ts';
import { scratchDirectory } from './store-fixture.ts';

/** `count` atoms with everything that H5MD has a name for. */
function gas(count: number, shift: number): FrameData {
  const list = (scale: number): Float32Array => Float32Array.from({ length: 3 * count }, (_, i) => i * scale + shift);
  return {
    numbers: frameArray(new Uint8Array(count).fill(18)),
    positions: frameArray(list(0.5), [count, 3]),
    velocities: frameArray(list(0.01), [count, 3]),
    forces: frameArray(Float64Array.from(list(-2)), [count, 3]),
    charges: frameArray(new Float64Array(count).fill(0.25)),
    cell: frameArray(Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9), [3, 3]),
    pbc: frameArray(Uint8Array.of(1, 1, 0)),
    energy: -shift,
    time: shift / 2,
    'info.temperature': 300 + shift,
    'info.note': 'not a number',
    'arrays.spin': frameArray(new Int32Array(count).fill(shift), [count]),
  };
}

const FRAMES = [gas(4, 0), gas(2, 1), gas(0, 2), gas(5, 3)];

/** Reads a store of the channel as a web server would give it. */
function storeOf(channel: Channel, moment: string, room = 'gas'): zarr.FetchStore {
  return new zarr.FetchStore(`http://localhost/${moment}`, {
    fetch: (request: Request) => channel.send('GET', `/rooms/${room}/zarr${new URL(request.url).pathname}`),
  });
}

async function filled(): Promise<Channel & { ids: string[] }> {
  const channel = openChannel();
  const room = await channel.rooms.create('gas');
  const { ids } = await room.commit([{ op: 'insert', frames: FRAMES }]);
  return { ...channel, ids };
}

async function arrayAt(store: zarr.FetchStore, path: string, version: 2 | 3 = 3) {
  const open = version === 3 ? zarr.open.v3 : zarr.open.v2;
  const array = await open(zarr.root(store).resolve(path), { kind: 'array' });
  const { data, shape } = await zarr.get(array as zarr.Array<'float64', zarr.FetchStore>, null);
  return { data: [...data], shape, attrs: array.attrs };
}

describe.each([2, 3] as const)('read as version %i', (version) => {
  test('[D100] every frame is one chunk under the names of H5MD, filled up with NaN and -1', async () => {
    const store = storeOf(await filled(), 'head');
    const read = (path: string) => arrayAt(store, `particles/all/${path}`, version);
    const position = await read('position/value');
    expect(position.shape).toEqual([4, 5, 3]);
    expect(position.attrs).toMatchObject({ unit: 'Angstrom' });
    const filledUp = FRAMES.flatMap(({ positions }) => {
      const own = [...(positions as { data: Float32Array }).data];
      return [...own, ...Array.from({ length: 15 - own.length }, () => Number.NaN)];
    });
    expect(position.data).toEqual(filledUp);
    expect((await read('species/value')).data.slice(0, 10)).toEqual([18, 18, 18, 18, -1, 18, 18, -1, -1, -1]);
    expect((await read('n_atoms')).data).toEqual([4, 2, 0, 5]);
    expect((await read('force/value')).attrs).toEqual(
      version === 2
        ? { unit: 'eV Angstrom-1', _ARRAY_DIMENSIONS: ['frame', 'atom', 'space'] }
        : { unit: 'eV Angstrom-1' },
    );
    expect((await read('spin/value')).data.slice(15)).toEqual([3, 3, 3, 3, 3]);
    expect((await read('box/edges/value')).shape).toEqual([4, 3, 3]);
    expect((await read('position/time')).data).toEqual([0, 0.5, 1, 1.5]);
    expect((await arrayAt(store, 'observables/temperature/value', version)).data).toEqual([300, 301, 302, 303]);
    expect((await arrayAt(store, 'observables/energy/value', version)).attrs).toMatchObject({ unit: 'eV' });
    await expect(arrayAt(store, 'observables/note/value', version)).rejects.toThrow(/not found/i);
  });
});

test('[D101] the store at a commit stays what it was; head is what is now', async () => {
  const channel = await filled();
  const { rooms, ids } = channel;
  const room = await rooms.get('gas');
  await room.commit([
    { op: 'replace', id: ids[0], baseVersion: 1, data: water(9) },
    { op: 'remove', id: ids[1], baseVersion: 1 },
    { op: 'insert', frames: [gas(7, 6)], after: ids[2] },
  ]);
  const counts = async (moment: string): Promise<number[]> =>
    (await arrayAt(storeOf(channel, moment), 'particles/all/n_atoms')).data;
  expect(await counts('@2')).toEqual([4, 2, 0, 5]);
  expect(await counts('@3')).toEqual([3, 0, 7, 5]);
  expect(await counts('head')).toEqual([3, 0, 7, 5]);
  expect((await arrayAt(storeOf(channel, '@2'), 'particles/all/version')).data).toEqual([1, 1, 1, 1]);
  expect((await arrayAt(storeOf(channel, 'head'), 'particles/all/version')).data[0]).toBe(2);
  const before = await arrayAt(storeOf(channel, '@2'), 'particles/all/position/value');
  expect(before.data.slice(0, 3)).toEqual([0, 0.5, 1]);
  for (const moment of ['@0', '@4', '@x', 'tail']) {
    expect((await channel.send('GET', `/rooms/gas/zarr/${moment}/zarr.json`)).status, moment).toBe(404);
  }
});

test('[D101] what is known is answered with 304 until the next commit', async () => {
  const { send, rooms } = await filled();
  const path = '/rooms/gas/zarr/head/particles/all/position/value/0/0/0';
  const first = await send('GET', path);
  const tag = { 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await send('GET', path, undefined, tag)).status).toBe(304);
  await (await rooms.get('gas')).commit([{ op: 'insert', frames: [gas(1, 1)] }]);
  expect((await send('GET', path, undefined, tag)).status).toBe(200);
});

test('[D102] the hash beside a frame is that of its bytes without the filling', async () => {
  const channel = await filled();
  const { hashes, id } = await (await channel.rooms.get('gas')).frameAt(1);
  const sha = await arrayAt(storeOf(channel, 'head'), 'particles/all/sha256');
  expect(toHex(Uint8Array.from(sha.data.slice(32, 64)))).toBe(hashes['positions']);
  const ids = await arrayAt(storeOf(channel, 'head'), 'particles/all/frame_id');
  expect(Buffer.from(ids.data.slice(32, 64)).toString().replaceAll('\0', '')).toBe(id);
});

test('[D103] bytes that are lost are a failure of the server; only what the store never had is not there', async () => {
  const storage = memoryRoomStorage();
  const channel = openChannel(createDataRooms({ storage }));
  const room = await channel.rooms.create('gas');
  await room.commit([{ op: 'insert', frames: [gas(100, 0), gas(100, 1)] }]);
  const { hashes } = await room.frameAt(1);
  const lost = storage.blobs.get.bind(storage.blobs);
  storage.blobs.get = async (hash) => (hash === hashes['positions'] ? undefined : lost(hash));
  const status = async (key: string): Promise<number> =>
    (await channel.send('GET', `/rooms/gas/zarr/head/${key}`)).status;
  const base = 'particles/all/position/value';
  expect(await status(`${base}/0/0/0`)).toBe(200);
  expect(await status(`${base}/1/0/0`)).toBeGreaterThanOrEqual(500);
  for (const key of [`${base}/2/0/0`, `${base}/0/1/0`, `${base}/0/0`, `${base}/00/0/0`, 'particles/none/zarr.json']) {
    expect(await status(key), key).toBe(404);
  }
});

test('[D104] a file opened in place is a store too, without being parsed for its numbers of atoms', async () => {
  const path = join(await scratchDirectory(), 'steps.xyz');
  const frame = (atoms: number): string => `${atoms}\nenergy=${atoms}\n${'Ar 1 2 3\n'.repeat(atoms)}`;
  await writeFile(path, [3, 1, 0, 2].map(frame).join(''));
  let parsed = 0;
  const rooms = createDataRooms({
    async openTrajectory(source, options) {
      const trajectory = await xyzFormat.open(source, options);
      const read = trajectory.read.bind(trajectory);
      trajectory.read = (...asked) => {
        parsed += 1;
        return read(...asked);
      };
      return trajectory;
    },
  });
  onTestFinished(() => rooms.close());
  const channel = openChannel(rooms);
  const room = await rooms.openFile(path, 'gas');
  await room.indexed;
  const before = parsed;
  expect((await arrayAt(storeOf(channel, 'head'), 'particles/all/n_atoms')).data).toEqual([3, 1, 0, 2]);
  expect(parsed - before).toBeLessThanOrEqual(1);
  const { data } = await arrayAt(storeOf(channel, 'head'), 'particles/all/position/value');
  expect(data.slice(9, 18)).toEqual([1, 2, 3, ...Array.from({ length: 6 }, () => Number.NaN)]);
});

test('[D105] our own reader of Zarr gives the frames of the room', async () => {
  const channel = await filled();
  const provider = await zarrProvider('http://localhost/head', {
    fetch: async (request) => channel.send('GET', `/rooms/gas/zarr${new URL((request as Request).url).pathname}`),
  });
  const room = await channel.rooms.get('gas');
  expect((await provider.info()).count).toBe(4);
  for (const index of [0, 1, 2, 3]) {
    const found = await provider.read(index);
    const expected = await room.frameAt(index);
    for (const key of ['positions', 'numbers', 'velocities', 'forces', 'charges', 'cell', 'pbc', 'energy', 'time']) {
      expect(found.hashes[key], `${key} of frame ${index}`).toBe(expected.hashes[key]);
    }
    expect(found.data['info.temperature']).toBe(300 + index);
  }
});

test('[D100] a room without frames is a store without elements', async () => {
  const channel = openChannel();
  await channel.rooms.create('gas');
  const root = zarr.root(storeOf(channel, 'head'));
  expect((await zarr.open.v3(root.resolve('particles/all/n_atoms'), { kind: 'array' })).shape).toEqual([0]);
});
