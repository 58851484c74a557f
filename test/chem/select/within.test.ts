import { describe, expect, it } from 'vitest';
import { frameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { atomsWithin } from '../../../src/chem/select/atoms-within.ts';
import { evaluateSelect } from '../../../src/chem/select/evaluate-select.ts';
import { parseSelect } from '../../../src/chem/select/parse-select.ts';
import { count } from '../../counts.ts';
import { randomStream } from '../brute-force.ts';
import { distanceTheSlowWay, plainAtoms } from './plain-atoms.ts';

const runs = count(250, 5_000);

describe('within', () => {
  it(`[C261] agrees with trying every image in ${runs} random boxes, thin, skewed and half open, near and far`, () => {
    let found = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const random = randomStream(seed);
      const atomCount = 1 + Math.floor(random() * 24);
      const length = (): number => 3 + random() * 10;
      const skew = (): number => (random() - 0.5) * 4;
      const cell = Float64Array.of(length(), 0, 0, skew(), length(), 0, skew(), skew(), length());
      const pbc = Uint8Array.from([0, 1, 2], () => Number(random() < 0.7));
      const positions = Float64Array.from({ length: 3 * atomCount }, () => (random() - 0.3) * 14);
      const data: FrameData = {
        positions: frameArray(positions, [atomCount, 3]),
        cell: frameArray(cell, [3, 3]),
        pbc: frameArray(pbc),
      };
      const distance = 10 ** (random() * 2 - 0.7);
      const marked = Uint8Array.from({ length: atomCount }, () => Number(random() < 0.15));
      const atoms = plainAtoms(data);
      // Enough images for atoms outside of the cell and skewed axes.
      const nearest = atoms.map((a) =>
        Math.min(...atoms.filter((b) => marked[b.index] !== 0).map((b) => distanceTheSlowWay(a, b, cell, pbc, 10))),
      );
      const isClear = nearest.every((value) => Math.abs(value - distance) > 1e-9);
      if (!isClear) continue;
      const result = atomsWithin({ atomCount, positions, cell, pbc }, marked, distance);
      expect([...result], `seed ${seed}`).toEqual(nearest.map((value) => Number(value <= distance)));
      found += result.reduce((sum, bit) => sum + bit, 0);
    }
    expect(found).toBeGreaterThan(runs);
  });

  it('[C261] atoms without a place are near nothing, not even themselves, and spoil nothing', () => {
    const positions = Float32Array.of(0, 0, 0, Number.NaN, 0, 0, 1, 0, 0, Infinity, 0, 0);
    const near = (marked: number[], distance: number): number[] => [
      ...atomsWithin({ atomCount: 4, positions }, Uint8Array.from(marked), distance),
    ];
    expect(near([1, 1, 0, 0], 2)).toEqual([1, 0, 1, 0]);
    expect(near([0, 1, 0, 1], 1e300)).toEqual([0, 0, 0, 0]);
    expect(near([1, 0, 0, 0], 1e300)).toEqual([1, 0, 1, 0]);
    expect(near([0, 0, 0, 0], 1)).toEqual([0, 0, 0, 0]);
  });

  it('[C261] no atoms, and a frame without a cell', () => {
    const empty: FrameData = { positions: frameArray(new Float32Array(0), [0, 3]) };
    for (const text of ['all', 'not none', 'within 3 of all', 'bonded', 'same molecule as all', 'element O'])
      expect([...evaluateSelect(parseSelect(text), empty)]).toEqual([]);
  });
});
