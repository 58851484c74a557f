import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { styleMap } from '../style-map.ts';
import type { Room } from '../../room/room.ts';
import { roomScalars } from '../controllers/room-scalars.ts';
import { formatCount, formatNumber } from '../format-number.ts';
import { icons } from '../icons.ts';
import { colorOf } from '../person.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { bookmarkFrame } from '../bookmarks.ts';
import { CachedBar } from './cached-bar.ts';
import { CurveCanvas } from './curve-canvas.ts';
import { leadTemplate } from './lead-notice.ts';
import { SliderHand } from './slider-hand.ts';
import { bookmarkMarks, frameUnder, leftOf, peerMarks, rangeMark } from './timeline-marks.ts';
import { curveName, hasTimelineMenu, timelineMenu, type TimelineMenu } from './timeline-menu.ts';
import { timelineMenuStyles } from './timeline-menu.styles.ts';
import { countText, countTitle, isStill } from './count-words.ts';
import { timelineStyles } from './timeline.styles.ts';

const SPEEDS = [1, 5, 12, 24, 30, 60];

/** Keys of curves that are rarely what people want to see first. */
const DULL: ReadonlySet<string> = new Set(['time', 'step']);

/**
 * Where in the trajectory we are: plays, steps and scrubs over a curve of one number a frame, the energy if there is
 * one. Frames are counted from 0, as everywhere in Covalence.
 *
 * @summary Plays and scrubs a trajectory.
 * @csspart track - The slider with the curve.
 * @csspart cached - The frames that are here and need not be fetched.
 * @csspart buttons - Play and step.
 * @csspart where - The frame's number and value.
 * @csspart lead - Who leads or presents, and what can be done about it.
 * @cssproperty --co-curve - The curve.
 * @cssproperty --co-accent - The play button.
 */
