/** A batch of frames that is read ahead: from `from` on, `next` arrives next. */
export interface Batch {
  readonly from: number;
  next: number;
}

/** So many frames may the player be ahead of what arrives: a long way there and back is no narrow line. */
const MAX_LEAD = 32;
/** Frames played without reading ahead after the first late batch; twice as many after each further one. */
const FIRST_PAUSE = 64;
const LAST_PAUSE = 1024;

/**
 * Decides whether reading ahead helps. Over a line that carries less than is played, batches arrive behind the player:
 * whoever waits for them sees nothing for seconds, while one frame after the other, each the newest, would arrive.
 */
export interface LateBatches {
  /** The player steps to `index`; true when what is under way comes too late and is to be given up. */
  isLate(index: number, direction: 1 | -1, underWay: Iterable<Batch>): boolean;
  /** Counts the frames of a step: true while nothing is to be read ahead. */
  isPausing(step: number): boolean;
  /** A batch arrived in time, or the player went elsewhere. */
  reset(): void;
}

export function lateBatches(): LateBatches {
  let pause = FIRST_PAUSE;
  let left = 0;
  return {
    isLate(index, direction, underWay) {
      for (const { from, next } of underWay) {
        const lead = direction === 1 ? index - next : from - index;
        if (lead <= MAX_LEAD) continue;
        left = pause;
        pause = Math.min(2 * pause, LAST_PAUSE);
        return true;
      }
      return false;
    },
    isPausing(step) {
      left = Math.max(0, left - Math.abs(step));
      return left > 0;
    },
    reset() {
      pause = FIRST_PAUSE;
      left = 0;
    },
  };
}
