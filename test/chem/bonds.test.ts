import { describe, expect, it } from 'vitest';
import { BondScratch } from '../../src/chem/bond-scratch.ts';
import { BondSearch } from '../../src/chem/bond-search.ts';
import { perceiveBonds, perceiveBondsInSlices } from '../../src/chem/bonds.ts';
import { makeCell } from '../../src/chem/cell.ts';
import type { Bonds } from '../../src/chem/bond-list.ts';
import { atomicNumber } from '../../src/chem/elements.ts';
import { pairName, pairsTheSlowWay, randomStream } from './brute-force.ts';

type Site = readonly [string, number, number, number];

function perceive(sites: readonly Site[], cell?: readonly number[], pbc: readonly number[] = [1, 1, 1]): Bonds {
  return perceiveBonds({
    atomCount: sites.length,
    positions: Float64Array.from(sites.flatMap(([, x, y, z]) => [x, y, z])),
    numbers: Uint8Array.from(sites.map(([symbol]) => atomicNumber(symbol))),
    ...(cell && { cell: Float64Array.from(cell), pbc: Uint8Array.from(pbc) }),
  });
}

function names({ pairs, shifts, count }: Bonds): string[] {
  return Array.from({ length: count }, (_, i) =>
    pairName(pairs[2 * i], pairs[2 * i + 1], shifts ? [...shifts.subarray(3 * i, 3 * i + 3)] : [0, 0, 0]),
  ).toSorted();
}

/** Fractional sites of a cubic crystal of edge `a`. */
function cubic(a: number, sites: readonly Site[]): [Site[], number[]] {
  return [sites.map(([symbol, x, y, z]) => [symbol, a * x, a * y, a * z]), [a, 0, 0, 0, a, 0, 0, 0, a]];
}

const fcc = (symbol: string, x = 0, y = 0, z = 0): Site[] => [
  [symbol, x, y, z],
  [symbol, x, y + 0.5, z + 0.5],
  [symbol, x + 0.5, y, z + 0.5],
  [symbol, x + 0.5, y + 0.5, z],
];

describe('bonds of known structures', () => {
  it('[C1] finds the bonds of water, methane, benzene and hydrogen and no others', () => {
    expect(
      perceive([
        ['O', 0, 0, 0],
        ['H', 0.757, 0.586, 0],
        ['H', -0.757, 0.586, 0],
      ]).count,
    ).toBe(2);
    const h = 0.629;
    expect(
      perceive([
        ['C', 0, 0, 0],
        ['H', h, h, h],
        ['H', -h, -h, h],
        ['H', -h, h, -h],
        ['H', h, -h, -h],
      ]).count,
    ).toBe(4);
    const ring = Array.from({ length: 6 }, (_, i): Site[] => {
      const angle = (Math.PI * i) / 3;
      return [
        ['C', 1.397 * Math.cos(angle), 1.397 * Math.sin(angle), 0],
        ['H', 2.484 * Math.cos(angle), 2.484 * Math.sin(angle), 0],
      ];
    }).flat();
    expect(perceive(ring).count).toBe(12);
    expect(
      perceive([
        ['H', 0, 0, 0],
        ['H', 0, 0, 0.741],
      ]).count,
    ).toBe(1);
  });

  it('[C2] does not bond noble gases, unknown species, or a site written twice', () => {
    expect(
      perceive([
        ['Ar', 0, 0, 0],
        ['Ar', 3.7, 0, 0],
      ]).count,
    ).toBe(0);
    expect(
      perceive([
        ['X', 0, 0, 0],
        ['C', 1.2, 0, 0],
      ]).count,
    ).toBe(0);
    expect(
      perceive([
        ['C', 0, 0, 0],
        ['C', 0, 0, 0.01],
      ]).count,
    ).toBe(0);
  });

  it('[C3] keeps a hydrogen with its own oxygen when another comes near, and shares it when both are equally near', () => {
    const water: Site[] = [
      ['O', 0, 0, 0],
      ['H', 0.97, 0, 0],
      ['H', -0.24, 0.93, 0],
    ];
    expect(names(perceive([...water, ['O', 2.14, 0, 0]]))).toEqual(['0 1 0 0 0', '0 2 0 0 0']);
    expect(
      perceive([
        ['O', 0, 0, 0],
        ['H', 1.2, 0, 0],
        ['O', 2.4, 0, 0],
      ]).count,
    ).toBe(2);
  });

  it('[C4] counts every image in a crystal: diamond 16, rock salt 24, copper 24, in their cubic cells', () => {
    expect(perceive(...cubic(3.567, [...fcc('C'), ...fcc('C', 0.25, 0.25, 0.25)])).count).toBe(16);
    expect(perceive(...cubic(5.64, [...fcc('Na'), ...fcc('Cl', 0.5, 0, 0)])).count).toBe(24);
    expect(perceive(...cubic(3.615, fcc('Cu'))).count).toBe(24);
  });

  it('[C5] finds the bonds of primitive cells narrower than a bond: silicon 4 between its two atoms, copper 6 with itself', () => {
    const s = 5.431 / 2;
    const silicon = perceive(
      [
        ['Si', 0, 0, 0],
        ['Si', s / 2, s / 2, s / 2],
      ],
      [0, s, s, s, 0, s, s, s, 0],
    );
    expect(silicon.count).toBe(4);
    expect(new Set(names(silicon)).size).toBe(4);
    const c = 3.615 / 2;
    expect(perceive([['Cu', 0, 0, 0]], [0, c, c, c, 0, c, c, c, 0]).count).toBe(6);
  });

  it('[C6] does not join cations over their anions: caesium chloride has Cs-Cl only', () => {
    const bonds = perceive(
      ...cubic(4.123, [
        ['Cs', 0, 0, 0],
        ['Cl', 0.5, 0.5, 0.5],
      ]),
    );
    expect(bonds.count).toBe(8);
    expect([...bonds.pairs].filter((atom) => atom === 0)).toHaveLength(8);
  });
});

