import type { Bonds } from './bond-list.ts';
import type { Cell } from './cell.ts';

/** How the atoms of one frame are put together. */
export interface WholeMolecules {
  /** (N,3): how many cell vectors to add to each atom so that its molecule is in one piece, its middle inside the cell. */
  readonly images: Int32Array;
  /** (N): 1 for atoms of networks that go on through the faces without an end; they are left where they are. */
  readonly endless: Uint8Array;
}

/**
 * Molecules that the faces of a cell cut. Made once for a list of bonds; each frame is then a walk along the bonds,
 * linear in atoms and bonds, without memory that grows.
 */
export class MoleculeGraph {
  private readonly atomCount: number;
  private readonly bonds: Bonds;
  /** For each atom the place of its first bond in `turns`; one more at the end. */
  private readonly starts: Uint32Array;
  /** Twice the number of a bond, plus 1 where the atom is its second. */
  private readonly turns: Uint32Array;
  private readonly images: Int32Array;
  private readonly endless: Uint8Array;
  private readonly seen: Uint8Array;
  private readonly queue: Uint32Array;
  /** Images of the second atom of each bond as seen from the first, cell vectors. */
  private readonly steps: Int32Array;

  constructor(bonds: Bonds, atomCount: number) {
    const { count, pairs } = bonds;
    this.atomCount = atomCount;
    this.bonds = bonds;
    this.starts = new Uint32Array(atomCount + 2);
    this.turns = new Uint32Array(2 * count);
    const { starts, turns } = this;
    for (let end = 0; end < 2 * count; end += 1) starts[pairs[end] + 2] += 1;
    for (let atom = 2; atom < starts.length; atom += 1) starts[atom] += starts[atom - 1];
    for (let end = 0; end < 2 * count; end += 1) turns[starts[pairs[end] + 1]++] = end;
    this.images = new Int32Array(3 * atomCount);
    this.endless = new Uint8Array(atomCount);
    this.seen = new Uint8Array(atomCount);
    this.queue = new Uint32Array(atomCount);
    this.steps = new Int32Array(3 * count);
  }

  /**
   * Puts the molecules of a frame together; what it gives is valid until the next call. A bond leads to the nearest image along the axes
   * where `isNear`; along the others where the list of bonds says.
   */
  join(
    positions: ArrayLike<number>,
    cell: Cell,
    isNear: readonly [boolean, boolean, boolean] = cell.periodic,
  ): WholeMolecules {
    const { atomCount, images, endless, seen, queue } = this;
    images.fill(0);
    endless.fill(0);
    seen.fill(0);
    this.measure(positions, cell, isNear);
    for (let seed = 0; seed < atomCount; seed += 1) {
      if (seen[seed] === 1) continue;
      const { end, isEndless } = this.walk(seed);
      if (isEndless) {
        for (let i = 0; i < end; i += 1) {
          endless[queue[i]] = 1;
          images.fill(0, 3 * queue[i], 3 * queue[i] + 3);
        }
      } else this.bringInside(positions, cell, end);
    }
    return { images, endless };
  }

  /** How many cells each bond goes through. */
  private measure(
    positions: ArrayLike<number>,
    { vectors: v, inverse: m, periodic }: Cell,
    isNear: readonly boolean[],
  ): void {
    const { steps } = this;
    const { pairs, shifts, count } = this.bonds;
    const near = periodic.map((repeats, axis) => repeats && isNear[axis]);
    for (let bond = 0; bond < count; bond += 1) {
      const at = 3 * bond;
      const a = 3 * pairs[2 * bond];
      const b = 3 * pairs[2 * bond + 1];
      const i = shifts === undefined ? 0 : shifts[at];
      const j = shifts === undefined ? 0 : shifts[at + 1];
      const k = shifts === undefined ? 0 : shifts[at + 2];
      const x = positions[b] - positions[a] + i * v[0] + j * v[3] + k * v[6];
      const y = positions[b + 1] - positions[a + 1] + i * v[1] + j * v[4] + k * v[7];
      const z = positions[b + 2] - positions[a + 2] + i * v[2] + j * v[5] + k * v[8];
      // Written to whole numbers: what is not a number becomes 0.
      steps[at] = near[0] ? i - Math.round(x * m[0] + y * m[3] + z * m[6]) : i;
      steps[at + 1] = near[1] ? j - Math.round(x * m[1] + y * m[4] + z * m[7]) : j;
      steps[at + 2] = near[2] ? k - Math.round(x * m[2] + y * m[5] + z * m[8]) : k;
    }
  }

  /** Finds everything bonded to an atom; endless where two ways lead to different images of the same atom. */
  private walk(seed: number): { end: number; isEndless: boolean } {
    const { starts, turns, images, seen, queue, steps } = this;
    const { pairs } = this.bonds;
    queue[0] = seed;
    seen[seed] = 1;
    let end = 1;
    let isEndless = false;
    for (let next = 0; next < end; next += 1) {
      const atom = queue[next];
      const from = 3 * atom;
      for (let i = starts[atom]; i < starts[atom + 1]; i += 1) {
        const turn = turns[i];
        const other = pairs[turn ^ 1];
        const sign = (turn & 1) === 0 ? 1 : -1;
        const step = 3 * (turn >> 1);
        const u = images[from] + sign * steps[step];
        const v = images[from + 1] + sign * steps[step + 1];
        const w = images[from + 2] + sign * steps[step + 2];
        const to = 3 * other;
        if (seen[other] === 1) {
          if (images[to] !== u || images[to + 1] !== v || images[to + 2] !== w) isEndless = true;
          continue;
        }
        seen[other] = 1;
        images[to] = u;
        images[to + 1] = v;
        images[to + 2] = w;
        queue[end++] = other;
      }
    }
    return { end, isEndless };
  }

  /** Moves the first `end` atoms of the queue together, so that their middle is inside the cell. */
  private bringInside(positions: ArrayLike<number>, { vectors: v, inverse: m, periodic }: Cell, end: number): void {
    const { images, queue } = this;
    let [x, y, z, count] = [0, 0, 0, 0];
    for (let next = 0; next < end; next += 1) {
      const at = 3 * queue[next];
      const [i, j, k] = [images[at], images[at + 1], images[at + 2]];
      const px = positions[at] + i * v[0] + j * v[3] + k * v[6];
      const py = positions[at + 1] + i * v[1] + j * v[4] + k * v[7];
      const pz = positions[at + 2] + i * v[2] + j * v[5] + k * v[8];
      if (!Number.isFinite(px + py + pz)) continue;
      x += px;
      y += py;
      z += pz;
      count += 1;
    }
    if (count === 0) return;
    for (let axis = 0; axis < 3; axis += 1) {
      const cells = Math.floor((x * m[axis] + y * m[3 + axis] + z * m[6 + axis]) / count);
      if (!periodic[axis] || cells === 0) continue;
      for (let next = 0; next < end; next += 1) images[3 * queue[next] + axis] -= cells;
    }
  }
}

/** Adds whole cell vectors to positions, (N,3) each. */
export function addImages(positions: Float32Array | Float64Array, images: Int32Array, { vectors: v }: Cell): void {
  for (let at = 0; at + 2 < positions.length; at += 3) {
    const [i, j, k] = [images[at], images[at + 1], images[at + 2]];
    if (i === 0 && j === 0 && k === 0) continue;
    positions[at] += i * v[0] + j * v[3] + k * v[6];
    positions[at + 1] += i * v[1] + j * v[4] + k * v[7];
    positions[at + 2] += i * v[2] + j * v[5] + k * v[8];
  }
}
