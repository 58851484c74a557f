import type { BondInput, Bonds } from './bond-list.ts';
import { BondScratch } from './bond-scratch.ts';
import { BondSearch } from './bond-search.ts';
import { keepPlausibleBonds } from './bond-rules.ts';
import { makeCell } from './cell.ts';

/**
 * Bonds by distance: two atoms bond when they are nearer than their pair's threshold (see bond-rules.ts) under the
 * periodic boundaries given, each image counted once. Linear in the number of atoms; about 20 ms for 100,000. With a
 * `scratch` the arrays given back are valid until it is used again.
 */
export function perceiveBonds(input: BondInput, scratch?: BondScratch): Bonds {
  const room = scratch ?? new BondScratch();
  const search = new BondSearch(input, makeCell(input.cell, input.pbc), room);
  search.advance(Infinity);
  return ended(input, search, scratch, room);
}

/** The same work in slices: yields after about every `atomsPerSlice` atoms so that a caller can let others run. */
export function* perceiveBondsInSlices(
  input: BondInput,
  atomsPerSlice = 20_000,
  scratch?: BondScratch,
): Generator<undefined, Bonds> {
  const room = scratch ?? new BondScratch();
  const search = new BondSearch(input, makeCell(input.cell, input.pbc), room);
  yield undefined;
  while (!search.advance(atomsPerSlice)) yield undefined;
  return ended(input, search, scratch, room);
}

function ended(input: BondInput, search: BondSearch, kept: BondScratch | undefined, room: BondScratch): Bonds {
  const bonds = keepPlausibleBonds(input, search.result(), room);
  if (kept !== undefined) return bonds;
  // The room is larger than what was found, and is to be freed.
  return { ...bonds, pairs: bonds.pairs.slice(), ...(bonds.shifts && { shifts: bonds.shifts.slice() }) };
}
