import { sortIntoBins, type BinGrid } from './bin-grid.ts';
import type { BondInput, Bonds } from './bond-list.ts';
import { bondThreshold, SHORTEST_BOND } from './bond-rules.ts';
import type { BondScratch } from './bond-scratch.ts';
import type { Cell } from './cell.ts';

const NEAREST = SHORTEST_BOND ** 2;

/**
 * Finds all pairs nearer than their threshold: each row of bins is compared with itself and with the half of its
 * neighbourhood that comes after it, so each pair and image is met exactly once. Typed arrays only; the work can be cut
 * between rows.
 */
export class BondSearch {
  private readonly scratch: BondScratch;
  private readonly grid: BinGrid;
  private readonly vectors: ArrayLike<number>;
  private readonly periodic: readonly boolean[];
  private readonly isPeriodic: boolean;
  /** Squared thresholds of pairs of kinds, and the largest of them. */
  private limits: Float64Array = new Float64Array(0);
  private farthest = 0;
  private kindCount = 0;
  /** Steps to the rows of bins that come after a row and within reach, itself first. */
  private readonly offsets: readonly number[];
  private nextRow = 0;
  private count = 0;
  private pairs: Uint32Array;
  private shifts: Int16Array;

  constructor(input: BondInput, cell: Cell | undefined, scratch: BondScratch) {
    this.scratch = scratch;
    const kinds = this.tabulate(input);
    this.periodic = cell?.periodic ?? [false, false, false];
    this.isPeriodic = this.periodic.some(Boolean);
    this.vectors = cell?.vectors ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
    this.grid = sortIntoBins(input, kinds, Math.sqrt(this.farthest) || 1, cell, scratch);
    const { reach, order } = this.grid;
    this.pairs = scratch.words('pairs', 2 * order.length + 64);
    this.shifts = scratch.shorts('shifts', this.isPeriodic ? 3 * order.length + 96 : 0);
    const offsets: number[] = [];
    for (let i = 0; i <= reach[0]; i += 1)
      for (let j = i === 0 ? 0 : -reach[1]; j <= reach[1]; j += 1) offsets.push(i, j);
    this.offsets = offsets;
  }

  /** Works on rows of bins holding about `atoms` atoms; true when all is done. */
  advance(atoms: number): boolean {
    const { starts, bins } = this.grid;
    const rowCount = bins[0] * bins[1];
    if (this.nextRow >= rowCount) return true;
    const until = starts[this.nextRow * bins[2]] + atoms;
    while (this.nextRow < rowCount) {
      const from = this.nextRow * bins[2];
      if (starts[from] >= until) return false;
      if (starts[from] < starts[from + bins[2]]) this.visit(this.nextRow);
      this.nextRow += 1;
    }
    return true;
  }

  /** What was found, in the memory of the search. */
  result(): Bonds {
    const pairs = this.pairs.subarray(0, 2 * this.count);
    if (!this.isPeriodic) return { count: this.count, pairs };
    return { count: this.count, pairs, shifts: this.shifts.subarray(0, 3 * this.count) };
  }

  /** Gives each element present a small number and tabulates squared thresholds of pairs. */
  private tabulate({ numbers, atomCount }: BondInput): Uint8Array {
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
    for (const [i, a] of present.entries())
      for (const [j, b] of present.entries()) {
        const threshold = bondThreshold(a, b);
        this.limits[i * present.length + j] = threshold ** 2;
        this.farthest = Math.max(this.farthest, threshold ** 2);
      }
    return kinds;
  }

  /** Compares a row of bins with itself and with the neighbouring rows that come after it. */
  private visit(row: number): void {
    const { offsets, periodic } = this;
    const { bins } = this.grid;
    const j = row % bins[1];
    const i = (row - j) / bins[1];
    for (let next = 0; next < offsets.length; next += 2) {
      const x = i + offsets[next];
      const y = j + offsets[next + 1];
      const sx = Math.floor(x / bins[0]);
      const sy = Math.floor(y / bins[1]);
      if ((sx !== 0 && !periodic[0]) || (sy !== 0 && !periodic[1])) continue;
      this.compareRows(row, (x - sx * bins[0]) * bins[1] + y - sy * bins[1], sx, sy, next === 0);
    }
  }

