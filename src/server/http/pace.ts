import type { Clock } from '../../protocol/clock.ts';
import type { HeldBytes } from '../held-bytes.ts';

/** How slow the other side of a connection may be. */
export interface Pace {
  /** Milliseconds of waiting for the other side after which it is looked at what came of it. */
  patienceMs: number;
  /** Bytes that have to have moved by then. */
  byteLength: number;
}

/** So little in all that time is no slow line. */
const LEAST_BYTE_LENGTH = 16_384;

/** The pace that is asked of the other side by a server with so much patience, two minutes when it was told none. */
export function paceOf(patienceMs = 120_000): Pace {
  return { patienceMs, byteLength: LEAST_BYTE_LENGTH };
}

/** Watches one direction of one request. */
export interface PaceWatch {
  /** From now on it is the other side that is waited for. */
  waiting(): void;
  /** So many bytes came or went; it is no longer waited for. */
  moved(byteLength: number): void;
  /** Nobody is waited for any more. */
  end(): void;
}

/**
 * Calls `onSlow` once when the other side was waited for during `patienceMs` and moved less than `byteLength` bytes in
 * them. The time that we ourselves take does not count.
 */
export function paceWatch(clock: Clock, { patienceMs, byteLength }: Pace, onSlow: () => void): PaceWatch {
  let waitedMs = 0;
  let moved = 0;
  let sinceMs = 0;
  let cancel: (() => void) | undefined;

  const look = (): void => {
    cancel = undefined;
    waitedMs = 0;
    if (moved < byteLength) {
      onSlow();
      return;
    }
    moved = 0;
    sinceMs = clock.now();
    cancel = clock.after(patienceMs, look);
  };
  return {
    waiting() {
      if (cancel !== undefined) return;
      sinceMs = clock.now();
      cancel = clock.after(Math.max(0, patienceMs - waitedMs), look);
    },
    moved(length) {
      moved += length;
      if (cancel === undefined) return;
      cancel();
      cancel = undefined;
      // A wall clock that was set back counts nothing, one that was set forward no more than the patience.
      waitedMs += Math.min(patienceMs, Math.max(0, clock.now() - sinceMs));
    },
    end() {
      cancel?.();
      cancel = undefined;
    },
  };
}

/** How long the other side is waited for, and by which clock. */
export interface Patience {
  clock?: Clock;
  pace?: Pace;
  /** What answers hold in memory until they are taken; without a limit when left out. */
  answers?: HeldBytes;
}
