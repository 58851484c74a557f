import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';

/** a, b, c (angstrom), alpha, beta, gamma (degrees) of the cell of a frame. */
export function boxOf(data: FrameData): number[] {
  if (!isFrameArray(data.cell)) throw new Error('the frame has no cell');
  const { data: rows } = data.cell;
  const row = (k: number): number[] => Array.from(rows.subarray(3 * k, 3 * k + 3));
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const [a, b, c] = [row(0), row(1), row(2)];
  const length = (v: number[]): number => Math.sqrt(dot(v, v));
  const angle = (v: number[], w: number[]): number => (Math.acos(dot(v, w) / length(v) / length(w)) * 180) / Math.PI;
  return [length(a), length(b), length(c), angle(b, c), angle(a, c), angle(a, b)];
}
