import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { MAX_ID, decodeIds, encodeIds } from '../../src/protocol/id-list.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { selectionCollection } from '../../src/state/index.ts';
import { pair, replica, seededRandom, sync, updatesOf } from './replicas.ts';

/** `count` different ids below `below`, ascending. */
function choose(count: number, below: number, seed: number): number[] {
  const random = seededRandom(seed);
  const ids = new Set<number>();
  while (ids.size < count) ids.add(Math.floor(random() * below));
  return [...ids].sort((a, b) => a - b);
}

const SETS: [string, fc.Arbitrary<number[]>][] = [
  ['any', fc.uniqueArray(fc.integer({ min: 0, max: MAX_ID }), { maxLength: 200 })],
  ['dense', fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 200 })],
  [
    'runs',
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 50 })), { maxLength: 10 })
      .map((runs) => runs.flatMap(([start, length]) => Array.from({ length }, (_, index) => start + index))),
  ],
];

describe('lists of ids', () => {
  it.each(SETS)('[K60] %s ids come back, ascending and each once', (_title, ids) => {
    fc.assert(
      fc.property(ids, (list) => {
        const expected = [...new Set(list)].sort((a, b) => a - b);
        expect(decodeIds(encodeIds(list))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('[K61] a box of 100,000 atoms takes a few bytes', () => {
    const box = Array.from({ length: 100_000 }, (_, index) => 5_000 + index);
    expect(encodeIds(box).byteLength).toBeLessThanOrEqual(8);
    expect(encodeIds([]).byteLength).toBe(1);
  });

  it.each([20_000, 100_000, 1_000_000])('[K62] 10,000 ids chosen from %i atoms take at most 12 kB', (atoms) => {
    expect(encodeIds(choose(10_000, atoms, 1)).byteLength).toBeLessThanOrEqual(12_000);
  });

  it.each([150_000, 1_000_000, 50_000_000])(
    '[K63] 100,000 ids chosen from %i atoms stay under the limit of a value',
    (atoms) => {
      const { state } = replica(1);
      const selections = state.collection(selectionCollection);
      const ids = choose(100_000, atoms, 2);
      expect(encodeIds(ids).byteLength).toBeLessThan(LIMITS.valueByteLength);
      expect(selections.add({ particle_ids: ids }).snapshot().particle_ids).toEqual(ids);
    },
  );

  it('[K64] changing one field of a selection of 10,000 ids sends at most 100 bytes', () => {
    const [a, b] = pair([1, 2], 'selection.big', { particle_ids: choose(10_000, 100_000, 3), visible: false });
    const lengths = updatesOf(a.doc, () => a.state.update('selection.big', { visible: true }));
    expect(lengths).toHaveLength(1);
    expect(lengths[0]).toBeLessThanOrEqual(100);
    sync(a, b);
    expect(b.state.get('selection.big')).toMatchObject({ visible: true });
  });

  it('[K64] storing such a selection costs at most 12 kB', () => {
    const { doc, state } = replica(1);
    const ids = choose(10_000, 100_000, 4);
    const [length] = updatesOf(doc, () => state.set('selection.big', { particle_ids: ids, display_name: 'Big' }));
    expect(length).toBeLessThanOrEqual(12_000);
    expect(length).toBeGreaterThan(1_000);
  });

  it('[K65] what is no set of ids is refused', () => {
    const selections = replica(1).state.collection(selectionCollection);
    for (const ids of [[-1], [1.5], [MAX_ID + 1], ['1'], [Number.NaN], 'abc', { 0: 1 }, null]) {
      expect(() => selections.add({ particle_ids: ids as never })).toThrow(CovalenceError);
    }
    expect(selections.size).toBe(0);
  });

  it('[K66] damaged codes are an error, never a crash, a hang or gigabytes', () => {
    const intact = encodeIds(choose(50, 4_000, 5));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(intact.length - 1), fc.nat(255), (noise, at, byte) => {
        const flipped = intact.slice();
        flipped[at] = byte;
        for (const bytes of [noise, flipped, intact.slice(0, at)]) {
          try {
            const ids = decodeIds(new Uint8Array(bytes));
            expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0))).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ code: 'value/invalid' });
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(() => decodeIds(new Uint8Array([1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toThrow('more than');
  });

  it('[K67] a list that a program without the coding wrote is read as it is', () => {
    const { doc, state } = replica(1);
    doc.transact(() => doc.getMap('state').set('selection.plain', { particle_ids: [3, 1, 1] }));
    expect(state.collection(selectionCollection).get('plain')).toEqual({ particle_ids: [1, 3] });
    state.update('selection.plain', { display_name: 'P' });
    expect(state.get('selection.plain')).toEqual({ particle_ids: [1, 3], display_name: 'P' });
  });
});
