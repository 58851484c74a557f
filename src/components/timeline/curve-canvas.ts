import { type CurveColumns, curveColumns, drawCurve } from './curve.ts';

/** What the page says of the canvas. */
interface Place {
  /** Device pixels. */
  width: number;
  height: number;
  ratio: number;
  color: string;
}

/**
 * Draws a curve into a canvas, and again only where values, size or colour are others. Size and colour are asked for
 * after {@link forget} alone: asking makes the browser lay out the page at once, which at every frame that is played
 * costs more than all else the timeline does.
 */
export class CurveCanvas {
  #place: Place | undefined;
  #columns: { values: Float64Array; width: number; columns: CurveColumns } | undefined;
  #drawn: { columns: CurveColumns; height: number; color: string } | undefined;

  /** True until {@link draw} has asked the page again. */
  get isForgotten(): boolean {
    return this.#place === undefined || this.#place.ratio !== (globalThis.devicePixelRatio || 1);
  }

  /** Size or colour may be others now. */
  forget(): void {
    this.#place = undefined;
  }

  /** Draws one value a frame; nothing where there are none. */
  draw(canvas: HTMLCanvasElement, values: Float64Array | undefined): void {
    if (this.isForgotten) this.#place = placeOf(canvas);
    const { width, height, ratio, color } = this.#place as Place;
    const context = canvas.getContext('2d');
    if (context === null || width === 0 || height === 0) return;
    if (values === undefined) {
      context.clearRect(0, 0, width, height);
      this.#columns = this.#drawn = undefined;
      return;
    }
    if (this.#columns?.values !== values || this.#columns.width !== width)
      this.#columns = { values, width, columns: curveColumns(values, Math.max(2, Math.floor(width / ratio))) };
    const { columns } = this.#columns;
    if (this.#drawn?.columns === columns && this.#drawn.height === height && this.#drawn.color === color) return;
    this.#drawn = { columns, height, color };
    canvas.width = width;
    canvas.height = height;
    drawCurve(
      context,
      columns,
      { width, height, pad: 5 * ratio, lineWidth: 1.5 * ratio },
      { line: color, fill: color.replace(/^rgb\((.*)\)$/, 'rgb($1 / 0.13)').replace(/,/g, ' ') },
    );
  }
}

function placeOf(canvas: HTMLCanvasElement): Place {
  const ratio = globalThis.devicePixelRatio || 1;
  const { color } = getComputedStyle(canvas);
  return {
    width: Math.round(canvas.clientWidth * ratio),
    height: Math.round(canvas.clientHeight * ratio),
    ratio,
    color,
  };
}
