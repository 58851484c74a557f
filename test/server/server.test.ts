import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { decodeMsgpack, encodeMsgpack } from '../../src/data/msgpack.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { isCovalenceError } from '../../src/protocol/errors.ts';

const WATER = (shift: number): string =>
  `3\nLattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3 energy=${-1 - shift} pbc="T T T"\n` +
  `O ${shift} 0 0\nH ${shift + 0.96} 0 0\nH ${shift - 0.24} 0.93 0\n`;

interface WireFrame {
  id: string;
  index: number;
  version: number;
  hashes: Record<string, string>;
  data: Record<string, { dtype: string; shape: number[]; data: Uint8Array } | number>;
}

let directory: string;
let server: CovalenceServer;
let room: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-server-'));
  await writeFile(join(directory, 'water.xyz'), [0, 1, 2, 3].map(WATER).join(''));
  server = await createServer({ port: 0, dataDirectory: join(directory, 'data') });
  await server.listen();
  room = await server.openFile(join(directory, 'water.xyz'));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const frames = async (query: string): Promise<WireFrame[]> => {
  const response = await fetch(`${server.url}/v1/rooms/${room}/frames?${query}`);
  expect(response.status).toBe(200);
  return decodeMsgpack(new Uint8Array(await response.arrayBuffer())) as WireFrame[];
};

/** fetch normalises `..` away; this asks for the path as it is written. */
const rawStatus = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: server.port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

