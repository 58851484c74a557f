import { orAborted } from './deferred.ts';

/** One task that several callers wait for; it is aborted when the last of them has given up. */
export interface SharedTask<T> {
  /** Waits for the result; rejects with the signal's reason when that aborts first. */
  join(signal?: AbortSignal): Promise<T>;
  /** False once everybody gave up: nobody may join any more. */
  readonly isOpen: boolean;
}

/** Starts `run` at the first `join`. */
export function sharedTask<T>(run: (signal: AbortSignal) => Promise<T>): SharedTask<T> {
  const abort = new AbortController();
  let waiting = 0;
  let result: Promise<T> | undefined;
  return {
    get isOpen() {
      return !abort.signal.aborted;
    },
    async join(signal) {
      signal?.throwIfAborted();
      waiting += 1;
      result ??= run(abort.signal);
      try {
        return await orAborted(result, signal);
      } finally {
        waiting -= 1;
        if (waiting === 0) abort.abort(signal?.reason);
      }
    },
  };
}
