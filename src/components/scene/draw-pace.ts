/** Two drawings nearer in time than this belong to one movement. */
const MOVEMENT_MS = 250;
/** A movement whose drawings come slower than this is drawn coarser, faster than the second finer again. */
const SLOW_MS = 55;
const FAST_MS = 22;
const COARSEST = 0.4;

/**
 * Keeps a moving picture fluent: while drawings follow one another slowly it asks for fewer pixels. A picture at rest
 * is always drawn in full.
 */
export class DrawPace {
  private readonly now: () => number;
  private last = -Infinity;
  private typical = 30;
  private coarse = 1;

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Called before each drawing: the share of the full resolution, per axis, to draw it with. */
  next(): number {
    const time = this.now();
    const gap = time - this.last;
    this.last = time;
    if (gap > MOVEMENT_MS) return 1;
    this.typical += (gap - this.typical) * 0.3;
    if (this.typical > SLOW_MS) {
      this.coarse = Math.max(COARSEST, this.coarse * 0.8);
      this.typical = (SLOW_MS + FAST_MS) / 2;
    } else if (this.typical < FAST_MS && this.coarse < 1) {
      this.coarse = Math.min(1, this.coarse * 1.1);
      this.typical = (SLOW_MS + FAST_MS) / 2;
    }
    return this.coarse;
  }

  /** Called when a coarse drawing is to be followed by a full one: the movement is over. */
  rest(): void {
    this.last = -Infinity;
  }
}
