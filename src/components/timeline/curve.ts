/** Lowest and highest value of each column of a curve; NaN in columns without a number. */
export interface CurveColumns {
  low: Float64Array;
  high: Float64Array;
  min: number;
  max: number;
}

/**
 * Squeezes one value a frame into `columns` columns, keeping every peak: work grows with the frames, drawing does not.
 * Column c stands for the frames that are drawn nearest to it when frame 0 is at the first and the last at the last.
 */
export function curveColumns(values: ArrayLike<number>, columns: number): CurveColumns {
  const low = new Float64Array(columns).fill(NaN);
  const high = new Float64Array(columns).fill(NaN);
  let min = Infinity;
  let max = -Infinity;
  const scale = values.length > 1 ? (columns - 1) / (values.length - 1) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const column = Math.round(i * scale);
    if (!(value >= low[column])) low[column] = value;
    if (!(value <= high[column])) high[column] = value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { low, high, min, max };
}

/** Draws the columns into a canvas of `width` by `height` device pixels, with room of `pad` above and below. */
export function drawCurve(
  context: CanvasRenderingContext2D,
  { low, high, min, max }: CurveColumns,
  size: { width: number; height: number; pad: number; lineWidth: number },
  colors: { line: string; fill: string },
): void {
  const { width, height, pad, lineWidth } = size;
  context.clearRect(0, 0, width, height);
  if (!(max >= min)) return;
  const span = max - min || 1;
  const y = (value: number): number =>
    max === min ? height / 2 : height - pad - ((value - min) / span) * (height - 2 * pad);
  const x = (column: number): number => (low.length > 1 ? (column / (low.length - 1)) * width : width / 2);

  const line = new Path2D();
  let isOpen = false;
  let firstX = 0;
  let lastX = 0;
  for (let column = 0; column < low.length; column++) {
    if (Number.isNaN(low[column])) continue;
    lastX = x(column);
    if (!isOpen) {
      firstX = lastX;
      line.moveTo(lastX, y(high[column]));
    } else line.lineTo(lastX, y(high[column]));
    if (low[column] !== high[column]) line.lineTo(lastX, y(low[column]));
    isOpen = true;
  }
  const area = new Path2D(line);
  area.lineTo(lastX, height);
  area.lineTo(firstX, height);
  area.closePath();
  context.fillStyle = colors.fill;
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
  context.fill(area);
  context.lineWidth = lineWidth;
  context.lineJoin = 'round';
  context.strokeStyle = colors.line;
  context.stroke(line);
}
