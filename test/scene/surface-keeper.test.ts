import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LayerAtoms } from '../../src/components/scene/scene-layer.ts';
import { SurfaceKeeper } from '../../src/components/scene/surface-keeper.ts';

/** Carbon atoms in a row, 1.5 angstrom apart, from `start` on. */
function row(count: number, start: number, positionsVersion: number): LayerAtoms {
  return {
    count,
    positions: Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? start + i / 2 : 0)),
    positionsVersion,
    states: Uint8Array.from({ length: 4 * count }, (_, i) => (i % 4 === 0 ? 6 : 0)),
  };
}

const all = (count: number): Uint8Array => new Uint8Array(count).fill(1);
const startOf = (keeper: SurfaceKeeper): number =>
  Math.round(Math.min(...(keeper.mesh?.positions.filter((_, i) => i % 3 === 0) ?? [NaN])) + 1.7);

describe('keeping a surface', () => {
  let time = 0;
  let changes = 0;
  const make = (mask: Uint8Array): SurfaceKeeper =>
    new SurfaceKeeper(
      { mask, scale: 1 },
      () => (changes += 1),
      () => (time += 1),
    );

  beforeEach(() => {
    vi.useFakeTimers();
    time = 1e6;
    changes = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('[C462] that of few atoms is there with each frame', () => {
    const keeper = make(all(20));
    for (const start of [0, 5, -7]) {
      keeper.follow(row(20, start, start + 10));
      expect(startOf(keeper)).toBe(start);
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(changes).toBe(0);
  });

  it('[C462] that of many comes in slices once frames rest, and none of other positions is ever given', async () => {
    const keeper = make(all(400));
    keeper.follow(row(400, 0, 1));
    expect(keeper.mesh).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100);
    expect(startOf(keeper)).toBe(0);
    expect(changes).toBe(1);
    // The next frames come every 100 ms.
    for (let frame = 2; frame < 10; frame += 1) {
      keeper.follow(row(400, frame, frame));
      expect(keeper.mesh).toBeUndefined();
      await vi.advanceTimersByTimeAsync(100);
      time += 100;
      if (frame > 2) expect(keeper.mesh).toBeUndefined();
    }
    expect(keeper.trouble).toBe('late');
    await vi.advanceTimersByTimeAsync(300);
    expect(startOf(keeper)).toBe(9);
    expect(keeper.trouble).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('[C462] other atoms are other work, another look is none; who cancels is not called any more', async () => {
    const keeper = make(all(400));
    const atoms = row(400, 0, 1);
    keeper.follow(atoms);
    await vi.advanceTimersByTimeAsync(100);
    const { mesh } = keeper;
    keeper.take({ mask: all(400), scale: 1, color: 'red', opacity: 0.5 });
    keeper.follow(atoms);
    expect(keeper.mesh).toBe(mesh);
    expect(keeper.look.color).toBe('red');
    keeper.take({ mask: all(400).fill(0, 0, 200), scale: 1 });
    keeper.follow(atoms);
    expect(startOf(keeper), 'the second half is few enough').toBe(300);
    keeper.take({ mask: all(400), scale: 1.5 });
    keeper.follow(atoms);
    const before = changes;
    keeper.cancel();
    await vi.advanceTimersByTimeAsync(2000);
    expect([changes, keeper.mesh, keeper.trouble]).toEqual([before, undefined, undefined]);
  });

  it('[C462] copies of a cell have the surface of their own atoms', () => {
    const keeper = make(Uint8Array.of(1, 0));
    keeper.follow(row(6, 0, 1));
    expect(new Set(keeper.mesh?.atoms)).toEqual(new Set([0, 2, 4]));
  });

  it('[C463] atoms too far apart have none, and that is told', async () => {
    const keeper = make(all(2));
    keeper.follow({ ...row(2, 0, 1), positions: Float32Array.of(0, 0, 0, 5000, 5000, 5000) });
    await vi.advanceTimersByTimeAsync(0);
    expect([keeper.mesh, keeper.trouble, changes]).toEqual([undefined, 'too large', 1]);
    keeper.follow(row(2, 0, 2));
    expect(keeper.trouble).toBeUndefined();
  });
});
