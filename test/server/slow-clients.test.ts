import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataToWire } from '../../src/data/frame-codec.ts';
import { encodeMsgpack } from '../../src/data/msgpack.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { type CovalenceServer, createServer, type ServerOptions } from '../../src/server/server.ts';
import { handClock } from '../hand-clock.ts';
import { everything, rawSocket } from './access/raw-http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MSGPACK_TYPE = { 'content-type': 'application/x-msgpack' };
/** More than the kernel takes for somebody who does not read. */
const ATOMS = 1_500_000;

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-slow-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function openServer(options: ServerOptions): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, ...options });
  await server.listen();
  onTestFinished(() => server.close());
  const made = await fetch(`${server.url}/v1/rooms`, { method: 'POST', headers: JSON_TYPE, body: '{"name":"argon"}' });
  expect(made.status).toBe(201);
  return server;
}

const append = (server: CovalenceServer, body: string | Uint8Array<ArrayBuffer>, headers = JSON_TYPE) =>
  fetch(`${server.url}/v1/rooms/argon/frames`, { method: 'POST', headers, body });

/** A request whose body is announced and does not come. */
async function upload(server: CovalenceServer, asked: string, begin: string, type = 'x-msgpack'): Promise<Socket> {
  const socket = await rawSocket(server.port);
  socket.write(
    `${asked} HTTP/1.1\r\nhost: 127.0.0.1\r\nif-match: "v1"\r\ncontent-type: application/${type}\r\ncontent-length: 1000000\r\n\r\n`,
  );
  socket.write(begin, 'latin1');
  return socket;
}

async function reader(server: CovalenceServer, path: string, accept = '*/*'): Promise<Socket> {
  const socket = await rawSocket(server.port);
  socket.pause();
  socket.write(`GET /v1/rooms/argon/${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: ${accept}\r\n\r\n`);
  return socket;
}

/** Value of a figure that `/metrics` tells. */
async function figure(server: CovalenceServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { connection: 'close' } })).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length) ?? 0,
  );
}

const positions = (seed: number) => frameArray(new Float32Array(3 * ATOMS).fill(seed), [ATOMS, 3]);
const frame = (seed: number): Uint8Array<ArrayBuffer> => encodeMsgpack(dataToWire({ positions: positions(seed) }));