  /** Along a row the bins within reach are contiguous in memory, but for the seam where the lattice repeats. */
  private compareRows(row: number, other: number, sx: number, sy: number, isSame: boolean): void {
    const { vectors: v } = this;
    const { starts, reach, bins } = this.grid;
    const n = bins[2];
    const far = reach[2];
    const own = row * n;
    const base = other * n;
    if (starts[base] === starts[base + n]) return;
    const dx = sx * v[0] + sy * v[3];
    const dy = sx * v[1] + sy * v[4];
    const dz = sx * v[2] + sy * v[5];
    for (let k = 0; k < n; k += 1) {
      const from = starts[own + k];
      const to = starts[own + k + 1];
      if (from === to) continue;
      const low = isSame ? k : k - far;
      const high = k + far;
      const begin = isSame ? -1 : starts[base + (low > 0 ? low : 0)];
      this.compare(from, to, begin, starts[base + (high < n ? high + 1 : n)], dx, dy, dz, sx, sy, 0);
      if ((low < 0 || high >= n) && this.periodic[2]) this.acrossSeam(from, to, base, low, high, sx, sy);
    }
  }

  private acrossSeam(from: number, to: number, base: number, low: number, high: number, sx: number, sy: number): void {
    const { vectors: v } = this;
    const { starts, bins } = this.grid;
    const n = bins[2];
    for (let z = low; z <= high;) {
      const sz = Math.floor(z / n);
      const last = Math.min(high, sz * n + n - 1);
      if (sz !== 0) {
        const dx = sx * v[0] + sy * v[3] + sz * v[6];
        const dy = sx * v[1] + sy * v[4] + sz * v[7];
        const dz = sx * v[2] + sy * v[5] + sz * v[8];
        this.compare(from, to, starts[base + z - sz * n], starts[base + last - sz * n + 1], dx, dy, dz, sx, sy, sz);
      }
      z = last + 1;
    }
  }

  /** Atoms `from`..`to` with `begin`..`end`, moved by d; a negative `begin` means: each with those after it. */
  private compare(
    from: number,
    to: number,
    begin: number,
    end: number,
    dx: number,
    dy: number,
    dz: number,
    sx: number,
    sy: number,
    sz: number,
  ): void {
    const { limits, kindCount, farthest } = this;
    const { sorted, kinds } = this.grid;
    for (let a = from; a < to; a += 1) {
      const x = sorted[3 * a] - dx;
      const y = sorted[3 * a + 1] - dy;
      const z = sorted[3 * a + 2] - dz;
      for (let b = begin < 0 ? a + 1 : begin; b < end; b += 1) {
        const ex = sorted[3 * b] - x;
        const ey = sorted[3 * b + 1] - y;
        const ez = sorted[3 * b + 2] - z;
        const squared = ex * ex + ey * ey + ez * ez;
        if (squared > farthest || squared <= NEAREST) continue;
        if (squared <= limits[kinds[a] * kindCount + kinds[b]]) this.add(a, b, sx, sy, sz);
      }
    }
  }

  private add(a: number, b: number, sx: number, sy: number, sz: number): void {
    const { count } = this;
    const { order, moves } = this.grid;
    if (2 * count === this.pairs.length) this.grow();
    this.pairs[2 * count] = order[a];
    this.pairs[2 * count + 1] = order[b];
    if (this.isPeriodic) {
      const { shifts } = this;
      const isMoved = moves.length > 0;
      shifts[3 * count] = sx + (isMoved ? moves[3 * a] - moves[3 * b] : 0);
      shifts[3 * count + 1] = sy + (isMoved ? moves[3 * a + 1] - moves[3 * b + 1] : 0);
      shifts[3 * count + 2] = sz + (isMoved ? moves[3 * a + 2] - moves[3 * b + 2] : 0);
    }
    this.count = count + 1;
  }

  private grow(): void {
    const { pairs, shifts, scratch } = this;
    this.pairs = scratch.words('pairs', 2 * pairs.length);
    this.pairs.set(pairs);
    if (!this.isPeriodic) return;
    this.shifts = scratch.shorts('shifts', 2 * shifts.length);
    this.shifts.set(shifts);
  }
}
