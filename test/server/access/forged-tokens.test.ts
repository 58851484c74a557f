import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { expect, it } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import { loggedPath } from '../../../src/server/logged-path.ts';
import { guardedServer, SECRET, tokenFor, visit } from './guarded-server.ts';

const ROUTES: readonly [method: string, path: string][] = [
  ['GET', '/v1/rooms'],
  ['POST', '/v1/rooms'],
  ['GET', '/v1/rooms/argon'],
  ['PATCH', '/v1/rooms/argon'],
  ['DELETE', '/v1/rooms/argon'],
  ['GET', '/v1/rooms/argon/frames?index=0:1'],
  ['POST', '/v1/rooms/argon/frames'],
  ['PUT', '/v1/rooms/argon/frames/x'],
  ['PATCH', '/v1/rooms/argon/frames/x'],
  ['DELETE', '/v1/rooms/argon/frames/x'],
  ['GET', '/v1/rooms/argon/scalars'],
  ['GET', '/v1/rooms/argon/order'],
  ['GET', '/v1/rooms/argon/log'],
  ['POST', '/v1/rooms/argon/commit'],
  ['POST', '/v1/rooms/argon/import?name=a.xyz'],
  ['GET', '/v1/rooms/argon/export?format=extxyz'],
  ['POST', '/v1/rooms/argon/undo'],
  ['POST', '/v1/rooms/argon/redo'],
  ['POST', '/v1/rooms/argon/flush'],
  ['GET', '/v1/rooms/argon/locks'],
  ['POST', '/v1/rooms/argon/locks'],
  ['DELETE', '/v1/rooms/argon/locks/presenter'],
  ['GET', `/v1/rooms/argon/blobs/sha256/${'0'.repeat(64)}`],
  ['GET', '/v1/rooms/argon/zarr/head/zarr.json'],
  ['GET', '/v1/no-such-thing'],
  ['GET', '/metrics'],
];

/** Tokens that are none of this server, and what they are answered. */
async function forgeries(): Promise<Record<string, [token: string, code: string]>> {
  const nowS = Math.floor(Date.now() / 1_000);
  const payload = {
    room: '*',
    can: ['read', 'write', 'create', 'admin', 'present'],
    aud: 'covalence',
    exp: nowS + 600,
  };
  const jwt = (fields: object, secret = SECRET): Promise<string> =>
    new SignJWT({ ...payload, ...fields })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(secret));
  const [, body, signature] = (await jwt({})).split('.');
  const headOf = (alg: string): string => base64url.encode(JSON.stringify({ alg, typ: 'JWT' }));
  return {
    'no algorithm': [new UnsecuredJWT(payload).encode(), 'auth/denied'],
    'no algorithm with a signature': [`${headOf('nOnE')}.${body}.${signature}`, 'auth/denied'],
    'another algorithm': [`${headOf('HS512')}.${body}.${signature}`, 'auth/denied'],
    'another secret': [await jwt({}, `${SECRET}!`), 'auth/denied'],
    ended: [await jwt({ exp: nowS - 60 }), 'auth/required'],
    'not yet': [await jwt({ nbf: nowS + 600 }), 'auth/denied'],
    'no end': [await jwt({ exp: undefined }), 'auth/denied'],
    huge: [await jwt({ name: 'x'.repeat(8_000) }, `${SECRET}!`), 'auth/denied'],
    'no token': ['a-made-up-word', 'auth/denied'],
  };
}

