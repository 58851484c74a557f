/** Atoms on their way from where a frame had them to where the next one has them. */
export class Glide {
  #startMs = 0;
  #lengthMs = 0;

  /** Sets out; with 0 they are there at once. */
  begin(nowMs: number, lengthMs: number): void {
    this.#startMs = nowMs;
    this.#lengthMs = lengthMs;
  }

  /** How much of the way lies behind them, 0 to 1. */
  share(nowMs: number): number {
    const passedMs = nowMs - this.#startMs;
    if (passedMs >= 0 && passedMs < this.#lengthMs) return passedMs / this.#lengthMs;
    this.#lengthMs = 0;
    return 1;
  }
}
