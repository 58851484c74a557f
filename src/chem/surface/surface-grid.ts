/** Atoms that a surface goes around. */
export interface SurfaceInput {
  /** (N,3) angstrom. */
  positions: ArrayLike<number>;
  /** Those it goes around; one whose position is not a number is passed over. */
  atoms: Uint32Array;
  /** Their radii in the same order, angstrom; one that is not above 0 is passed over. */
  radii: Float32Array;
}

/** Points in space, `step` angstrom apart. Point (i, j, k) has number `(i * size[1] + j) * size[2] + k`. */
export interface SurfaceGrid {
  readonly origin: readonly [number, number, number];
  readonly size: readonly [number, number, number];
  readonly step: number;
}

/** Atoms fade by `exp(STEEPNESS * (1 - (d / radius) ** 2))`: alone each is a ball of its radius where the sum is 1. */
export const STEEPNESS = 2;
/** What an atom adds further out than this part of its radius is less than 0.01. */
export const REACH: number = Math.sqrt(1 + Math.log(100) / STEEPNESS);

/** Angstrom between the points of a grid around up to so many atoms; around more it grows with their fourth root. */
const FINEST = 0.5;
const FINEST_UP_TO = 2_000;
/** Angstrom between them at most. */
const COARSEST = 2;
/** Points of a grid at most; the work needs 8 bytes for each. */
const MOST_POINTS = 3_000_000;

/**
 * A grid around all atoms: of steps of 0.5 angstrom up to 2,000 atoms, 1.3 for 100,000, coarser where that would be more
 * than three million points, and undefined where 2 angstrom would be as well or where there is no atom.
 */
export function planGrid({ positions, atoms, radii }: SurfaceInput): SurfaceGrid | undefined {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < atoms.length; i += 1) {
    const at = 3 * atoms[i];
    if (!(radii[i] > 0) || !Number.isFinite(positions[at] + positions[at + 1] + positions[at + 2])) continue;
    for (let axis = 0; axis < 3; axis += 1) {
      const place = positions[at + axis];
      const reach = REACH * radii[i];
      if (place - reach < low[axis]) low[axis] = place - reach;
      if (place + reach > high[axis]) high[axis] = place + reach;
    }
  }
  if (!(high[0] >= low[0])) return undefined;
  const first = FINEST * Math.max(1, atoms.length / FINEST_UP_TO) ** 0.25;
  for (
    let step = Math.min(COARSEST, first);
    step <= COARSEST;
    step = step < COARSEST ? Math.min(COARSEST, step * 1.1) : Infinity
  ) {
    // Two points beyond everything on either side, so that surfaces close and slopes are known.
    const count = (axis: 0 | 1 | 2): number => Math.ceil((high[axis] - low[axis]) / step) + 5;
    const size = [count(0), count(1), count(2)] as const;
    if (size[0] * size[1] * size[2] > MOST_POINTS) continue;
    return { origin: [low[0] - 2 * step, low[1] - 2 * step, low[2] - 2 * step], size, step };
  }
  return undefined;
}

/** Writes which points an atom reaches into `box`: the first and the last along each axis, all of them in the grid. */
export function boxOf(
  { origin, step }: SurfaceGrid,
  place: readonly [number, number, number],
  reach: number,
  box: Int32Array,
): void {
  for (let axis = 0; axis < 3; axis += 1) {
    box[2 * axis] = Math.ceil((place[axis] - reach - origin[axis]) / step);
    box[2 * axis + 1] = Math.floor((place[axis] + reach - origin[axis]) / step);
  }
}
