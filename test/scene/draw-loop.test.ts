import { describe, expect, it, vi } from 'vitest';
import { DrawLoop } from '../../src/components/scene/draw-loop.ts';
import { DrawPace } from '../../src/components/scene/draw-pace.ts';

function loop(samples: number): { loop: DrawLoop; drawn: number[]; frame: () => boolean } {
  const waiting: (() => void)[] = [];
  const drawn: number[] = [];
  let time = 0;
  const made = new DrawLoop({
    schedule: (draw) => waiting.push(draw),
    now: () => (time += 1000),
    samples: () => samples,
    draw: (sample) => drawn.push(sample),
  });
  return {
    loop: made,
    drawn,
    frame: () => {
      const draw = waiting.shift();
      draw?.();
      return draw !== undefined;
    },
  };
}

describe('drawing on demand', () => {
  it('[C29] draws once for any number of changes and then not at all', () => {
    const { loop: made, drawn, frame } = loop(0);
    expect(frame()).toBe(false);
    for (let i = 0; i < 10; i += 1) made.invalidate();
    expect(frame()).toBe(true);
    expect(frame()).toBe(false);
    expect(drawn).toEqual([0]);
  });

  it('[C30] refines a picture at rest a fixed number of times, and starts over when something changes', () => {
    const { loop: made, drawn, frame } = loop(3);
    made.invalidate();
    frame();
    frame();
    made.invalidate();
    while (frame());
    expect(drawn).toEqual([0, 1, 0, 1, 2, 3]);
  });

  it('[C31] draws nothing while the graphics context is lost, and everything when it is back', () => {
    const { loop: made, drawn, frame } = loop(0);
    made.pause();
    made.invalidate();
    made.drawNow();
    while (frame());
    expect(drawn).toEqual([]);
    made.resume();
    while (frame());
    expect(drawn).toEqual([0]);
  });

  it('[C32] draws a slow movement coarser, and in full once it rests', () => {
    vi.useFakeTimers();
    try {
      let time = 0;
      const shares: number[] = [];
      const waiting: (() => void)[] = [];
      const made = new DrawLoop({
        schedule: (draw) => waiting.push(draw),
        now: () => time,
        samples: () => 0,
        draw: (_, share) => shares.push(share),
      });
      for (let i = 0; i < 20; i += 1) {
        time += 120;
        made.invalidate();
        waiting.shift()?.();
      }
      expect(shares[0]).toBe(1);
      expect(shares.at(-1)).toBe(0.4);
      time += 1000;
      vi.runAllTimers();
      waiting.shift()?.();
      expect(shares.at(-1)).toBe(1);
      expect(shares).toHaveLength(21);
    } finally {
      vi.useRealTimers();
    }
  });

  it('[C33] keeps full resolution while drawings are quick, and returns to it when they become so', () => {
    let time = 0;
    const pace = new DrawPace(() => time);
    const after = (step: number, count: number): number => {
      let share = 1;
      for (let i = 0; i < count; i += 1) {
        time += step;
        share = pace.next();
      }
      return share;
    };
    expect(after(16, 100)).toBe(1);
    expect(after(100, 20)).toBeLessThan(0.5);
    expect(after(16, 60)).toBe(1);
  });
});
