import { type FrameArray, frameArray } from '../../../protocol/frames.ts';

/** The cell of the edges of a box: lengths, or vectors in rows, of up to three dimensions. Undefined when it is none. */
export function h5mdCell(edges: ArrayLike<number>, factor: number): FrameArray | undefined {
  const dimension = edges.length > 3 ? Math.sqrt(edges.length) : edges.length;
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > 3) return undefined;
  const isVectors = edges.length === dimension * dimension && dimension > 1;
  const rows = new Float64Array(9);
  for (let row = 0; row < dimension; row += 1) {
    if (isVectors) {
      for (let column = 0; column < dimension; column += 1)
        rows[3 * row + column] = edges[row * dimension + column] * factor;
    } else rows[4 * row] = edges[row] * factor;
  }
  return rows.every((length) => length === 0) ? undefined : frameArray(rows, [3, 3]);
}
