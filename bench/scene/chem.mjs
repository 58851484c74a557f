// `node bench/scene/chem.mjs` after `npm run build`: what molecules in one piece and surfaces cost the processor.
import { MoleculeGraph, addImages } from '../../dist/chem/molecules.js';
import { perceiveBonds } from '../../dist/chem/bonds.js';
import { makeCell, wrapPositions } from '../../dist/chem/cell.js';
import { SurfaceScratch, surfaceInSlices } from '../../dist/chem/surface/molecular-surface.js';
import { loadavg } from 'node:os';

/** Water on a lattice, shifted by a seeded random amount, wrapped by atom. */
function waterBox(molecules) {
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const side = Math.ceil(molecules ** (1 / 3));
  const edge = side * 3.1;
  const positions = new Float32Array(9 * molecules);
  const numbers = new Uint8Array(3 * molecules);
  for (let i = 0; i < molecules; i += 1) {
    const [x, y, z] = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)].map(
      (step) => step * 3.1 + random() * 0.3,
    );
    numbers.set([8, 1, 1], 3 * i);
    positions.set([x, y, z, x - 0.96, y, z, x + 0.24, y - 0.93, z], 9 * i);
  }
  const vectors = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  const cell = makeCell(vectors, [1, 1, 1]);
  wrapPositions(cell, positions);
  return { atomCount: numbers.length, positions, numbers, cell, vectors };
}

/** The median and the least of some rounds: on a busy machine the least says more. */
function measure(rounds, work) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return `${times[rounds >> 1].toFixed(2)}/${times[0].toFixed(2)}`;
}

const say = (...words) => console.log(words.map((word, i) => String(word).padStart(i === 0 ? 8 : 16)).join(''));
console.log(`Node ${process.version}, load ${loadavg()[0].toFixed(1)}; milliseconds, median/least\n`);
console.log('Molecules in one piece, a frame: walk along the bonds and new positions');
say('atoms', 'bonds', 'bonds ms', 'graph ms', 'frame ms');
for (const atoms of [1_000, 10_000, 100_000]) {
  const { atomCount, positions, numbers, cell, vectors } = waterBox(Math.round(atoms / 3));
  const input = { atomCount, positions, numbers, cell: vectors, pbc: [1, 1, 1] };
  const bonds = perceiveBonds(input);
  const graph = new MoleculeGraph(bonds, atomCount);
  const found = measure(9, () => perceiveBonds(input));
  const made = measure(9, () => new MoleculeGraph(bonds, atomCount));
  const joined = measure(31, () => addImages(positions.slice(), graph.join(positions, cell).images, cell));
  say(atomCount, bonds.count, found, made, joined);
}
console.log('\nThe surface around a box of water');
say('atoms', 'step Å', 'triangles', 'total ms', 'slices');
for (const atoms of [300, 1_000, 10_000, 100_000]) {
  const { atomCount, positions, numbers } = waterBox(Math.round(atoms / 3));
  const input = {
    positions,
    atoms: Uint32Array.from(numbers, (_, atom) => atom),
    radii: Float32Array.from(numbers, (number) => (number === 8 ? 1.52 : 1.1)),
  };
  const scratch = new SurfaceScratch();
  let [slices, mesh] = [0, undefined];
  const total = measure(atoms > 10_000 ? 3 : 7, () => {
    slices = 0;
    for (const work = surfaceInSlices(input, scratch); ;) {
      const step = work.next();
      slices += 1;
      if (step.done) {
        mesh = step.value;
        return;
      }
    }
  });
  say(atomCount, mesh.step.toFixed(2), mesh.triangles.length / 3, total, slices);
}
