import type { BondInput, Bonds } from './bond-list.ts';
import { bondThreshold, SHORTEST_BOND } from './bond-rules.ts';
import { invert, type Cell } from './cell.ts';

/**
 * Finds all pairs nearer than their threshold: atoms are sorted into bins of a lattice aligned with the cell, each bin
 * is compared with the half of its neighbourhood that comes after it, so each pair and image is met exactly once.
 * Typed arrays only; the work can be cut between bins.
 */
export class BondSearch {
  private readonly bins: [number, number, number] = [1, 1, 1];
  private readonly reach: [number, number, number] = [1, 1, 1];
  private readonly vectors: Float64Array;
  private readonly periodic: readonly boolean[];
  private readonly isPeriodic: boolean;
  /** First sorted atom of each bin; one more at the end. */
  private starts: Uint32Array = new Uint32Array(1);
  /** Sorted atoms: index, wrapped position, species, and how many cells the wrapping moved them. */
  private order: Uint32Array = new Uint32Array(0);
  private sorted: Float32Array = new Float32Array(0);
  private kinds: Uint8Array = new Uint8Array(0);
  private moves: Int16Array = new Int16Array(0);
  private limits: Float64Array = new Float64Array(0);
  private kindCount = 0;
  private rows: Int32Array = new Int32Array(0);
  private nextBin = 0;
  private count = 0;
  private pairs: Uint32Array = new Uint32Array(0);
  private shifts: Int16Array = new Int16Array(0);

  constructor(input: BondInput, cell: Cell | undefined) {
    const { kinds, longest } = this.tabulate(input);
    this.periodic = cell?.periodic ?? [false, false, false];
    this.isPeriodic = this.periodic.some(Boolean);
    this.vectors = cell?.vectors ?? Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    if (longest === 0 || input.atomCount === 0) {
      this.nextBin = Infinity;
      return;
    }
    this.sort(input, kinds, longest, cell);
    this.pairs = new Uint32Array(4 * input.atomCount + 64);
    if (this.isPeriodic) this.shifts = new Int16Array(6 * input.atomCount + 96);
    const rows: number[] = [];
    for (let i = 0; i <= this.reach[0]; i += 1)
      for (let j = i === 0 ? 0 : -this.reach[1]; j <= this.reach[1]; j += 1) rows.push(i, j);
    this.rows = Int32Array.from(rows);
  }

  /** Works on bins holding about `atoms` atoms; true when all is done. */
  advance(atoms: number): boolean {
    const total = this.bins[0] * this.bins[1] * this.bins[2];
    const until = this.nextBin < total ? this.starts[this.nextBin] + atoms : 0;
    while (this.nextBin < total) {
      if (this.starts[this.nextBin] >= until) return false;
      if (this.starts[this.nextBin] < this.starts[this.nextBin + 1]) this.visit(this.nextBin);
      this.nextBin += 1;
    }
    return true;
  }

  result(): Bonds {
    const pairs = this.pairs.slice(0, 2 * this.count);
    if (!this.isPeriodic) return { count: this.count, pairs };
    return { count: this.count, pairs, shifts: this.shifts.slice(0, 3 * this.count) };
  }

  /** Gives each element present a small number and tabulates squared thresholds of pairs. */
  private tabulate({ numbers, atomCount }: BondInput): { kinds: Uint8Array; longest: number } {
    const kinds = new Uint8Array(256).fill(255);
    const present: number[] = [];
    for (let i = 0; i < atomCount; i += 1) {
      const number = numbers[i];
      if (kinds[number] !== 255 || number === 0) continue;
      kinds[number] = present.length;
      present.push(number);
    }
    this.kindCount = present.length;
    this.limits = new Float64Array(present.length ** 2);
    let longest = 0;
    for (const [i, a] of present.entries())
      for (const [j, b] of present.entries()) {
        const threshold = bondThreshold(a, b);
        this.limits[i * present.length + j] = threshold ** 2;
        longest = Math.max(longest, threshold);
      }
    return { kinds, longest };
  }

