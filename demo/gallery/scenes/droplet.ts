import { length, type Structure, type Vec } from '../structure.ts';

/** One of the two droplets of the demo's trajectory before they meet, from its first frame as extended XYZ. */
export function droplet(firstFrame: string): Structure {
  const [count, , ...lines] = firstFrame.split('\n');
  const atoms = lines.slice(0, Number(count)).map((line) => line.split(/\s+/));
  const half = atoms.slice(0, atoms.length / 2);
  const positions = half.map(([, x, y, z]): Vec => [Number(x), Number(y), Number(z)]);
  const centre = [0, 1, 2].map((axis) => positions.reduce((sum, at) => sum + at[axis], 0) / positions.length);
  const moved = positions.map(([x, y, z]): Vec => [x - centre[0], y - centre[1], z - centre[2]]);
  return { symbols: half.map(([symbol]) => symbol), positions: moved, values: { depth: moved.map(length) } };
}
