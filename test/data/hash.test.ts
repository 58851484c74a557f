import { afterEach, describe, expect, it, vi } from 'vitest';
import { frameArray, stringArray } from '../../src/protocol/frames.ts';
import { canonicalBytes, valueFromBytes, valueType } from '../../src/data/hash.ts';
import { sampleData, sha256 } from './sample-frames.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('canonical bytes', () => {
  for (const [means, globals] of [
    ['Node', {}],
    ['WebCrypto', { process: { ...process, getBuiltinModule: undefined } }],
    ['wasm, for origins that are not secure,', { process: { ...process, getBuiltinModule: undefined }, crypto: {} }],
  ] as const) {
    it(`[D51] the sha256 by ${means} is that of node:crypto at every length around a block`, async () => {
      vi.resetModules();
      for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
      const { hashBytes } = await import('../../src/data/hash.ts');
      for (const length of [...Array.from({ length: 200 }, (_, i) => i), 2047, 2048, 2049, 100_000]) {
        const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => (i * 131 + length) & 255).subarray(3);
        const found = hashBytes(bytes);
        expect(typeof found === 'string').toBe(length <= 2048 || means === 'Node');
        expect(await found).toBe(sha256(bytes));
      }
    });
  }

  it('[D51] a value comes back from its canonical bytes', () => {
    for (const value of Object.values(sampleData(1))) {
      const shape = typeof value === 'object' ? value.shape : [];
      expect(valueFromBytes(valueType(value), shape, canonicalBytes(value))).toEqual(value);
    }
  });

  it('[D51] numbers are 8 bytes little-endian; -0 is 0 and every NaN is one', () => {
    expect([...canonicalBytes(1)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect(canonicalBytes(-0)).toEqual(canonicalBytes(0));
    const oddNan = new DataView(Uint8Array.of(1, 2, 3, 0, 0, 0, 0xf8, 0xff).buffer).getFloat64(0, true);
    expect(canonicalBytes(oddNan)).toEqual(canonicalBytes(Number.NaN));
    expect([...canonicalBytes(Number.NaN)]).toEqual([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    expect([...canonicalBytes(true)]).toEqual([1]);
  });

  it('[D51] an array of texts is its codes followed by its table as JSON; a part of a buffer is only that part', () => {
    const texts = stringArray(['é', 'b', 'é']);
    expect(Buffer.from(canonicalBytes(texts)).subarray(12).toString()).toBe('["é","b"]');
    const whole = Float32Array.of(1, 2, 3, 4);
    expect(canonicalBytes(frameArray(whole.subarray(1, 3)))).toEqual(new Uint8Array(Float32Array.of(2, 3).buffer));
  });
});
