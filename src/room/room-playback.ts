import type { Clock } from '../protocol/clock.ts';
import type { RoomPlayback } from './room.ts';

/** What playing needs to know of its surroundings. */
export interface RoomPlaybackOptions {
  clock: Clock;
  /** Frames of the trajectory now. */
  count: () => number;
}

/** Frames a second when nobody chose. */
const DEFAULT_FRAMES_PER_SECOND = 24;

/**
 * The position of this viewer. While playing, the index follows from the time since play was pressed, so a slow machine
 * skips frames instead of falling behind; at the end it starts again.
 */
export function roomPlayback({ clock, count }: RoomPlaybackOptions): RoomPlayback & { close(): void } {
  const listeners = new Set<() => void>();
  let frameIndex = 0;
  let framesPerSecond = DEFAULT_FRAMES_PER_SECOND;
  let start: { timeMs: number; index: number } | undefined;
  let cancel: (() => void) | undefined;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const schedule = (): void => {
    cancel?.();
    cancel = clock.after(1000 / framesPerSecond, tick);
  };
  const tick = (): void => {
    if (start === undefined) return;
    const total = count();
    const elapsedFrames = Math.floor(((clock.now() - start.timeMs) / 1000) * framesPerSecond);
    const next = total === 0 ? 0 : (start.index + elapsedFrames) % total;
    schedule();
    if (next === frameIndex) return;
    frameIndex = next;
    tell();
  };
  const restart = (): void => {
    start = { timeMs: clock.now(), index: frameIndex };
    schedule();
  };

  return {
    get frameIndex() {
      return frameIndex;
    },
    get isPlaying() {
      return start !== undefined;
    },
    get framesPerSecond() {
      return framesPerSecond;
    },
    seek(index) {
      const last = Math.max(0, count() - 1);
      const next = Math.min(Math.max(0, Math.trunc(index)), last);
      if (start !== undefined) restart();
      if (next === frameIndex) return;
      frameIndex = next;
      if (start !== undefined) restart();
      tell();
    },
    play() {
      if (start !== undefined || count() < 2) return;
      restart();
      tell();
    },
    pause() {
      if (start === undefined) return;
      start = undefined;
      cancel?.();
      tell();
    },
    setFramesPerSecond(value) {
      if (!(value > 0) || value === framesPerSecond) return;
      framesPerSecond = Math.min(value, 120);
      if (start !== undefined) restart();
      tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      start = undefined;
      cancel?.();
      listeners.clear();
    },
  };
}
