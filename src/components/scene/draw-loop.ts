import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { DrawPace } from './draw-pace.ts';

/** A movement is over when nothing changed for this long. */
const REST_MS = 140;

const TAKEN_AWAY =
  'The browser took the graphics away from this page. The picture comes back with them; if it does not, reload the page.';

/** Why nothing is drawn: there is nothing to draw with, nobody sees it, or the last try failed. */
type DrawPause = 'lost' | 'unseen' | 'failed';

/** What a loop drives. */
export interface DrawLoopOptions {
  /** Calls back when the next picture is due, a change before a refinement; returns a number other than 0. */
  schedule: (draw: () => void, isUrgent: () => boolean) => number;
  /** Milliseconds. */
  now: () => number;
  /** Draws: sample 0 answers a change, with a share of the full resolution; 1 and on refine the picture at rest. */
  draw: (sample: number, share: number) => void;
  /** How many drawings refine a picture at rest. */
  samples: () => number;
  /** Called when nothing can be drawn and, with undefined, when that is over; without it failures are thrown. */
  onTrouble?: ((error: CovalenceError | undefined) => void) | undefined;
}

/** Draws when something changed, refines what has not, and otherwise does nothing at all. */
export class DrawLoop {
  private readonly options: DrawLoopOptions;
  private readonly pace: DrawPace;
  private isDirty = false;
  private isWaiting = false;
  private readonly pauses = new Set<DrawPause>();
  private sample = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private isCoarse = false;
  private hasFailed = false;

  constructor(options: DrawLoopOptions) {
    this.options = options;
    this.pace = new DrawPace(options.now);
  }

  /** Something changed. Any number of calls leads to one drawing. */
  invalidate(): void {
    this.isDirty = true;
    this.ask();
  }

  /** Draws at once if something changed. */
  drawNow(): void {
    if (!this.isDirty || this.isPaused) return;
    this.isDirty = false;
    this.sample = 0;
    clearTimeout(this.rest);
    const share = this.pace.next();
    if (!this.draw(0, share)) return;
    this.isCoarse = share < 1;
    if (this.isCoarse) this.rest = setTimeout(() => this.settle(), REST_MS);
    else if (this.options.samples() > 0) this.ask();
  }

  /** The drawing context was taken away: nothing is drawn until it is back, and that is said. */
  lose(): void {
    this.pause();
    this.options.onTrouble?.(new CovalenceError('render/unavailable', TAKEN_AWAY));
  }

  /** The drawing context is back, empty. */
  regain(): void {
    this.resume();
    this.options.onTrouble?.(undefined);
  }

  /** What is drawn is other now: what failed may succeed. */
  retry(): void {
    if (this.pauses.has('failed')) this.resume('failed');
  }

  /** Draws nothing until {@link resume} for the same cause. */
  pause(why: DrawPause = 'lost'): void {
    this.pauses.add(why);
    clearTimeout(this.rest);
  }

  /** Draws what changed meanwhile, or everything. */
  resume(why: DrawPause = 'lost', isChanged = true): void {
    this.pauses.delete(why);
    this.isDirty ||= isChanged || this.isCoarse;
    this.ask();
  }

  /** False when it failed: that is said, and not tried again before {@link retry}. */
  private draw(sample: number, share: number): boolean {
    const { draw, onTrouble } = this.options;
    try {
      draw(sample, share);
    } catch (error) {
      if (onTrouble === undefined) throw error;
      this.hasFailed = true;
      this.pause('failed');
      onTrouble(asCovalenceError(error, 'render/unavailable'));
      return false;
    }
    if (this.hasFailed) onTrouble?.(undefined);
    this.hasFailed = false;
    return true;
  }

  private get isPaused(): boolean {
    return this.pauses.size > 0;
  }

  private readonly isUrgent = (): boolean => this.isDirty && !this.isPaused;

  private ask(): void {
    if (this.isWaiting || this.isPaused) return;
    this.isWaiting = true;
    this.options.schedule(() => {
      this.isWaiting = false;
      if (this.isPaused) return;
      if (this.isDirty) this.drawNow();
      else this.refine();
    }, this.isUrgent);
  }

  private refine(): void {
    if (this.sample >= this.options.samples()) return;
    this.sample += 1;
    if (!this.draw(this.sample, 1)) return;
    if (this.sample < this.options.samples()) this.ask();
  }

  /** A coarse picture is drawn again in full. */
  private settle(): void {
    this.pace.rest();
    this.invalidate();
  }
}
