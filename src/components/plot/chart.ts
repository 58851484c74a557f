import type UPlot from 'uplot';
import { CHART_PADDING, chartAxes, withMargin } from './chart-axes.ts';
import type { PlotBox, PlotPoints } from './plot-points.ts';

/** Colours of a chart, as CSS. */
export interface ChartColors {
  line: string;
  text: string;
  grid: string;
  marked: string;
}

/** What a chart draws, and whom it tells. */
export interface ChartOptions {
  points: PlotPoints;
  /** For each point 1 where it belongs to the frames that are played. */
  marks: Uint8Array | undefined;
  colors: () => ChartColors;
  onPoint: (at: { x: number; y: number }, pixelsPer: { x: number; y: number }) => void;
  onBox: (box: PlotBox) => void;
}

/** A drawn chart. */
export interface Chart {
  /** Moves the mark of the frame that is shown; cheap, nothing else is drawn again. */
  moveTo(x: number | undefined, y: number | undefined): void;
  /** Marks a stretch of x, for lines. */
  markRange(from: number | undefined, to: number | undefined): void;
  resize(width: number, height: number): void;
  recolor(): void;
  destroy(): void;
}

/** Fewer pixels are a click, not a drag. */
const DRAG_PIXELS = 4;

/** Draws a chart into `host`; the library comes with the first one. */
export async function drawChart(host: HTMLElement, options: ChartOptions): Promise<Chart> {
  const { default: Plot } = await import('uplot');
  const { points, marks, colors } = options;
  const { isLine } = points;
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const dots = (stroke: () => string, size: number): UPlot.Series => ({
    paths: () => null,
    points: { show: true, size, width: 0, fill: stroke, stroke },
  });
  // Gaps are null: a NaN would make the scale NaN, and nothing would be drawn.
  const marked = marks === undefined ? undefined : Array.from(points.y, (y, i) => (marks[i] === 1 ? y : null));
  const box = (plot: UPlot): PlotBox => {
    const { left, top, width, height } = plot.select;
    const y: [number, number] = [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')];
    return {
      x: [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')],
      y: isLine ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : y,
    };
  };
  const isLevel = points.y.length > 0 && points.y.every((y) => y === points.y[0]);
  const plot = new Plot(
    {
      width: Math.max(40, host.clientWidth),
      height: Math.max(40, host.clientHeight),
      pxAlign: false,
      legend: { show: false },
      padding: CHART_PADDING,
      scales: {
        x: { time: false, ...(isLine ? {} : { range: (_plot, low, high) => withMargin(low, high) }) },
        // A level line is drawn in the middle.
        y: isLevel ? { range: (_plot, low, high) => [low - 1, high + 1] } : {},
      },
      cursor: { drag: { x: true, y: !isLine, setScale: false }, y: false, points: { show: false } },
      axes: chartAxes({ font, text: () => colors().text, grid: () => colors().grid }),
      series: [
        {},
        isLine ? { stroke: () => colors().line, width: 1.25, points: { show: false } } : dots(() => colors().line, 4),
        ...(marked === undefined ? [] : [{ ...dots(() => colors().marked, 6), auto: false }]),
      ],
      hooks: {
        setSelect: [
          (self) => {
            if (self.select.width < DRAG_PIXELS) return;
            const chosen = box(self);
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            options.onBox(chosen);
          },
        ],
      },
    },
    marked === undefined ? [points.x, points.y] : [points.x, points.y, marked],
    host,
  );
  const now = document.createElement('div');
  const range = document.createElement('div');
  now.className = isLine ? 'now' : 'now point';
  range.className = 'marked';
  now.hidden = range.hidden = true;
  plot.over.append(range, now);
  const place: { now: [number | undefined, number | undefined]; range: [number | undefined, number | undefined] } = {
    now: [undefined, undefined],
    range: [undefined, undefined],
  };
  const settle = (): void => {
    const [x, y] = place.now;
    // A frame without one of the numbers is nowhere.
    now.hidden = !Number.isFinite(x) || (!isLine && !Number.isFinite(y));
    if (x !== undefined) now.style.left = `${plot.valToPos(x, 'x')}px`;
    if (!isLine && y !== undefined) now.style.top = `${plot.valToPos(y, 'y')}px`;
    const [from, to] = place.range;
    range.hidden = from === undefined || to === undefined;
    if (from === undefined || to === undefined) return;
    range.style.left = `${plot.valToPos(from, 'x')}px`;
    range.style.width = `${Math.max(1, plot.valToPos(to, 'x') - plot.valToPos(from, 'x'))}px`;
  };
  // The axes find their room while it draws, and what lies over it follows.
  (plot.hooks.draw ??= []).push(settle);
  let downAt = 0;
  plot.over.addEventListener('pointerdown', ({ clientX }) => (downAt = clientX));
  plot.over.addEventListener('click', ({ clientX, clientY }) => {
    if (Math.abs(clientX - downAt) >= DRAG_PIXELS) return;
    const area = plot.over.getBoundingClientRect();
    const at = { x: plot.posToVal(clientX - area.left, 'x'), y: plot.posToVal(clientY - area.top, 'y') };
    const { x, y } = plot.scales;
    const spanX = (x?.max ?? 1) - (x?.min ?? 0) || 1;
    const spanY = (y?.max ?? 1) - (y?.min ?? 0) || 1;
    options.onPoint(at, { x: area.width / spanX, y: area.height / spanY });
  });
  return {
    moveTo(x, y) {
      place.now = [x, y];
      settle();
    },
    markRange(from, to) {
      place.range = [from, to];
      settle();
    },
    resize(width, height) {
      if (width < 40 || height < 40 || (width === plot.width && height === plot.height)) return;
      plot.setSize({ width, height });
      settle();
    },
    recolor: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  };
}
