import type { Clock } from '../src/protocol/clock.ts';

/** A clock that a test turns by hand. */
export interface HandClock extends Clock {
  /** Lets time pass and runs what falls due in it, in order. */
  advance(ms: number): void;
  /** The same; what each due task sets off in promises comes before the next is due. */
  pass(ms: number): Promise<void>;
  /** Lets time pass without running anything, as when the machine sleeps. */
  sleep(ms: number): void;
}

export function handClock(startMs: number = 1_800_000_000_000): HandClock {
  let now = startMs;
  const tasks = new Set<{ at: number; task: () => void }>();
  /** Turns the clock to the next task that falls due until then, and runs it. */
  const runNext = (until: number): boolean => {
    const due = [...tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
    if (due === undefined) return false;
    tasks.delete(due);
    now = Math.max(now, due.at);
    due.task();
    return true;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  return {
    now: () => now,
    after(delayMs, task) {
      const entry = { at: now + delayMs, task };
      tasks.add(entry);
      return () => tasks.delete(entry);
    },
    advance(ms) {
      const until = now + ms;
      while (runNext(until));
      now = until;
    },
    async pass(ms) {
      const until = now + ms;
      while (runNext(until)) await settle();
      now = until;
      await settle();
    },
    sleep(ms) {
      now += ms;
    },
  };
}
