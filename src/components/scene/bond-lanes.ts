/** Sticks that one bond is drawn as; the first of an order stands for all of them where they are too small to tell apart. */
const LANES: Readonly<Record<number, readonly number[]>> = {
  2: [1, 2],
  3: [3, 4, 5],
  // Aromatic: one stick, and two dashes in each half on the side of the ring.
  4: [6, 7, 8],
};
/** Neighbours of an atom that are looked at. */
const MOST_NEAR = 4;
/** Atoms that a record has room for beside its lane. */
const MOST_ATOMS = 0xffffff;

/**
 * Sticks for bonds whose order is 2, 3 or 4 (aromatic): the fourth number of a record becomes its lane (8 bits) and an
 * atom plus 1 (24 bits) towards which the sticks lie side by side; further sticks follow after the `count` records.
 * Returns how many records are drawn, in the array given or in a larger one.
 */
export function layLanes(
  records: Uint32Array,
  count: number,
  orders: ArrayLike<number>,
  atomCount: number,
): { records: Uint32Array; drawn: number } {
  let drawn = count;
  for (let bond = 0; bond < count; bond += 1) drawn += (LANES[orders[bond]]?.length ?? 1) - 1;
  if (drawn === count || atomCount > MOST_ATOMS) return { records, drawn: count };
  const all = records.length < 4 * drawn ? new Uint32Array(4 * drawn) : records;
  if (all !== records) all.set(records.subarray(0, 4 * count));
  const near = nearOf(all, count, orders, atomCount);
  let next = count;
  for (let bond = 0; bond < count; bond += 1) {
    const lanes = LANES[orders[bond]];
    if (lanes === undefined) continue;
    const at = 4 * bond;
    const beside = besideOf(near, all[at], all[at + 1]) + 1;
    all[at + 3] = (lanes[0] << 24) | beside;
    for (const lane of lanes.slice(1)) {
      all.copyWithin(4 * next, at, at + 3);
      all[4 * next + 3] = (lane << 24) | beside;
      next += 1;
    }
  }
  return { records: all, drawn };
}

/** The first neighbours of each atom, those of aromatic bonds before others; -1 where there are no more. */
function nearOf(records: Uint32Array, count: number, orders: ArrayLike<number>, atomCount: number): Int32Array {
  const near = new Int32Array(MOST_NEAR * atomCount).fill(-1);
  const add = (atom: number, other: number): void => {
    for (let i = MOST_NEAR * atom; i < MOST_NEAR * (atom + 1); i += 1)
      if (near[i] < 0) {
        near[i] = other;
        return;
      }
  };
  for (const isAromatic of [true, false])
    for (let bond = 0; bond < count; bond += 1) {
      if ((orders[bond] === 4) !== isAromatic) continue;
      add(records[4 * bond], records[4 * bond + 1]);
      add(records[4 * bond + 1], records[4 * bond]);
    }
  return near;
}

/** An atom beside a bond, bonded to one of its ends; -1 where there is none. */
function besideOf(near: Int32Array, a: number, b: number): number {
  for (const [atom, other] of [
    [a, b],
    [b, a],
  ])
    for (let i = MOST_NEAR * atom; i < MOST_NEAR * (atom + 1); i += 1)
      if (near[i] >= 0 && near[i] !== other) return near[i];
  return -1;
}
