import { deferred, orAborted } from './deferred.ts';
import type { Frame } from '../protocol/frames.ts';

/** A range that is being fetched, for everybody who needs a frame of it. */
export interface RangeFlight {
  readonly start: number;
  readonly stop: number;
  /** Where the range ended before `stop`, once that is known: the end of the trajectory. */
  readonly endedAt: number | undefined;
  /** True when the frame and these keys of it (undefined: all) are among what is coming. */
  covers(index: number, keys: readonly string[] | undefined): boolean;
  /**
   * The frame once it is here; undefined when it will not come, because the range failed, ended or was given up: ask for
   * it alone. Rejects with the signal's reason when that aborts first.
   */
  join(index: number, signal?: AbortSignal): Promise<Frame | undefined>;
  /** Counts a user of the range; it is stopped when the last one has let go. */
  hold(): void;
  release(): void;
}

/** Starts to fetch frames `[start, stop)`; it runs ahead of those who wait, so that none of them can hold it up. */
export function rangeFlight(
  start: number,
  stop: number,
  keys: readonly string[] | undefined,
  fetch: (signal: AbortSignal) => AsyncIterable<Frame>,
  on: { onFrame: (frame: Frame) => Frame; onEnd: () => void },
): RangeFlight {
  const abort = new AbortController();
  const coming = Array.from({ length: stop - start }, () => deferred<Frame | undefined>());
  let arrived = 0;
  let isOver = false;
  let endedAt: number | undefined;
  let users = 0;

  const pump = async (): Promise<void> => {
    try {
      for await (const frame of fetch(abort.signal)) {
        if (abort.signal.aborted) return;
        coming[arrived].resolve(on.onFrame(frame));
        arrived += 1;
      }
      if (arrived < coming.length) endedAt = start + arrived;
    } catch {
      // Whoever needs a frame that did not come asks for it alone and is told what is wrong with it.
    } finally {
      isOver = true;
      on.onEnd();
      for (const frame of coming) frame.resolve(undefined);
    }
  };
  // On the next turn, when the maker has been given the flight that `onEnd` speaks of.
  void Promise.resolve().then(pump);

  return {
    start,
    stop,
    get endedAt() {
      return endedAt;
    },
    covers(index, asked) {
      if (abort.signal.aborted || isOver || index < start || index >= stop) return false;
      return keys === undefined || (asked !== undefined && asked.every((key) => keys.includes(key)));
    },
    join: (index, signal) => orAborted(coming[index - start].promise, signal),
    hold() {
      users += 1;
    },
    release() {
      users -= 1;
      if (users === 0) abort.abort();
    },
  };
}
