import { describe, expect, it } from 'vitest';
import { surfaceInSlices } from '../../src/chem/surface/molecular-surface.ts';
import { planGrid, type SurfaceInput } from '../../src/chem/surface/surface-grid.ts';
import type { SurfaceMesh } from '../../src/chem/surface/surface-mesh.ts';

function around(places: readonly (readonly number[])[], radius = 1.7): SurfaceInput {
  return {
    positions: Float32Array.from(places.flat()),
    atoms: Uint32Array.from(places, (_, atom) => atom),
    radii: new Float32Array(places.length).fill(radius),
  };
}

/** The surface and how many slices it took. */
function find(input: SurfaceInput): { mesh: SurfaceMesh | undefined; slices: number } {
  const work = surfaceInSlices(input);
  for (let slices = 1; ; slices += 1) {
    const step = work.next();
    if (step.done === true) return { mesh: step.value, slices };
  }
}

const corner = (mesh: SurfaceMesh, i: number): number[] => [...mesh.positions.subarray(3 * i, 3 * i + 3)];
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((x, axis) => x - b[axis]);
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, axis) => sum + x * b[axis], 0);

/** Six times the volume inside; what is closed and turned outwards has a positive one wherever it is seen from. */
function volumeOf(mesh: SurfaceMesh, from: readonly number[]): number {
  let volume = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((i) => minus(corner(mesh, mesh.triangles[t + i]), from));
    volume += dot(a, [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]]) / 6;
  }
  return volume;
}

/** Edges that are not one of exactly two triangles which run along it in opposite ways. */
function openEdges({ triangles }: SurfaceMesh): number {
  const seen = new Map<string, number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let i = 0; i < 3; i += 1) {
      const [a, b] = [triangles[t + i], triangles[t + ((i + 1) % 3)]];
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      seen.set(key, (seen.get(key) ?? 0) + (a < b ? 1 : -1));
    }
  return [...seen.values()].filter((sum) => sum !== 0).length;
}

/** How many pieces that hang together. */
function pieces({ positions, triangles }: SurfaceMesh): number {
  const parent = Array.from({ length: positions.length / 3 }, (_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : (parent[i] = root(parent[i])));
  for (let t = 0; t < triangles.length; t += 3)
    for (const i of [1, 2]) parent[root(triangles[t])] = root(triangles[t + i]);
  return parent.filter((own, i) => own === i).length;
}

describe('molecular surface', () => {
  it('[C460] an atom alone has a closed ball of its radius around it, with normals that point away', () => {
    for (const radius of [1.1, 1.7, 2.75]) {
      const middle = [3.3, -20.1, 7.7];
      const { mesh } = find(around([middle], radius));
      if (mesh === undefined) throw new Error('no surface');
      for (let i = 0; i < mesh.positions.length / 3; i += 1) {
        const out = minus(corner(mesh, i), middle);
        const length = Math.hypot(...out);
        expect(Math.abs(length - radius)).toBeLessThan(radius > 1.5 ? 0.06 : 0.1);
        expect(dot(out, [...mesh.normals.subarray(3 * i, 3 * i + 3)]) / length).toBeGreaterThan(0.99);
      }
      expect(openEdges(mesh)).toBe(0);
      expect(volumeOf(mesh, middle) / ((4 / 3) * Math.PI * radius ** 3)).toBeGreaterThan(0.7);
      expect(volumeOf(mesh, [0, 0, 0])).toBeCloseTo(volumeOf(mesh, middle), 1);
    }
  });

  it('[C460] near atoms share one surface, far ones have one each; every corner knows which two are nearest', () => {
    const near = find(
      around([
        [0, 0, 0],
        [3.5, 0, 0],
      ]),
    ).mesh;
    const far = find(
      around([
        [0, 0, 0],
        [6, 0, 0],
      ]),
    ).mesh;
    if (near === undefined || far === undefined) throw new Error('no surface');
    expect([pieces(near), pieces(far)]).toEqual([1, 2]);
    expect([openEdges(near), openEdges(far)]).toEqual([0, 0]);
    for (let i = 0; i < near.positions.length / 3; i += 1) {
      const x = near.positions[3 * i];
      if (Math.abs(x - 1.75) > 1e-3) expect(near.atoms[2 * i]).toBe(Number(x > 1.75));
      // Half way the colours meet, and further out than half an angstrom each is alone.
      expect(near.shares[i] > 0.4).toBe(Math.abs(x - 1.75) < 0.0372);
      if (Math.abs(x - 1.75) > 0.5) expect(near.shares[i]).toBe(0);
    }
  });

  it('[C460] atoms without a place or a radius are passed over; nothing but those is no surface', () => {
    const { mesh } = find(
      around([
        [0, 0, 0],
        [Number.NaN, 0, 0],
        [1e30, Infinity, 0],
      ]),
    );
    expect(mesh === undefined ? -1 : pieces(mesh)).toBe(1);
    expect(find(around([[Number.NaN, 0, 0]])).mesh).toBeUndefined();
    expect(find(around([])).mesh).toBeUndefined();
    expect(find(around([[0, 0, 0]], 0)).mesh).toBeUndefined();
  });

  it('[C463] grids grow coarser up to 2 angstrom and never past three million points; beyond there is none', () => {
    const steps = [10, 60, 100, 200, 260].map((length) => {
      const grid = planGrid(
        around([
          [0, 0, 0],
          [length, length, length],
        ]),
      );
      if (grid === undefined) throw new Error(`no grid for ${length}`);
      expect(grid.size[0] * grid.size[1] * grid.size[2]).toBeLessThanOrEqual(3_000_000);
      return grid.step;
    });
    expect(steps[0]).toBe(0.5);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps[4]).toBeLessThanOrEqual(2);
    expect(
      find(
        around([
          [0, 0, 0],
          [400, 400, 400],
        ]),
      ).mesh,
    ).toBeUndefined();
    expect(
      find(
        around([
          [0, 0, 0],
          [1e12, 0, 0],
        ]),
      ).mesh,
    ).toBeUndefined();
  });

  it('[C462] the work for many atoms is done in many slices', () => {
    const many = Array.from({ length: 1000 }, (_, i) => [
      2 * (i % 10),
      2 * (Math.floor(i / 10) % 10),
      2 * Math.floor(i / 100),
    ]);
    const { mesh, slices } = find(around(many));
    expect(mesh && pieces(mesh)).toBeGreaterThan(0);
    expect(slices).toBeGreaterThan(8);
  });
});
