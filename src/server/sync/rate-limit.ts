import type { Clock } from '../../protocol/clock.ts';

/** Takes `count` from what may be used now; false when there is not enough. */
export type RateLimit = (count?: number) => boolean;

/** Allows `perSecond` on average and `burst` at once. */
export function rateLimit(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  let available = burst;
  let last = clock.now();
  return (count = 1) => {
    const now = clock.now();
    // A wall clock that is set back must not lock anybody out.
    available = Math.min(burst, available + (Math.max(0, now - last) / 1_000) * perSecond);
    last = now;
    if (available < count) return false;
    available -= count;
    return true;
  };
}
