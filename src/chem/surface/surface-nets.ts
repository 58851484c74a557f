import { POINTS_PER_SLICE } from './surface-density.ts';
import type { SurfaceGrid } from './surface-grid.ts';
import type { MeshBuilder } from './surface-mesh.ts';

/**
 * Makes a corner in each box of eight points through which the surface goes where values are 0 (above it is inside), amid its crossings with the
 * box's edges, and a quad around each edge that it crosses. `vertexOf` (a number a point, all 0) gets the number of the
 * corner in the box above each point, plus 1.
 */
export function* netSurface(
  grid: SurfaceGrid,
  values: Float32Array,
  vertexOf: Uint32Array,
  mesh: MeshBuilder,
): Generator<undefined, void> {
  const [nx, ny, nz] = grid.size;
  const strides = [ny * nz, nz, 1] as const;
  const maker = new VertexMaker(grid, values, mesh);
  let looked = 0;
  for (let i = 1; i < nx - 2; i += 1) {
    for (let j = 1; j < ny - 2; j += 1)
      for (let k = 1, at = (i * ny + j) * nz + 1; k < nz - 2; k += 1, at += 1) {
        const isIn = values[at] > 0;
        if (
          isIn === values[at + 1] > 0 &&
          isIn === values[at + nz] > 0 &&
          isIn === values[at + nz + 1] > 0 &&
          isIn === values[at + strides[0]] > 0 &&
          isIn === values[at + strides[0] + 1] > 0 &&
          isIn === values[at + strides[0] + nz] > 0 &&
          isIn === values[at + strides[0] + nz + 1] > 0
        )
          continue;
        vertexOf[at] = maker.make(i, j, k, at) + 1;
        for (let axis = 0; axis < 3; axis += 1) {
          if (isIn === values[at + strides[axis]] > 0) continue;
          const [u, v] = [strides[(axis + 1) % 3], strides[(axis + 2) % 3]];
          mesh.addQuad(vertexOf[at] - 1, vertexOf[at - u] - 1, vertexOf[at - u - v] - 1, vertexOf[at - v] - 1, !isIn);
        }
      }
    looked += ny * nz;
    if (looked < POINTS_PER_SLICE) continue;
    looked = 0;
    yield undefined;
  }
}

class VertexMaker {
  private readonly grid: SurfaceGrid;
  private readonly values: Float32Array;
  private readonly mesh: MeshBuilder;

  constructor(grid: SurfaceGrid, values: Float32Array, mesh: MeshBuilder) {
    this.grid = grid;
    this.values = values;
    this.mesh = mesh;
  }

  make(i: number, j: number, k: number, at: number): number {
    const { values, mesh } = this;
    const { origin, step, size } = this.grid;
    const [sx, sy] = [size[1] * size[2], size[2]];
    let [x, y, z, count] = [0, 0, 0, 0];
    for (let corner = 0; corner < 8; corner += 1) {
      const [cx, cy, cz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const here = at + cx * sx + cy * sy + cz;
      const value = values[here];
      for (let axis = 0; axis < 3; axis += 1) {
        if (((corner >> axis) & 1) === 1) continue;
        const next = values[here + (axis === 0 ? sx : axis === 1 ? sy : 1)];
        if (value > 0 === next > 0) continue;
        const part = value / (value - next);
        x += cx + (axis === 0 ? part : 0);
        y += cy + (axis === 1 ? part : 0);
        z += cz + (axis === 2 ? part : 0);
        count += 1;
      }
    }
    x /= count;
    y /= count;
    z /= count;
    let [gx, gy, gz] = [0, 0, 0];
    for (let corner = 0; corner < 8; corner += 1) {
      const [cx, cy, cz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const here = at + cx * sx + cy * sy + cz;
      const weight = (cx === 1 ? x : 1 - x) * (cy === 1 ? y : 1 - y) * (cz === 1 ? z : 1 - z);
      gx += weight * (values[here - sx] - values[here + sx]);
      gy += weight * (values[here - sy] - values[here + sy]);
      gz += weight * (values[here - 1] - values[here + 1]);
    }
    return mesh.addVertex(
      origin[0] + (i + x) * step,
      origin[1] + (j + y) * step,
      origin[2] + (k + z) * step,
      gx,
      gy,
      gz,
    );
  }
}
