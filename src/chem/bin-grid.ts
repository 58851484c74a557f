import type { BondInput } from './bond-list.ts';
import type { BondScratch } from './bond-scratch.ts';
import type { Cell } from './cell.ts';

/** Marks atoms that lie in no bin. */
const NO_BIN = 0xffffffff;

/** Atoms sorted into bins of a lattice aligned with the cell. */
export interface BinGrid {
  /** Bins along each axis. The bin at (i, j, k) has number `(i * bins[1] + j) * bins[2] + k`. */
  readonly bins: readonly [number, number, number];
  /** How many bins further a neighbour can be. */
  readonly reach: readonly [number, number, number];
  /** First sorted atom of each bin; one more at the end. */
  readonly starts: Uint32Array;
  /** Index, position (inside the cell along axes that repeat) and kind of each sorted atom. */
  readonly order: Uint32Array;
  readonly sorted: Float32Array;
  readonly kinds: Uint8Array;
  /** By how many cells each sorted atom was moved to get inside; empty when none was. */
  readonly moves: Int16Array;
}

/**
 * Sorts atoms into bins at least `longest` wide, at most about two per atom. `kinds` maps atomic numbers to kinds; atoms
 * of kind 255 are left out, as are those whose position is not a number.
 */
export function sortIntoBins(
  input: BondInput,
  kinds: Uint8Array,
  longest: number,
  cell: Cell | undefined,
  scratch: BondScratch,
): BinGrid {
  const { positions, numbers, atomCount } = input;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = cell?.inverse ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [px, py, pz] = cell?.periodic ?? [false, false, false];
  const { low, span } = boundsOf(input, cell);
  const { bins, reach } = chooseBins(span, cell, longest, atomCount);
  const [nx, ny, nz] = bins;
  const [fx, fy, fz] = [1 / span[0], 1 / span[1], 1 / span[2]];
  const binOf = scratch.words('bins', atomCount);
  const starts = scratch.words('starts', nx * ny * nz + 2).fill(0);
  let moved: Int16Array | undefined;
  let placed = 0;
  for (let i = 0, at = 0; i < atomCount; i += 1, at += 3) {
    const x = positions[at];
    const y = positions[at + 1];
    const z = positions[at + 2];
    let u = (x * m0 + y * m3 + z * m6 - low[0]) * fx;
    let v = (x * m1 + y * m4 + z * m7 - low[1]) * fy;
    let w = (x * m2 + y * m5 + z * m8 - low[2]) * fz;
    if (kinds[numbers[i]] === 255 || !Number.isFinite(u + v + w)) {
      binOf[i] = NO_BIN;
      continue;
    }
    const du = px ? Math.floor(u) : 0;
    const dv = py ? Math.floor(v) : 0;
    const dw = pz ? Math.floor(w) : 0;
    if (du !== 0 || dv !== 0 || dw !== 0) {
      moved ??= scratch.shorts('moved', 3 * atomCount).fill(0);
      moved[at] = du;
      moved[at + 1] = dv;
      moved[at + 2] = dw;
      u -= du;
      v -= dv;
      w -= dw;
    }
    const bin = (clamped(u * nx, nx) * ny + clamped(v * ny, ny)) * nz + clamped(w * nz, nz);
    binOf[i] = bin;
    starts[bin + 2] += 1;
    placed += 1;
  }
  for (let bin = 2; bin < starts.length; bin += 1) starts[bin] += starts[bin - 1];
  const order = scratch.words('order', placed);
  const sorted = scratch.floats('sorted', 3 * placed);
  const sortedKinds = scratch.bytes('kinds', placed);
  for (let i = 0; i < atomCount; i += 1) {
    const bin = binOf[i];
    if (bin === NO_BIN) continue;
    const slot = starts[bin + 1];
    starts[bin + 1] = slot + 1;
    order[slot] = i;
    sortedKinds[slot] = kinds[numbers[i]];
    sorted[3 * slot] = positions[3 * i];
    sorted[3 * slot + 1] = positions[3 * i + 1];
    sorted[3 * slot + 2] = positions[3 * i + 2];
  }
  const moves = moveInside(sorted, order, moved, cell, scratch);
  return { bins, reach, starts, order, sorted, kinds: sortedKinds, moves };
}

function moveInside(
  sorted: Float32Array,
  order: Uint32Array,
  moved: Int16Array | undefined,
  cell: Cell | undefined,
  scratch: BondScratch,
): Int16Array {
  const moves = scratch.shorts('moves', cell && moved ? sorted.length : 0);
  if (!cell || !moved) return moves;
  const { vectors: v } = cell;
  for (let slot = 0, at = 0; slot < order.length; slot += 1, at += 3) {
    const from = 3 * order[slot];
    const du = (moves[at] = moved[from]);
    const dv = (moves[at + 1] = moved[from + 1]);
    const dw = (moves[at + 2] = moved[from + 2]);
    sorted[at] -= du * v[0] + dv * v[3] + dw * v[6];
    sorted[at + 1] -= du * v[1] + dv * v[4] + dw * v[7];
    sorted[at + 2] -= du * v[2] + dv * v[5] + dw * v[8];
  }
  return moves;
}

/** Where fractional coordinates start and how far they go: 0 and 1 along axes that repeat. */
function boundsOf({ positions, atomCount }: BondInput, cell: Cell | undefined): { low: number[]; span: number[] } {
  const low = [0, 0, 0];
  const span = [1, 1, 1];
  for (let axis = 0; axis < 3; axis += 1) {
    if (cell?.periodic[axis] === true) continue;
    const [a, b, c] = cell
      ? [0, 3, 6].map((row) => cell.inverse[row + axis])
      : [0, 1, 2].map((k) => Number(k === axis));
    const [least, most] = rangeAlong(positions, atomCount, a, b, c);
    if (!(most >= least)) continue;
    low[axis] = least;
    span[axis] = Math.max(most - least, 1e-9);
  }
  return { low, span };
}

/** Least and most of positions along a direction; what is infinite or not a number does not count. */
function rangeAlong(
  positions: ArrayLike<number>,
  atomCount: number,
  a: number,
  b: number,
  c: number,
): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  const end = 3 * atomCount;
  for (let at = 0; at < end; at += 3) {
    const u = positions[at] * a + positions[at + 1] * b + positions[at + 2] * c;
    if (u < least && u !== -Infinity) least = u;
    if (u > most && u !== Infinity) most = u;
  }
  return [least, most];
}

function chooseBins(
  span: readonly number[],
  cell: Cell | undefined,
  longest: number,
  atomCount: number,
): { bins: [number, number, number]; reach: [number, number, number] } {
  const extent = (axis: number): number => span[axis] * (cell?.widths[axis] ?? 1);
  let edge = longest;
  const count = (axis: number): number => Math.max(1, Math.min(1024, Math.floor(extent(axis) / edge)));
  while (count(0) * count(1) * count(2) > 2 * atomCount + 64) edge *= 1.26;
  const bins: [number, number, number] = [count(0), count(1), count(2)];
  const reachOf = (axis: number): number => {
    const own = bins[axis];
    const needed = Math.max(1, Math.ceil((longest * own) / extent(axis) - 1e-9));
    return cell?.periodic[axis] === true ? needed : Math.min(needed, own);
  };
  return { bins, reach: [reachOf(0), reachOf(1), reachOf(2)] };
}

function clamped(value: number, count: number): number {
  const index = Math.floor(value);
  return index >= count ? count - 1 : index > 0 ? index : 0;
}