it('[V346] forged, foreign, early, ended, huge and misplaced tokens are refused alike on every route and the WebSocket; a good one beside does not mend them, and the log has none of them', async () => {
  const written: string[] = [];
  const note = (...line: unknown[]): void => void written.push(JSON.stringify(line));
  const server = await guardedServer({ log: { info: note, warn: note, error: note } });
  await (await server.room('argon')).close();
  const good = await tokenFor(['read', 'write', 'create', 'admin', 'present']);
  const ask = async (method: string, path: string, headers: Record<string, string>): Promise<string> => {
    const isBodied = !['GET', 'DELETE'].includes(method);
    const response = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(isBodied && { body: '{}' }),
    });
    const text = await response.text();
    return response.ok ? `${method} ${path} ${response.status}` : (JSON.parse(text) as Problem).code;
  };
  const forged = await forgeries();
  let count = 0;
  for (const [what, [token, code]] of Object.entries(forged)) {
    for (const [method, path] of ROUTES) {
      const places: Record<string, Record<string, string>> = {
        header: { authorization: `Bearer ${token}`, cookie: `covalence_token=${good}` },
        subprotocol: { 'sec-websocket-protocol': `covalence, covalence-token.${token}` },
        cookie: { cookie: `covalence_token=${token}` },
      };
      for (const [place, headers] of Object.entries(places)) {
        expect([what, place, method, path, await ask(method, path, headers)]).toEqual([
          what,
          place,
          method,
          path,
          code,
        ]);
      }
      const inAddress = `${path}${path.includes('?') ? '&' : '?'}token=${token}`;
      expect([what, method, path, await ask(method, inAddress, { cookie: `covalence_token=${good}` })]).toEqual([
        what,
        method,
        path,
        code,
      ]);
      count += 4;
    }
    const close = code === 'auth/required' ? '4401 auth/required' : '4403 auth/denied';
    for (const room of ['argon', 'argon~ledger', 'unborn']) {
      const address = `${server.url.replace('http', 'ws')}/v1/sync/${room}`;
      expect([what, await visit(address, { token })]).toEqual([what, close]);
      expect([what, await visit(`${address}?token=${token}`)]).toEqual([what, close]);
      expect([what, await visit(address, { headers: { cookie: `covalence_token=${token}` } })]).toEqual([what, close]);
      expect([what, await visit(address, { headers: { authorization: `Bearer ${token}` } })]).toEqual([what, close]);
    }
  }
  expect(count).toBe(Object.keys(forged).length * ROUTES.length * 4);
  // Where nobody looks for a token it counts for nothing, a good one neither.
  const elsewhere: Record<string, string> = {
    'x-access-token': good,
    'lock-token': good,
    cookie: `token=${good}`,
    authorization: `Basic ${good}`,
  };
  for (const [name, value] of Object.entries(elsewhere))
    expect(await ask('GET', '/v1/rooms/argon', { [name]: value })).toBe('auth/required');
  for (const path of [`/v1/rooms/argon/${good}`, `/v1/rooms/token=${good}`, `/r/argon%23token=${good}`, `/${good}`]) {
    await ask('GET', path, {});
    await visit(`${server.url.replace('http', 'ws')}${path}`);
  }
  // More than a head may have is refused before anything is read.
  const long = await fetch(`${server.url}/v1/rooms`, {
    headers: { authorization: `Bearer ${'a'.repeat(64_000)}` },
  }).then(
    ({ status }) => status,
    () => 431,
  );
  expect(long).toBe(431);
  const listed = await fetch(`${server.url}/v1/rooms`, { headers: { authorization: `Bearer ${good}` } });
  expect(await listed.json()).toMatchObject({ rooms: [{ name: 'argon' }] });
  expect(written.length).toBeGreaterThan(count);
  const log = written.join('\n');
  const secrets = [good, SECRET, ...Object.values(forged).map(([token]) => token)];
  for (const secret of secrets) expect(log.includes(secret), secret.slice(0, 60)).toBe(false);
});

it('[V348] a token that was put into a path is not in the log', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoiKiJ9.c2ln_bmF0-dXJl';
  for (const [url, shown] of [
    ['/r/argon%23token=sesame', '/r/argon%23token=...'],
    ['/r/argon%23TOKEN%3Dsesame/x?token=a', '/r/argon%23TOKEN%3D.../x'],
    [`/v1/rooms/${jwt}/frames`, '/v1/rooms/.../frames'],
    ['/v1/rooms/x-Zb4-y/order', '/v1/rooms/x-...-y/order'],
    ['/v1/rooms/tokens/frames', '/v1/rooms/tokens/frames'],
  ])
    expect(loggedPath(url, 'Zb4')).toBe(shown);
  expect(loggedPath('/r/argon?token=sesame', undefined)).toBe('/r/argon');
});

it('[V347] the figures of all rooms are for those who may look at all rooms', async () => {
  const server = await guardedServer();
  const ask = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(server.url + path, { method, redirect: 'manual' })).status;
  for (const can of [[], ['write'], ['present', 'create'], ['admin']] as const)
    expect([can, await ask(`/metrics?token=${await tokenFor(can)}`)]).toEqual([can, 403]);
  expect(await ask(`/metrics?token=${await tokenFor(['read'], { room: 'argon' })}`)).toBe(403);
  expect(await ask(`/metrics?token=${await tokenFor(['read'])}`)).toBe(200);
  // What anybody may ask says nothing, whatever is asked of it.
  for (const path of ['/healthz', '/readyz'])
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${server.url}${path}?token=wrong&${'x'.repeat(5_000)}`, { method });
      expect([path, method, response.status, (await response.text()).length < 100]).toEqual([path, method, 200, true]);
    }
  for (const path of [
    '/healthz/',
    '/healthz/..%2fmetrics',
    '/metrics/',
    '//metrics',
    '/metrics%2f',
    '/METRICS',
    '/v1/../metrics',
  ])
    expect([path, [401, 404].includes(await ask(path))]).toEqual([path, true]);
  for (const method of ['POST', 'PUT', 'DELETE']) expect(await ask('/metrics', method)).toBe(401);
});
