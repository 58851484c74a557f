import { describe, expect, it } from 'vitest';
import { decodeMsgpack, encodeMsgpack } from '../../src/data/msgpack.ts';

function reason(bytes: readonly number[] | Uint8Array, limits = {}): string {
  try {
    decodeMsgpack(Uint8Array.from(bytes), limits);
  } catch (error) {
    expect(error).toMatchObject({ name: 'CovalenceError', code: 'request/invalid' });
    return (error as Error).message;
  }
  return 'accepted';
}

describe('msgpack', () => {
  it('[D50] gives back every JSON value, numbers to the bit, and binary values as views', () => {
    const value = {
      a: [1, -2, 0.1, 1e300, 2 ** 53 - 1, -(2 ** 53 - 1)],
      b: { c: null, d: true, e: 'é\u{1f600}' },
      n: -129,
    };
    expect(decodeMsgpack(encodeMsgpack(value))).toEqual(value);
    const bytes = encodeMsgpack({ x: Float32Array.of(1, 2, 3) });
    const { x } = decodeMsgpack(bytes) as { x: Uint8Array };
    expect(x.buffer).toBe(bytes.buffer);
    expect([...new Float32Array(x.slice().buffer)]).toEqual([1, 2, 3]);
  });

  it('[D50] refuses lengths that the bytes cannot hold, before anything is allocated', () => {
    // 18 nested arrays that each claim 32 million elements: 90 bytes that would ask for gigabytes.
    const bomb = Array.from({ length: 18 }, () => [0xdd, 0x02, 0, 0, 0]).flat();
    expect(reason(bomb)).toContain('elements are announced');
    expect(reason([0xdf, 0xff, 0xff, 0xff, 0xff])).toContain('elements are announced');
    expect(reason([0xc6, 0xff, 0xff, 0xff, 0xff])).toContain('binary value');
    expect(reason([0xdb, 0xff, 0xff, 0xff, 0xff])).toContain('text');
    // Every level claims as much as the whole body could hold, so that the sum and not each length is too large.
    const body = new Uint8Array(1000).fill(0xc0);
    for (let i = 0; i < 300; i += 3) body.set([0xdc, 0x02, 0x00], i);
    expect(reason(body)).toContain('elements are announced');
  });

  it('[D50] refuses trailing bytes, deep nesting, extension types, keys that are no text and unsafe whole numbers', () => {
    expect(reason([0x01, 0x01])).toContain('1 bytes follow');
    expect(reason([])).toContain('ends after 0 bytes');
    expect(reason([...Array.from({ length: 40 }, () => 0x91), 0x01])).toContain('deeper than 32');
    expect(reason([0xd6, 0xff, 0, 0, 0, 0])).toContain('0xd6');
    expect(reason([0xc1])).toContain('0xc1');
    expect(reason([0x81, 0x01, 0x01])).toContain('not text');
    expect(reason([0xcf, 0xff, 0, 0, 0, 0, 0, 0, 0])).toContain('cannot be kept exactly');
    expect(reason(encodeMsgpack([1, 2, 3]), { arrayLength: 2 })).toContain('at most 2');
    expect(reason(encodeMsgpack({ a: 1, b: 1 }), { mapLength: 1 })).toContain('at most 1');
  });

  it('[D50] refuses keys that name a prototype', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const bytes = Uint8Array.of(0x81, 0xa0 + key.length, ...new TextEncoder().encode(key), 0x80);
      expect(reason(bytes)).toContain(`"${key}"`);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('[D50] every cut of a valid body is refused', () => {
    const bytes = encodeMsgpack({
      id: 'a',
      data: { p: new Uint8Array(300), list: [1, 2.5, 'x'.repeat(40), { deep: null }] },
    });
    for (let length = 0; length < bytes.byteLength; length += 1)
      expect(reason(bytes.subarray(0, length))).not.toBe('accepted');
  });
});
