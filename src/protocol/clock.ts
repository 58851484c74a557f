/** Time and timers as they are injected into everything that waits, so that tests can turn the clock by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `delayMs`; returns its own undo. */
  after(delayMs: number, task: () => void): () => void;
}

/** The machine's clock. Timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs) as unknown as { unref?: () => void };
    timer.unref?.();
    return () => clearTimeout(timer as unknown as Parameters<typeof clearTimeout>[0]);
  },
};

/** A source of randomness: numbers in [0, 1). */
export type Random = () => number;

/** The machine's randomness; not for secrets. */
export const systemRandom: Random = () => Math.random();