test('[V350] uploads that stop or come a byte at a time are ended with 408 after two minutes of waiting, change nothing, leave no file and keep nobody from writing to the room meanwhile', async () => {
  const clock = handClock();
  const directory = await folder();
  const server = await openServer({ clock, dataDirectory: directory });
  const { ids } = (await (await append(server, '{"energy":1}')).json()) as { ids: string[] };
  const slow = [
    await upload(server, 'POST /v1/rooms/argon/frames', '\xdc\x00\x05\x81\xa9info.text\xdb\x00\x0e\x00\x00'),
    await upload(server, 'POST /v1/rooms/argon/frames', '[{"energy":', 'json'),
    await upload(server, 'POST /v1/rooms/argon/import?name=a.xyz', '1\n\nAr 0 0 ', 'octet-stream'),
    await upload(server, `PATCH /v1/rooms/argon/frames/${ids[0]}`, '{"energy":', 'json'),
    await upload(server, `PUT /v1/rooms/argon/frames/${ids[0]}`, '\x81\xa6energy\xcb'),
    await upload(server, 'POST /v1/rooms/argon/commit', '{"ops":[', 'json'),
    await upload(server, 'POST /v1/rooms/argon/locks', '{"name":', 'json'),
  ];
  const ends = slow.map(everything);
  let ended = 0;
  for (const end of ends) void end.then(() => (ended += 1));
  const kept = async (): Promise<number> =>
    (await readdir(join(directory, 'frames', 'scratch')).catch(() => [])).length;
  await expect.poll(kept).toBe(1);

  // Everybody else goes on, at the same frame too.
  const patch = { method: 'PATCH', headers: { ...JSON_TYPE, 'if-match': '"v1"' }, body: '{"energy":2}' };
  expect((await fetch(`${server.url}/v1/rooms/argon/frames/${ids[0]}`, patch)).status).toBe(200);
  expect((await append(server, '{"energy":3}')).status).toBe(201);
  const lock = { method: 'POST', headers: JSON_TYPE, body: '{"name":"a"}' };
  expect((await fetch(`${server.url}/v1/rooms/argon/locks`, lock)).status).toBe(201);
  expect(ended).toBe(0);

  const startMs = clock.now();
  await expect
    .poll(
      () => {
        clock.advance(5_000);
        for (const socket of slow.filter((_, i) => i % 2 === 0)) if (socket.writable) socket.write('x');
        return ended;
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBe(slow.length);
  expect(clock.now() - startMs).toBeGreaterThanOrEqual(120_000);
  for (const end of ends)
    expect(await end).toMatch(/^HTTP\/1\.1 408 .*connection: close.*request\/timeout.*16384 bytes in 120 s/is);
  expect(await kept()).toBe(0);
  const order = await (await fetch(`${server.url}/v1/rooms/argon/order`)).json();
  expect(order).toMatchObject({ count: 2, frames: [{ version: 2 }, { version: 1 }] });
});

test('[V351] readers that stop in the middle of an answer of any kind are ended after two minutes; one that reads slowly gets all of it', async () => {
  const clock = handClock();
  const server = await openServer({ clock, dataDirectory: await folder() });
  for (const seed of [1, 2]) expect((await append(server, frame(seed), MSGPACK_TYPE)).status).toBe(201);
  const log = await (await fetch(`${server.url}/v1/rooms/argon/log`)).text();
  const hash = /[0-9a-f]{64}/.exec(log)?.[0] ?? '';
  const chunk = 'zarr/head/particles/all/position/value/0/0/0';
  expect((await fetch(`${server.url}/v1/rooms/argon/${chunk}`, { method: 'HEAD' })).status).toBe(200);
  const stalled = [
    await reader(server, 'frames?index=:'),
    await reader(server, 'frames?index=:', 'application/vnd.covalence.frames'),
    await reader(server, `blobs/sha256/${hash}`),
    await reader(server, 'export?format=extxyz'),
    await reader(server, chunk),
  ];
  const honest = await reader(server, `blobs/sha256/${hash}`, 'application/octet-stream');
  const bytes = 12 * ATOMS;
  let taken = 0;
  while (taken < bytes) {
    for (const goal = Math.min(bytes, taken + 1_000_000); taken < goal;) {
      const piece = honest.read() as Buffer | null;
      if (piece === null) await once(honest, 'readable');
      else taken += piece.byteLength;
    }
    clock.advance(10_000);
  }
  honest.destroy();
  const ended = (): Promise<number> => {
    clock.advance(10_000);
    return figure(server, 'covalence_refused_total{code="request/timeout"} ');
  };
  await expect.poll(ended, { timeout: 90_000, interval: 20 }).toBe(stalled.length);
  for (const socket of stalled) {
    const text = everything(socket);
    socket.resume();
    expect((await text).length).toBeLessThan(2 * 12 * ATOMS);
  }
}, 150_000);

test('[V352] a refused upload is answered although its body is still coming, and its connection serves the next request', async () => {
  const server = await openServer({});
  for (const [host, status] of [
    ['127.0.0.1', 400],
    ['elsewhere', 403],
  ] as const) {
    const socket = await rawSocket(server.port);
    const all = everything(socket);
    socket.write(
      `POST /v1/rooms/argon/frames HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-msgpack\r\ncontent-length: 5000000\r\n\r\n`,
    );
    // Whoever sends everything before looking at the answer is not left waiting.
    socket.write(Buffer.alloc(5_000_000, 0xc1));
    socket.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
    const text = await all;
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toContain('HTTP/1.1 200 OK');
  }
});

test('[V353] bodies and answers hold so much memory and no more: what stands still makes room for what moves, else it is 503, and small requests are always taken', async () => {
  const clock = handClock();
  const limits = { bodiesByteLength: 300_000 };
  const server = await openServer({ clock, limits });
  const slow = await upload(server, 'POST /v1/rooms/argon/frames', `[${' '.repeat(250_000)}`, 'json');
  const end = everything(slow);
  const large = JSON.stringify({ 'info.text': 'x'.repeat(200_000) });
  let refused: Response | undefined;
  // Until all of it has arrived there is room.
  await expect.poll(async () => (refused = await append(server, large)).status).toBe(503);
  expect(refused?.headers.get('retry-after')).toBe('2');
  expect(await refused?.json()).toMatchObject({ code: 'server/behind', limit: 300_000 });
  expect((await append(server, '{"energy":1}')).status).toBe(201);
  clock.advance(6_000);
  expect((await append(server, large)).status).toBe(201);
  expect(await end).toMatch(/^HTTP\/1\.1 408 .*request\/timeout.*others needed the memory/s);
}, 60_000);

test('[V353] answers that are not read hold so much memory and no more; one array that many read counts once', async () => {
  const clock = handClock();
  const server = await openServer({ clock, limits: { answersByteLength: 30_000_000 }, dataDirectory: await folder() });
  for (const seed of [1, 2]) expect((await append(server, frame(seed), MSGPACK_TYPE)).status).toBe(201);
  const log = await (await fetch(`${server.url}/v1/rooms/argon/log`)).text();
  const [first, second] = new Set(log.match(/[0-9a-f]{64}/g));
  const stalled = await Promise.all([1, 2, 3, 4].map(() => reader(server, `blobs/sha256/${first}`)));
  const waiting = (): Promise<number> => figure(server, 'covalence_queued_bytes ');
  // A part for each of them.
  await expect.poll(waiting).toBeGreaterThan(stalled.length * 65_000);
  const ask = (hash: string) =>
    fetch(`${server.url}/v1/rooms/argon/blobs/sha256/${hash}`, { headers: { connection: 'close' } });
  expect((await (await ask(first)).arrayBuffer()).byteLength).toBe(12 * ATOMS);
  const refused = await ask(second);
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'server/behind', limit: 30_000_000 }]);
  clock.advance(6_000);
  expect((await (await ask(second)).arrayBuffer()).byteLength).toBe(12 * ATOMS);
  const given = (): Promise<number> => figure(server, 'covalence_refused_total{code="request/timeout"} ');
  await expect.poll(given).toBe(stalled.length);
}, 60_000);

