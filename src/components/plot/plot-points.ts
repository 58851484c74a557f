/** Most points that are drawn when each stands for itself. */
const MAX_POINTS = 40_000;

/** One number a frame. */
export type Series = ArrayLike<number>;

/** What is drawn: x ascending, y, and the frame of each point. */
export interface PlotPoints {
  x: Float64Array;
  y: Float64Array;
  /** Frame of each point. */
  frames: Uint32Array;
  /** True when x is the frame itself: then points are joined by a line. */
  isLine: boolean;
}

/**
 * The points of y over x, or over the frame when x is undefined. Frames without one of the numbers are left out. Points
 * that stand for themselves are thinned evenly above 40,000.
 */
export function plotPoints(x: Series | undefined, y: Series): PlotPoints {
  const count = x === undefined ? y.length : Math.min(x.length, y.length);
  const found = new Uint32Array(count);
  let length = 0;
  for (let frame = 0; frame < count; frame += 1) {
    if (Number.isFinite(y[frame]) && (x === undefined || Number.isFinite(x[frame]))) found[length++] = frame;
  }
  let frames = found.subarray(0, length);
  if (x !== undefined) {
    if (length > MAX_POINTS) {
      frames = Uint32Array.from({ length: MAX_POINTS }, (_, i) => found[Math.floor((i * length) / MAX_POINTS)]);
    }
    frames = frames.slice().sort((a, b) => x[a] - x[b]);
  }
  return {
    x: Float64Array.from(frames, (frame) => (x === undefined ? frame : x[frame])),
    y: Float64Array.from(frames, (frame) => y[frame]),
    frames,
    isLine: x === undefined,
  };
}

/** A part of the plane, both ends included. */
export interface PlotBox {
  x: readonly [number, number];
  y: readonly [number, number];
}

/** All frames whose point lies in the box, ascending; also those that are not drawn. */
export function framesInBox(x: Series | undefined, y: Series, box: PlotBox): number[] {
  const frames: number[] = [];
  const count = x === undefined ? y.length : Math.min(x.length, y.length);
  for (let frame = 0; frame < count; frame += 1) {
    const at = x === undefined ? frame : x[frame];
    const isInside = at >= box.x[0] && at <= box.x[1] && y[frame] >= box.y[0] && y[frame] <= box.y[1];
    if (isInside) frames.push(frame);
  }
  return frames;
}

/** The point nearest to a place, by pixels; undefined where there are none. */
export function nearestPoint(
  points: PlotPoints,
  at: { x: number; y: number },
  pixelsPer: { x: number; y: number },
): number | undefined {
  let best: number | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = 0; i < points.x.length; i += 1) {
    const dx = (points.x[i] - at.x) * pixelsPer.x;
    const dy = points.isLine ? 0 : (points.y[i] - at.y) * pixelsPer.y;
    const distance = dx * dx + dy * dy;
    if (distance < bestDistance) {
      bestDistance = distance;
      best = i;
    }
  }
  return best;
}
