import type { Clock } from '../../../src/protocol/clock.ts';

/** A clock that a test turns by hand. */
export interface HandClock extends Clock {
  /** Lets time pass and runs what falls due in it, in order. */
  advance(ms: number): void;
}

export function handClock(): HandClock {
  let now = 1_800_000_000_000;
  const tasks = new Set<{ at: number; task: () => void }>();
  const earliest = (until: number): { at: number; task: () => void } | undefined =>
    Array.from(tasks)
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    after(delayMs, task) {
      const entry = { at: now + delayMs, task };
      tasks.add(entry);
      return () => tasks.delete(entry);
    },
    advance(ms) {
      const until = now + ms;
      for (let due = earliest(until); due !== undefined; due = earliest(until)) {
        tasks.delete(due);
        now = Math.max(now, due.at);
        due.task();
      }
      now = until;
    },
  };
}
