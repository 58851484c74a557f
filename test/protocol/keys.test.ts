import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import {
  LEDGER_ROOTS,
  MAX_KEY_LENGTH,
  assertKey,
  isLedgerKey,
  keyProblem,
  normalisePrefix,
  resolveKey,
} from '../../src/protocol/keys.ts';

function codeOf(action: () => void): string | undefined {
  try {
    action();
  } catch (error) {
    return isCovalenceError(error) ? error.code : `not ours: ${String(error)}`;
  }
  return undefined;
}

describe('keys', () => {
  it('[K1] a key is segments of letters, digits, _ and - joined by single dots', () => {
    for (const key of ['a', 'playback', 'selection.a1b2', 'scene.box', 'A-b_c.0.x', '-', '_.-']) {
      expect(keyProblem(key), key).toBeUndefined();
    }
    for (const key of ['', '.', 'a.', '.a', 'a..b', 'a b', 'a/b', 'ä', 'a.b.', 'a\n', 'a\0b', 'selection.é', '💧']) {
      expect(keyProblem(key), JSON.stringify(key)).toBeTypeOf('string');
    }
  });

  it('[K2] a key has 1 to 255 characters', () => {
    expect(keyProblem('k'.repeat(MAX_KEY_LENGTH))).toBeUndefined();
    expect(keyProblem('k'.repeat(MAX_KEY_LENGTH + 1))).toContain('256');
    expect(MAX_KEY_LENGTH).toBe(255);
  });

  it('[K3] no segment of a key is a name that would reach an object prototype', () => {
    for (const word of ['__proto__', 'constructor', 'prototype']) {
      for (const key of [word, `a.${word}`, `${word}.a`, `a.${word}.b`]) expect(keyProblem(key), key).toContain(word);
    }
    for (const key of ['proto', '__proto', 'constructors', 'a.Constructor']) expect(keyProblem(key)).toBeUndefined();
  });

  it('[K4] a value that is no string is refused as key/invalid, never coerced', () => {
    for (const key of [undefined, null, 1, Number.NaN, true, {}, [], ['a'], Symbol('a'), () => 'a']) {
      expect(codeOf(() => assertKey(key))).toBe('key/invalid');
    }
    expect(codeOf(() => assertKey('a.b'))).toBeUndefined();
  });

  it('[K5] a prefix ends with one dot, which is added when it is missing', () => {
    expect(normalisePrefix('selection')).toBe('selection.');
    expect(normalisePrefix('selection.')).toBe('selection.');
    expect(normalisePrefix('a.b')).toBe('a.b.');
    for (const prefix of ['', '.', '..', 'a..', '.a', 'a b', '__proto__.']) {
      expect(
        codeOf(() => void normalisePrefix(prefix)),
        prefix,
      ).toBe('key/invalid');
    }
  });

  it('[K6] an id below a prefix resolves to the full key, and a full key to itself', () => {
    expect(resolveKey('selection.', 'a1')).toBe('selection.a1');
    expect(resolveKey('selection.', 'selection.a1')).toBe('selection.a1');
    expect(resolveKey('selection.', 'selectionx.a1')).toBe('selection.selectionx.a1');
    for (const id of ['', 'selection.', 'a b', '.', 'constructor', 'a..b']) {
      expect(
        codeOf(() => void resolveKey('selection.', id)),
        id,
      ).toBe('key/invalid');
    }
  });

  it('[K7] the keys below room, trajectory, frame, lock and job belong to the server', () => {
    expect([...LEDGER_ROOTS].toSorted()).toEqual(['frame', 'job', 'lock', 'room', 'trajectory']);
    for (const key of ['room', 'trajectory', 'frame.f1', 'lock.presenter', 'lock.frame.f1', 'job.1']) {
      expect(isLedgerKey(key), key).toBe(true);
    }
    for (const key of ['rooms', 'frames.f1', 'selection.frame', 'playback', 'locks', 'my.lock.a', 'Frame.x']) {
      expect(isLedgerKey(key), key).toBe(false);
    }
  });

  it('[K8] whatever text comes in, the check answers at once and accepts only what the grammar allows', () => {
    const grammar = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
    const keyLike = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '_', '-', '.', ' ', 'é', '\n'), maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(keyLike, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const isFine = keyProblem(text) === undefined;
        const isReserved = text.split('.').some((part) => ['__proto__', 'constructor', 'prototype'].includes(part));
        expect(isFine).toBe(grammar.test(text) && text.length <= 255 && !isReserved);
      }),
      { numRuns: 2000 },
    );
  });

  it('[K8] a hostile key of a megabyte is refused like any other', () => {
    for (const text of ['a.'.repeat(500_000), `${'-'.repeat(1_000_000)}!`, '.'.repeat(1_000_000)]) {
      expect(keyProblem(text)).toBeTypeOf('string');
    }
  });
});
