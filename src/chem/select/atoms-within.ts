import { makeCell, type Cell } from '../cell.ts';

/** What distances are measured in. */
export interface Places {
  readonly atomCount: number;
  /** (N,3) angstrom. */
  readonly positions: ArrayLike<number>;
  readonly cell?: ArrayLike<number> | undefined;
  readonly pbc?: ArrayLike<number> | undefined;
}

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/**
 * Marks every atom whose distance (angstrom) to a marked one, or to its nearest image along the axes that repeat, is
 * at most `distance`; a marked atom with a place is within any distance of itself. Linear in the number of atoms where
 * the distance is short against the structure.
 */
export function atomsWithin(places: Places, marked: Uint8Array, distance: number): Uint8Array {
  const grid = new Grid(places, marked, distance, makeCell(places.cell, places.pbc));
  const result = new Uint8Array(places.atomCount);
  for (let atom = 0; atom < places.atomCount; atom += 1) result[atom] = Number(grid.isNear(atom));
  return result;
}

/** The marked atoms in bins of the reduced cell, at least `distance` wide where there are enough atoms to fill them. */
class Grid {
  readonly #places: Places;
  readonly #limit: number;
  readonly #vectors: Float64Array;
  readonly #inverse: Float64Array;
  readonly #periodic: readonly boolean[];
  /** Corner of the bins and their size, as fractions. */
  readonly #low = [0, 0, 0];
  readonly #size = [1, 1, 1];
  readonly #bins = [1, 1, 1];
  readonly #steps: readonly (readonly number[])[];
  readonly #starts: Uint32Array;
  readonly #order: Uint32Array;
  /** Fractions of each marked atom, in the order of the bins. */
  readonly #fractions: Float64Array;
  readonly #here = [0, 0, 0];
  readonly #bin = [0, 0, 0];

