import type { Clock } from '../../../src/protocol/clock.ts';

/** A clock that a test turns by hand. */
export interface HandClock extends Clock {
  /** Lets time pass, running what falls due in order, and what that sets off in turn. */
  advance(ms: number): Promise<void>;
  /** Lets time pass without running anything, as when the machine sleeps. */
  sleep(ms: number): void;
}

export function handClock(start = 1_800_000_000_000): HandClock {
  let now = start;
  const tasks = new Set<{ at: number; task: () => void }>();
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
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        tasks.delete(due);
        now = Math.max(now, due.at);
        due.task();
        await settle();
      }
      now = until;
      await settle();
    },
    sleep(ms) {
      now += ms;
    },
  };
}
