import { advance, type Cluster, cluster, kineticEnergy, relax, rescale, settle } from './molecular-dynamics.ts';

/** One frame of the demo. Angstrom, eV, eV/angstrom, fs. */
export interface DropletFrame {
  timeFs: number;
  positions: Float64Array;
  forces: Float64Array;
  potentialEnergy: number;
  kineticEnergy: number;
}

/** How the demo is computed; the defaults are those of the file in demo/data. */
export interface DropletOptions {
  /** Of each droplet. */
  molecules?: number;
  frames?: number;
  /** Between two frames. */
  frameFs?: number;
  timeStepFs?: number;
  seed?: number;
}

const TEMPERATURE = 230;
const EQUILIBRATION_FS = 1_500;
const EQUILIBRATION_STEP_FS = 0.25;
/** Å between the centres at the beginning, and how far the paths miss each other. */
const DISTANCE = 21;
const MISS = 5;
/** Å/fs with which each droplet comes: 450 m/s. */
const SPEED = 0.0045;

/** Mulberry32: small, seeded, the same numbers everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Grid points nearest to the origin, `spacing` apart. */
function ball(count: number, spacing: number): number[][] {
  const points: number[][] = [];
  for (let x = -4; x <= 4; x += 1) {
    for (let y = -4; y <= 4; y += 1) for (let z = -4; z <= 4; z += 1) points.push([x + 0.1, y + 0.2, z + 0.3]);
  }
  const from = ([x, y, z]: number[]): number => x * x + y * y + z * z;
  return points
    .toSorted((a, b) => from(a) - from(b))
    .slice(0, count)
    .map((point) => point.map((part) => part * spacing));
}

/** A droplet at rest as a whole, at about 230 K. */
function droplet(molecules: number, random: () => number): Cluster {
  const positions = new Float64Array(molecules * 9);
  ball(molecules, 3.1).forEach(([x, y, z], molecule) => {
    const turn = 2 * Math.PI * random();
    const tilt = Math.acos(2 * random() - 1);
    [0, 1].forEach((hydrogen) => {
      const angle = turn + hydrogen * 1.9764;
      const offset = molecule * 9 + 3 + 3 * hydrogen;
      positions[offset] = x + 1.012 * Math.cos(angle);
      positions[offset + 1] = y + 1.012 * Math.sin(angle) * Math.cos(tilt);
      positions[offset + 2] = z + 1.012 * Math.sin(angle) * Math.sin(tilt);
    });
    positions.set([x, y, z], molecule * 9);
  });
  const liquid = cluster(positions);
  relax(liquid, 400);
  for (let i = 0; i < positions.length; i += 1) liquid.velocities[i] = (random() - 0.5) * 0.01;
  for (let elapsed = 0; elapsed < EQUILIBRATION_FS; elapsed += 10) {
    rescale(liquid, TEMPERATURE);
    advance(liquid, EQUILIBRATION_STEP_FS, 10 / EQUILIBRATION_STEP_FS);
  }
  settle(liquid);
  return liquid;
}

/**
 * Two droplets of flexible water that fly at each other a little off centre, touch, merge and go on turning as one.
 * Deterministic: equal options give equal numbers.
 */
export function* collidingDroplets(options: DropletOptions = {}): Generator<DropletFrame> {
  const { molecules = 40, frames = 251, frameFs = 20, timeStepFs = 0.125, seed = 20 } = options;
  const random = randomNumbers(seed);
  const left = droplet(molecules, random);
  const right = droplet(molecules, random);
  const positions = new Float64Array(molecules * 18);
  positions.set(left.positions);
  positions.set(right.positions, molecules * 9);
  const side = (i: number): number => (i < molecules * 9 ? -1 : 1);
  for (let i = 0; i < positions.length; i += 3) {
    positions[i] += (side(i) * DISTANCE) / 2;
    positions[i + 1] += (side(i) * MISS) / 2;
  }
  const both = cluster(positions);
  both.velocities.set(left.velocities);
  both.velocities.set(right.velocities, molecules * 9);
  for (let i = 0; i < positions.length; i += 3) both.velocities[i] -= side(i) * SPEED;
  for (let frame = 0; frame < frames; frame += 1) {
    if (frame > 0) advance(both, timeStepFs, Math.round(frameFs / timeStepFs));
    yield {
      timeFs: frame * frameFs,
      positions: both.positions.slice(),
      forces: both.forces.slice(),
      potentialEnergy: both.potentialEnergy,
      kineticEnergy: kineticEnergy(both),
    };
  }
}

/** A frame as extended XYZ: potential energy as `energy`, forces per atom. */
export function dropletText({
  timeFs,
  positions,
  forces,
  potentialEnergy,
  kineticEnergy: kinetic,
}: DropletFrame): string {
  const atoms = positions.length / 3;
  const lines = [
    String(atoms),
    `Properties=species:S:1:pos:R:3:forces:R:3 energy=${potentialEnergy.toFixed(6)} kinetic_energy=${kinetic.toFixed(6)} time=${(timeFs / 1000).toFixed(3)} pbc="F F F"`,
  ];
  for (let atom = 0; atom < atoms; atom += 1) {
    const numbers = [...positions.subarray(3 * atom, 3 * atom + 3)].map((x) => x.toFixed(4));
    numbers.push(...[...forces.subarray(3 * atom, 3 * atom + 3)].map((x) => x.toFixed(4)));
    lines.push(`${atom % 3 === 0 ? 'O' : 'H'} ${numbers.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}
