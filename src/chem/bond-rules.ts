import { ELEMENTS } from './elements.ts';
import type { BondInput, Bonds } from './bond-list.ts';
import type { BondScratch } from './bond-scratch.ts';

/** Atoms nearer than this (angstrom) are the same site written twice, not a bond. */
export const SHORTEST_BOND = 0.4;

/** Longest bond between two elements as a multiple of the sum of their covalent radii. */
const STRETCH = 1.25;
/** ... but never more than this (angstrom) above the sum, so that large ions do not bond past their neighbours. */
const EXCESS = 0.45;

const METALS = metalFlags();

/** Longest distance (angstrom) at which two elements bond; 0 when they never do (an unknown species). */
export function bondThreshold(a: number, b: number): number {
  if (a === 0 || b === 0 || a >= ELEMENTS.length || b >= ELEMENTS.length) return 0;
  const sum = ELEMENTS[a].covalentRadius + ELEMENTS[b].covalentRadius;
  return Math.min(STRETCH * sum, sum + EXCESS);
}

/**
 * Drops what distance alone gets wrong: of several bonds of a hydrogen those clearly longer than its shortest, and
 * bonds between two metals that are both held by at least three non-metals (cations of an oxide, a salt, a framework).
 * The bonds kept move up in the arrays they came in.
 */
export function keepPlausibleBonds(input: BondInput, bonds: Bonds, scratch: BondScratch): Bonds {
  const { pairs, count, shifts } = bonds;
  const { numbers } = input;
  const doomed = scratch.bytes('doomed', count).fill(0);
  let dropped = 0;
  const degree = scratch.bytes('degree', input.atomCount).fill(0);
  let isMetalPresent = false;
  for (let i = 0; i < 2 * count; i += 1) {
    const atom = pairs[i];
    if (METALS[numbers[atom]] === 1) isMetalPresent = true;
    if (degree[atom] < 255) degree[atom] += 1;
  }
  const lengthOf = distances(input, bonds);
  const shortest = new Map<number, number>();
  for (let i = 0; i < 2 * count; i += 1) {
    const atom = pairs[i];
    if (numbers[atom] !== 1 || degree[atom] < 2) continue;
    const length = lengthOf(i >> 1);
    if (length < (shortest.get(atom) ?? Infinity)) shortest.set(atom, length);
  }
  if (shortest.size > 0)
    for (let i = 0; i < 2 * count; i += 1) {
      const limit = shortest.get(pairs[i]);
      if (limit === undefined || doomed[i >> 1] === 1 || lengthOf(i >> 1) <= 1.15 * limit) continue;
      doomed[i >> 1] = 1;
      dropped += 1;
    }
  if (isMetalPresent) dropped += doomCationPairs(input, bonds, doomed);
  if (dropped === 0) return bonds;
  const kept = count - dropped;
  for (let i = 0, next = 0; i < count; i += 1) {
    if (doomed[i] === 1) continue;
    pairs[2 * next] = pairs[2 * i];
    pairs[2 * next + 1] = pairs[2 * i + 1];
    if (shifts) for (let k = 0; k < 3; k += 1) shifts[3 * next + k] = shifts[3 * i + k];
    next += 1;
  }
  return { count: kept, pairs: pairs.subarray(0, 2 * kept), ...(shifts && { shifts: shifts.subarray(0, 3 * kept) }) };
}

function doomCationPairs({ numbers, atomCount }: BondInput, { pairs, count }: Bonds, doomed: Uint8Array): number {
  const anions = new Uint8Array(atomCount);
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [pairs[2 * i], pairs[2 * i + 1]];
    if (METALS[numbers[a]] === 1 && METALS[numbers[b]] === 0 && anions[a] < 3) anions[a] += 1;
    if (METALS[numbers[b]] === 1 && METALS[numbers[a]] === 0 && anions[b] < 3) anions[b] += 1;
  }
  let dropped = 0;
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [pairs[2 * i], pairs[2 * i + 1]];
    if (doomed[i] === 1 || METALS[numbers[a]] === 0 || METALS[numbers[b]] === 0) continue;
    if (anions[a] < 3 || anions[b] < 3) continue;
    doomed[i] = 1;
    dropped += 1;
  }
  return dropped;
}

function distances({ positions, cell }: BondInput, { pairs, shifts }: Bonds): (bond: number) => number {
  return (bond) => {
    const a = 3 * pairs[2 * bond];
    const b = 3 * pairs[2 * bond + 1];
    let x = positions[b] - positions[a];
    let y = positions[b + 1] - positions[a + 1];
    let z = positions[b + 2] - positions[a + 2];
    if (shifts && cell)
      for (let axis = 0; axis < 3; axis += 1) {
        const shift = shifts[3 * bond + axis];
        x += shift * cell[3 * axis];
        y += shift * cell[3 * axis + 1];
        z += shift * cell[3 * axis + 2];
      }
    return Math.sqrt(x * x + y * y + z * z);
  };
}

/** 1 for metals: everything left of the metalloids; hydrogen and the p-block's non-metals and metalloids are 0. */
function metalFlags(): Uint8Array {
  const others = [
    0, 1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 32, 33, 34, 35, 36, 51, 52, 53, 54, 84, 85, 86, 117, 118,
  ];
  const flags = new Uint8Array(256);
  flags.fill(1, 1, ELEMENTS.length);
  for (const number of others) flags[number] = 0;
  return flags;
}
