import { ACCELERATION, BOLTZMANN, MASSES, waterForces } from './flexible-water.ts';

/** A cluster of water in motion. Angstrom, angstrom/fs, eV, eV/angstrom; three sites a molecule in the order O H H. */
export interface Cluster {
  positions: Float64Array;
  velocities: Float64Array;
  forces: Float64Array;
  /** eV */
  potentialEnergy: number;
}

const massOf = (component: number): number => MASSES[Math.floor(component / 3) % 3];

/** A cluster at rest at `positions`. */
export function cluster(positions: Float64Array): Cluster {
  const forces = new Float64Array(positions.length);
  return {
    positions,
    velocities: new Float64Array(positions.length),
    forces,
    potentialEnergy: waterForces(positions, forces),
  };
}

/** Kinetic energy in eV. */
export function kineticEnergy({ velocities }: Cluster): number {
  let sum = 0;
  for (let i = 0; i < velocities.length; i += 1) sum += massOf(i) * velocities[i] * velocities[i];
  return sum / (2 * ACCELERATION);
}

/** Moves on by `steps` steps of `timeStepFs` with velocity Verlet (Swope et al., J. Chem. Phys. 76, 637, 1982). */
export function advance(moving: Cluster, timeStepFs: number, steps: number): void {
  const { positions, velocities, forces } = moving;
  for (let step = 0; step < steps; step += 1) {
    for (let i = 0; i < positions.length; i += 1) {
      velocities[i] += (0.5 * timeStepFs * ACCELERATION * forces[i]) / massOf(i);
      positions[i] += timeStepFs * velocities[i];
    }
    moving.potentialEnergy = waterForces(positions, forces);
    for (let i = 0; i < positions.length; i += 1)
      velocities[i] += (0.5 * timeStepFs * ACCELERATION * forces[i]) / massOf(i);
  }
}

/** Goes downhill until molecules that were put too close no longer push each other away; nothing moves further than 0.1 a step. */
export function relax(resting: Cluster, steps: number): void {
  const { positions, forces } = resting;
  for (let step = 0; step < steps; step += 1) {
    let largest = 0;
    for (const force of forces) largest = Math.max(largest, Math.abs(force));
    const scale = Math.min(0.005, 0.1 / largest);
    for (let i = 0; i < positions.length; i += 1) positions[i] += scale * forces[i];
    resting.potentialEnergy = waterForces(positions, forces);
  }
}

/** Scales velocities to a temperature in K. */
export function rescale(moving: Cluster, temperature: number): void {
  const now = (2 * kineticEnergy(moving)) / (moving.positions.length * BOLTZMANN);
  const factor = Math.sqrt(temperature / now);
  for (let i = 0; i < moving.velocities.length; i += 1) moving.velocities[i] *= factor;
}

/** Moves the centre of mass to the origin and stops drift and rotation as a whole. */
export function settle(moving: Cluster): void {
  const { positions, velocities } = moving;
  let mass = 0;
  const centre = [0, 0, 0];
  const drift = [0, 0, 0];
  for (let i = 0; i < positions.length; i += 1) {
    centre[i % 3] += massOf(i) * positions[i];
    drift[i % 3] += massOf(i) * velocities[i];
    if (i % 3 === 0) mass += massOf(i);
  }
  for (let i = 0; i < positions.length; i += 1) {
    positions[i] -= centre[i % 3] / mass;
    velocities[i] -= drift[i % 3] / mass;
  }
}