describe('a server with a file', () => {
  it('[V7] makes a room named after the file', async () => {
    expect(room).toBe('water');
    const list = (await (await fetch(`${server.url}/v1/rooms`)).json()) as { rooms: { name: string; count: number }[] };
    expect(list.rooms).toContainEqual(expect.objectContaining({ name: 'water', count: 4 }));
  });

  it('[V7] answers a batch as msgpack in the documented shape', async () => {
    const [first, second] = await frames('index=0:2&data=positions,energy');
    expect([first.index, second.index]).toEqual([0, 1]);
    expect(first.version).toBe(1);
    expect(first.data['energy']).toBe(-1);
    expect(Object.keys(first.hashes).sort()).toEqual(['energy', 'positions']);
    const positions = first.data['positions'] as { dtype: string; shape: number[]; data: Uint8Array };
    expect(positions.shape).toEqual([3, 3]);
    expect(positions.dtype).toBe('<f8');
    expect(new Float64Array(positions.data.slice().buffer)[3]).toBe(0.96);
  });

  it('[V7] revalidates a frame by its ETag', async () => {
    const [{ id }] = await frames('index=0&data=energy');
    const url = `${server.url}/v1/rooms/${room}/frames/${id}?data=energy`;
    const first = await fetch(url);
    expect(first.headers.get('etag')).toBe('"v1"');
    const again = await fetch(url, { headers: { 'if-none-match': '"v1"' } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  it('[V6] refuses bad input with a documented code and lives on', async () => {
    const [{ id }] = await frames('index=0&data=energy');
    const base = `${server.url}/v1/rooms`;
    const body = (data: unknown): RequestInit => ({
      method: 'PATCH',
      headers: { 'content-type': 'application/x-msgpack', 'if-match': '"v1"' },
      body: encodeMsgpack(data) as BodyInit,
    });
    const bytes = (values: number[]): Uint8Array => new Uint8Array(new Float64Array(values).buffer);
    const nan = { positions: { dtype: '<f8', shape: [3, 3], data: bytes([Number.NaN, 0, 0, 0, 0, 0, 0, 0, 0]) } };
    const short = { positions: { dtype: '<f8', shape: [2, 3], data: bytes([0, 0, 0, 0, 0, 0]) } };
    const cases: [string, RequestInit, number, string][] = [
      [`${base}/nowhere/frames?index=0`, {}, 404, 'room/not-found'],
      [`${base}/a..b`, {}, 400, 'room/name-invalid'],
      [`${base}/${room}/frames?index=abc`, {}, 400, 'frame/range-invalid'],
      [`${base}/${room}/frames?index=99`, {}, 404, 'frame/not-found'],
      [`${base}/${room}/frames/nobody`, {}, 404, 'frame/not-found'],
      [`${base}/${room}/frames/${id}`, { ...body({}), body: 'this is no msgpack' }, 400, 'request/invalid'],
      [
        `${base}/${room}/frames/${id}`,
        { ...body(nan), headers: { 'content-type': 'application/x-msgpack' } },
        428,
        'frame/base-required',
      ],
      [`${base}/${room}/frames/${id}`, body(short), 422, 'frame/shape-invalid'],
      [`${base}/${room}/frames/${id}`, body(nan), 422, 'frame/not-finite'],
      [`${server.url}/v1/nothing`, {}, 404, 'request/not-found'],
      [`${server.url}/no/page`, {}, 404, 'request/not-found'],
    ];
    for (const [url, init, status, code] of cases) {
      const response = await fetch(url, init);
      const problem = (await response.json()) as { code: string; detail: string };
      expect([url, response.status, problem.code]).toEqual([url, status, code]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(problem.detail.length).toBeGreaterThan(20);
    }
    expect((await frames('index=0&data=energy'))[0].version).toBe(1);
  });

  it('[V5] reads no file outside the pages', async () => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/r/..%2f..%2fpackage.json',
      '/%',
    ]) {
      expect([path, await rawStatus(path)]).toEqual([path, 404]);
    }
  });

  it('[V9] makes two rooms of two files with one base name', async () => {
    const other = join(directory, 'other');
    await mkdir(other);
    await writeFile(join(other, 'water.xyz'), WATER(7));
    const second = await server.openFile(join(other, 'water.xyz'));
    expect(second).toBe('water-2');
    expect(await server.openFile(join(other, 'water.xyz'))).toBe('water-2');
    expect(await server.openFile(join(directory, 'water.xyz'))).toBe('water');
  });
});

describe('a room from TypeScript', () => {
  it('[V11] reads, writes and refuses a write on an old version with the current one', async () => {
    await using ada = await openRoom(`${server.url}/r/${room}`, { user: { name: 'Ada' } });
    await using bob = await openRoom(`${server.url}/r/${room}`, { user: { name: 'Bob' } });
    const changed = new Promise<readonly string[] | undefined>((resolve) => {
      bob.frames.onChange(({ ids }) => ids?.length !== 0 && resolve(ids));
    });
    const before = await bob.frames.read(1, { data: ['positions', 'numbers'] });
    const positions = frameArray(new Float64Array([1, 2, 3, 4, 5, 6, 7, 8, 9]), [3, 3]);
    const result = await ada.frames.write(before.id, { positions }, { baseVersion: before.version });
    expect(result.frames[before.id].version).toBe(before.version + 1);
    expect(await changed).toEqual([before.id]);
    const seen = await bob.frames.read(1, { data: ['positions', 'numbers'] });
    expect(seen.version).toBe(before.version + 1);
    expect(seen.hashes['positions']).toBe(result.frames[before.id].hashes['positions']);
    const again = bob.frames.write(before.id, { positions }, { baseVersion: before.version });
    const error = await again.catch((reason: unknown) => reason);
    if (!isCovalenceError(error, 'frame/conflict')) throw error;
    expect(error.fields['version']).toBe(before.version + 1);
    expect(JSON.stringify(error.fields)).toContain(seen.hashes['positions']);
  });

  it('[V11] shows a stock client what programs write, and the other way round', async () => {
    const inside = await server.room(room);
    const doc = new Y.Doc();
    const stock = new WebsocketProvider(`${server.url.replace('http', 'ws')}/v1/sync`, room, doc, {
      WebSocketPolyfill: WebSocket as never,
      disableBc: true,
    });
    try {
      await new Promise<void>((resolve) => stock.once('sync', () => resolve()));
      const key = inside.selections.add({ display_name: 'oxygen', particle_ids: [0] }).key;
      inside.state.ref('scene.box').set({ visible: false });
      const map = doc.getMap<Y.Map<unknown>>('state');
      await expect.poll(() => map.get(key)?.get('display_name')).toBe('oxygen');
      await expect.poll(() => map.get('scene.box')?.get('visible')).toBe(false);
      const record = new Y.Map<unknown>();
      record.set('display_name', 'from a stock client');
      map.set('selection.stock', record);
      await expect.poll(() => inside.selections.get('stock')?.display_name).toBe('from a stock client');
    } finally {
      stock.destroy();
      await inside.close();
    }
  });
});
