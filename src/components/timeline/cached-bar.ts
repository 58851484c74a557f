import { type Clock, systemClock } from '../../protocol/clock.ts';
import type { Room } from '../../room/room.ts';

/** Drawn again at most this often. */
const PAUSE_MS = 300;
/** And after a pause of at least so many times what the last drawing took. */
const PAUSE_FACTOR = 40;
/** A stretch of which little is here can still be seen. */
const LEAST = 0.25;

/** What a bar is drawn on, as far as it is needed. */
export interface BarCanvas {
  width: number;
  readonly clientWidth: number;
  getContext(kind: '2d'): Pick<CanvasRenderingContext2D, 'clearRect' | 'fillRect' | 'fillStyle' | 'globalAlpha'> | null;
}

/** Draws which parts of the trajectory are here, as players of films do: one column a pixel, seldom and off the beat. */
export class CachedBar {
  readonly #canvas: () => { canvas: BarCanvas; color: string } | undefined;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  #notBeforeMs = 0;
  #drawn: Float32Array | undefined;
  #color = '';

  constructor(canvas: () => { canvas: BarCanvas; color: string } | undefined, clock: Clock = systemClock) {
    this.#canvas = canvas;
    this.#clock = clock;
  }

  /** Follows a room until the returned function is called. */
  connect(room: Room): () => void {
    const soon = (): void => {
      this.#cancel ??= this.#clock.after(Math.max(PAUSE_MS, this.#notBeforeMs - this.#clock.now()), () => {
        this.#cancel = undefined;
        this.#draw(room);
      });
    };
    soon();
    const undo = [room.frames.onCached(soon), room.frames.onChange(soon)];
    return () => {
      for (const each of undo) each();
      this.#cancel?.();
      this.#cancel = undefined;
      this.#clear();
    };
  }

  /** Draws again when the width or the colour is another. */
  resized(room: Room): void {
    const { canvas, color } = this.#canvas() ?? {};
    if (canvas === undefined || this.#drawn === undefined) return;
    if (partsOf(room, canvas) !== this.#drawn.length || color !== this.#color) this.#draw(room);
  }

  #draw(room: Room): void {
    const { canvas, color = '' } = this.#canvas() ?? {};
    const startMs = this.#clock.now();
    const parts = canvas === undefined ? 0 : partsOf(room, canvas);
    const shares = parts === 0 ? undefined : room.frames.cachedParts(parts);
    if (canvas === undefined || shares === undefined) {
      this.#clear();
      return;
    }
    const context = canvas.getContext('2d');
    if (context === null) return;
    canvas.width = parts;
    context.clearRect(0, 0, parts, 1);
    context.fillStyle = color;
    for (let part = 0; part < parts; part += 1) {
      if (shares[part] === 0) continue;
      context.globalAlpha = LEAST + (1 - LEAST) * Math.min(1, shares[part]);
      context.fillRect(part, 0, 1, 1);
    }
    this.#drawn = shares;
    this.#color = color;
    const endMs = this.#clock.now();
    this.#notBeforeMs = endMs + PAUSE_FACTOR * (endMs - startMs);
  }

  #clear(): void {
    const { canvas } = this.#canvas() ?? {};
    canvas?.getContext('2d')?.clearRect(0, 0, canvas.width, 1);
    this.#drawn = undefined;
  }
}

function partsOf(room: Room, { clientWidth }: BarCanvas): number {
  return Math.min(room.frames.count, Math.max(0, Math.round(clientWidth)));
}