describe('periodic boundaries', () => {
  const box = [10, 0, 0, 0, 10, 0, 0, 0, 10];
  it('[C7] joins atoms across a face only along axes that repeat, with the shift that says how', () => {
    const pair: Site[] = [
      ['C', 0.3, 5, 5],
      ['C', 9.2, 5, 5],
    ];
    const across = perceive(pair, box);
    expect(names(across)).toEqual([pairName(0, 1, [-1, 0, 0])]);
    expect(perceive(pair, box, [0, 1, 1]).count).toBe(0);
    expect(perceive(pair).count).toBe(0);
  });

  it('[C8] gives the same bonds when whole molecules lie outside the cell, with shifts between the given positions', () => {
    const outside: Site[] = [
      ['C', 20.6, 5, -15],
      ['C', 9.2, 5, 5],
    ];
    expect(names(perceive(outside, box))).toEqual([pairName(0, 1, [1, 0, -2])]);
  });

  it('[C9] agrees with a search of all pairs and images in 60 random cells, triclinic and narrow ones among them', () => {
    const seed = 20261121;
    const scratch = new BondScratch();
    const random = randomStream(seed);
    for (let round = 0; round < 60; round += 1) {
      const edge = 2 + 7 * random();
      const skew = (): number => (random() - 0.5) * edge;
      const cell = [edge, 0, 0, skew(), edge * (0.7 + random()), 0, skew(), skew(), edge * (0.7 + random())];
      const pbc = [random() < 0.8, random() < 0.8, random() < 0.8].map(Number);
      const n = 1 + Math.floor(random() * 14);
      const positions = Float64Array.from({ length: 3 * n }, () => (random() * 3 - 1) * edge);
      const numbers = Uint8Array.from({ length: n }, () => [1, 6, 8, 14, 26, 0][Math.floor(random() * 6)]);
      const search = new BondSearch({ atomCount: n, positions, numbers }, makeCell(cell, pbc), scratch);
      search.advance(Infinity);
      const truth = pairsTheSlowWay(positions, numbers, pbc.some(Boolean) ? cell : undefined, pbc, 8);
      expect(names(search.result()), `seed ${seed}, round ${round}`).toEqual(truth);
    }
  });
});

describe('the work', () => {
  it('[C10] gives the same bonds in slices as at once', () => {
    const random = randomStream(7);
    const n = 3000;
    const input = {
      atomCount: n,
      positions: Float32Array.from({ length: 3 * n }, () => random() * 28),
      numbers: Uint8Array.from({ length: n }, () => (random() < 0.3 ? 8 : 1)),
      cell: Float64Array.of(28, 0, 0, 0, 28, 0, 0, 0, 28),
      pbc: Uint8Array.of(1, 1, 0),
    };
    const work = perceiveBondsInSlices(input, 100);
    let slices = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) slices += 1;
    expect(slices).toBeGreaterThan(10);
    expect(step.value).toEqual(perceiveBonds(input));
    expect(step.value.count).toBeGreaterThan(100);
  });

  it('[C11] leaves out atoms whose position is not a number and needs no more bins than atoms in sparse systems', () => {
    expect(
      perceive([
        ['C', Number.NaN, 0, 0],
        ['C', 0, 0, 0],
        ['C', 1.4, 0, 0],
        ['C', 0, Infinity, 0],
      ]).count,
    ).toBe(1);
    expect(
      perceive([
        ['C', -1e6, 0, 0],
        ['C', 1e6, 1e6, 1e6],
        ['C', 1e6 + 1.4, 1e6, 1e6],
      ]).count,
    ).toBe(1);
    expect(perceive([]).count).toBe(0);
  });
});
