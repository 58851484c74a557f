import { describe, expect, it } from 'vitest';
import { CovalenceError } from '../../src/protocol/errors.ts';
import {
  DTYPES,
  FRAME_KEYS,
  dtypeByteLength,
  dtypeOf,
  frameArray,
  isFrameArray,
  stringArray,
  viewAs,
} from '../../src/protocol/frames.ts';

describe('frames', () => {
  it('[K30] every element type has the length its name says and comes back from its typed array', () => {
    for (const dtype of DTYPES) {
      expect(dtypeByteLength(dtype)).toBe(Number(dtype.at(-1)));
      const view = viewAs(dtype, new Uint8Array(16));
      expect(dtypeOf(view)).toBe(dtype);
      expect(view.length).toBe(16 / dtypeByteLength(dtype));
    }
    expect(() => dtypeOf(new DataView(new ArrayBuffer(8)) as never)).toThrow(CovalenceError);
    expect(() => dtypeOf(new BigInt64Array(1) as never)).toThrow(CovalenceError);
  });

  it('[K31] aligned bytes are viewed in place and unaligned ones copied, with equal values', () => {
    const bytes = new Uint8Array(new Float32Array([1.5, -2, 3e9]).buffer);
    const aligned = viewAs('<f4', bytes);
    expect(aligned.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(13);
    shifted.set(bytes, 1);
    const copied = viewAs('<f4', shifted.subarray(1));
    expect(copied.buffer).not.toBe(shifted.buffer);
    expect([...copied]).toEqual([1.5, -2, 3e9]);
  });

  it('[K31] bytes that do not fill an element at the end are left out', () => {
    expect(viewAs('<f8', new Uint8Array(15)).length).toBe(1);
    expect(viewAs('<f8', new Uint8Array(0)).length).toBe(0);
  });

  it('[K32] strings are codes into a table of the distinct ones in order of appearance', () => {
    const array = stringArray(['O', 'H', 'H', 'O', '']);
    expect([...array.data]).toEqual([0, 1, 1, 0, 2]);
    expect(array.table).toEqual(['O', 'H', '']);
    expect([array.dtype, array.shape]).toEqual(['<i4', [5]]);
    expect(stringArray([])).toEqual({ dtype: '<i4', shape: [0], data: new Int32Array(0), table: [] });
  });

  it('[K33] an array of a frame is told from one value', () => {
    expect(isFrameArray(frameArray(new Float64Array(6), [2, 3]))).toBe(true);
    for (const value of [0, Number.NaN, true, '', 'text', undefined]) expect(isFrameArray(value)).toBe(false);
  });

  it('[K34] every key with a fixed meaning names types that exist, and lengths are in angstrom', () => {
    for (const [key, rule] of Object.entries(FRAME_KEYS)) {
      expect(rule.dtypes.length, key).toBeGreaterThan(0);
      for (const dtype of rule.dtypes)
        expect(dtype === 'number' || (DTYPES as readonly string[]).includes(dtype), key).toBe(true);
    }
    expect(FRAME_KEYS['positions']?.unit).toBe('angstrom');
    expect(FRAME_KEYS['forces']?.unit).toBe('eV/angstrom');
  });
});
