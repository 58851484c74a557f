import { describe, expect, it } from 'vitest';
import { assertAllowedOrigin, isAllowedOrigin } from '../../src/server/allowed-origin.ts';
import { isCovalenceError } from '../../src/protocol/errors.ts';

describe('where a page may come from', () => {
  const host = 'molecules.example.org:8080';
  const cases: [origin: string | undefined, host: string | undefined, isAllowed: boolean][] = [
    [undefined, host, true],
    ['http://molecules.example.org:8080', host, true],
    ['https://molecules.example.org:8080', host, true],
    ['https://molecules.example.org', 'molecules.example.org', true],
    ['https://molecules.example.org', 'molecules.example.org:443', true],
    ['http://molecules.example.org', host, false],
    ['http://evil.example', host, false],
    ['http://molecules.example.org.evil.example:8080', host, false],
    ['http://evil.example:8080', host, false],
    ['null', host, false],
    ['file://', host, false],
    ['nonsense', host, false],
    ['http://localhost:5173', '127.0.0.1:8080', true],
    ['http://127.0.0.1:5173', 'localhost:8080', true],
    ['http://[::1]:5173', 'localhost:8080', true],
    ['http://localhost:5173', host, false],
    ['http://localhost.evil.example', 'localhost:8080', false],
    ['http://127.0.0.1.evil.example', 'localhost:8080', false],
    ['http://evil.example', 'localhost:8080', false],
    ['http://evil.example', undefined, false],
    ['http://evil.example', 'evil host', false],
  ];
  it.each(cases)('[T52] %s at %s: %s', (origin, at, isAllowed) => {
    expect(isAllowedOrigin({ origin, host: at })).toBe(isAllowed);
  });

  it('[T52] others by name, and the refusal names the flag', () => {
    const allowOrigins = ['https://lab.example'];
    expect(isAllowedOrigin({ origin: 'https://lab.example', host, allowOrigins })).toBe(true);
    expect(isAllowedOrigin({ origin: 'http://lab.example', host, allowOrigins })).toBe(false);
    let refusal: unknown;
    try {
      assertAllowedOrigin({ origin: 'http://lab.example', host, allowOrigins });
    } catch (error) {
      refusal = error;
    }
    expect(isCovalenceError(refusal, 'auth/origin')).toBe(true);
    expect(String(refusal)).toMatch(/--allow-origin http:\/\/lab\.example/);
  });
});