  constructor(places: Places, marked: Uint8Array, distance: number, cell: Cell | undefined) {
    this.#places = places;
    this.#limit = distance * distance;
    this.#vectors = cell?.reduced ?? IDENTITY;
    this.#inverse = cell?.reducedInverse ?? IDENTITY;
    this.#periodic = cell?.periodic ?? [false, false, false];
    const atoms: number[] = [];
    for (let atom = 0; atom < places.atomCount; atom += 1)
      if (marked[atom] !== 0 && this.#locate(atom)) atoms.push(atom);
    this.#steps = this.#layOut(atoms, distance);
    const [, ny, nz] = this.#bins;
    const binOf = atoms.map((atom) => {
      this.#locate(atom);
      this.#findBin();
      return (this.#bin[0] * ny + this.#bin[1]) * nz + this.#bin[2];
    });
    this.#starts = new Uint32Array(this.#bins[0] * ny * nz + 1);
    for (const bin of binOf) this.#starts[bin + 1] += 1;
    for (let bin = 1; bin < this.#starts.length; bin += 1) this.#starts[bin] += this.#starts[bin - 1];
    const next = this.#starts.slice();
    this.#order = new Uint32Array(atoms.length);
    this.#fractions = new Float64Array(3 * atoms.length);
    atoms.forEach((atom, i) => {
      const at = next[binOf[i]]++;
      this.#order[at] = atom;
      this.#locate(atom);
      this.#fractions.set(this.#here, 3 * at);
    });
  }

  isNear(atom: number): boolean {
    if (this.#order.length === 0 || !this.#locate(atom)) return false;
    this.#findBin();
    const [bx, by, bz] = this.#bin;
    const [nx, ny, nz] = this.#bins;
    for (const [i, j, k] of this.#steps) {
      const x = this.#fold(bx + i, nx, 0);
      const y = this.#fold(by + j, ny, 1);
      const z = this.#fold(bz + k, nz, 2);
      if (x < 0 || y < 0 || z < 0) continue;
      const sx = (bx + i - x) / nx;
      const sy = (by + j - y) / ny;
      const sz = (bz + k - z) / nz;
      const bin = (x * ny + y) * nz + z;
      for (let at = this.#starts[bin]; at < this.#starts[bin + 1]; at += 1) {
        if (this.#order[at] === atom || this.#squared(at, sx, sy, sz) <= this.#limit) return true;
      }
    }
    return false;
  }

  #squared(at: number, sx: number, sy: number, sz: number): number {
    const v = this.#vectors;
    const f = this.#fractions;
    const a = f[3 * at] + sx - this.#here[0];
    const b = f[3 * at + 1] + sy - this.#here[1];
    const c = f[3 * at + 2] + sz - this.#here[2];
    const x = a * v[0] + b * v[3] + c * v[6];
    const y = a * v[1] + b * v[4] + c * v[7];
    const z = a * v[2] + b * v[5] + c * v[8];
    return x * x + y * y + z * z;
  }

  /** Puts an atom's fractions, wrapped where the axis repeats, into `#here`; false for one without a place. */
  #locate(atom: number): boolean {
    const { positions } = this.#places;
    const [x, y, z] = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]];
    for (let axis = 0; axis < 3; axis += 1) {
      const m = this.#inverse;
      let fraction = x * m[axis] + y * m[3 + axis] + z * m[6 + axis];
      if (!Number.isFinite(fraction)) return false;
      if (this.#periodic[axis]) fraction -= Math.floor(fraction);
      this.#here[axis] = fraction;
    }
    return true;
  }

  /** Beside an open axis the nearest bin stands for all places farther out: what is in reach of them is in its reach. */
  #findBin(): void {
    for (let axis = 0; axis < 3; axis += 1) {
      const bin = Math.floor((this.#here[axis] - this.#low[axis]) / this.#size[axis]);
      this.#bin[axis] = Math.max(0, Math.min(this.#bins[axis] - 1, bin));
    }
  }

  #fold(bin: number, count: number, axis: number): number {
    if (this.#periodic[axis]) return ((bin % count) + count) % count;
    return bin < count ? bin : -1;
  }

  /** Chooses the bins and returns the steps to those within reach, nearest first. */
  #layOut(atoms: readonly number[], distance: number): readonly (readonly number[])[] {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const atom of atoms) {
      this.#locate(atom);
      for (let axis = 0; axis < 3; axis += 1) {
        low[axis] = Math.min(low[axis], this.#here[axis]);
        high[axis] = Math.max(high[axis], this.#here[axis]);
      }
    }
    const most = Math.max(1, Math.ceil(Math.cbrt(2 * atoms.length)));
    const reaches = [0, 1, 2].map((axis) => {
      const m = this.#inverse;
      const width = 1 / Math.hypot(m[axis], m[3 + axis], m[6 + axis]);
      const isPeriodic = this.#periodic[axis];
      const span = isPeriodic || atoms.length === 0 ? 1 : Math.max(high[axis] - low[axis], 1e-9);
      const wanted = Math.floor((span * width) / Math.max(distance, 1e-9));
      const count = Math.max(1, Math.min(4 * most, wanted));
      this.#low[axis] = isPeriodic || atoms.length === 0 ? 0 : low[axis];
      this.#bins[axis] = count;
      // The last atom of an open axis belongs into the last bin.
      this.#size[axis] = isPeriodic ? 1 / count : (span * (1 + 1e-9)) / count;
      const reach = Math.ceil(distance / (this.#size[axis] * width));
      // The nearest image lies within one and a half reduced cells.
      return Math.max(1, Math.min(reach, isPeriodic ? Math.ceil(1.5 * count) + 1 : count));
    });
    const steps: number[][] = [];
    for (let i = -reaches[0]; i <= reaches[0]; i += 1)
      for (let j = -reaches[1]; j <= reaches[1]; j += 1)
        for (let k = -reaches[2]; k <= reaches[2]; k += 1) steps.push([i, j, k]);
    return steps.sort((a, b) => a[0] ** 2 + a[1] ** 2 + a[2] ** 2 - (b[0] ** 2 + b[1] ** 2 + b[2] ** 2));
  }
}
