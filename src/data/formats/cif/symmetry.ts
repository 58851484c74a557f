/** An operation on fractions: rows of a rotation, and a shift. */
export interface SymmetryOperation {
  rotation: readonly number[];
  shift: readonly number[];
}

const TERM = /([+-]?)(?:(\d+(?:\.\d*)?|\.\d+)(?:\/(\d+(?:\.\d*)?))?)?\*?([xyz])?/gy;

/** The operation of a text such as `-y, x-y, z+1/3`; undefined when it is none. */
export function parseOperation(text: string): SymmetryOperation | undefined {
  const parts = text
    .toLowerCase()
    .replaceAll(/[\s'"]/g, '')
    .split(',');
  if (parts.length !== 3) return undefined;
  const rotation: number[] = [];
  const shift: number[] = [];
  for (const part of parts) {
    const row = [0, 0, 0];
    let constant = 0;
    let at = 0;
    while (at < part.length) {
      TERM.lastIndex = at;
      const match = TERM.exec(part);
      if (match === null || match[0] === '' || (match[2] === undefined && match[4] === undefined)) return undefined;
      const [whole, sign, numerator, denominator, axis] = match;
      const size = numerator === undefined ? 1 : Number(numerator) / Number(denominator ?? 1);
      const value = sign === '-' ? -size : size;
      if (axis === undefined) constant += value;
      else row['xyz'.indexOf(axis)] += value;
      at += whole.length;
    }
    if (part === '' || !Number.isFinite(constant) || row.some((value) => !Number.isFinite(value))) return undefined;
    rotation.push(...row);
    shift.push(constant);
  }
  return { rotation, shift };
}

/** Places (angstrom) nearer than this are one atom on a special position. */
const SAME_PLACE = 0.05;

/**
 * The fractions within the cell onto which the operations take a site, each once: images that fall together, as those of
 * a special position do, are one. `cell` has rows in angstrom.
 */
export function orbitOf(
  site: readonly number[],
  operations: readonly SymmetryOperation[],
  cell: Float64Array,
): number[][] {
  const images: number[][] = [];
  for (const { rotation, shift } of operations) {
    const image = [0, 1, 2].map((row) =>
      withinCell(
        rotation[3 * row] * site[0] + rotation[3 * row + 1] * site[1] + rotation[3 * row + 2] * site[2] + shift[row],
      ),
    );
    if (!images.some((other) => isSamePlace(image, other, cell))) images.push(image);
  }
  return images;
}

/** Fractions from 0 to 1; what is nearly 1 by rounding is 0. */
function withinCell(fraction: number): number {
  const within = fraction - Math.floor(fraction);
  return within > 1 - 1e-6 ? 0 : within;
}

function isSamePlace(a: readonly number[], b: readonly number[], cell: Float64Array): boolean {
  let square = 0;
  const away = [0, 1, 2].map((axis) => a[axis] - b[axis] - Math.round(a[axis] - b[axis]));
  for (let axis = 0; axis < 3; axis += 1) {
    square += (away[0] * cell[axis] + away[1] * cell[3 + axis] + away[2] * cell[6 + axis]) ** 2;
  }
  return square < SAME_PLACE ** 2;
}
