import { ContextConsumer } from '@lit/context';
import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { Room } from '../../room/room.ts';
import { bookmarkRange, bookmarkSet } from '../bookmarks.ts';
import { roomScalars } from '../controllers/room-scalars.ts';
import { CoErrorEvent } from '../events.ts';
import { formatPlural } from '../format-number.ts';
import { roomOpeningContext } from '../room-context.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { isStill } from '../timeline/count-words.ts';
import { curveName } from '../timeline/timeline-menu.ts';
import type { Chart, ChartColors } from './chart.ts';
import { framesInBox, nearestPoint, type PlotBox, plotPoints, type PlotPoints } from './plot-points.ts';
import { plotStyles } from './plot.styles.ts';

/** x when it is the frame. */
const FRAME = 'frame';

/**
 * One number a frame over the frame, or over another number. A click goes to the frame; a drag plays only the frames it
 * covers and keeps them as a bookmark, which everybody sees.
 *
 * @summary A plot over the trajectory.
 * @event co-error - The plot could not be drawn; a sentence stands in its place.
 * @slot empty - In place of the sentence shown when frames have no numbers.
 * @csspart axes - The choice of what is plotted.
 * @cssproperty --co-plot-height - Height of the plot.
 * @cssproperty --co-curve - The line or the points.
 */
