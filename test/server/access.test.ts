import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { tokenAccess } from '../../src/server/access.ts';
import { isLoopback, tokenOf } from '../../src/server/printed-link.ts';

const ask = (path: string, headers: Record<string, string> = {}) => ({
  url: new URL(path, 'http://mol.lab:8080'),
  headers: new Headers(headers),
});

function codeOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return isCovalenceError(error) ? error.code : 'other';
  }
  return 'accepted';
}

describe('access by the printed link', () => {
  const access = tokenAccess('sesame-1234');

  it('[V4] takes the token from link, header and cookie, and nothing else', () => {
    expect(codeOf(() => access.check(ask('/r/a?token=sesame-1234')))).toBe('accepted');
    expect(codeOf(() => access.check(ask('/v1/rooms', { authorization: 'Bearer sesame-1234' })))).toBe('accepted');
    expect(codeOf(() => access.check(ask('/v1/rooms', { cookie: 'a=b; covalence_token=sesame-1234' })))).toBe(
      'accepted',
    );
    expect(codeOf(() => access.check(ask('/v1/rooms')))).toBe('auth/required');
    expect(codeOf(() => access.check(ask('/v1/rooms?token=sesame-123')))).toBe('auth/denied');
    expect(codeOf(() => access.check(ask('/v1/rooms?token=', { cookie: 'covalence_token=sesame-1234' })))).toBe(
      'auth/denied',
    );
  });

  it('[V4] gives the cookie only to who brought the right token', () => {
    expect(access.cookieFor(new URL('http://h/r/a?token=sesame-1234'))).toContain('HttpOnly');
    expect(access.cookieFor(new URL('http://h/r/a?token=wrong'))).toBeUndefined();
    expect(access.cookieFor(new URL('http://h/r/a'))).toBeUndefined();
  });

  it('[V3] asks nobody on loopback', () => {
    expect(codeOf(() => tokenAccess(undefined).check(ask('/v1/rooms')))).toBe('accepted');
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
