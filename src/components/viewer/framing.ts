import type { SceneFrame } from '../scene/scene-view.ts';

/** Below this part of the cell's diagonal the atoms would be a speck in an empty box. */
const SPECK = 0.35;

/**
 * What "show all" means for a frame: the atoms alone where they are a polymer's, where the cell repeats nowhere or is mostly empty, everything
 * (undefined) otherwise.
 */
export function atomsToFit(frame: SceneFrame): Uint32Array | undefined {
  const { cell, pbc, positions, atomCount, isPolymer } = frame;
  if (cell === undefined || cell.length < 9 || atomCount === 0) return undefined;
  const isPeriodic = pbc?.some((repeats) => repeats !== 0) ?? false;
  const diagonal = Math.hypot(cell[0] + cell[3] + cell[6], cell[1] + cell[4] + cell[7], cell[2] + cell[5] + cell[8]);
  if (isPolymer !== true && isPeriodic && extent(positions) >= SPECK * diagonal) return undefined;
  return Uint32Array.from({ length: atomCount }, (_, atom) => atom);
}

/** Diagonal of the box around the atoms, angstrom. */
function extent(positions: ArrayLike<number>): number {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const value = positions[i];
    if (value < low[i % 3]) low[i % 3] = value;
    if (value > high[i % 3]) high[i % 3] = value;
  }
  return Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
}
