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
  const at = (atom: number): number => 3 * atom;
  const far = (a: number, b: number): number =>
    Math.hypot(
      positions[at(a)] - positions[at(b)],
      positions[at(a) + 1] - positions[at(b) + 1],
      positions[at(a) + 2] - positions[at(b) + 2],
    );
  const hydrogens = hydrogenPlaces(trace, positions, joined);
  const cells = new Map<string, number[]>();
  const place = (residue: number): [number, number, number] => {
    const from = at(carriers[residue]);
    return [0, 1, 2].map((axis) => Math.floor(positions[from + axis] / REACH)) as [number, number, number];
  };
  for (let i = 0; i < count; i += 1) {
    if (carbons[i] < 0 || facing[i] < 0 || trace.isNucleic[i] === 1) continue;
    const key = place(i).join();
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [i]);
    else cell.push(i);
  }
  const pairs: [number, number][] = [];
  const known = new Set<number>();
  for (let donor = 0; donor < count; donor += 1) {
    const h = 3 * donor;
    if (!(Math.abs(hydrogens[h]) < 1e30) || nitrogens[donor] < 0) continue;
    const [x, y, z] = place(donor);
    const nearH = (atom: number): number =>
      Math.hypot(
        positions[at(atom)] - hydrogens[h],
        positions[at(atom) + 1] - hydrogens[h + 1],
        positions[at(atom) + 2] - hydrogens[h + 2],
      );
    for (let near = 0; near < 27; near += 1) {
      const key = [x + (near % 3) - 1, y + (Math.floor(near / 3) % 3) - 1, z + Math.floor(near / 9) - 1].join();
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
