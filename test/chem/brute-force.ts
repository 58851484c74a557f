import { bondThreshold, SHORTEST_BOND } from '../../src/chem/bond-rules.ts';

/** A seeded stream of numbers between 0 and 1 (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * All pairs within their threshold over every image up to `images` cells away, as sorted text: the slow way, sharing
 * nothing with the search but the thresholds.
 */
export function pairsTheSlowWay(
  positions: ArrayLike<number>,
  numbers: ArrayLike<number>,
  cell: readonly number[] | undefined,
  pbc: readonly number[],
  images: number,
): string[] {
  const found = new Set<string>();
  const n = numbers.length;
  const range = (axis: number): number => (cell && pbc[axis] ? images : 0);
  for (let a = 0; a < n; a += 1)
    for (let b = 0; b < n; b += 1)
      for (let i = -range(0); i <= range(0); i += 1)
        for (let j = -range(1); j <= range(1); j += 1)
          for (let k = -range(2); k <= range(2); k += 1) {
            let squared = 0;
            for (let axis = 0; axis < 3; axis += 1) {
              const shift = cell ? i * cell[axis] + j * cell[3 + axis] + k * cell[6 + axis] : 0;
              squared += (positions[3 * b + axis] + shift - positions[3 * a + axis]) ** 2;
            }
            const distance = Math.sqrt(squared);
            if (distance > bondThreshold(numbers[a], numbers[b]) || distance <= SHORTEST_BOND) continue;
            found.add(pairName(a, b, [i, j, k]));
          }
  return [...found].toSorted();
}

/** The same text for a pair and for its mirror image. */
export function pairName(a: number, b: number, shift: readonly number[]): string {
  const forward = `${a} ${b} ${shift.map((s) => s + 0).join(' ')}`;
  const backward = `${b} ${a} ${shift.map((s) => 0 - s + 0).join(' ')}`;
  return forward < backward ? forward : backward;
}
