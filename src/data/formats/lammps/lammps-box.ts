import { frameArray, type FrameData } from '../../../protocol/frames.ts';

/** A box of LAMMPS: its corner and its three vectors (rows), in the file's unit of length. */
export interface LammpsBox {
  origin: readonly [number, number, number];
  vectors: Float64Array;
  periodic: readonly [boolean, boolean, boolean];
}

/** What {@link boxOfBounds} is told of a box: words behind `BOX BOUNDS` and the numbers of the three lines. */
export interface BoxLines {
  words: readonly string[];
  rows: readonly (readonly number[])[];
}

/** Numbers of each of the three lines of a box with these words. */
export function boxWidth(words: readonly string[]): number {
  if (words[0] === 'abc') return 4;
  return words[0] === 'xy' ? 3 : 2;
}

/** The box of a dump: orthogonal, tilted (`xy xz yz`) or general (`abc origin`). */
export function boxOfBounds({ words, rows }: BoxLines): LammpsBox {
  const flags = words.filter((word) => /^[pfsm]{2}$/.test(word));
  const periodic = [0, 1, 2].map((axis) => (flags[axis] ?? 'pp') === 'pp') as [boolean, boolean, boolean];
  const [x, y, z] = rows;
  if (boxWidth(words) === 4) {
    const vectors = Float64Array.from([x, y, z].flatMap((row) => row.slice(0, 3)));
    return { origin: [x[3], y[3], z[3]], vectors, periodic };
  }
  const [xy, xz, yz] = boxWidth(words) === 3 ? [x[2], y[2], z[2]] : [0, 0, 0];
  // The bounds of a tilted box are those of the smallest upright box around it.
  const low = x[0] - Math.min(0, xy, xz, xy + xz);
  const high = x[1] - Math.max(0, xy, xz, xy + xz);
  const deep = y[0] - Math.min(0, yz);
  const tall = y[1] - Math.max(0, yz);
  return tiltedBox([low, deep, z[0]], [high - low, tall - deep, z[1] - z[0]], [xy, xz, yz], periodic);
}

/** The box with this corner, these edge lengths along x, y, z and these tilts. */
export function tiltedBox(
  origin: LammpsBox['origin'],
  [lx, ly, lz]: readonly number[],
  [xy, xz, yz]: readonly number[],
  periodic: LammpsBox['periodic'],
): LammpsBox {
  return { origin, vectors: Float64Array.of(lx, 0, 0, xy, ly, 0, xz, yz, lz), periodic };
}

/** Adds cell, periodicity and, where it is not zero, the corner of the cell to a frame; `length` is angstrom per unit. */
export function addBox(data: FrameData, box: LammpsBox, length: number): void {
  data.cell = frameArray(
    box.vectors.map((part) => part * length),
    [3, 3],
  );
  data.pbc = frameArray(Uint8Array.from(box.periodic, Number));
  if (box.origin.some((part) => part !== 0)) {
    data['info.cell_origin'] = frameArray(Float64Array.from(box.origin, (part) => part * length));
  }
}
