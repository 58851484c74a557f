import { describe, expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../../src/room/open-room.ts';
import { type CovalenceServer, createServer } from '../../../src/server/server.ts';
import { guardedServer, tokenFor, visit } from './guarded-server.ts';
import { everything, exchange, rawSocket } from './raw-http.ts';

/** Time for the head of a request: what an honest one never needs, on a loaded machine either. */
const HEADERS_MS = 2_000;

async function openServer(options: Parameters<typeof createServer>[0] = {}): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, ...options });
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

/** Nobody else notices: the server answers, and a room works. */
async function stillServes(server: CovalenceServer): Promise<void> {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await using room = await openRoom(`${server.url}/r/witness`);
  room.state.ref('note.a').set({ at: 1 });
  expect(await room.state.whenSaved()).not.toBe('none');
}

const GET = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${more}\r\n`;

describe('a server against bad HTTP', () => {
  it('[V245] ends those who send a request drop by drop, with 408, and serves the others meanwhile', async () => {
    const server = await openServer({ headersTimeoutMs: HEADERS_MS });
    const start = performance.now();
    const slow = await Promise.all(Array.from({ length: 50 }, () => rawSocket(server.port)));
    const ends = slow.map(everything);
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    const dripping = setInterval(() => {
      // Whoever writes to a connection that was ended may lose the answer.
      if (performance.now() - start < 0.9 * HEADERS_MS) for (const socket of slow) socket.write('x');
    }, 100);
    onTestFinished(() => clearInterval(dripping));
    await stillServes(server);
    for (const text of await Promise.all(ends)) expect(text).toMatch(/^HTTP\/1\.1 408 .*request\/timeout/s);
  });

  it('[V245] ends upgrades that never come to an end, and half of a handshake', async () => {
    const server = await openServer({ headersTimeoutMs: HEADERS_MS });
    const half = await Promise.all(Array.from({ length: 200 }, () => rawSocket(server.port)));
    const ends = half.map(everything);
    for (const socket of half) {
      socket.write('GET /v1/sync/argon HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    }
    await stillServes(server);
    for (const text of await Promise.all(ends)) expect(text).toContain('408');
    expect(
      await exchange(server.port, GET('/v1/sync/argon').replace('close', 'Upgrade\r\nUpgrade: websocket')),
    ).toMatch(/^HTTP\/1\.1 400/);
  });

  it('[P55] answers every request of a connection that does not wait for the answer before', async () => {
    const server = await openServer();
    const asked = 'GET /v1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(20);
    const text = await exchange(server.port, `${asked}${GET('/healthz')}`);
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(21);
  });

  it('[V246] refuses giant headers with 431 and a documented code', async () => {
    const server = await openServer();
    const text = await exchange(server.port, GET('/', `X-Big: ${'x'.repeat(100_000)}\r\n`));
    expect(text).toMatch(/^HTTP\/1\.1 431 .*request\/headers.*16384/s);
    expect(await exchange(server.port, GET(`/${'x'.repeat(100_000)}`))).toMatch(/^HTTP\/1\.1 431 /);
    await stillServes(server);
  });

  it('[V247] answers what is no clean request with 400 and a code, once, and hides no second one in it', async () => {
    const server = await openServer();
    const smuggled = 'GET /v1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    const post = 'POST /v1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
    const cases: Record<string, string> = {
      'two lengths': `${post}Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
      'length and chunks': `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      'an unknown encoding': `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
      'chunked in the middle': `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
      'a length with a sign': `${post}Content-Length: +5\r\n\r\nhello${smuggled}`,
      'a negative length': `${post}Content-Length: -1\r\n\r\n${smuggled}`,
      'a bad chunk': `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n${smuggled}`,
      'a space before the colon': `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length : 5\r\n\r\n${smuggled}`,
      'a folded header': `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n${smuggled}`,
      'a bare line feed': `GET / HTTP/1.1\r\nHost: 127.0.0.1\nX-Y: z\r\n\r\n${smuggled}`,
      'a NUL in a header': `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n${smuggled}`,
      'no host': `GET / HTTP/1.1\r\n\r\n${smuggled}`,
      'another protocol': `GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n${smuggled}`,
      'TLS on the wrong port': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'no HTTP at all': 'SSH-2.0-OpenSSH_9.2\r\n',
    };
    for (const [what, bytes] of Object.entries(cases)) {
      const text = await exchange(server.port, bytes);
      expect([what, text.slice(0, 12)]).toEqual([what, 'HTTP/1.1 400']);
      expect([what, text.match(/HTTP\/1\.1 \d/g)?.length]).toEqual([what, 1]);
    }
    await stillServes(server);
  });

  it('[V248] serves no path but its own, however it is written', async () => {
    const server = await openServer({ basePath: '/mol' });
    await (await server.room('argon')).close();
    const status = async (line: string): Promise<string> => {
      const text = await exchange(server.port, `GET ${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      return text.slice(9, 12);
    };
    expect(await status('/mol/v1/rooms')).toBe('200');
    expect(await status('/mol')).toBe('308');
    for (const line of [
      '/v1/rooms',
      '/molv1/rooms',
      '//mol/v1/rooms',
      '/mol//v1/rooms',
      '/mol/../etc/passwd',
      '/mol/..%2f..%2fetc/passwd',
      '/mol/%2e%2e/%2e%2e/etc/passwd',
      '/mol/r/..\\..\\windows',
      '/mol/%00',
      '/mol/assets/%00.js',
      '/mol/.git/config',
      '/mol/v1/rooms/argon%2F..%2Fneon',
      '/mol/v1/rooms/..',
      '/mol/v1/rooms/%2e%2e/argon',
      '/mol/v1/rooms/argon/../neon',
      '/mol/v1/rooms/argon/blobs/sha256/..%2f..%2ftoken',
      '/mol/v1/rooms/%ff',
      '/mol/v1/rooms/a\u0000b',
      'http://evil.example/mol/v1/rooms',
      '*',
      'mol/v1/rooms',
    ]) {
      expect([line, (await status(line)).replace(/^40[04]$/, '40x')]).toEqual([line, '40x']);
    }
    await stillServes(server);
  });

  it('[V249] believes no name, origin or proxy that could be somebody else’s', async () => {
    const server = await openServer();
    const base = `${server.url.replace('http', 'ws')}/v1/sync/argon`;
    const host = (name: string): Promise<string> =>
      exchange(server.port, `GET /v1/rooms HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    expect(await host(`127.0.0.1:${server.port}`)).toMatch(/^HTTP\/1\.1 200/);
    expect(await host('evil.example')).toMatch(/^HTTP\/1\.1 403 .*auth\/origin/s);
    expect(await host('a b')).toMatch(/^HTTP\/1\.1 400/);
    expect(await host('127.0.0.1@evil.example')).toMatch(/^HTTP\/1\.1 400/);
    expect(await host('localhost.evil.example')).toMatch(/^HTTP\/1\.1 403/);
    for (const origin of [
      'https://evil.example',
      'http://127.0.0.1.evil.example',
      'null',
      'file://',
      'http://localhost@evil.example',
      'chrome-extension://abc',
    ]) {
      expect([origin, await visit(base, { headers: { origin } })]).toEqual([origin, '403 auth/origin']);
    }
    expect(await visit(base, { headers: { origin: `http://localhost:${server.port}` } })).toBe('open');
    // Pages that are allowed can read why they are refused, others cannot.
    const guarded = await guardedServer({ allowOrigins: ['https://friend.example'] });
    const readable = async (origin: string): Promise<string | null> =>
      (await fetch(`${guarded.url}/v1/rooms`, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await readable('https://friend.example')).toBe('https://friend.example');
    expect(await readable('https://evil.example')).toBeNull();
    // Without --trust-proxy a proxy means that others than this machine come: they need a token that was not printed yet.
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via', 'x-real-ip']) {
      const headers = { [name]: '10.0.0.7' };
      const response = await fetch(`${server.url}/v1/rooms`, { headers });
      expect([name, response.status]).toEqual([name, 401]);
      expect(await response.text()).toContain('--trust-proxy');
      expect([name, await visit(base, { headers })]).toEqual([name, '4401 auth/required']);
    }
    await stillServes(server);
  });

  it('[V249] a proxy that is not expected gets the token that is printed then', async () => {
    let told = 0;
    const server = await openServer({ proxyToken: 'sesame-open-1234', onProxied: () => (told += 1) });
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${server.url}/v1/rooms`, { headers })).status;
    expect(await ask({})).toBe(200);
    expect(told).toBe(0);
    const via = { 'x-forwarded-for': '10.0.0.7' };
    expect(await ask(via)).toBe(401);
    expect(await ask({ ...via, authorization: 'Bearer sesame-open-1234' })).toBe(200);
    expect(await ask({ ...via, authorization: 'Bearer sesame' })).toBe(403);
    expect(told).toBe(1);
  });

  it('[V250] counts by the address that a trusted proxy tells, and by no other', async () => {
    const limits = { socketsPerAddress: 3, requestsPerSecond: 1, requestBurst: 5 };
    const server = await guardedServer({ trustProxy: true, limits });
    const token = await tokenFor(['read', 'create']);
    const ask = async (address: string, spoofed = ''): Promise<number> =>
      (await fetch(`${server.url}/healthz`, { headers: {} })).status === 200
        ? (
            await fetch(`${server.url}/v1/rooms`, {
              headers: { 'x-forwarded-for': `${spoofed}${address}`, authorization: `Bearer ${token}` },
            })
          ).status
        : 0;
    const statuses = [];
    for (let at = 0; at < 8; at += 1) statuses.push(await ask('10.0.0.7', `1.2.3.${at}, `));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(await ask('10.0.0.8')).toBe(200);
    const base = `${server.url.replace('http', 'ws')}/v1/sync/argon`;
    const rooms = await Promise.all(
      [0, 1, 2].map(() => openSocket(`${base}?token=${token}`, { 'x-forwarded-for': '10.0.0.9' })),
    );
    expect(await visit(base, { token, headers: { 'x-forwarded-for': '10.0.0.9' } })).toBe('429 request/rate');
    expect(await visit(base, { token, headers: { 'x-forwarded-for': '10.0.0.10' } })).toBe('open');
    for (const socket of rooms) socket.terminate();
    await expect.poll(() => visit(base, { token, headers: { 'x-forwarded-for': '10.0.0.9' } })).toBe('open');
  });

  it('[V250] a server has so many connections, and says so to the next', async () => {
    const server = await openServer({ limits: { connections: 5 } });
    const held = await Promise.all([0, 1, 2, 3, 4].map(() => rawSocket(server.port)));
    for (const socket of held) socket.write('GET / HTTP/1.1\r\n');
    expect(await exchange(server.port, GET('/healthz'))).toMatch(/^HTTP\/1\.1 503 .*server\/behind.*5 connections/s);
    held[0].destroy();
    await expect.poll(() => exchange(server.port, GET('/healthz'))).toMatch(/^HTTP\/1\.1 200/);
  });
});

async function openSocket(url: string, headers: Record<string, string>): Promise<{ terminate(): void }> {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(url, { headers });
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}