export class CoPlot extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, plotStyles];

  /** Key over which is plotted; the frame when not set. */
  @property() x: string = FRAME;
  /** Key that is plotted; the energy, or the first there is, when not set. */
  @property() y: string | undefined;

  @state() private isVisible = false;
  @state() private liveText = '';
  /** Why nothing is drawn; tried again by hand or with the next connection, not in a loop. */
  @state() private failure: string | undefined;
  @query('.chart') private chartElement!: HTMLElement | null;

  readonly #opening = new ContextConsumer(this, { context: roomOpeningContext, subscribe: true });
  #chart: Chart | undefined;
  #points: PlotPoints | undefined;
  #drawn = '';
  #drawnFrom: unknown;
  #turn = 0;
  #observers: { disconnect(): void }[] = [];
  #resize: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (typeof ResizeObserver === 'undefined') return;
    this.#resize = new ResizeObserver(() => {
      const { clientWidth = 0, clientHeight = 0 } = this.chartElement ?? {};
      this.#chart?.resize(clientWidth, clientHeight);
    });
    // The library is loaded when somebody can see what it draws.
    const visible = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.isVisible = true;
    });
    visible.observe(this);
    this.#resize.observe(this);
    this.#observers = [this.#resize, visible];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const observer of this.#observers) observer.disconnect();
    this.#clear();
  }

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const update = (): void => this.requestUpdate();
    return [
      roomScalars(room).onChange(update),
      room.onStatus(({ status }) => {
        if (status === 'online') this.failure = undefined;
      }),
      room.bookmarks.onChange(update),
      room.playback.onChange(() => {
        if (this.#marksKey(room) === this.#drawn.split('|').at(-1)) this.#mark(room);
        else this.requestUpdate();
      }),
    ];
  }

  protected override updated(): void {
    this.#draw().catch((error: unknown) => {
      this.#clear();
      const failed = asCovalenceError(error);
      this.failure = failed.code === 'server/unreachable' ? 'What draws the plot did not arrive.' : failed.message;
      this.dispatchEvent(new CoErrorEvent(failed));
    });
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    const keys = room === undefined ? [] : Object.keys(roomScalars(room).values);
    if (keys.length === 0) {
      const isOpening = room === undefined ? this.#opening.value?.isOpening === true : !roomScalars(room).isRead;
      if (isOpening) return html`<p aria-busy="true">Opening…</p>`;
      return html`<slot name="empty"
        ><p>
          ${(room?.frames.trajectory?.count ?? 0) === 0 ? 'There are no frames to plot.' : 'The frames have no numbers to plot.'}
        </p></slot
      >`;
    }
    if (isStill(room?.frames.trajectory)) return html`<p>One frame has nothing to plot over.</p>`;
    const y = this.#yOf(keys);
    const option = (key: string, chosen: string | undefined): TemplateResult =>
      html`<option value=${key} ?selected=${key === chosen}>${curveName(key)}</option>`;
    return html`
      <div class="axes" part="axes">
        <select class="y" aria-label="Vertical axis" @change=${this.#chooseY}>
          ${keys.map((key) => option(key, y))}
        </select>
        over
        <select class="x" aria-label="Horizontal axis" @change=${this.#chooseX}>
          ${[FRAME, ...keys].map((key) => option(key, this.x))}
        </select>
      </div>
      ${
        this.failure !== undefined
          ? html`<div class="failed">
              <p role="alert">${this.failure}</p>
              <button @click=${() => (this.failure = undefined)}>Try again</button>
            </div>`
          : html`<div
              class="chart"
              role="img"
              aria-label="${y === undefined ? '' : curveName(y)} over ${curveName(this.x)}"
              @transitionend=${() => this.#chart?.recolor()}
            ></div>`
      }
      <div class="visually-hidden" role="status">${this.liveText === '' ? nothing : this.liveText}</div>
    `;
  }

  #yOf(keys: readonly string[]): string | undefined {
    const isDull = (key: string): boolean => key === 'time' || key === 'step' || key.endsWith('.step');
    return (
      [this.y, 'energy'].find((key) => key !== undefined && keys.includes(key)) ??
      keys.find((key) => !isDull(key)) ??
      keys[0]
    );
  }

  #series(room: Room): { x: Float64Array | undefined; y: Float64Array } | undefined {
    const { values } = roomScalars(room);
    const y = this.#yOf(Object.keys(values));
    return y === undefined ? undefined : { x: values[this.x], y: values[y] };
  }

  /** Names the set of frames that points are marked for; lines mark a stretch, which costs nothing. */
  #marksKey({ playback }: Room): string {
    return this.x === FRAME
      ? ''
      : `${playback.bookmark ?? ''} ${playback.range?.first ?? ''} ${playback.range?.last ?? ''}`;
  }

  async #draw(): Promise<void> {
    const room = this.activeRoom;
    const host = this.chartElement;
    const series = room === undefined ? undefined : this.#series(room);
    if (room === undefined || host === null || series === undefined || !this.isVisible || this.failure !== undefined) {
      if (series === undefined || host === null) this.#clear();
      return;
    }
    const wanted = `${this.x}|${this.y}|${this.#marksKey(room)}`;
    if (this.#drawn === wanted && this.#drawnFrom === series.y && this.#chart !== undefined) {
      this.#mark(room);
      return;
    }
    this.#drawn = wanted;
    this.#drawnFrom = series.y;
    const turn = (this.#turn += 1);
    const points = plotPoints(series.x, series.y);
    const { drawChart } = await import('./chart.ts');
    if (turn !== this.#turn || !this.isConnected) return;
    this.#chart?.destroy();
    this.#chart = undefined;
    const chart = await drawChart(host, {
      points,
      marks: this.#marks(room, points),
      colors: () => this.#colors(host),
      onPoint: (at, pixelsPer) => {
        const nearest = nearestPoint(points, at, pixelsPer);
        if (nearest === undefined) return;
        room.playback.pause();
        room.playback.seek(points.frames[nearest]);
      },
      onBox: (box) => this.#take(room, box),
    });
    if (turn !== this.#turn || !this.isConnected) {
      chart.destroy();
      return;
    }
    this.#chart = chart;
    this.#points = points;
    this.#mark(room);
  }

  #marks(room: Room, { frames, isLine }: PlotPoints): Uint8Array | undefined {
    const { bookmark, range } = room.playback;
    const indices = bookmark === undefined ? undefined : room.bookmarks.get(bookmark)?.frame_indices;
    if (isLine || (indices === undefined && range === undefined)) return undefined;
    const set = indices === undefined ? undefined : new Set(indices);
    return Uint8Array.from(frames, (frame) => {
      const isIn = set?.has(frame) ?? (range !== undefined && frame >= range.first && frame <= range.last);
      return isIn ? 1 : 0;
    });
  }

  #mark(room: Room): void {
    const series = this.#series(room);
    if (series === undefined || this.#chart === undefined || this.#points === undefined) return;
    const { frameIndex, range } = room.playback;
    this.#chart.moveTo(series.x === undefined ? frameIndex : series.x[frameIndex], series.y[frameIndex]);
    const isMarked = this.#points.isLine && range !== undefined;
    this.#chart.markRange(isMarked ? range.first : undefined, isMarked ? range.last : undefined);
  }

  #take(room: Room, box: PlotBox): void {
    const series = this.#series(room);
    if (series === undefined) return;
    const frames = framesInBox(series.x, series.y, box);
    const [first] = frames;
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return;
    const key = series.x === undefined ? bookmarkRange(room, { first, last }) : bookmarkSet(room, frames);
    room.playback.setFrames(key);
    room.playback.seek(first);
    this.liveText = `${formatPlural(frames.length, 'frame')} kept as ${room.bookmarks.get(key)?.display_name ?? 'a bookmark'}`;
  }

  #colors(host: HTMLElement): ChartColors {
    const { color, borderTopColor, caretColor, textDecorationColor } = getComputedStyle(host);
    return { line: color, grid: borderTopColor, text: caretColor, marked: textDecorationColor };
  }

  #clear(): void {
    this.#turn += 1;
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#drawn = '';
  }

  readonly #chooseX = (event: Event): void => {
    this.x = (event.target as HTMLSelectElement).value;
  };

  readonly #chooseY = (event: Event): void => {
    this.y = (event.target as HTMLSelectElement).value;
  };
}
