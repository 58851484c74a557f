import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeScenes } from '../../demo/gallery/make-scenes.ts';
import { helixAtoms, risePerResidue } from '../../demo/gallery/scenes/helix.ts';
import { fullerene, nanotube, twistedBilayer } from '../../demo/gallery/scenes/carbon.ts';
import { diamond, dryIce, perovskite, rockSalt, sodalite } from '../../demo/gallery/scenes/crystals.ts';
import { droplet } from '../../demo/gallery/scenes/droplet.ts';
import { covered, icosahedron } from '../../demo/gallery/scenes/metals.ts';
import { add, cross, dot, length, subtract, times, type Structure, type Vec } from '../../demo/gallery/structure.ts';

const DROPLETS = gunzipSync(readFileSync('demo/data/droplets.xyz.gz')).toString();
const MASSES: Readonly<Record<string, number>> = { C: 12.011, O: 15.999, Na: 22.99, Cl: 35.45, Si: 28.085 };

interface Neighbour {
  symbol: string;
  distance: number;
  to: Vec;
}

/** All atoms within `reach` of an atom over the nearest cells, found by asking each of them. */
function neighbours({ symbols, positions, cell, pbc }: Structure, atom: number, reach: number): Neighbour[] {
  const steps = (axis: number): number[] => (pbc?.[axis] === true ? [-1, 0, 1] : [0]);
  const found: Neighbour[] = [];
  for (const x of steps(0))
    for (const y of steps(1))
      for (const z of steps(2)) {
        const shift =
          cell === undefined ? ([0, 0, 0] as const) : add(add(times(cell[0], x), times(cell[1], y)), times(cell[2], z));
        positions.forEach((at, other) => {
          const to = add(subtract(at, positions[atom]), shift);
          const distance = length(to);
          if (distance <= reach && distance > 1e-6) found.push({ symbol: symbols[other], distance, to });
        });
      }
  return found;
}

/** Every atom of `symbol` has exactly so many `other` at this distance (or in this range) and none nearer. */
function expectShell(
  structure: Structure,
  pair: [string, string],
  count: number,
  range: number | [number, number],
): void {
  const [low, high] = typeof range === 'number' ? [range - 2e-3, range + 2e-3] : range;
  const atoms = structure.symbols.flatMap((symbol, atom) => (symbol === pair[0] ? [atom] : []));
  expect(atoms.length).toBeGreaterThan(0);
  for (const atom of atoms) {
    const near = neighbours(structure, atom, high).filter(({ symbol }) => symbol === pair[1]);
    expect(near.length, `${pair.join('-')} of atom ${atom}`).toBe(count);
    for (const { distance } of near) expect(distance).toBeGreaterThanOrEqual(low);
  }
}

/** g/cm3 */
function density({ symbols, cell }: Structure): number {
  if (cell === undefined) return 0;
  const mass = symbols.reduce((sum, symbol) => sum + MASSES[symbol], 0);
  return (mass * 1.66054) / Math.abs(dot(cell[0], cross(cell[1], cell[2])));
}

