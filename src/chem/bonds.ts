import type { BondInput, Bonds } from './bond-list.ts';
import { BondSearch } from './bond-search.ts';
import { keepPlausibleBonds } from './bond-rules.ts';
import { makeCell } from './cell.ts';

/**
 * Bonds by distance: two atoms bond when they are nearer than their pair's threshold (see bond-rules.ts) under the
 * periodic boundaries given, each image counted once. Linear in the number of atoms; about 20 ms for 100,000.
 */
export function perceiveBonds(input: BondInput): Bonds {
  const search = new BondSearch(input, makeCell(input.cell, input.pbc));
  search.advance(Infinity);
  return keepPlausibleBonds(input, search.result());
}

/** The same work in slices: yields after about every `atomsPerSlice` atoms so that a caller can let others run. */
export function* perceiveBondsInSlices(input: BondInput, atomsPerSlice = 20_000): Generator<undefined, Bonds> {
  const search = new BondSearch(input, makeCell(input.cell, input.pbc));
  yield undefined;
  while (!search.advance(atomsPerSlice)) yield undefined;
  return keepPlausibleBonds(input, search.result());
}
