import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, type Capability } from '../../../src/protocol/capabilities.ts';
import type { Problem } from '../../../src/protocol/errors.ts';
import { guardedServer, tokenFor, visit } from './guarded-server.ts';

/** Every method of every route, and what it takes. */
const TABLE: readonly [method: string, path: string, needs: Capability, body?: unknown][] = [
  ['GET', '/argon', 'read'],
  ['PATCH', '/argon', 'admin', {}],
  ['GET', '/argon/frames?index=0:1', 'read'],
  ['POST', '/argon/frames', 'write', {}],
  ['GET', '/argon/frames/x', 'read'],
  ['PUT', '/argon/frames/x', 'write', {}],
  ['PATCH', '/argon/frames/x', 'write', {}],
  ['DELETE', '/argon/frames/x', 'write'],
  ['GET', '/argon/scalars', 'read'],
  ['GET', '/argon/order', 'read'],
  ['GET', '/argon/log', 'read'],
  ['POST', '/argon/commit', 'write', {}],
  ['POST', '/argon/import?name=a.xyz', 'write', {}],
  ['GET', '/argon/export?format=nothing', 'read'],
  ['POST', '/argon/undo', 'write', {}],
  ['POST', '/argon/redo', 'write', {}],
  ['POST', '/argon/flush', 'write'],
  ['GET', '/argon/locks', 'read'],
  ['POST', '/argon/locks', 'write', { name: 'frame.x', ttl_ms: 1 }],
  ['POST', '/argon/locks', 'present', { name: 'presenter', ttl_ms: 1 }],
  ['PUT', '/argon/locks/frame.x', 'write', {}],
  ['DELETE', '/argon/locks/frame.x', 'write'],
  ['PUT', '/argon/locks/presenter', 'present', {}],
  ['DELETE', '/argon/locks/presenter', 'present'],
  ['GET', `/argon/blobs/sha256/${'0'.repeat(64)}`, 'read'],
  ['GET', '/argon/zarr/head/zarr.json', 'read'],
  ['DELETE', '/argon', 'admin'],
  ['POST', '', 'create', { name: 'made' }],
  ['GET', '', 'read'],
];