describe('the structures of the gallery', () => {
  it('[C367] are the files that the scripts make', () => {
    const scenes = makeScenes(DROPLETS);
    expect(Object.keys(scenes)).toHaveLength(12);
    for (const [name, text] of Object.entries(scenes))
      expect(
        readFileSync(`demo/gallery/files/${name}`, 'utf8') === text,
        `${name}: node scripts/make-gallery.mjs`,
      ).toBe(true);
  });

  it('[C367] crystals have the bonds, neighbours and densities of the real ones', () => {
    expectShell(rockSalt(), ['Na', 'Cl'], 6, 2.82);
    expect(density(rockSalt())).toBeCloseTo(2.165, 1);
    expectShell(diamond(), ['C', 'C'], 4, 1.5446);
    expect(density(diamond())).toBeCloseTo(3.515, 1);
    expectShell(perovskite(), ['Ti', 'O'], 6, 1.9525);
    expectShell(perovskite(), ['Sr', 'O'], 12, 2.7613);
    expectShell(sodalite(), ['Si', 'O'], 4, 1.608);
    expectShell(sodalite(), ['O', 'Si'], 2, 1.608);
    expect(density(sodalite())).toBeCloseTo(1.66, 1);
    const [one, two] = neighbours(sodalite(), 0, 1.7);
    const angle = (Math.acos(dot(one.to, two.to) / one.distance / two.distance) * 180) / Math.PI;
    expect(Math.abs(angle - 109.5)).toBeLessThan(3);
    expectShell(dryIce(), ['C', 'O'], 2, 1.155);
    expectShell(dryIce(), ['C', 'C'], 12, 3.9768);
    expect(density(dryIce())).toBeCloseTo(1.64, 1);
  });

  it('[C367] carbon has three neighbours at the distance of graphene, and two kinds of bonds in C60', () => {
    expectShell(nanotube(10, 5, 3), ['C', 'C'], 3, [1.4, 1.4215]);
    expect(nanotube(10, 5, 3).symbols).toHaveLength(420);
    const bilayer = twistedBilayer(3, 3, 3.35);
    expectShell(bilayer, ['C', 'C'], 3, 1.421);
    expect(bilayer.symbols).toHaveLength(9 * 4 * 37);
    const ball = fullerene();
    expect(ball.symbols).toHaveLength(60);
    expectShell(ball, ['C', 'C'], 1, 1.401);
    expectShell(ball, ['C', 'C'], 3, [1.4, 1.459]);
    for (const at of ball.positions) expect(length(at)).toBeCloseTo(3.55, 1);
  });

  it('[C367] metals are close-packed, and carbon monoxide stands on its platinum atom', () => {
    const surface = covered();
    const around = surface.symbols.flatMap((symbol, atom) =>
      symbol === 'Pt' ? [neighbours(surface, atom, 2.9).filter((other) => other.symbol === 'Pt')] : [],
    );
    expect(new Set(around.map((near) => near.length))).toEqual(new Set([9, 12]));
    for (const { distance } of around.flat()) expect(distance).toBeCloseTo(2.7747, 3);
    expectShell(surface, ['C', 'O'], 1, 1.15);
    expectShell(surface, ['C', 'Pt'], 1, 1.85);
    // A third of a layer: the molecules keep the distance of the square root of three.
    expectShell(surface, ['C', 'C'], 6, 4.806);
    const gold = icosahedron(5);
    expect(gold.symbols).toHaveLength(561);
    expect(new Set(gold.values?.coordination)).toEqual(new Set([6, 8, 9, 12]));
    expect(gold.values?.coordination.filter((count) => count === 6)).toHaveLength(12);
    expectShell(gold, ['Au', 'Au'], 0, 2.777);
  });

  it('[C367] the droplet is forty whole waters', () => {
    const water = droplet(DROPLETS);
    expect(water.symbols.join('')).toBe('OHH'.repeat(40));
    expectShell(water, ['O', 'H'], 2, [0.9, 1.15]);
  });

  it('[C367] the helix is right-handed, of L-alanine, and holds itself by hydrogen bonds to the fourth residue', () => {
    const atoms = helixAtoms(27);
    const at = (name: string, residue: number): Vec =>
      atoms.find((atom) => atom.name === name && atom.residue === residue)?.at ?? [NaN, NaN, NaN];
    const distance = (a: Vec, b: Vec): number => length(subtract(a, b));
    expect(risePerResidue(27)).toBeCloseTo(1.5, 1);
    for (let i = 2; i <= 23; i += 1) {
      expect(distance(at('C', i - 1), at('N', i))).toBeCloseTo(1.329, 3);
      expect(distance(at('CA', i), at('CB', i))).toBeCloseTo(1.521, 3);
      expect(distance(at('O', i), at('N', i + 4))).toBeGreaterThan(2.7);
      expect(distance(at('O', i), at('N', i + 4))).toBeLessThan(3.2);
      expect(distance(at('O', i), at('H', i + 4))).toBeLessThan(2.3);
      // Seen with the hydrogen (opposite of the three) towards the eye: CO, R, N go clockwise.
      const [n, c, r] = ['N', 'C', 'CB'].map((name) => subtract(at(name, i), at('CA', i)));
      expect(dot(n, cross(c, r))).toBeGreaterThan(0);
      const turn = cross(subtract(at('CA', i + 1), at('CA', i)), subtract(at('CA', i + 2), at('CA', i + 1)));
      expect(dot(turn, subtract(at('CA', i + 3), at('CA', i + 2)))).toBeGreaterThan(0);
    }
    // No two atoms that are not bonded come too near.
    atoms.forEach((a, i) =>
      atoms.forEach((b, j) => {
        if (j > i && b.residue > a.residue + 1) expect(distance(a.at, b.at), `${i} ${j}`).toBeGreaterThan(1.8);
      }),
    );
  });
});
