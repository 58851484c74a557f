import { describe, expect, it } from 'vitest';
import { makeCell, minimumImage, wrapPositions } from '../../src/chem/cell.ts';
import { randomStream } from './brute-force.ts';

describe('cells', () => {
  it('[C12] finds the shortest image in cells as skewed as they come', () => {
    const seed = 4711;
    const random = randomStream(seed);
    for (let round = 0; round < 200; round += 1) {
      const cell = Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? 3 + 5 * random() : 0) + 9 * (random() - 0.5));
      const pbc = [1, Number(random() < 0.7), Number(random() < 0.7)];
      const made = makeCell(cell, pbc);
      if (!made) continue;
      const delta = [random(), random(), random()].map((part) => (part - 0.5) * 20);
      let shortest = Infinity;
      const reach = (axis: number): number => (pbc[axis] ? 14 : 0);
      for (let i = -reach(0); i <= reach(0); i += 1)
        for (let j = -reach(1); j <= reach(1); j += 1)
          for (let k = -reach(2); k <= reach(2); k += 1)
            shortest = Math.min(
              shortest,
              Math.hypot(...delta.map((d, axis) => d + i * cell[axis] + j * cell[3 + axis] + k * cell[6 + axis])),
            );
      const image = minimumImage(made, Float64Array.from(delta));
      expect(Math.hypot(...image), `seed ${seed}, round ${round}`).toBeLessThanOrEqual(shortest + 1e-9);
    }
  });

  it('[C13] wraps along repeating axes only, into the cell', () => {
    const cell = makeCell([4, 0, 0, 2, 4, 0, 0, 0, 4], [1, 1, 0]);
    const wrapped = wrapPositions(cell!, Float64Array.of(-1, 9, 9, 3, 1, -7));
    expect([...wrapped]).toEqual([3, 1, 9, 3, 1, -7]);
  });

  it('[C14] takes a frame without volume or without periodicity as isolated, and completes a slab without a third vector', () => {
    expect(makeCell([1, 0, 0, 2, 0, 0, 0, 0, 3], [1, 1, 1])).toBeUndefined();
    expect(makeCell([4, 0, 0, 0, 4, 0, 0, 0, 4], [0, 0, 0])).toBeUndefined();
    expect(makeCell([4, 0, 0, 0, Number.NaN, 0, 0, 0, 4], [1, 1, 1])).toBeUndefined();
    const slab = makeCell([4, 0, 0, 0, 5, 0, 0, 0, 0], [1, 1, 0]);
    expect(slab?.widths.map((width) => Math.round(width))).toEqual([4, 5, 1]);
  });
});
