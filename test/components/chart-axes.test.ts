import { describe, expect, it } from 'vitest';
import { tickLabels, withMargin } from '../../src/components/plot/chart-axes.ts';

describe('axes of a plot', () => {
  it('[P58] marks have the decimals that tell them apart, and no more', () => {
    expect(tickLabels([-17_660.21, -17_660.2, -17_660.19], 0.01)).toEqual([
      '\u221217\u202f660.21',
      '\u221217\u202f660.20',
      '\u221217\u202f660.19',
    ]);
    expect(tickLabels([0, 100, 200], 100)).toEqual(['0', '100', '200']);
    expect(tickLabels([-0.5, 0, 0.5], 0.5)).toEqual(['\u22120.5', '0.0', '0.5']);
    expect(tickLabels([-0.0000001, 0.25], 0.25)).toEqual(['0.00', '0.25']);
    expect(tickLabels([0, 2.5, 5], 2.5)).toEqual(['0.0', '2.5', '5.0']);

    for (const step of [1, 2, 2.5, 5, 10, 0.25, 0.1, 0.2, 0.5, 0.001, 1e-7]) {
      const labels = tickLabels([3, 3 + step, 3 + 2 * step], step);
      expect(new Set(labels).size, `step ${step}: ${labels.join()}`).toBe(3);
    }
  });

  it('[P58] points at the ends of the range are drawn whole', () => {
    const [low, high] = withMargin(10, 20);
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(20);
    expect(withMargin(5, 5)).toEqual([4, 6]);
  });
});
