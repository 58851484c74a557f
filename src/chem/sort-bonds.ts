import type { Bonds } from './bond-list.ts';
import type { BondScratch } from './bond-scratch.ts';

/**
 * The order in which bonds go by their atoms, lower atom first: the same bonds found at other positions come in another
 * order, and only so can be told to be the same. Valid until `scratch` is used again.
 */
export function orderOfBonds({ count, pairs }: Bonds, atomCount: number, scratch: BondScratch): Uint32Array {
  const starts = scratch.words('starts', atomCount + 2).fill(0);
  const order = scratch.words('order', count);
  for (let i = 0; i < count; i += 1) starts[Math.min(pairs[2 * i], pairs[2 * i + 1]) + 2] += 1;
  for (let atom = 2; atom < starts.length; atom += 1) starts[atom] += starts[atom - 1];
  for (let i = 0; i < count; i += 1) {
    const lower = Math.min(pairs[2 * i], pairs[2 * i + 1]);
    order[starts[lower + 1]] = i;
    starts[lower + 1] += 1;
  }
  // Once every place is taken: before that, what stands in one may be left from bonds found earlier.
  for (let i = 1; i < count; i += 1) {
    const bond = order[i];
    const lower = Math.min(pairs[2 * bond], pairs[2 * bond + 1]);
    const higher = Math.max(pairs[2 * bond], pairs[2 * bond + 1]);
    let place = i;
    // An atom has few bonds: those with a higher partner make room.
    for (; place > 0; place -= 1) {
      const other = order[place - 1];
      if (Math.min(pairs[2 * other], pairs[2 * other + 1]) !== lower) break;
      if (Math.max(pairs[2 * other], pairs[2 * other + 1]) <= higher) break;
      order[place] = other;
    }
    order[place] = bond;
  }
  return order;
}
