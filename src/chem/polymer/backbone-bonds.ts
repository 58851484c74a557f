import type { PolymerTrace } from './polymer-trace.ts';

/** Hydrogen bonds between backbones. */
export interface BackboneBonds {
  /** C=O of one residue, N-H of another. */
  readonly pairs: readonly (readonly [acceptor: number, donor: number])[];
  has(acceptor: number, donor: number): boolean;
}

/** Charges of C=O and N-H times the constant of Coulomb's law, kcal/mol times angstrom, and the weakest bond that counts. */
const STRENGTH = 27.9;
const WEAKEST = -0.5;
/** Residues whose alpha carbons are further apart have no bond. Angstrom. */
const REACH = 9;

/**
 * Bonds by the electrostatic energy of Kabsch and Sander (1983); the hydrogen is put opposite to the C=O of the residue
 * before. Neighbours are looked up in a lattice, so that the time grows with the number of residues.
 */
export function backboneBonds(trace: PolymerTrace, positions: ArrayLike<number>, joined: Uint8Array): BackboneBonds {
  const { count, carriers, carbons, facing, nitrogens } = trace;
  const far = (a: number, b: number): number => {
    const x = positions[3 * a] - positions[3 * b];
    const y = positions[3 * a + 1] - positions[3 * b + 1];
    const z = positions[3 * a + 2] - positions[3 * b + 2];
    return Math.sqrt(x * x + y * y + z * z);
  };
  const hydrogens = hydrogenPlaces(trace, positions, joined);
  const cells = new Map<number, number[]>();
  const step = (residue: number, axis: number): number => Math.floor(positions[3 * carriers[residue] + axis] / REACH);
  // Far more cells along an axis than a structure has; beyond, two cells may share a number, which costs time only.
  const keyOf = (x: number, y: number, z: number): number => (x * 2_048 + y) * 2_048 + z;
  for (let i = 0; i < count; i += 1) {
    if (carbons[i] < 0 || facing[i] < 0 || trace.isNucleic[i] === 1) continue;
    const key = keyOf(step(i, 0), step(i, 1), step(i, 2));
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [i]);
    else cell.push(i);
  }
  const pairs: [number, number][] = [];
  const known = new Set<number>();
  for (let donor = 0; donor < count; donor += 1) {
    const h = 3 * donor;
    if (!(Math.abs(hydrogens[h]) < 1e30) || nitrogens[donor] < 0) continue;
    const [x, y, z] = [step(donor, 0), step(donor, 1), step(donor, 2)];
    const nearH = (atom: number): number => {
      const u = positions[3 * atom] - hydrogens[h];
      const v = positions[3 * atom + 1] - hydrogens[h + 1];
      const w = positions[3 * atom + 2] - hydrogens[h + 2];
      return Math.sqrt(u * u + v * v + w * w);
    };
    for (let near = 0; near < 27; near += 1) {
      const key = keyOf(x + (near % 3) - 1, y + (Math.floor(near / 3) % 3) - 1, z + Math.floor(near / 9) - 1);
      for (const acceptor of cells.get(key) ?? []) {
        if (acceptor === donor || acceptor === donor - 1 || far(carriers[acceptor], carriers[donor]) > REACH) continue;
        const [c, o, n] = [carbons[acceptor], facing[acceptor], nitrogens[donor]];
        const energy = STRENGTH * (1 / far(o, n) + 1 / nearH(c) - 1 / nearH(o) - 1 / far(c, n));
        if (!(energy < WEAKEST)) continue;
        pairs.push([acceptor, donor]);
        known.add(acceptor * count + donor);
      }
    }
  }
  return { pairs, has: (acceptor, donor) => known.has(acceptor * count + donor) };
}

/** Where the hydrogen of each N-H is; NaN without one. */
function hydrogenPlaces(trace: PolymerTrace, p: ArrayLike<number>, joined: Uint8Array): Float64Array {
  const { count, carbons, facing, nitrogens } = trace;
  const places = new Float64Array(3 * count).fill(Number.NaN);
  for (let i = 1; i < count; i += 1) {
    const [c, o, n] = [carbons[i - 1], facing[i - 1], nitrogens[i]];
    if (joined[i] !== 1 || c < 0 || o < 0 || n < 0) continue;
    const way = [0, 1, 2].map((axis) => p[3 * c + axis] - p[3 * o + axis]);
    const length = Math.hypot(...way);
    if (!(length > 0.1)) continue;
    for (let axis = 0; axis < 3; axis += 1) places[3 * i + axis] = p[3 * n + axis] + way[axis] / length;
  }
  return places;
}
