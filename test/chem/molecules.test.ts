import { describe, expect, it } from 'vitest';
import { perceiveBonds } from '../../src/chem/bonds.ts';
import { makeCell, wrapPositions, type Cell } from '../../src/chem/cell.ts';
import { addImages, MoleculeGraph } from '../../src/chem/molecules.ts';

const ALL = Uint8Array.of(1, 1, 1);
const cellOf = (vectors: readonly number[], pbc: ArrayLike<number> = ALL): Cell => {
  const cell = makeCell(vectors, pbc);
  if (cell === undefined) throw new Error('no cell');
  return cell;
};

/** Puts together what is bonded by distance; true for atoms of networks without an end. */
function joined(
  positions: readonly number[],
  numbers: readonly number[],
  cell: Cell,
): { places: Float64Array; endless: Uint8Array; bonds: (readonly [number, number])[] } {
  const atoms = {
    atomCount: numbers.length,
    positions: Float64Array.from(positions),
    numbers: Uint8Array.from(numbers),
  };
  const bonds = perceiveBonds({ ...atoms, cell: cell.vectors, pbc: cell.periodic.map(Number) });
  const { images, endless } = new MoleculeGraph(bonds, numbers.length).join(positions, cell, [false, false, false]);
  const places = Float64Array.from(positions);
  addImages(places, images, cell);
  const pairs = Array.from({ length: bonds.count }, (_, i) => [bonds.pairs[2 * i], bonds.pairs[2 * i + 1]] as const);
  return { places, endless, bonds: pairs };
}

const distance = (p: ArrayLike<number>, a: number, b: number): number =>
  Math.hypot(...[0, 1, 2].map((axis) => p[3 * a + axis] - p[3 * b + axis]));

describe('whole molecules', () => {
  it('[C470] water scattered over the faces of a skewed cell is in one piece each, its middle inside, its atoms at images of themselves', () => {
    const cell = cellOf([12, 0, 0, 5, 11, 0, -4, 3, 13]);
    const places: number[] = [];
    for (let i = 0; i < 3; i += 1)
      for (let j = 0; j < 3; j += 1)
        for (let k = 0; k < 3; k += 1) {
          const at = [0, 1, 2].map(
            (axis) => (i * cell.vectors[axis] + j * cell.vectors[3 + axis] + k * cell.vectors[6 + axis]) / 3 - 0.2,
          );
          places.push(...at, at[0] - 0.96, at[1], at[2], at[0] + 0.24, at[1] - 0.93, at[2]);
        }
    const numbers = Array.from({ length: 81 }, (_, atom) => (atom % 3 === 0 ? 8 : 1));
    const given = [...wrapPositions(cell, Float64Array.from(places))];
    const cut = (p: ArrayLike<number>): number =>
      numbers.filter((_, atom) => atom % 3 > 0 && distance(p, atom, atom - (atom % 3)) > 1).length;
    expect(cut(given), 'molecules are cut before').toBeGreaterThan(7);
    const { places: whole, endless, bonds } = joined(given, numbers, cell);
    expect([cut(whole), bonds.length, endless.some(Boolean)]).toEqual([0, 54, false]);
    const { inverse: m } = cell;
    for (let molecule = 0; molecule < 27; molecule += 1)
      for (let axis = 0; axis < 3; axis += 1) {
        const middle = [0, 1, 2].map(
          (k) => (whole[9 * molecule + k] + whole[9 * molecule + 3 + k] + whole[9 * molecule + 6 + k]) / 3,
        );
        const part = middle[0] * m[axis] + middle[1] * m[3 + axis] + middle[2] * m[6 + axis];
        expect(part).toBeGreaterThanOrEqual(-1e-9);
        expect(part).toBeLessThan(1 + 1e-9);
      }
    for (let at = 0; at < whole.length; at += 3) {
      const way = [0, 1, 2].map((axis) => whole[at + axis] - given[at + axis]);
      for (let axis = 0; axis < 3; axis += 1) {
        const cells = way[0] * m[axis] + way[1] * m[3 + axis] + way[2] * m[6 + axis];
        expect(cells).toBeCloseTo(Math.round(cells), 9);
      }
    }
  });

  it('[C471] a metal, a chain along an axis and a layer stay as they are, and a molecule beside them is joined', () => {
    const metal = joined(
      [0, 0, 0, 0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0],
      [29, 29, 29, 29],
      cellOf([3.6, 0, 0, 0, 3.6, 0, 0, 0, 3.6]),
    );
    expect([...metal.endless]).toEqual([1, 1, 1, 1]);
    expect(metal.places[4]).toBe(1.8);
    // Carbon along x with 1.3 between, out of the cell on one side, and a hydrogen molecule through a face.
    const chain = [-1, 5, 5, 0.3, 5, 5, 1.6, 5, 5, 2.9, 5, 5];
    const both = joined([...chain, 1, 9.9, 1, 1, 0.6, 1], [6, 6, 6, 6, 1, 1], cellOf([5.2, 0, 0, 0, 10, 0, 0, 0, 10]));
    expect([...both.endless]).toEqual([1, 1, 1, 1, 0, 0]);
    expect([...both.places.subarray(0, 12)]).toEqual(chain);
    expect(distance(both.places, 4, 5)).toBeCloseTo(0.7);
    expect(both.places[13]).toBeCloseTo(-0.1);
    // Where the same axis does not repeat it is a molecule.
    const open = joined(chain, [6, 6, 6, 6], cellOf([5.2, 0, 0, 0, 10, 0, 0, 0, 10], [0, 1, 1]));
    expect(open.endless.some(Boolean)).toBe(false);
  });

  it('[C470] a ring through a face is one piece; given bonds lead to the nearest image; what has no place is passed over', () => {
    const cell = cellOf([10, 0, 0, 0, 10, 0, 0, 0, 10]);
    const square = Float64Array.of(9.5, 9.5, 5, 0.5, 9.5, 5, 0.5, 0.5, 5, 9.5, 0.5, 5, NaN, 0, 0, 4, 4, 4);
    const pairs = Uint32Array.of(0, 1, 1, 2, 2, 3, 3, 0, 3, 4);
    const { images, endless } = new MoleculeGraph({ count: 5, pairs }, 6).join(square, cell);
    addImages(square, images, cell);
    expect(endless.some(Boolean)).toBe(false);
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
    ])
      expect(distance(square, a, b)).toBeCloseTo(1);
    expect(square[12]).toBeNaN();
    expect([...square.subarray(15)]).toEqual([4, 4, 4]);
  });
});
