import { describe, expect, it } from 'vitest';
import { findRings } from '../../src/components/scene/rings.ts';
import { lookOf } from '../../src/components/looks/presets.ts';
import { RENDER_PRESETS } from '../../src/protocol/records/visualiser-presets.ts';

/** Bonds as the scene keeps them. */
const bonds = (pairs: readonly (readonly [number, number])[]): Uint32Array =>
  Uint32Array.from(pairs.flatMap(([a, b]) => [a, b, 0, 0]));

describe('presets', () => {
  it('[C302] every name and alias of the grammar is a look of its own', () => {
    const looks = RENDER_PRESETS.map(({ name }) => [name, JSON.stringify(lookOf({ render: name }))] as const);
    expect(new Set(looks.map(([, look]) => look)).size).toBe(RENDER_PRESETS.length);
    for (const { name, aliases } of RENDER_PRESETS)
      for (const alias of aliases)
        expect(lookOf({ visualiser: alias.toUpperCase() }), alias).toEqual(lookOf({ render: name }));
    expect(RENDER_PRESETS.filter(({ name }) => lookOf({ render: name })?.problem)).toEqual([]);
    for (const alias of ['vdw', 'spacefill', 'sticks', 'ball-and-stick', 'tube'])
      expect(lookOf({ render: alias })?.problem, alias).toBeUndefined();
  });

  it('[C302] a scale inside the render is a length, one beside it says how many times the usual', () => {
    expect(lookOf({ render: { type: 'liquorice', scale: 1 } })?.shape?.stick).toBeCloseTo(0.48);
    expect(lookOf({ render: { type: 'ball and stick', 'particle.scale': 2, 'bond.scale': 1 } })?.shape).toEqual({
      vdw: 0.54,
      stick: 0.24,
      hasOrders: true,
    });
    expect(lookOf({ render: 'cartoon', scale: 2 })?.scale).toBe(2);
    expect(lookOf({ render: { type: 'hyperballs', tension: 0.8 } })?.shape?.waist).toBeCloseTo(0.2);
    expect(lookOf({ render: { type: 'hyperballs', tension: 'much' } })?.shape?.waist).toBe(0.5);
  });

  it('[C303] a name that is not known says which are', () => {
    expect(lookOf({ render: 'moonlight' })?.problem).toMatch(/“moonlight” is no way of drawing.*hyperballs/);
    expect(lookOf({ render: 'x'.repeat(500) })?.problem?.length).toBeLessThan(300);
    expect(lookOf({ render: 3 })).toBeUndefined();
    expect(lookOf({})).toBeUndefined();
  });
});

describe('rings', () => {
  it('[C302] rings of three to six atoms are found once each; those that a bond divides are left out', () => {
    const all = new Uint8Array(20).fill(1);
    const hexagon = bonds([0, 1, 2, 3, 4, 5].map((i) => [i, (i + 1) % 6] as const));
    expect([...findRings(hexagon, 6, all)]).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
    expect(findRings(bonds([...Array(7).keys()].map((i) => [i, (i + 1) % 7] as const)), 7, all)).toHaveLength(0);
    const naphthalene = bonds([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 0],
      [4, 6],
      [6, 7],
      [7, 8],
      [8, 9],
      [9, 5],
    ]);
    expect(findRings(naphthalene, 11, all)).toHaveLength(16);
    const diagonal = bonds([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
      [0, 2],
    ]);
    expect([...findRings(diagonal, 5, all)].filter((_, i) => i % 8 === 6)).toEqual([3, 3]);
    const some = Uint8Array.from(all, (_, i) => Number(i !== 3));
    expect(findRings(hexagon, 6, some)).toHaveLength(0);
    expect(
      findRings(
        bonds([
          [2, 2],
          [1, 2],
          [2, 1],
        ]),
        3,
        all,
      ),
    ).toHaveLength(0);
  });
});
