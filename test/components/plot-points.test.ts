import { describe, expect, it } from 'vitest';
import { framesInBox, nearestPoint, plotPoints } from '../../src/components/plot/plot-points.ts';

const pixels = { x: 1, y: 1 };

describe('the points of a plot', () => {
  it('[C226] are the frames that have both numbers, in the order of x', () => {
    const line = plotPoints(undefined, [5, Number.NaN, 7]);
    expect([[...line.x], [...line.y], [...line.frames], line.isLine]).toEqual([[0, 2], [5, 7], [0, 2], true]);
    const cloud = plotPoints([3, 1, Number.NaN, 2], [10, 11, 12, 13]);
    expect([[...cloud.x], [...cloud.y], [...cloud.frames], cloud.isLine]).toEqual([
      [1, 2, 3],
      [11, 13, 10],
      [1, 3, 0],
      false,
    ]);
  });

  it('[C226] are thinned when a million stand for themselves, and all are caught by a brush', () => {
    const count = 1_000_000;
    const x = Float64Array.from({ length: count }, (_, i) => Math.sin(i));
    const y = Float64Array.from({ length: count }, (_, i) => i / count);
    const cloud = plotPoints(x, y);
    expect(cloud.x.length).toBe(40_000);
    expect(cloud.x.every((value, i) => i === 0 || value >= cloud.x[i - 1])).toBe(true);
    expect(plotPoints(undefined, y).x.length).toBe(count);
    const caught = framesInBox(x, y, { x: [-2, 2], y: [0.25, 0.5] });
    expect(caught.length).toBe(250_001);
    expect(caught[0]).toBe(250_000);
  });

  it('[C226] a click finds the nearest: along the line, or in the plane', () => {
    const line = plotPoints(undefined, [0, 100, 0]);
    expect(nearestPoint(line, { x: 1.2, y: -500 }, pixels)).toBe(1);
    const cloud = plotPoints([0, 10], [0, 10]);
    expect(nearestPoint(cloud, { x: 4, y: 9 }, pixels)).toBe(1);
    expect(nearestPoint(plotPoints([], []), { x: 0, y: 0 }, pixels)).toBe(undefined);
  });
});
