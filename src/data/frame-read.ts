import { isCovalenceError } from '../protocol/errors.ts';
import type { Frame } from '../protocol/frames.ts';
import { sharedTask } from './shared-task.ts';

type Keys = readonly string[] | undefined;

/**
 * One request for a frame on behalf of all who ask for keys of it (undefined: all keys) in the same turn of the loop,
 * and of those who ask while it is under way for nothing more.
 */
export interface FrameRead {
  /** True when these keys will be among what comes, if need be because the request had not been sent yet. */
  takes(keys: Keys): boolean;
  /** The frame with at least these keys. Rejects with the signal's reason when that aborts first. */
  join(keys: Keys, signal?: AbortSignal): Promise<Frame>;
}

/** Sends `fetch` once, after this turn; `onEnd` is called when it is over. */
export function frameRead(
  fetch: (keys: Keys, signal?: AbortSignal) => Promise<Frame>,
  onEnd: () => void,
  first: Keys,
): FrameRead {
  let keys = first;
  let isSent = false;
  let isWidened = false;
  const task = sharedTask(async (abort) => {
    try {
      await Promise.resolve();
      isSent = true;
      return await fetch(keys, abort);
    } finally {
      onEnd();
    }
  });
  return {
    takes(more) {
      if (!task.isOpen) return false;
      if (keys === undefined || more?.every((key) => keys?.includes(key)) === true) return true;
      if (isSent) return false;
      keys = more && [...new Set([...keys, ...more])];
      isWidened = true;
      return true;
    },
    async join(own, signal) {
      try {
        return await task.join(signal);
      } catch (error) {
        // Somebody else's key does not exist: that is told to them alone.
        if (isWidened && isCovalenceError(error, 'frame/key-unknown')) return await fetch(own, signal);
        throw error;
      }
    },
  };
}
