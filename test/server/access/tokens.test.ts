import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/protocol/clock.ts';
import { asCovalenceError } from '../../../src/protocol/errors.ts';
import type { Access } from '../../../src/server/access/access.ts';
import { linkTokenAccess } from '../../../src/server/access/link-token.ts';
import { cookieFor, presentedTokens } from '../../../src/server/access/presented-tokens.ts';
import { signedTokenAccess, signToken } from '../../../src/server/access/signed-token.ts';
import { isLoopback, tokenOf } from '../../../src/server/printed-link.ts';

const ask = (path: string, headers: Record<string, string> = {}) => ({
  url: new URL(path, 'http://mol.lab:8080'),
  headers: new Headers(headers),
});

const codeOf = async (granting: Promise<unknown>): Promise<string> =>
  granting.then(
    () => 'accepted',
    (error: unknown) => asCovalenceError(error).code,
  );

describe('access by the printed link', () => {
  const access = linkTokenAccess('sesame-1234');
  const told = (path: string, headers?: Record<string, string>): Promise<string> =>
    codeOf(access.grantOf(presentedTokens(ask(path, headers), 'argon')));

  it('[V4] takes the token from header, subprotocol, address and cookie, and nothing else', async () => {
    expect(await told('/v1/rooms?token=sesame-1234')).toBe('accepted');
    expect(await told('/v1/rooms', { authorization: 'Bearer sesame-1234' })).toBe('accepted');
    const protocols = 'covalence, covalence-token.sesame-1234';
    expect(await told('/v1/sync/argon', { 'sec-websocket-protocol': protocols })).toBe('accepted');
    expect(await told('/v1/rooms', { cookie: 'a=b; covalence_token=sesame-1234' })).toBe('accepted');
    expect(await told('/v1/rooms')).toBe('auth/required');
    expect(await told('/v1/rooms', { authorization: 'Basic sesame-1234' })).toBe('auth/required');
    expect(await told('/v1/rooms?token=sesame-123')).toBe('auth/denied');
    expect(await told('/v1/rooms?token=', { cookie: 'covalence_token=sesame-1234' })).toBe('auth/denied');
  });

  it('[V4] gives a cookie to pages of its own and to nobody else', () => {
    const how = { basePath: '/mol', isSecure: true };
    const own = { 'sec-fetch-site': 'same-origin', authorization: 'Bearer sesame-1234' };
    expect(cookieFor(ask('/mol/v1/rooms', own), undefined, how)).toBe(
      'covalence_token=sesame-1234; Path=/mol/; HttpOnly; SameSite=Lax; Secure',
    );
    expect(cookieFor(ask('/mol/v1/rooms', own), 'argon', how)).toContain('covalence_token.argon=');
    const foreign = { ...own, 'sec-fetch-site': 'cross-site' };
    expect(cookieFor(ask('/mol/v1/rooms', foreign), undefined, how)).toBeUndefined();
    expect(cookieFor(ask('/mol/v1/rooms', { authorization: 'Bearer a' }), undefined, how)).toBeUndefined();
    const split = { ...own, authorization: 'Bearer a;Domain=evil' };
    expect(cookieFor(ask('/mol/v1/rooms', split), undefined, how)).toBeUndefined();
  });

  it('[V3] knows what is this machine', () => {
    expect(['127.0.0.1', 'localhost', '::1', '127.3.2.1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '192.168.1.5', '::', 'mol.lab'].map(isLoopback)).toEqual([false, false, false, false]);
  });

  it('[V3] keeps the token over a restart, readable by the owner only', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'covalence-token-'));
    const token = await tokenOf(directory);
    expect(token).toMatch(/^[\w-]{24}$/);
    expect(await tokenOf(directory)).toBe(token);
    expect(await readFile(join(directory, 'token'), 'utf8')).toBe(token);
    expect((await stat(join(directory, 'token'))).mode & 0o077).toBe(0);
  });
});

