import { fillDensity, eachAtom } from './surface-density.ts';
import { planGrid, type SurfaceInput } from './surface-grid.ts';
import { MeshBuilder, type SurfaceMesh } from './surface-mesh.ts';
import { netSurface } from './surface-nets.ts';

/** Grids up to this many points leave their arrays for the next surface. */
const KEPT_POINTS = 300_000;

/** Arrays that one surface after another is found in. */
export class SurfaceScratch {
  private values: Float32Array = new Float32Array(0);
  private vertices: Uint32Array = new Uint32Array(0);

  /** Two arrays of at least `points` numbers, all 0. */
  take(points: number): { values: Float32Array; vertexOf: Uint32Array } {
    if (points > KEPT_POINTS) return { values: new Float32Array(points), vertexOf: new Uint32Array(points) };
    if (this.values.length < points) {
      this.values = new Float32Array(points);
      this.vertices = new Uint32Array(points);
    }
    this.values.fill(0, 0, points);
    this.vertices.fill(0, 0, points);
    return { values: this.values, vertexOf: this.vertices };
  }
}

/**
 * The surface around atoms where the sum of their Gaussian densities is 1: a ball of its radius around an atom alone,
 * smoothly joined where several are near. In slices: yields now and then so that a caller can let others run. Returns
 * undefined where there is no atom, or where they are too far apart for a grid (see {@link planGrid}).
 */
export function* surfaceInSlices(
  input: SurfaceInput,
  scratch: SurfaceScratch = new SurfaceScratch(),
): Generator<undefined, SurfaceMesh | undefined> {
  const grid = planGrid(input);
  if (grid === undefined) return undefined;
  const { values, vertexOf } = scratch.take(grid.size[0] * grid.size[1] * grid.size[2]);
  yield undefined;
  yield* fillDensity(input, grid, values);
  const builder = new MeshBuilder();
  yield* netSurface(grid, values, vertexOf, builder);
  const { vertexCount, cornerCount } = builder;
  const corners = new CornerAtoms(builder.positions.slice(0, 3 * vertexCount));
  const [, ny, nz] = grid.size;
  yield* eachAtom(input, grid, (atom, place, radius, box) => {
    for (let i = box[0] - 1; i <= box[1]; i += 1)
      for (let j = box[2] - 1; j <= box[3]; j += 1)
        for (let k = box[4] - 1, at = (i * ny + j) * nz + k; k <= box[5]; k += 1, at += 1)
          if (vertexOf[at] !== 0) corners.offer(vertexOf[at] - 1, atom, place, radius);
  });
  return {
    positions: corners.positions,
    normals: builder.normals.slice(0, 3 * vertexCount),
    atoms: corners.atoms,
    shares: corners.shares(),
    triangles: builder.corners.slice(0, cornerCount),
    step: grid.step,
  };
}

/** Colours run into one another where the squares of two distances, in radii, differ by less than this. */
const BLEND = 0.45;

/** The two atoms nearest to each corner. */
class CornerAtoms {
  readonly positions: Float32Array;
  readonly atoms: Uint32Array;
  private readonly nearest: Float32Array;

  constructor(positions: Float32Array) {
    this.positions = positions;
    this.atoms = new Uint32Array((2 * positions.length) / 3);
    this.nearest = new Float32Array(this.atoms.length).fill(Infinity);
  }

  offer(corner: number, atom: number, place: readonly [number, number, number], radius: number): void {
    const { positions, atoms, nearest } = this;
    const x = positions[3 * corner] - place[0];
    const y = positions[3 * corner + 1] - place[1];
    const z = positions[3 * corner + 2] - place[2];
    const distance = (x * x + y * y + z * z) / (radius * radius);
    const at = 2 * corner;
    if (distance >= nearest[at + 1]) return;
    const isFirst = distance < nearest[at];
    atoms[at + 1] = isFirst && nearest[at] < Infinity ? atoms[at] : atom;
    nearest[at + 1] = isFirst ? nearest[at] : distance;
    if (!isFirst) return;
    atoms[at] = atom;
    nearest[at] = distance;
  }

  shares(): Float32Array {
    const { nearest } = this;
    const shares = new Float32Array(nearest.length / 2);
    for (let corner = 0; corner < shares.length; corner += 1) {
      const further = nearest[2 * corner + 1] - nearest[2 * corner];
      if (further < BLEND) shares[corner] = 0.5 - (0.5 * further) / BLEND;
    }
    return shares;
  }
}
