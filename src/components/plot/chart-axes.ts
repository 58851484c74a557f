import type UPlot from 'uplot';
import { formatCount, formatNumber } from '../format-number.ts';

/** Fewest pixels between the labels of an axis. */
const GAP = 14;
/** Between labels and the plot, pixels. */
const BESIDE = 10;
/** A share of the span that stays free at both ends, so that no point is cut in half. */
const MARGIN = 0.03;

/** As many as write a step down: 2.5 has one. */
function decimalsOf(step: number): number {
  let decimals = 0;
  for (let scaled = step; decimals < 12 && Math.abs(scaled - Math.round(scaled)) > 1e-6 * scaled; decimals += 1)
    scaled = step * 10 ** (decimals + 1);
  return decimals;
}

/** The values at the marks of an axis, with as many decimals as tell them apart. */
export function tickLabels(values: readonly number[], step: number): string[] {
  const decimals = decimalsOf(step);
  return values.map((value) => {
    const size = Math.abs(value);
    if (decimals > 8 || size >= 1e9) return formatNumber(value);
    const [whole, rest] = size.toFixed(decimals).split('.');
    const isZero = Number(size.toFixed(decimals)) === 0;
    return `${value < 0 && !isZero ? '\u2212' : ''}${formatCount(Number(whole))}${rest === undefined ? '' : `.${rest}`}`;
  });
}

/** Axes whose labels are never cut off: their room is measured from what they say. */
export function chartAxes(options: { font: string; text: () => string; grid: () => string }): [UPlot.Axis, UPlot.Axis] {
  const { font, text, grid } = options;
  const pen = document.createElement('canvas').getContext('2d');
  if (pen !== null) pen.font = font;
  const widest = (labels: readonly string[]): number =>
    Math.max(0, ...labels.map((label) => pen?.measureText(label).width ?? 7 * label.length));
  const axis: UPlot.Axis = {
    stroke: text,
    font,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    values: (_plot, values, _axis, _space, step) => tickLabels(values, step),
  };
  return [
    {
      ...axis,
      size: 24,
      space: (_plot, _axis, low, high, width) => {
        // As wide as the labels of about five marks would be.
        const step = 10 ** Math.floor(Math.log10(Math.max(1e-12, (high - low) / 5)));
        return Math.min(width / 2, Math.max(56, widest(tickLabels([low, high], step)) + GAP));
      },
    },
    { ...axis, size: (_plot, labels) => Math.max(24, Math.ceil(widest(labels ?? [])) + BESIDE), space: 28 },
  ];
}

/** Room to the right for half the last label of the horizontal axis. */
export const CHART_PADDING: UPlot.Padding = [6, 20, 0, 0];

/** A range with a little more at both ends; something around a single value. */
export function withMargin(low: number, high: number): [number, number] {
  const margin = high > low ? (high - low) * MARGIN : 1;
  return [low - margin, high + margin];
}
