import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import fc from 'fast-check';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import {
  MAX_VALUE_DEPTH,
  copyValue,
  equalValues,
  freezeValue,
  valueByteLength,
  valueProblem,
} from '../../src/protocol/values.ts';
import type { StateValue } from '../../src/protocol/values.ts';
import { replica, sync, updatesOf } from './replicas.ts';

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof CovalenceError ? error.code : `not ours: ${String(error)}`;
  }
}

class Point {
  x = 1;
}

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)]);

const REFUSED: [string, unknown][] = [
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a BigInt', 1n],
  ['a symbol', Symbol('x')],
  ['a function', () => 0],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['a set', new Set([1])],
  ['a typed array that is no Uint8Array', new Float32Array(2)],
  ['an instance of a class', new Point()],
  ['a shared type', new Y.Map()],
  ['a cycle', cycle],
  ['too many levels', nested(MAX_VALUE_DEPTH + 1)],
  ['a hole in a list', [1, , 3]], // eslint-disable-line no-sparse-arrays
  ['undefined in a field', { a: undefined }],
  ['NaN deep inside', { a: [{ b: Number.NaN }] }],
  ['a field __proto__', JSON.parse('{"__proto__": 1}')],
  ['a field constructor, deep', { a: { constructor: 1 } }],
  ['half a surrogate pair', 'a\ud800'],
  ['a field name with half a surrogate pair', { '\udc00': 1 }],
];

const jsonValue = fc.letrec<{ value: StateValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z$ é]{0,6}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('values of the shared state', () => {
  it.each(REFUSED)('[K50] %s is refused before anything is written', (_title, value) => {
    const { doc, state } = replica(1);
    state.set('thing', { x: 1 });
    const lengths = updatesOf(doc, () => {
      expect(codeOf(() => state.set('thing', value as StateValue))).toBe('value/invalid');
      expect(codeOf(() => state.set('other', { x: value } as never))).toBe('value/invalid');
      expect(codeOf(() => state.collection('thing.').add(value as StateValue))).toBe('value/invalid');
      if (value !== undefined) expect(codeOf(() => state.update('thing', { y: value } as never))).toBe('value/invalid');
      expect(codeOf(() => state.update('thing', { y: [value] } as never))).toBe('value/invalid');
      expect(
        codeOf(() => state.modify('thing', (draft) => void ((draft as Record<string, unknown>)['y'] = [value]))),
      ).toBe('value/invalid');
    });
    expect(lengths).toEqual([]);
    expect(state.snapshot()).toEqual({ thing: { x: 1 } });
  });

  it('[K51] whatever is accepted comes out equal in another replica', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const a = replica(1);
        const b = replica(2);
        a.state.set('thing', value);
        sync(a, b);
        expect(b.state.get('thing')).toEqual(copyValue(value));
        expect(a.state.get('thing')).toEqual(copyValue(value));
      }),
      { numRuns: 300 },
    );
  });

  it('[K52] a value above the limit is refused, counting what an update would leave', () => {
    const { doc, state } = replica(1);
    const half = 'x'.repeat(LIMITS.valueByteLength / 2);
    state.set('thing', { a: half });
    const lengths = updatesOf(doc, () => {
      expect(codeOf(() => state.set('big', half + half))).toBe('value/too-large');
      expect(codeOf(() => state.set('big', new Uint8Array(LIMITS.valueByteLength)))).toBe('value/too-large');
      expect(codeOf(() => state.update('thing', { b: half }))).toBe('value/too-large');
    });
    expect(lengths).toEqual([]);
    state.update('thing', { a: undefined, b: half });
    expect(Object.keys(state.snapshot('thing') as object)).toEqual(['b']);
  });

  it('[K53] the size of JSON is that of its text, at most a little more', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (valueProblem(value) !== undefined) return;
        const text = new TextEncoder().encode(JSON.stringify(value)).byteLength;
        const counted = valueByteLength(value as StateValue);
        const escapes = (JSON.stringify(value).match(/\\(u....|.)/g) ?? []).join('').length;
        expect(counted).toBeGreaterThanOrEqual(text - escapes);
        expect(counted).toBeLessThanOrEqual(text * 2 + 2);
      }),
    );
  });

  it('[K54] equality looks at content: an order of fields means nothing, 0 is -0, bytes are no list', () => {
    expect(equalValues({ a: 1, b: [0] }, { b: [-0], a: 1 })).toBe(true);
    expect(equalValues({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(equalValues(new Uint8Array([1]), [1])).toBe(false);
    expect(equalValues(new Uint8Array([1]), new Uint8Array([2]))).toBe(false);
    expect(equalValues([], {})).toBe(false);
    expect(equalValues(undefined, null)).toBe(false);
    expect(Object.is(copyValue(-0), 0)).toBe(true);
  });

  it('[K55] a copy shares nothing that can be edited', () => {
    const value = freezeValue({ list: [{ a: 1 }], bytes: new Uint8Array([1]) });
    const copy = copyValue(value as StateValue) as { list: { a: number }[]; bytes: Uint8Array };
    copy.list.push({ a: 2 });
    copy.bytes[0] = 9;
    expect(value).toEqual({ list: [{ a: 1 }], bytes: new Uint8Array([1]) });
  });
});
