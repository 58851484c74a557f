import { type FrameArray, frameArray } from '../../../protocol/frames.ts';
import { cellOfCosines, cellOfLengths } from '../binary/cell-of-lengths.ts';

/** CHARMM writes the cell as a matrix from the version after this one; NAMD and VMD call themselves 24. */
const LAST_WITH_ANGLES = 24;

/**
 * The cell of six numbers in the order of the file. What they are depends on who wrote them: the lower triangle of a
 * symmetric matrix (CHARMM), lengths with cosines (NAMD, VMD), lengths with degrees. Undefined when they are none of
 * these, as the zeros of a system without a cell.
 */
export function dcdCell(six: readonly number[], charmmVersion: number): FrameArray | undefined {
  const [xx, xy, yy, xz, yz, zz] = six;
  const lengths = [xx, yy, zz];
  const angles = [yz, xz, xy];
  const canBeMatrix = isPositive(six);
  const areCosines = angles.every((angle) => Math.abs(angle) <= 1);
  const areDegrees = angles.every((angle) => angle > 1 && angle < 180);
  const isMatrix =
    canBeMatrix &&
    (charmmVersion > LAST_WITH_ANGLES ? !angles.every((angle) => angle === 90) : !areCosines && !areDegrees);
  if (isMatrix) return frameArray(Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz), [3, 3]);
  if (areCosines) return cellOfCosines(lengths, angles);
  return areDegrees ? cellOfLengths(lengths, angles) : undefined;
}

/** Whether the symmetric matrix stretches without turning anything over. */
function isPositive([xx, xy, yy, xz, yz, zz]: readonly number[]): boolean {
  const minor = xx * yy - xy * xy;
  const determinant = zz * minor - xx * yz * yz - yy * xz * xz + 2 * xy * xz * yz;
  return xx > 0 && minor > 0 && determinant > 0;
}