describe('what a token allows', () => {
  it('[V234] is the same for every route and every role', async () => {
    const server = await guardedServer();
    const ask = async (method: string, path: string, token: string | undefined, body?: unknown) => {
      const response = await fetch(`${server.url}/v1/rooms${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const problem = response.ok ? undefined : (JSON.parse(text) as Problem);
      return problem?.code.startsWith('auth/') === true ? problem.code : 'allowed';
    };
    const roles: Record<string, readonly Capability[]> = Object.fromEntries([
      ...CAPABILITIES.map((one) => [`read and ${one}`, [...new Set<Capability>(['read', one])]] as const),
      ['write without read', ['write']],
      ['nothing', []],
      ['everything', CAPABILITIES],
    ]);
    let count = 0;
    for (const [role, can] of Object.entries(roles)) {
      const here = await tokenFor(can, { room: 'argon' });
      const elsewhere = await tokenFor(can, { room: 'neon' });
      for (const [method, path, needs, body] of TABLE) {
        await (await server.room('argon')).close();
        const what = `${role}: ${method} ${path} needs ${needs}`;
        const isListing = path === '' && method === 'GET';
        const isMaking = path === '' && method === 'POST';
        // A lock is named by the body, so that reading it takes the right to look.
        const isNamed = method === 'POST' && path === '/argon/locks';
        const isAllowed = isListing || (can.includes(needs) && !isMaking && (!isNamed || can.includes('read')));
        expect([what, await ask(method, path, here, body)]).toEqual([what, isAllowed ? 'allowed' : 'auth/denied']);
        const other = await ask(method, path, elsewhere, body);
        expect([what, other]).toEqual([what, isListing ? 'allowed' : 'auth/denied']);
        expect([what, await ask(method, path, undefined, body)]).toEqual([what, 'auth/required']);
        count += 3;
      }
    }
    const anywhere = await tokenFor(['create']);
    expect(await ask('POST', '', anywhere, { name: 'made' })).toBe('allowed');
    expect(await ask('POST', '', anywhere, { name: 'copy', base: { room: 'made' } })).toBe('auth/denied');
    expect(count).toBe(TABLE.length * 8 * 3);
  });

  it('[V234] covers every route there is', async () => {
    const source = readFileSync(new URL('../../../src/server/data/http/frame-channel.ts', import.meta.url), 'utf8');
    const block = (name: string): string[] => {
      const [, text] = new RegExp(`const ${name}:[^=]*= \\{\\n(.*?)\\n\\};`, 's').exec(source) ?? [];
      return [...(text ?? '').matchAll(/^ {2}(\w+): \{(.*)\}/gm)].flatMap(([, collection, methods]) =>
        [...methods.matchAll(/\b(GET|POST|PUT|PATCH|DELETE):/g)].map(([, method]) => `${method} ${collection}`),
      );
    };
    const tested = (depth: number): string[] =>
      TABLE.map(([method, path]) => [method, path.split('?')[0].split('/')] as const)
        .filter(([, parts]) => parts.length === depth)
        .map(([method, parts]) => `${method} ${parts[2]}`);
    expect(block('COLLECTIONS').length).toBeGreaterThan(10);
    expect(block('MEMBERS').length).toBeGreaterThan(4);
    for (const route of block('COLLECTIONS')) expect(tested(3)).toContain(route);
    for (const route of block('MEMBERS')) expect(tested(4)).toContain(route);
  });

  it('[V235] lists only the rooms somebody may see', async () => {
    const server = await guardedServer();
    for (const name of ['argon', 'neon']) await (await server.room(name)).close();
    const names = async (token: string): Promise<string[]> => {
      const headers = { authorization: `Bearer ${token}` };
      const { rooms } = (await (await fetch(`${server.url}/v1/rooms`, { headers })).json()) as {
        rooms: { name: string }[];
      };
      return rooms.map(({ name }) => name).sort();
    };
    expect(await names(await tokenFor(['read']))).toEqual(['argon', 'neon']);
    expect(await names(await tokenFor(['read'], { room: 'neon' }))).toEqual(['neon']);
    expect(await names(await tokenFor(['write']))).toEqual([]);
  });

  it('[V236] is the same on the WebSocket, which says why by its close code', async () => {
    const server = await guardedServer();
    await (await server.room('argon')).close();
    const base = `${server.url.replace('http', 'ws')}/v1/sync`;
    const read = await tokenFor(['read']);
    expect(await visit(`${base}/argon`, { token: read })).toBe('open');
    expect(await visit(`${base}/argon?token=${read}`)).toBe('open');
    expect(await visit(`${base}/argon`)).toBe('4401 auth/required');
    expect(await visit(`${base}/argon`, { token: `${read}x` })).toBe('4403 auth/denied');
    expect(await visit(`${base}/argon`, { token: await tokenFor(['write']) })).toBe('4403 auth/denied');
    expect(await visit(`${base}/argon`, { token: await tokenFor(['read'], { room: 'neon' }) })).toBe(
      '4403 auth/denied',
    );
    expect(await visit(`${base}/argon~ledger`, { token: await tokenFor(['read'], { room: 'neon' }) })).toBe(
      '4403 auth/denied',
    );
    expect(await visit(`${base}/argon~ledger`, { token: read })).toBe('open');
    expect(await visit(`${base}/unborn`, { token: read })).toBe('4404 room/not-found');
    expect(await visit(`${base}/unborn`, { token: await tokenFor(['read', 'create']) })).toBe('open');
    expect(await visit(`${base}/a..b`, { token: read })).toBe('4404 room/name-invalid');
    const headers = { origin: 'https://evil.example' };
    expect(await visit(`${base}/argon`, { token: read, headers })).toBe('403 auth/origin');
  });
});
