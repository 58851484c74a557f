import type { PlainAtoms } from './fixture.ts';

type Point = [number, number, number];

/** The point at a distance from c, an angle at c with b and a dihedral about b-c with a; degrees. */
function nextPoint(a: Point, b: Point, c: Point, distance: number, angle: number, dihedral: number): Point {
  const minus = (p: Point, q: Point): Point => [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
  const unit = (p: Point): Point => p.map((x) => x / Math.hypot(...p)) as Point;
  const cross = (p: Point, q: Point): Point => [
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  ];
  const along = unit(minus(c, b));
  const normal = unit(cross(minus(b, a), along));
  const side = cross(normal, along);
  const [bend, turn] = [(angle * Math.PI) / 180, (dihedral * Math.PI) / 180];
  const parts = [-Math.cos(bend), Math.sin(bend) * Math.cos(turn), Math.sin(bend) * Math.sin(turn)];
  return c.map((x, k) => x + distance * (parts[0] * along[k] + parts[1] * side[k] + parts[2] * normal[k])) as Point;
}

/**
 * The backbone of an alpha helix from ideal bond lengths and angles, a helium ion and a water beside it: N, CA, C, O of
 * each residue in this order. Moved so that its middle is at the origin and it lies along x.
 */
export function idealHelix(residues = 12): PlainAtoms & { carriers: number[]; helium: number; water: number } {
  const [phi, psi, omega] = [-57, -47, 180];
  const chain: Point[] = [
    [0, 0, 0],
    [1.46, 0, 0],
    [2.01, 1.42, 0],
  ];
  for (let i = 1; i < residues; i += 1) {
    const add = (distance: number, angle: number, dihedral: number): number =>
      chain.push(nextPoint(chain.at(-3)!, chain.at(-2)!, chain.at(-1)!, distance, angle, dihedral));
    add(1.33, 116.6, psi);
    add(1.46, 121.7, omega);
    add(1.53, 111, phi);
  }
  const points: Point[] = [];
  for (let i = 0; i < residues; i += 1) {
    const [n, ca, c] = chain.slice(3 * i, 3 * i + 3);
    points.push(n, ca, c, nextPoint(n, ca, c, 1.23, 120.5, psi + 180));
  }
  const last = 4 * (residues - 1) + 1;
  const axis = [0, 1, 2].map((k) => points[last][k] - points[1][k]) as Point;
  const middle = [0, 1, 2].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
  const x = axis.map((part) => part / Math.hypot(...axis)) as Point;
  const helper: Point = Math.abs(x[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0];
  const dot = (p: readonly number[], q: readonly number[]): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const rest = helper.map((part, k) => part - dot(helper, x) * x[k]);
  const y = rest.map((part) => part / Math.hypot(...rest));
  const z = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const placed = points.map((point) => {
    const way = point.map((part, k) => part - middle[k]);
    return [dot(way, x), dot(way, y), dot(way, z)];
  });
  placed.push([0, 6, 0], [0, -6, 0]);
  return {
    positions: placed.flat(),
    numbers: [...points.map((_, i) => [7, 6, 6, 8][i % 4]), 2, 8],
    names: [...points.map((_, i) => ['N', 'CA', 'C', 'O'][i % 4]), 'HE', 'O'],
    residues: [...points.map((_, i) => Math.floor(i / 4) + 1), residues + 1, residues + 2],
    residueNames: [...points.map(() => 'ALA'), 'HE', 'HOH'],
    carriers: Array.from({ length: residues }, (_, i) => 4 * i + 1),
    helium: points.length,
    water: points.length + 1,
  };
}
