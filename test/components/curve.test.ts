import { describe, expect, it } from 'vitest';
import { curveColumns } from '../../src/components/timeline/curve.ts';

describe('the curve of the timeline', () => {
  it('[C60] keeps every peak of 100,000 frames in 800 columns', () => {
    const values = new Float64Array(100_000);
    values[31_337] = 42;
    values[77_777] = -7;
    const { low, high, min, max } = curveColumns(values, 800);
    expect([min, max]).toEqual([-7, 42]);
    expect(high[Math.round((31_337 * 799) / 99_999)]).toBe(42);
    expect(low[Math.round((77_777 * 799) / 99_999)]).toBe(-7);
  });

  it('[C60] the first frame is at the first column and the last at the last, also when there are fewer frames', () => {
    const { low } = curveColumns([5, 6, 7], 9);
    expect([...low].map((value) => (Number.isNaN(value) ? '-' : value))).toEqual([
      5,
      '-',
      '-',
      '-',
      6,
      '-',
      '-',
      '-',
      7,
    ]);
  });

  it('[C60] frames without a number leave gaps, and nothing but gaps has no range', () => {
    const gaps = curveColumns([NaN, 1, Infinity, NaN], 4);
    expect(gaps.min).toBe(1);
    expect(gaps.max).toBe(1);
    expect(curveColumns([NaN, NaN], 4).max).toBe(-Infinity);
  });
});
