import { DrawPace } from './draw-pace.ts';

/** A movement is over when nothing changed for this long. */
const REST_MS = 140;

/** Why nothing is drawn: there is nothing to draw with, or nobody sees it. */
type DrawPause = 'lost' | 'unseen';

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
    this.options.draw(0, share);
    this.isCoarse = share < 1;
    if (this.isCoarse) this.rest = setTimeout(() => this.settle(), REST_MS);
    else if (this.options.samples() > 0) this.ask();
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
    const { samples, draw } = this.options;
    if (this.sample >= samples()) return;
    this.sample += 1;
    draw(this.sample, 1);
    if (this.sample < samples()) this.ask();
  }

  /** A coarse picture is drawn again in full. */
  private settle(): void {
    this.pace.rest();
    this.invalidate();
  }
}
