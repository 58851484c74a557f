import { add, length, subtract, times, type Structure, type Vec } from '../structure.ts';

/** Of graphene, angstrom. */
const BOND = 1.421;
const A = BOND * Math.sqrt(3);
/** Lattice vectors of graphene and its two atoms. */
const A1: Vec = [A, 0, 0];
const A2: Vec = [A / 2, (A * Math.sqrt(3)) / 2, 0];
const BASIS: readonly Vec[] = [
  [0, 0, 0],
  [A / 2, BOND / 2, 0],
];

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Points of the lattice of graphene near the origin, with both atoms of each. */
function sheet(reach: number): Vec[] {
  const points: Vec[] = [];
  for (let i = -reach; i <= reach; i += 1)
    for (let j = -reach; j <= reach; j += 1)
      for (const at of BASIS) points.push(add(add(times(A1, i), times(A2, j)), at));
  return points;
}

/** Inside the parallelogram of two vectors; its far edges belong to the next one. */
function isInside([x, y]: Vec, p: Vec, q: Vec): boolean {
  const area = p[0] * q[1] - p[1] * q[0];
  const u = (x * q[1] - y * q[0]) / area + 1e-6;
  const v = (p[0] * y - p[1] * x) / area + 1e-6;
  return u >= 0 && u < 1 && v >= 0 && v < 1;
}

/** The nanotube (n, m): graphene rolled up along n a1 + m a2, so many of its periods long. */
export function nanotube(n: number, m: number, periods: number): Structure {
  const around = add(times(A1, n), times(A2, m));
  const divisor = greatestDivisor(2 * m + n, 2 * n + m);
  const along = add(times(A1, (2 * m + n) / divisor), times(A2, -(2 * n + m) / divisor));
  const circumference = length(around);
  const period = length(along);
  const radius = circumference / (2 * Math.PI);
  const atoms = sheet(3 * (n + m))
    // The second vector points downwards: order and sign keep the area positive.
    .filter((point) => isInside(point, along, around))
    .map((point): [number, number] => [
      (point[0] * around[0] + point[1] * around[1]) / circumference,
      (point[0] * along[0] + point[1] * along[1]) / period,
    ]);
  const positions: Vec[] = [];
  for (let k = 0; k < periods; k += 1)
    for (const [s, z] of atoms) {
      const angle = s / radius;
      positions.push([radius * Math.cos(angle), radius * Math.sin(angle), z + k * period]);
    }
  // An angle each atom has of its own, for a colour that winds along.
  const height = positions.map(([, , z]) => z);
  return {
    symbols: positions.map(() => 'C'),
    positions,
    cell: [
      [40, 0, 0],
      [0, 40, 0],
      [0, 0, periods * period],
    ],
    pbc: [false, false, true],
    values: { height },
  };
}

/** Two sheets of graphene, the upper one turned: the commensurate twist (m, 1), so many cells along each edge. */
export function twistedBilayer(m: number, cells: number, spacing: number): Structure {
  const r = 1;
  const cosine = (3 * m * m + 3 * m * r + (r * r) / 2) / (3 * m * m + 3 * m * r + r * r);
  const angle = Math.acos(cosine);
  const turn = ([x, y, z]: Vec, by: number): Vec => [
    x * Math.cos(by) - y * Math.sin(by),
    x * Math.sin(by) + y * Math.cos(by),
    z,
  ];
  const p = add(times(A1, m), times(A2, m + r));
  const q = add(times(A1, -(m + r)), times(A2, 2 * m + r));
  const lower = sheet(6 * m + 8).filter((point) => isInside(point, p, q));
  const upper = sheet(6 * m + 8)
    .map((point) => turn(point, angle))
    .filter((point) => isInside(point, p, q));
  const positions: Vec[] = [];
  const layer: number[] = [];
  for (let i = 0; i < cells; i += 1)
    for (let j = 0; j < cells; j += 1) {
      const shift = add(times(p, i), times(q, j));
      for (const [which, atoms] of [lower, upper].entries())
        for (const atom of atoms) {
          positions.push(add(add(atom, shift), [0, 0, 10 + which * spacing]));
          layer.push(which);
        }
    }
  return {
    symbols: positions.map(() => 'C'),
    positions,
    cell: [times(p, cells), times(q, cells), [0, 0, 20 + spacing]],
    pbc: [true, true, false],
    values: { layer },
  };
}

/** C60 with its two kinds of bonds: 1.401 angstrom between hexagons, 1.458 around pentagons. */
export function fullerene(): Structure {
  const golden = (1 + Math.sqrt(5)) / 2;
  const corners: Vec[] = [];
  for (const u of [1, -1]) for (const v of [golden, -golden]) corners.push([0, u, v], [u, v, 0], [v, 0, u]);
  // Cutting the corners of an icosahedron with edge 2 leaves `hexagonal` in the middle of each edge.
  const [pentagonal, hexagonal] = [1.458, 1.401];
  const scale = (2 * pentagonal + hexagonal) / 2;
  const cut = pentagonal / (2 * pentagonal + hexagonal);
  const positions: Vec[] = [];
  for (const from of corners)
    for (const to of corners) {
      const edge = subtract(to, from);
      if (Math.abs(length(edge) - 2) < 1e-9) positions.push(times(add(from, times(edge, cut)), scale));
    }
  return { symbols: positions.map(() => 'C'), positions };
}
