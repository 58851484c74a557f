import { type FrameArray, frameArray } from '../../../protocol/frames.ts';

/** The cosine of an angle in degrees; that of a right angle is 0 and not nearly 0. */
function cosine(degrees: number): number {
  return degrees === 90 ? 0 : Math.cos((degrees * Math.PI) / 180);
}

/**
 * The cell of three lengths (angstrom) and three angles (degrees; between b and c, a and c, a and b), a along x and b in
 * the plane of x and y. A length of 0 is a direction without a period. Undefined when no such cell exists.
 */
export function cellOfLengths(lengths: readonly number[], angles: readonly number[]): FrameArray | undefined {
  return cellOfCosines(lengths, angles.map(cosine));
}

/** As {@link cellOfLengths}, of the cosines of the angles. */
export function cellOfCosines(lengths: readonly number[], cosines: readonly number[]): FrameArray | undefined {
  const [a, b, c] = lengths;
  const [alpha, beta, gamma] = cosines;
  const sine = Math.sqrt(1 - gamma * gamma);
  const cy = (alpha - beta * gamma) / sine;
  const cz = Math.sqrt(1 - beta * beta - cy * cy);
  const isCell =
    lengths.every((length) => length >= 0 && length < Number.POSITIVE_INFINITY) &&
    lengths.some((length) => length > 0) &&
    sine > 0 &&
    cz > 0;
  if (!isCell) return undefined;
  return frameArray(Float64Array.of(a, 0, 0, b * gamma, b * sine, 0, c * beta, c * cy, c * cz), [3, 3]);
}

/** Which directions of a cell have a period. */
export function periodicityOf({ data }: FrameArray): FrameArray {
  const hasPeriod = (row: number): boolean => data.subarray(3 * row, 3 * row + 3).some((length) => length !== 0);
  return frameArray(Uint8Array.from([0, 1, 2], (row) => Number(hasPeriod(row))));
}
