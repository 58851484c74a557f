/** The lattice a frame repeats on. Lengths in angstrom. */
export interface Cell {
  /** Rows are the cell vectors; those of axes that do not repeat are completed to a basis. */
  readonly vectors: Float64Array;
  /** `fractional = position * inverse` (row vectors). */
  readonly inverse: Float64Array;
  /** Which axes repeat. */
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Distance between the two faces across each axis. */
  readonly widths: readonly [number, number, number];
  /** The shortest equivalent vectors, on which rounding finds the nearest image; rows. */
  readonly reduced: Float64Array;
  readonly reducedInverse: Float64Array;
  /** Length of the shortest lattice vector among the repeating ones, reduced. */
  readonly shortest: number;
}

/**
 * The cell of a frame: rows of `vectors` (nine numbers, angstrom) and three truth values. Undefined when nothing
 * repeats, or when the vectors of the repeating axes span no volume: such a frame is treated as isolated.
 */
export function makeCell(vectors: ArrayLike<number> | undefined, pbc: ArrayLike<number> | undefined): Cell | undefined {
  if (vectors === undefined || pbc === undefined || vectors.length < 9 || pbc.length < 3) return undefined;
  const periodic: [boolean, boolean, boolean] = [Boolean(pbc[0]), Boolean(pbc[1]), Boolean(pbc[2])];
  if (!periodic.some(Boolean)) return undefined;
  const basis = completeBasis(vectors, periodic);
  const inverse = basis && invert(basis);
  if (!basis || !inverse) return undefined;
  const reduced = squareUp(reduceBasis(basis, periodic), periodic);
  const reducedInverse = reduced && invert(reduced);
  if (!reduced || !reducedInverse) return undefined;
  const lengths = [0, 1, 2].map((axis) => Math.hypot(...reduced.subarray(3 * axis, 3 * axis + 3)));
  const shortest = Math.min(...lengths.filter((_, axis) => periodic[axis]));
  return { vectors: basis, inverse, periodic, widths: widthsOf(inverse), reduced, reducedInverse, shortest };
}

/** Replaces the vector `delta` (angstrom) by its shortest periodic image and returns it. */
export function minimumImage(cell: Cell, delta: Float64Array): Float64Array {
  const { reduced: v, reducedInverse: m, periodic } = cell;
  roundAway(delta, v, m, periodic);
  const length = squared(delta);
  // Nothing shorter exists within half the shortest lattice vector.
  if (4 * length <= cell.shortest ** 2) return delta;
  const [x, y, z] = [delta[0], delta[1], delta[2]];
  let best = length;
  const span = periodic.map((repeats) => (repeats ? 1 : 0));
  for (let i = -span[0]; i <= span[0]; i += 1)
    for (let j = -span[1]; j <= span[1]; j += 1)
      for (let k = -span[2]; k <= span[2]; k += 1) {
        const tx = x + i * v[0] + j * v[3] + k * v[6];
        const ty = y + i * v[1] + j * v[4] + k * v[7];
        const tz = z + i * v[2] + j * v[5] + k * v[8];
        const candidate = tx * tx + ty * ty + tz * tz;
        if (candidate < best - 1e-12) {
          best = candidate;
          delta[0] = tx;
          delta[1] = ty;
          delta[2] = tz;
        }
      }
  return delta;
}

