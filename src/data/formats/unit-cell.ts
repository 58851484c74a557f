/**
 * The cell (angstrom, rows) of three lengths and three angles (degrees): a along x, b in the plane of x and y. Undefined
 * when they make none.
 */
export function cellOfLengths([a, b, c, alpha, beta, gamma]: readonly number[]): Float64Array | undefined {
  const [cosAlpha, cosBeta, cosGamma] = [alpha, beta, gamma].map(cosine);
  const sinGamma = Math.sqrt(1 - cosGamma * cosGamma);
  const cy = (cosAlpha - cosBeta * cosGamma) / sinGamma;
  const square = 1 - cosBeta * cosBeta - cy * cy;
  if (!(a > 0 && b > 0 && c > 0 && square > 0)) return undefined;
  const cell = Float64Array.of(a, 0, 0, b * cosGamma, b * sinGamma, 0, c * cosBeta, c * cy, c * Math.sqrt(square));
  return cell.every(Number.isFinite) ? cell : undefined;
}

/** Lengths (angstrom) and angles (degrees) of a cell of rows. */
export function lengthsOfCell(cell: ArrayLike<number>): number[] {
  const row = (k: number): number[] => [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]];
  const [a, b, c] = [row(0), row(1), row(2)];
  const angle = (u: number[], v: number[]): number => {
    const dot = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    if (dot === 0) return 90;
    return (Math.acos(Math.min(1, Math.max(-1, dot / (Math.hypot(...u) * Math.hypot(...v))))) * 180) / Math.PI;
  };
  return [Math.hypot(...a), Math.hypot(...b), Math.hypot(...c), angle(b, c), angle(a, c), angle(a, b)];
}

/** Exact for right angles, where Math.cos is not. */
function cosine(degrees: number): number {
  return degrees === 90 ? 0 : Math.cos((degrees * Math.PI) / 180);
}
