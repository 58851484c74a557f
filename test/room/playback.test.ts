import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/protocol/clock.ts';
import { roomPlayback } from '../../src/room/playback/room-playback.ts';

/** A clock that stands until it is turned; due tasks run in order, late ones once. */
function handClock(): Clock & { turn(ms: number): void } {
  let nowMs = 1_000;
  let tasks: { atMs: number; task: () => void }[] = [];
  return {
    now: () => nowMs,
    after(delayMs, task) {
      const entry = { atMs: nowMs + delayMs, task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((other) => other !== entry);
      };
    },
    turn(ms) {
      nowMs += ms;
      const due = tasks.filter(({ atMs }) => atMs <= nowMs);
      tasks = tasks.filter(({ atMs }) => atMs > nowMs);
      for (const { task } of due) task();
    },
  };
}

describe('playback', () => {
  it('[P1] skips frames after a late tick instead of falling behind', () => {
    const clock = handClock();
    const playback = roomPlayback({ clock, count: () => 1000 });
    playback.setFramesPerSecond(10);
    playback.play();
    clock.turn(100);
    expect(playback.frameIndex).toBe(1);
    clock.turn(750);
    expect(playback.frameIndex).toBe(8);
    clock.turn(150);
    expect(playback.frameIndex).toBe(10);
  });

  it('[P2] starts again after the last frame and does not play a single one', () => {
    const clock = handClock();
    const playback = roomPlayback({ clock, count: () => 4 });
    playback.setFramesPerSecond(10);
    playback.seek(3);
    playback.play();
    clock.turn(100);
    expect(playback.frameIndex).toBe(0);
    const single = roomPlayback({ clock, count: () => 1 });
    single.play();
    expect(single.isPlaying).toBe(false);
  });

  it('[P3] keeps positions inside the trajectory', () => {
    const playback = roomPlayback({ clock: handClock(), count: () => 10 });
    playback.seek(99);
    expect(playback.frameIndex).toBe(9);
    playback.seek(-3);
    expect(playback.frameIndex).toBe(0);
    playback.seek(2.9);
    expect(playback.frameIndex).toBe(2);
  });

  it('[P4] goes on playing from where it was put, and stops when paused', () => {
    const clock = handClock();
    const playback = roomPlayback({ clock, count: () => 100 });
    let told = 0;
    playback.onChange(() => (told += 1));
    playback.setFramesPerSecond(10);
    playback.play();
    clock.turn(500);
    playback.seek(50);
    clock.turn(200);
    expect(playback.frameIndex).toBe(52);
    playback.pause();
    const toldBefore = told;
    clock.turn(1_000);
    expect(playback.frameIndex).toBe(52);
    expect(told).toBe(toldBefore);
  });
});
