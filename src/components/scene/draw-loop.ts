import { DrawPace } from './draw-pace.ts';

/** A movement is over when nothing changed for this long. */
const REST_MS = 140;

/** What a loop drives. */
export interface DrawLoopOptions {
  /** Calls back when the next picture is due; returns a number other than 0. */
  schedule: (draw: () => void) => number;
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
  private isPaused = false;
  private sample = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;

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
    if (share < 1) this.rest = setTimeout(() => this.settle(), REST_MS);
    else if (this.options.samples() > 0) this.ask();
  }

  /** Draws nothing until {@link resume}. */
  pause(): void {
    this.isPaused = true;
    clearTimeout(this.rest);
  }

  resume(): void {
    this.isPaused = false;
    this.invalidate();
  }

  private ask(): void {
    if (this.isWaiting || this.isPaused) return;
    this.isWaiting = true;
    this.options.schedule(() => {
      this.isWaiting = false;
      if (this.isPaused) return;
      if (this.isDirty) this.drawNow();
      else this.refine();
    });
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