/** Moves every atom into the cell along the axes that repeat; writes to `out`, which may be `positions` itself. */
export function wrapPositions(
  cell: Cell,
  positions: Float32Array | Float64Array,
  out: Float32Array | Float64Array = positions,
): Float32Array | Float64Array {
  const { vectors: v, inverse: m, periodic } = cell;
  for (let i = 0; i + 2 < positions.length; i += 3) {
    let [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    for (let axis = 0; axis < 3; axis += 1) {
      if (!periodic[axis]) continue;
      const shift = Math.floor(x * m[axis] + y * m[3 + axis] + z * m[6 + axis]);
      x -= shift * v[3 * axis];
      y -= shift * v[3 * axis + 1];
      z -= shift * v[3 * axis + 2];
    }
    out[i] = x;
    out[i + 1] = y;
    out[i + 2] = z;
  }
  return out;
}

/** The inverse of a 3x3 matrix, or undefined when its rows span no volume. */
export function invert(m: ArrayLike<number>): Float64Array | undefined {
  const [a, b, c, d, e, f, g, h, i] = Array.from({ length: 9 }, (_, k) => m[k]) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const scale = Math.hypot(a, b, c) * Math.hypot(d, e, f) * Math.hypot(g, h, i);
  if (!(Math.abs(determinant) > 1e-9 * scale) || !Number.isFinite(scale)) return undefined;
  return Float64Array.of(
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ).map((value) => value / determinant);
}

function completeBasis(vectors: ArrayLike<number>, periodic: readonly boolean[]): Float64Array | undefined {
  const basis = Float64Array.from({ length: 9 }, (_, k) => vectors[k]);
  if (basis.some((value) => !Number.isFinite(value))) return undefined;
  return invert(basis) ? basis : squareUp(basis, periodic);
}

/** Replaces the vectors of axes that do not repeat by unit vectors perpendicular to the others. */
function squareUp(vectors: Float64Array, periodic: readonly boolean[]): Float64Array | undefined {
  const basis = Float64Array.from(vectors);
  const open = [0, 1, 2].filter((axis) => !periodic[axis]);
  for (const axis of open) basis.fill(0, 3 * axis, 3 * axis + 3);
  for (const axis of open) {
    const row = perpendicular(basis, axis);
    if (!row) return undefined;
    basis.set(row, 3 * axis);
  }
  return invert(basis) && basis;
}

/** A unit vector perpendicular to the other rows, of which one or both may still be zero. */
function perpendicular(basis: Float64Array, axis: number): number[] | undefined {
  const rows = [1, 2].map((step) => Array.from(basis.subarray(3 * ((axis + step) % 3), 3 * ((axis + step) % 3) + 3)));
  const [p, q] = rows as [number[], number[]];
  const candidates = [
    [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]],
    ...[p, q].flatMap((row) =>
      [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ].map((unit) => {
        const along = dot(row, unit) / (dot(row, row) || 1);
        return unit.map((value, k) => value - along * row[k]);
      }),
    ),
  ];
  for (const candidate of candidates) {
    const length = Math.sqrt(dot(candidate, candidate));
    const unit = candidate.map((value) => value / length);
    if (length > 1e-6 && Math.abs(dot(unit, p)) + Math.abs(dot(unit, q)) < 1e-6 * (1 + Math.hypot(...p, ...q)))
      return unit;
  }
  return undefined;
}

/** Shortens the repeating vectors by one another until none gets shorter (greedy pairwise, then triples). */
function reduceBasis(basis: Float64Array, periodic: readonly boolean[]): Float64Array {
  const rows = [0, 1, 2].map((axis) => Array.from(basis.subarray(3 * axis, 3 * axis + 3)));
  const axes = [0, 1, 2].filter((axis) => periodic[axis]);
  for (let round = 0, changed = true; changed && round < 100; round += 1) {
    changed = false;
    for (const axis of axes) {
      const others = axes.filter((other) => other !== axis);
      const combinations =
        others.length === 2
          ? [
              [1, 0],
              [0, 1],
              [1, 1],
              [1, -1],
            ]
          : others.length === 1
            ? [[1]]
            : [];
      for (const factors of combinations) {
        const step = [0, 1, 2].map((k) => others.reduce((sum, other, o) => sum + factors[o] * rows[other][k], 0));
        const row = rows[axis];
        const count = Math.round(dot(row, step) / dot(step, step));
        const shorter = row.map((value, k) => value - count * step[k]);
        if (count === 0 || dot(shorter, shorter) >= dot(row, row) - 1e-10) continue;
        rows[axis] = shorter;
        changed = true;
      }
    }
  }
  return Float64Array.from(rows.flat());
}

function roundAway(delta: Float64Array, v: Float64Array, m: Float64Array, periodic: readonly boolean[]): void {
  const [x, y, z] = [delta[0], delta[1], delta[2]];
  for (let axis = 0; axis < 3; axis += 1) {
    if (!periodic[axis]) continue;
    const count = Math.round(x * m[axis] + y * m[3 + axis] + z * m[6 + axis]);
    for (let k = 0; k < 3; k += 1) delta[k] = delta[k] - count * v[3 * axis + k];
  }
}

function widthsOf(inverse: Float64Array): [number, number, number] {
  const width = (axis: number): number => 1 / Math.hypot(inverse[axis], inverse[3 + axis], inverse[6 + axis]);
  return [width(0), width(1), width(2)];
}

function squared(v: Float64Array): number {
  return v[0] ** 2 + v[1] ** 2 + v[2] ** 2;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