export class CoTimeline extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, timelineStyles, timelineMenuStyles];

  /** Key of the curve; the energy, or the first there is, when not set. */
  @property() key: string | undefined;

  @state() private pointed: number | undefined;
  @state() private isMenuOpen = false;
  @state() private renaming: string | undefined;
  @state() private chosenKey: string | undefined;
  @query('.menu') private menuElement!: HTMLElement;
  @query('canvas') private canvas!: HTMLCanvasElement;
  @query('canvas.cached') private cachedCanvas!: HTMLCanvasElement | null;

  readonly #curve = new CurveCanvas();
  #observer: ResizeObserver | undefined;
  readonly #hand = new SliderHand();
  readonly #cached = new CachedBar(() => {
    const canvas = this.cachedCanvas;
    return canvas === null ? undefined : { canvas, color: getComputedStyle(canvas).color };
  });

  override connectedCallback(): void {
    super.connectedCallback();
    if (typeof ResizeObserver === 'undefined') return;
    this.#observer = new ResizeObserver(this.#remeasure);
    this.#observer.observe(this);
    // What stands beside it may leave it another width; before the first drawing there is none.
    void this.updateComplete.then(() => this.isConnected && this.#observer?.observe(this.canvas));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#hand.release(undefined);
  }

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const update = (): void => this.requestUpdate();
    return [
      this.#cached.connect(room),
      room.playback.onChange(update),
      room.frames.onChange(update),
      room.presence.onChange(update),
      room.bookmarks.onChange(update),
      roomScalars(room).onChange(update),
    ];
  }

  protected override updated(changed: PropertyValues): void {
    const isNew = this.#curve.isForgotten;
    this.#curve.draw(this.canvas, this.#series()?.values);
    if (isNew && this.activeRoom !== undefined) this.#cached.resized(this.activeRoom);
    if (changed.has('renaming')) this.menuElement.querySelector('input')?.select();
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    const count = room?.frames.count ?? 0;
    const index = Math.min(room?.playback.frameIndex ?? 0, Math.max(0, count - 1));
    const isPlaying = room?.playback.isPlaying ?? false;
    const isIdle = count < 2;
    const isPicture = isStill(room?.frames.trajectory);
    return html`
      <div class="buttons" part="buttons" ?hidden=${isPicture}>
        <button
          class="icon step"
          aria-label="One frame back"
          title="One frame back (,)"
          ?disabled=${index === 0}
          @click=${() => this.#step(-1)}
        >
          ${icons.previous}
        </button>
        <button
          class="icon play"
          aria-label=${isPlaying ? 'Pause' : 'Play'}
          title="${isPlaying ? 'Pause' : 'Play'} (Space)"
          ?disabled=${isIdle}
          @click=${this.#toggle}
        >
          ${isPlaying ? icons.pause : icons.play}
        </button>
        <button
          class="icon step"
          aria-label="One frame on"
          title="One frame on (.)"
          ?disabled=${index >= count - 1}
          @click=${() => this.#step(1)}
        >
          ${icons.next}
        </button>
      </div>
      <div class="track" part="track" ?hidden=${isPicture} @transitionend=${this.#remeasure}>
        <canvas aria-hidden="true"></canvas>
        ${this.#barTemplate(index, count)}
        <canvas class="cached" part="cached" height="1" width="1" aria-hidden="true"></canvas>
        ${this.#indexingTemplate(room)} ${rangeMark(this.#hand.range ?? room?.playback.range, count)}
        ${room === undefined ? nothing : peerMarks(room, count)} ${this.#ghostTemplate(count)}
        ${count === 0 ? nothing : html`<div class="head" style=${styleMap({ left: leftOf(index, count), ...this.#headColor(room) })}></div>`}
        <input
          type="range"
          min="0"
          max=${Math.max(0, count - 1)}
          step="1"
          .value=${String(index)}
          ?disabled=${isIdle}
          aria-label="Frame"
          aria-valuetext=${this.#valueText(index, count)}
          @input=${this.#scrub}
          @keydown=${this.#key}
          @pointermove=${this.#point}
          @pointerdown=${this.#press}
          @pointerup=${this.#release}
          @pointercancel=${this.#release}
          @pointerleave=${() => (this.pointed = undefined)}
        />
        ${room === undefined ? nothing : bookmarkMarks(room, count)}
      </div>
      <div class="where" part="where">
        <label title=${countTitle(count)} ?hidden=${isPicture || count === 0}>
          <span class="rest">Frame</span>
          <input
            class="number"
            type="number"
            min="0"
            max=${Math.max(0, count - 1)}
            .value=${String(index)}
            style=${styleMap({ width: `${String(Math.max(1, count - 1)).length + 2.5}ch` })}
            ?disabled=${isIdle}
            aria-label="Frame number"
            @change=${this.#jump}
          />
        </label>
        <span title=${countTitle(count)}>${countText(room?.frames.trajectory)}</span>
        ${isPicture || count === 0 ? nothing : this.#speedTemplate(room)}
        <button
          class="icon"
          aria-label="Playing and bookmarks"
          title="Playing and bookmarks"
          aria-haspopup="dialog"
          ?hidden=${isPicture && room !== undefined && !hasTimelineMenu(room)}
          ?disabled=${room === undefined}
          @click=${() => this.menuElement.togglePopover()}
        >
          ${icons.more}
        </button>
      </div>
      <div
        class="menu"
        popover
        role="dialog"
        aria-label="Playing and bookmarks"
        @beforetoggle=${(event: ToggleEvent) => (this.isMenuOpen = event.newState === 'open')}
        @toggle=${this.#placeMenu}
      >
        ${room === undefined || !this.isMenuOpen ? nothing : timelineMenu(this.#menuOf(room))}
      </div>
      ${room === undefined ? nothing : leadTemplate(room)}
    `;
  }

  /** The head has the colour of whoever leads. */
  #headColor(room: Room | undefined): Record<string, string> {
    const { presenter, following } = room?.playback ?? {};
    const isLed = presenter !== undefined && !presenter.isSelf && following === 'room';
    return isLed ? { '--_head': colorOf(presenter) } : {};
  }

  #menuOf(room: Room): TimelineMenu {
    return {
      room,
      curves: Object.keys(roomScalars(room).values),
      curve: this.#series()?.key,
      renaming: this.renaming,
      onCurve: (key) => (this.chosenKey = key),
      onBookmark: this.#bookmark,
      onRename: (key) => (this.renaming = key),
    };
  }

  readonly #placeMenu = (event: ToggleEvent): void => {
    if (event.newState !== 'open') return;
    const menu = event.target as HTMLElement;
    const box = this.getBoundingClientRect();
    menu.style.right = `${Math.max(8, innerWidth - box.right + 8)}px`;
    menu.style.bottom = `${Math.max(8, innerHeight - box.top + 8)}px`;
  };

  #speedTemplate(room: Room | undefined): TemplateResult {
    const now = room?.playback.framesPerSecond ?? 24;
    const speeds = SPEEDS.includes(now) ? SPEEDS : [...SPEEDS, now].sort((a, b) => a - b);
    return html`<select class="speed" aria-label="Speed" title="Speed" @change=${this.#changeSpeed}>
      ${speeds.map((speed) => html`<option value=${speed} ?selected=${speed === now}>${speed} fps</option>`)}
    </select>`;
  }

  #indexingTemplate(room: Room | undefined): TemplateResult | typeof nothing {
    const indexing = room?.frames.trajectory?.indexing;
    if (indexing === undefined) return nothing;
    const part = indexing.byteLength === 0 ? 0 : indexing.bytesRead / indexing.byteLength;
    return html`<div
      class="groove"
      role="progressbar"
      aria-label="Reading the file"
      aria-valuenow=${Math.round(part * 100)}
    >
      <span style=${styleMap({ width: `${part * 100}%` })}></span>
    </div>`;
  }

  /** Without a curve, a plain bar. */
  #barTemplate(index: number, count: number): TemplateResult | typeof nothing {
    if (this.#series() !== undefined) return nothing;
    const part = count > 1 ? index / (count - 1) : 0;
    return html`<div class="bar"><span style=${styleMap({ width: `${part * 100}%` })}></span></div>`;
  }

  #ghostTemplate(count: number): TemplateResult | typeof nothing {
    const frame = this.pointed;
    if (frame === undefined || count === 0) return nothing;
    const part = count > 1 ? frame / (count - 1) : 0;
    const series = this.#series();
    const value = series?.values[frame];
    return html`<div
      class="ghost ${part < 0.15 ? 'left' : part > 0.85 ? 'right' : ''}"
      style=${styleMap({ left: leftOf(frame, count) })}
    >
      <span
        >${formatCount(frame)}${series === undefined || value === undefined ? '' : ` · ${series.name} ${formatNumber(value)}`}</span
      >
    </div>`;
  }

  #series(): { key: string; name: string; values: Float64Array } | undefined {
    const room = this.activeRoom;
    if (room === undefined) return undefined;
    const { values } = roomScalars(room);
    const names = Object.keys(values);
    const name =
      [this.chosenKey, this.key, 'energy'].find((wanted) => wanted !== undefined && wanted in values) ??
      names.find((each) => !DULL.has(each));
    return name === undefined ? undefined : { key: name, name: curveName(name), values: values[name] };
  }

  #valueText(index: number, count: number): string {
    const series = this.#series();
    const value = series?.values[index];
    const frame = `Frame ${index} of ${count}`;
    return series === undefined || value === undefined ? frame : `${frame}, ${series.name} ${formatNumber(value)}`;
  }

  /** Size or colour of the canvases may be others now. */
  readonly #remeasure = (): void => {
    this.#curve.forget();
    this.requestUpdate();
  };

  readonly #toggle = (): void => {
    const playback = this.activeRoom?.playback;
    if (playback?.isPlaying) playback.pause();
    else playback?.play();
  };

  #step(by: number): void {
    const room = this.activeRoom;
    if (room === undefined) return;
    room.playback.pause();
    room.playback.seek(Math.min(Math.max(0, room.playback.frameIndex + by), Math.max(0, room.frames.count - 1)));
  }

  readonly #scrub = (event: Event): void => {
    const room = this.activeRoom;
    room?.playback.pause();
    room?.playback.seek(Number((event.target as HTMLInputElement).value));
  };

  readonly #jump = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const index = Math.trunc(Number(input.value));
    if (Number.isFinite(index)) this.activeRoom?.playback.seek(index);
    this.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === ' ') this.#toggle();
    else if (event.key === ',') this.#step(-1);
    else if (event.key === '.') this.#step(1);
    else if (event.key.toLowerCase() === 'b' && !event.ctrlKey && !event.metaKey) this.#bookmark();
    else return;
    event.preventDefault();
  };

  readonly #point = (event: PointerEvent): void => {
    const count = this.activeRoom?.frames.count ?? 0;
    if (count === 0) return;
    const at = frameUnder(event.clientX, (event.currentTarget as HTMLElement).getBoundingClientRect(), count);
    this.#hand.move(at);
    if (this.#hand.range !== undefined) this.requestUpdate();
    if (event.pointerType !== 'touch') this.pointed = at;
  };

  readonly #press = (event: PointerEvent): void => {
    const room = this.activeRoom;
    if (room !== undefined) this.#hand.press(event, room.playback, room.frames.count);
  };

  readonly #release = (): void => {
    this.#hand.release(this.activeRoom?.playback);
    this.requestUpdate();
  };

  readonly #bookmark = (): void => {
    const room = this.activeRoom;
    if (room === undefined || room.frames.count === 0) return;
    const index = room.playback.frameIndex;
    const key = bookmarkFrame(room, { index });
    room.frames.read(index, { data: ['positions'] }).then(
      ({ id }) => {
        if (room.bookmarks.has(key)) room.bookmarks.update(key, { frame_id: id });
      },
      () => undefined, // the index is all there is
    );
  };

  readonly #changeSpeed = (event: Event): void => {
    this.activeRoom?.playback.setFramesPerSecond(Number((event.target as HTMLSelectElement).value));
  };
}
