/**
 * Flexible water after Y. Wu, H. L. Tepper and G. A. Voth, J. Chem. Phys. 124, 024503 (2006): SPC/Fw, three sites with
 * harmonic bonds and angle, Lennard-Jones between oxygens and charges on all sites. Here without a cutoff, for clusters
 * in free space. Units: angstrom, fs, u, eV. Atoms are ordered O H H, molecule after molecule.
 */

/** eV in one kcal/mol. */
const KCAL_PER_MOL = 0.0433641;
/** e^2 / (4 pi eps0) in eV angstrom. */
const COULOMB = 14.399645;
/** Acceleration in angstrom/fs^2 of 1 u under 1 eV/angstrom. */
export const ACCELERATION = 9.648533e-3;
/** Boltzmann's constant in eV/K. */
export const BOLTZMANN = 8.617333e-5;

const BOND_LENGTH = 1.012;
const BOND_STIFFNESS = 1059.162 * KCAL_PER_MOL;
const ANGLE = (113.24 * Math.PI) / 180;
const ANGLE_STIFFNESS = 75.9 * KCAL_PER_MOL;
const SIGMA = 3.165492;
const EPSILON = 0.1554253 * KCAL_PER_MOL;
const CHARGES = [-0.82, 0.41, 0.41];

/** Mass in u of the sites O, H, H. */
export const MASSES: readonly number[] = [15.9994, 1.008, 1.008];

/** Adds the force along one bond and returns its energy. */
function bond(positions: Float64Array, forces: Float64Array, a: number, b: number): number {
  const dx = positions[b] - positions[a];
  const dy = positions[b + 1] - positions[a + 1];
  const dz = positions[b + 2] - positions[a + 2];
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const stretch = length - BOND_LENGTH;
  const pull = (BOND_STIFFNESS * stretch) / length;
  forces[a] += pull * dx;
  forces[a + 1] += pull * dy;
  forces[a + 2] += pull * dz;
  forces[b] -= pull * dx;
  forces[b + 1] -= pull * dy;
  forces[b + 2] -= pull * dz;
  return 0.5 * BOND_STIFFNESS * stretch * stretch;
}

/** Adds the forces of the angle at `o` and returns its energy. */
function angle(positions: Float64Array, forces: Float64Array, o: number, h: number, k: number): number {
  const ux = positions[h] - positions[o];
  const uy = positions[h + 1] - positions[o + 1];
  const uz = positions[h + 2] - positions[o + 2];
  const vx = positions[k] - positions[o];
  const vy = positions[k + 1] - positions[o + 1];
  const vz = positions[k + 2] - positions[o + 2];
  const u = Math.sqrt(ux * ux + uy * uy + uz * uz);
  const v = Math.sqrt(vx * vx + vy * vy + vz * vz);
  const cosine = Math.min(1, Math.max(-1, (ux * vx + uy * vy + uz * vz) / (u * v)));
  const bend = Math.acos(cosine) - ANGLE;
  // -dU/dcos, with dtheta/dcos = -1/sin
  const push = (ANGLE_STIFFNESS * bend) / Math.max(Math.sqrt(1 - cosine * cosine), 1e-9);
  const hx = push * (vx / (u * v) - (cosine * ux) / (u * u));
  const hy = push * (vy / (u * v) - (cosine * uy) / (u * u));
  const hz = push * (vz / (u * v) - (cosine * uz) / (u * u));
  const kx = push * (ux / (u * v) - (cosine * vx) / (v * v));
  const ky = push * (uy / (u * v) - (cosine * vy) / (v * v));
  const kz = push * (uz / (u * v) - (cosine * vz) / (v * v));
  forces[h] += hx;
  forces[h + 1] += hy;
  forces[h + 2] += hz;
  forces[k] += kx;
  forces[k + 1] += ky;
  forces[k + 2] += kz;
  forces[o] -= hx + kx;
  forces[o + 1] -= hy + ky;
  forces[o + 2] -= hz + kz;
  return 0.5 * ANGLE_STIFFNESS * bend * bend;
}

/** Adds the forces between two molecules whose oxygens are at `a` and `b`, and returns their energy. */
function pair(positions: Float64Array, forces: Float64Array, a: number, b: number): number {
  let energy = 0;
  for (let i = 0; i < 3; i += 1) {
    const at = a + 3 * i;
    for (let j = 0; j < 3; j += 1) {
      const to = b + 3 * j;
      const dx = positions[to] - positions[at];
      const dy = positions[to + 1] - positions[at + 1];
      const dz = positions[to + 2] - positions[at + 2];
      const inverse2 = 1 / (dx * dx + dy * dy + dz * dz);
      const coulomb = COULOMB * CHARGES[i] * CHARGES[j] * Math.sqrt(inverse2);
      energy += coulomb;
      let push = coulomb * inverse2;
      if (i === 0 && j === 0) {
        const s2 = SIGMA * SIGMA * inverse2;
        const s6 = s2 * s2 * s2;
        energy += 4 * EPSILON * (s6 * s6 - s6);
        push += 24 * EPSILON * (2 * s6 * s6 - s6) * inverse2;
      }
      forces[to] += push * dx;
      forces[to + 1] += push * dy;
      forces[to + 2] += push * dz;
      forces[at] -= push * dx;
      forces[at + 1] -= push * dy;
      forces[at + 2] -= push * dz;
    }
  }
  return energy;
}

/** Potential energy in eV of molecules at `positions`; `forces` (eV/angstrom) is overwritten. */
export function waterForces(positions: Float64Array, forces: Float64Array): number {
  forces.fill(0);
  let energy = 0;
  for (let a = 0; a < positions.length; a += 9) {
    energy += bond(positions, forces, a, a + 3) + bond(positions, forces, a, a + 6);
    energy += angle(positions, forces, a, a + 3, a + 6);
    for (let b = a + 9; b < positions.length; b += 9) energy += pair(positions, forces, a, b);
  }
  return energy;
}
