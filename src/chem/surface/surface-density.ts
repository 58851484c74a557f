import { boxOf, REACH, STEEPNESS, type SurfaceGrid, type SurfaceInput } from './surface-grid.ts';

/** Points of a grid that are looked at between two chances for others to run. */
export const POINTS_PER_SLICE = 200_000;

/** Calls `visit` for each atom that has a place and a radius, with the box of points it reaches; yields now and then. */
export function* eachAtom(
  { positions, atoms, radii }: SurfaceInput,
  grid: SurfaceGrid,
  visit: (atom: number, place: readonly [number, number, number], radius: number, box: Int32Array) => void,
): Generator<undefined, void> {
  const box = new Int32Array(6);
  const place: [number, number, number] = [0, 0, 0];
  let points = 0;
  for (let i = 0; i < atoms.length; i += 1) {
    const at = 3 * atoms[i];
    for (let axis = 0; axis < 3; axis += 1) place[axis] = positions[at + axis];
    if (!(radii[i] > 0) || !Number.isFinite(place[0] + place[1] + place[2])) continue;
    boxOf(grid, place, REACH * radii[i], box);
    visit(atoms[i], place, radii[i], box);
    points += (box[1] - box[0] + 1) * (box[3] - box[2] + 1) * (box[5] - box[4] + 1);
    if (points < POINTS_PER_SLICE) continue;
    points = 0;
    yield undefined;
  }
}

/** Where there is less than the least an atom adds at the edge of its reach, there is this much. */
const FAINT = 0.01;

/**
 * Writes the logarithm of the densities of all atoms together at the points of a grid into `values`, which are all 0.
 * Near an atom it is a parabola, so that places and slopes between points are found well from few of them.
 */
export function* fillDensity(input: SurfaceInput, grid: SurfaceGrid, values: Float32Array): Generator<undefined, void> {
  const { origin, size, step } = grid;
  // A Gaussian is a product of three, one an axis: three short tables instead of a power for each point.
  const tables = [0, 1, 2].map(() => new Float32Array(64));
  yield* eachAtom(input, grid, (_, place, radius, box) => {
    const fade = STEEPNESS / (radius * radius);
    for (let axis = 0; axis < 3; axis += 1) {
      const first = box[2 * axis];
      const count = box[2 * axis + 1] - first + 1;
      if (tables[axis].length < count) tables[axis] = new Float32Array(2 * count);
      for (let k = 0; k < count; k += 1) {
        const way = origin[axis] + (first + k) * step - place[axis];
        tables[axis][k] = Math.exp(-fade * way * way);
      }
    }
    const [along, across, up] = tables;
    const peak = Math.exp(STEEPNESS);
    for (let i = box[0]; i <= box[1]; i += 1) {
      const share = peak * along[i - box[0]];
      for (let j = box[2]; j <= box[3]; j += 1) {
        const part = share * across[j - box[2]];
        const row = (i * size[1] + j) * size[2];
        for (let k = box[4]; k <= box[5]; k += 1) values[row + k] += part * up[k - box[4]];
      }
    }
  });
  const faint = Math.log(FAINT);
  const total = size[0] * size[1] * size[2];
  for (let start = 0; start < total; start += POINTS_PER_SLICE) {
    const end = Math.min(total, start + POINTS_PER_SLICE);
    for (let at = start; at < end; at += 1) values[at] = values[at] > FAINT ? Math.log(values[at]) : faint;
    yield undefined;
  }
}
