import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import type { IsWanted } from './binary-trajectory.ts';

const ALL_PERIODIC: readonly number[] = [1, 1, 1];

/** The cell of a box in nm, nine numbers in rows, and its periodicity; a box of zeros is none. */
export function gromacsCell(box: ArrayLike<number>, isWanted: IsWanted): FrameData {
  const rows = Float64Array.from(box, (length) => length * 10);
  if (rows.every((length) => length === 0)) return {};
  return {
    ...(isWanted('cell') && { cell: frameArray(rows, [3, 3]) }),
    ...(isWanted('pbc') && { pbc: frameArray(Uint8Array.from(ALL_PERIODIC)) }),
  };
}