test('[D214] a write that is repeated with its Idempotency-Key does not wait for the first try, whose line may be dead, and is made once', async () => {
  const server = await openServer({});
  const body = '{"energy":7}';
  const begin = (headers: string): string =>
    `POST /v1/rooms/argon/frames HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${headers}\r\n`;
  const first = await rawSocket(server.port);
  const answer = everything(first);
  first.write(begin('idempotency-key: k\r\n') + body.slice(0, 5));
  const again = await append(server, body, { ...JSON_TYPE, 'idempotency-key': 'k' } as typeof JSON_TYPE);
  expect(again.status).toBe(201);
  const made = (await again.json()) as { seq: number };
  first.write(body.slice(5));
  expect(await answer).toMatch(new RegExp(`^HTTP/1.1 201 .*"seq":${made.seq},`, 's'));

  // Many tries at once, of an edit too, whose second would be a conflict.
  const { frames } = (await (await fetch(`${server.url}/v1/rooms/argon/order`)).json()) as { frames: { id: string }[] };
  expect(frames).toHaveLength(1);
  const headers = { ...JSON_TYPE, 'if-match': '"v1"', 'idempotency-key': 'p' };
  const tries = Array.from({ length: 20 }, () =>
    fetch(`${server.url}/v1/rooms/argon/frames/${frames[0].id}`, { method: 'PATCH', headers, body: '{"energy":8}' }),
  );
  const answers = await Promise.all(tries);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map((response) => response.headers.get('etag')))).toEqual(new Set(['"v2"']));
});

test('[D215] an Idempotency-Key of another change, or one that is too long, is refused and changes nothing', async () => {
  const server = await openServer({});
  const { ids } = (await (await append(server, '[{"energy":1},{"energy":2}]')).json()) as { ids: string[] };
  const room = `${server.url}/v1/rooms/argon`;
  const send = async (method: string, path: string, body: string, key: string, version = 1) => {
    const headers = { ...JSON_TYPE, 'idempotency-key': key, 'if-match': `"v${version}"` };
    const response = await fetch(room + path, { method, headers, body });
    return `${response.status} ${((await response.json()) as { code?: string }).code ?? 'done'}`;
  };
  const change = `/frames/${ids[0]}`;
  expect(await send('PATCH', change, '{"energy":5}', 'k')).toBe('200 done');
  expect(await send('PATCH', change, '{"energy":5}', 'k')).toBe('200 done');
  for (const [method, path, body, version] of [
    ['PATCH', change, '{"energy":6}', 2],
    ['PATCH', `/frames/${ids[1]}`, '{"energy":6}', 1],
    ['DELETE', change, '', 1],
    ['POST', '/frames', '{"energy":6}', 1],
    ['POST', '/undo', '{}', 1],
  ] as const) {
    expect([method, path, await send(method, path, body, 'k', version)]).toEqual([method, path, '400 request/invalid']);
  }
  expect(await send('POST', '/undo', '{}', 'u')).toBe('200 done');
  expect(await send('POST', '/undo', '{}', 'u')).toBe('200 done');
  expect(await send('POST', '/redo', '{}', 'u')).toBe('400 request/invalid');
  const long = 'q'.repeat(255);
  expect(await send('POST', '/frames', '{"energy":7}', long)).toBe('201 done');
  expect(await send('POST', '/frames', '{"energy":8}', `${long}a`)).toBe('400 request/invalid');
  // Two that arrive together under one key: one of them is told.
  const both = await Promise.all(
    [1, 2].map((i) => send('PATCH', `/frames/${ids[i - 1]}`, '{"energy":9}', 'b', i === 1 ? 3 : 1)),
  );
  expect(both.sort()).toEqual(['200 done', '400 request/invalid']);
  const { count } = (await (await fetch(`${room}/order`)).json()) as { count: number };
  expect(count).toBe(3);
});

test('[D216] a frame of more than 10,000 values is refused with the limit', async () => {
  const server = await openServer({});
  const values = (count: number): string =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`info.k${i}`, i])));
  expect((await append(server, values(10_000))).status).toBe(201);
  const refused = await append(server, values(10_001));
  expect([refused.status, await refused.json()]).toMatchObject([422, { code: 'frame/shape-invalid', limit: 10_000 }]);
  expect((await (await fetch(`${server.url}/v1/rooms/argon/order`)).json()) as object).toMatchObject({ count: 1 });
});