describe('access by signed tokens', () => {
  const SECRET = 'a secret of at least thirty-two bytes';
  const NOW = 1_800_000_000_000;
  const at = (now: number): Clock => ({ now: () => now, after: () => () => undefined });
  const clock = at(NOW);
  const access = signedTokenAccess(SECRET, clock);
  const key = (secret: string): Uint8Array => new TextEncoder().encode(secret);
  const claims = { room: 'argon', can: ['read', 'write'] as const, expiresMs: NOW + 3_600_000 };
  const inS = NOW / 1_000;

  it('[V230] says room, capabilities, name and end', async () => {
    const token = await signToken(SECRET, { ...claims, name: 'Ada', subject: 'ada@lab' }, clock);
    const grant = await access.grantOf([token]);
    expect(grant).toEqual({
      capabilities: new Set(['read', 'write']),
      room: 'argon',
      name: 'Ada',
      subject: 'ada@lab',
      expiresMs: NOW + 3_610_000,
    });
    const everywhere = await access.grantOf([await signToken(SECRET, { ...claims, room: '*' }, clock)]);
    expect(everywhere.room).toBeUndefined();
  });

  it('[V231] refuses tokens that were not signed so, with 30 forgeries', async () => {
    const good = await signToken(SECRET, claims, clock);
    const [head, body, signature] = good.split('.');
    const encoded = (value: unknown): string => base64url.encode(JSON.stringify(value));
    const payload = { room: 'argon', can: ['admin'], aud: 'covalence', exp: inS + 60 };
    const jwt = (fields: object, alg = 'HS256', secret = SECRET, header: object = {}): Promise<string> =>
      new SignJWT({ ...payload, ...fields }).setProtectedHeader({ ...header, alg }).sign(key(secret));
    const denied: Record<string, string> = {
      'no algorithm': new UnsecuredJWT(payload).encode(),
      'no algorithm, in capitals': `${encoded({ alg: 'NONE' })}.${encoded(payload)}.`,
      'another algorithm': await jwt({}, 'HS512', `${SECRET}${SECRET}`),
      'another secret': await jwt({}, 'HS256', `${SECRET}!`),
      'another payload': `${head}.${encoded(payload)}.${signature}`,
      'another head': `${encoded({ alg: 'HS256', typ: 'JWT', x: 1 })}.${body}.${signature}`,
      'no signature': `${head}.${body}.`,
      'half a signature': good.slice(0, -8),
      'two parts': `${head}.${body}`,
      'four parts': `${good}.${signature}`,
      'a changed signature': `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      empty: '',
      'no token': 'sesame',
      'a path': '../../etc/passwd',
      'a key of its own': await jwt({}, 'HS256', SECRET.toUpperCase(), { jwk: { kty: 'oct', k: 'AAAA' } }),
      'a key elsewhere': await jwt({}, 'HS256', SECRET.toUpperCase(), { jku: 'http://evil.example/keys' }),
      'a key id that is a path': await jwt({}, 'HS256', SECRET.toUpperCase(), { kid: '../../dev/null' }),
      'a demand nobody knows': await jwt({}, 'HS256', SECRET, { crit: ['exp'], exp: 1 }).catch(() => 'not signed'),
      'public key as secret': `${encoded({ alg: 'RS256' })}.${body}.${signature}`,
      'no end': await jwt({ exp: undefined }),
      'an end that is a text': await jwt({ exp: 'never' }).catch(() => 'not signed'),
      'no audience': await jwt({ aud: undefined }),
      'another audience': await jwt({ aud: 'mail' }),
      'not yet': await jwt({ nbf: inS + 3_600 }),
      'no room': await jwt({ room: undefined }),
      'a room that is none': await jwt({ room: '../argon' }),
      'rooms as a list': await jwt({ room: ['argon'] }),
      'no capabilities': await jwt({ can: undefined }),
      'capabilities as a text': await jwt({ can: 'admin' }),
      'a capability nobody knows': await jwt({ can: ['read', 'root'] }),
    };
    expect(Object.keys(denied)).toHaveLength(30);
    for (const [what, token] of Object.entries(denied)) {
      expect([what, await codeOf(access.grantOf([token]))]).toEqual([what, 'auth/denied']);
    }
    expect(await codeOf(access.grantOf([good]))).toBe('accepted');
    expect(await codeOf(access.grantOf([]))).toBe('auth/required');
  });

  it('[V232] ends with its time, and with the secret', async () => {
    const token = await signToken(SECRET, claims, clock);
    const later = (ms: number): Access => signedTokenAccess(SECRET, at(claims.expiresMs + ms));
    expect(await codeOf(later(9_000).grantOf([token]))).toBe('accepted');
    expect(await codeOf(later(11_000).grantOf([token]))).toBe('auth/required');
    expect(await codeOf(signedTokenAccess(`${SECRET} changed`, clock).grantOf([token]))).toBe('auth/denied');
  });

  it('[V308] a secret that signed before stays good for its tokens, in any order, and for nothing that neither signed', async () => {
    const secrets = ['new', 'old', 'older'].map((name) => `${name} ${SECRET}`);
    const rotated = signedTokenAccess(secrets[0], clock, secrets.slice(1));
    for (const secret of secrets) {
      expect(await codeOf(rotated.grantOf([await signToken(secret, claims, clock)]))).toBe('accepted');
      const over = await signToken(secret, { ...claims, expiresMs: NOW - 60_000 }, clock);
      expect(await codeOf(rotated.grantOf([over]))).toBe('auth/required');
    }
    expect(await codeOf(rotated.grantOf([await signToken(`${SECRET} stranger`, claims, clock)]))).toBe('auth/denied');
    expect(await codeOf(rotated.grantOf(['not.a.token']))).toBe('auth/denied');
    const retired = await signToken(secrets[2], claims, clock);
    expect(await codeOf(signedTokenAccess(secrets[0], clock, [secrets[1]]).grantOf([retired]))).toBe('auth/denied');
    expect(() => signedTokenAccess(SECRET, clock, ['sesame'])).toThrow(/at least 32/);
  });

  it('[V233] refuses a secret that can be guessed', () => {
    expect(() => signedTokenAccess('sesame', clock)).toThrow(/at least 32.*openssl rand/);
  });

  it('[V230] of two cookies that of the room comes first, and the other one helps when it has run out', async () => {
    const old = await signToken(SECRET, { ...claims, expiresMs: NOW - 60_000 }, clock);
    const all = await signToken(SECRET, { ...claims, room: '*', can: ['read'] }, clock);
    const cookie = `covalence_token=${all}; covalence_token.argon=${old}`;
    expect(presentedTokens(ask('/v1/rooms/argon', { cookie }), 'argon')).toEqual([old, all]);
    const grant = await access.grantOf(presentedTokens(ask('/v1/rooms/argon', { cookie }), 'argon'));
    expect([...grant.capabilities]).toEqual(['read']);
  });
});