  private sort(
    { positions, numbers, atomCount }: BondInput,
    kinds: Uint8Array,
    longest: number,
    cell: Cell | undefined,
  ): void {
    const m = cell?.inverse ?? invert(this.vectors) ?? this.vectors;
    const widths = cell?.widths ?? [1, 1, 1];
    const fractions = new Float64Array(3 * atomCount);
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < atomCount; i += 1) {
      const [x, y, z] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
      for (let axis = 0; axis < 3; axis += 1) {
        const u = x * m[axis] + y * m[3 + axis] + z * m[6 + axis];
        fractions[3 * i + axis] = u;
        if (u < low[axis]) low[axis] = u;
        if (u > high[axis]) high[axis] = u;
      }
    }
    const span = [0, 1, 2].map((axis) => (this.periodic[axis] ? 1 : Math.max(high[axis] - low[axis], 1e-9)));
    const origin = [0, 1, 2].map((axis) => (this.periodic[axis] ? 0 : low[axis]));
    this.chooseBins(span, widths, longest, atomCount);
    const [nx, ny, nz] = this.bins;
    const binOf = new Uint32Array(atomCount);
    const moved = new Int16Array(this.isPeriodic ? 3 * atomCount : 0);
    const starts = new Uint32Array(nx * ny * nz + 2);
    let placed = 0;
    for (let i = 0; i < atomCount; i += 1) {
      const kind = kinds[numbers[i]];
      let bin = 0;
      for (let axis = 0; axis < 3; axis += 1) {
        let u = (fractions[3 * i + axis] - origin[axis]) / span[axis];
        if (this.periodic[axis]) {
          const move = Math.floor(u);
          moved[3 * i + axis] = move;
          u -= move;
        }
        const n = this.bins[axis];
        const index = Math.floor(u * n);
        bin = bin * n + (index >= n ? n - 1 : index > 0 ? index : 0);
      }
      // Atoms of no known element, and those whose position is not a number, bond to nothing.
      if (kind === 255 || !Number.isFinite(fractions[3 * i] + fractions[3 * i + 1] + fractions[3 * i + 2])) {
        binOf[i] = 0xffffffff;
        continue;
      }
      binOf[i] = bin;
      starts[bin + 2] += 1;
      placed += 1;
    }
    for (let bin = 2; bin < starts.length; bin += 1) starts[bin] += starts[bin - 1];
    this.order = new Uint32Array(placed);
    this.sorted = new Float32Array(3 * placed);
    this.kinds = new Uint8Array(placed);
    this.moves = new Int16Array(this.isPeriodic ? 3 * placed : 0);
    const v = this.vectors;
    for (let i = 0; i < atomCount; i += 1) {
      if (binOf[i] === 0xffffffff) continue;
      const slot = starts[binOf[i] + 1];
      starts[binOf[i] + 1] = slot + 1;
      this.order[slot] = i;
      this.kinds[slot] = kinds[numbers[i]];
      let [x, y, z] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
      if (this.isPeriodic)
        for (let axis = 0; axis < 3; axis += 1) {
          const move = moved[3 * i + axis];
          this.moves[3 * slot + axis] = move;
          x -= move * v[3 * axis];
          y -= move * v[3 * axis + 1];
          z -= move * v[3 * axis + 2];
        }
      this.sorted[3 * slot] = x;
      this.sorted[3 * slot + 1] = y;
      this.sorted[3 * slot + 2] = z;
    }
    this.starts = starts;
  }

  /** Bins at least as wide as the longest bond, at most about two per atom. */
  private chooseBins(span: readonly number[], widths: readonly number[], longest: number, atomCount: number): void {
    let edge = longest;
    const count = (axis: number): number => Math.max(1, Math.min(1024, Math.floor((span[axis] * widths[axis]) / edge)));
    while (count(0) * count(1) * count(2) > 2 * atomCount + 64) edge *= 1.26;
    for (let axis = 0; axis < 3; axis += 1) {
      this.bins[axis] = count(axis);
      this.reach[axis] = Math.max(1, Math.ceil((longest * this.bins[axis]) / (span[axis] * widths[axis]) - 1e-9));
      if (!this.periodic[axis]) this.reach[axis] = Math.min(this.reach[axis], this.bins[axis]);
    }
  }

  private visit(bin: number): void {
    const [nx, ny, nz] = this.bins;
    const { rows, periodic, reach } = this;
    const k = bin % nz;
    const j = ((bin - k) / nz) % ny;
    const i = ((bin - k) / nz - j) / ny;
    for (let row = 0; row < rows.length; row += 2) {
      let x = i + rows[row];
      let y = j + rows[row + 1];
      const sx = Math.floor(x / nx);
      const sy = Math.floor(y / ny);
      if ((sx !== 0 && !periodic[0]) || (sy !== 0 && !periodic[1])) continue;
      x -= sx * nx;
      y -= sy * ny;
      const base = (x * ny + y) * nz;
      const isOwnRow = rows[row] === 0 && rows[row + 1] === 0;
      // Within its own row a bin only looks ahead; the bins of a run without a seam are contiguous in memory.
      let z = isOwnRow ? k : k - reach[2];
      const last = k + reach[2];
      while (z <= last) {
        const sz = Math.floor(z / nz);
        const stop = Math.min(last, sz * nz + nz - 1);
        if (sz === 0 || periodic[2])
          this.compare(bin, base + z - sz * nz, base + stop - sz * nz, sx, sy, sz, isOwnRow && z === k);
        z = stop + 1;
      }
    }
  }

  private compare(bin: number, from: number, to: number, sx: number, sy: number, sz: number, isOwn: boolean): void {
    const { starts, sorted, kinds, limits, kindCount, vectors: v } = this;
    const shortest = SHORTEST_BOND ** 2;
    const begin = starts[from];
    const end = starts[to + 1];
    if (begin === end) return;
    const dx = sx * v[0] + sy * v[3] + sz * v[6];
    const dy = sx * v[1] + sy * v[4] + sz * v[7];
    const dz = sx * v[2] + sy * v[5] + sz * v[8];
    for (let a = starts[bin]; a < starts[bin + 1]; a += 1) {
      const x = sorted[3 * a] - dx;
      const y = sorted[3 * a + 1] - dy;
      const z = sorted[3 * a + 2] - dz;
      const row = kinds[a] * kindCount;
      for (let b = isOwn ? a + 1 : begin; b < end; b += 1) {
        const ex = sorted[3 * b] - x;
        const ey = sorted[3 * b + 1] - y;
        const ez = sorted[3 * b + 2] - z;
        const squared = ex * ex + ey * ey + ez * ez;
        if (squared <= limits[row + kinds[b]] && squared > shortest) this.add(a, b, sx, sy, sz);
      }
    }
  }

  private add(a: number, b: number, sx: number, sy: number, sz: number): void {
    const { count } = this;
    if (2 * count === this.pairs.length) {
      const pairs = new Uint32Array(4 * count);
      pairs.set(this.pairs);
      this.pairs = pairs;
      if (this.isPeriodic) {
        const shifts = new Int16Array(6 * count);
        shifts.set(this.shifts);
        this.shifts = shifts;
      }
    }
    this.pairs[2 * count] = this.order[a];
    this.pairs[2 * count + 1] = this.order[b];
    if (this.isPeriodic) {
      this.shifts[3 * count] = sx + this.moves[3 * a] - this.moves[3 * b];
      this.shifts[3 * count + 1] = sy + this.moves[3 * a + 1] - this.moves[3 * b + 1];
      this.shifts[3 * count + 2] = sz + this.moves[3 * a + 2] - this.moves[3 * b + 2];
    }
    this.count = count + 1;
  }
}
