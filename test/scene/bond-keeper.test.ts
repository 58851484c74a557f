import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { perceiveBonds } from '../../src/chem/bonds.ts';
import { BondKeeper } from '../../src/components/scene/bond-keeper.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';
import { randomStream } from '../chem/brute-force.ts';

/** Pairs of carbon atoms 20 angstrom apart, bonded or stretched. */
function pairsOf(count: number, isBonded: boolean): SceneFrame {
  const positions = new Float32Array(6 * count);
  for (let i = 0; i < count; i += 1) positions.set([20 * i, 0, 0, 20 * i + (isBonded ? 1.5 : 3), 0, 0], 6 * i);
  return { atomCount: 2 * count, positions, numbers: new Uint8Array(2 * count).fill(6) };
}

describe('bonds of the frame shown', () => {
  let time = 0;
  let found = 0;
  let keeper: BondKeeper;
  beforeEach(() => {
    vi.useFakeTimers();
    time = 0;
    found = 0;
    keeper = new BondKeeper(
      () => (found += 1),
      () => time,
    );
  });
  afterEach(() => {
    keeper.cancel();
    vi.useRealTimers();
  });

  it('[C46] are those of each frame at once for up to 2,000 atoms', () => {
    keeper.setFrame(pairsOf(1000, true), true);
    expect(keeper.table.count).toBe(1000);
    keeper.setFrame(pairsOf(1000, false), false);
    expect(keeper.table.count).toBe(0);
    expect([vi.getTimerCount(), found]).toEqual([0, 0]);
  });

  it('[C47] stay while larger structures play, and are found again now and then and once the frames stop', () => {
    keeper.setFrame(pairsOf(2000, true), true);
    expect(keeper.table.count).toBe(2000);
    for (let i = 0; i < 5; i += 1) {
      time += 50;
      keeper.setFrame(pairsOf(2000, false), false);
      vi.advanceTimersByTime(50);
    }
    expect([keeper.table.count, found]).toEqual([2000, 0]);
    time += 100;
    keeper.setFrame(pairsOf(2000, false), false);
    vi.advanceTimersByTime(20);
    expect([keeper.table.count, found]).toEqual([0, 1]);
    keeper.setFrame(pairsOf(2000, true), false);
    vi.advanceTimersByTime(100);
    expect(keeper.table.count).toBe(0);
    vi.advanceTimersByTime(100);
    expect([keeper.table.count, found]).toEqual([2000, 2]);
    vi.advanceTimersByTime(10_000);
    expect(found).toBe(2);
  });

  it('[C48] are not looked for while no style draws bonds, and no longer kept for other atoms', () => {
    keeper.isWanted = false;
    keeper.setFrame(pairsOf(100, true), true);
    expect(keeper.table.count).toBe(0);
    keeper.isWanted = true;
    keeper.refresh();
    expect(keeper.table.count).toBe(100);
    keeper.setFrame(pairsOf(30_000, true), true);
    expect(keeper.table.count).toBe(0);
    vi.advanceTimersByTime(1000);
    expect([keeper.table.count, found]).toEqual([30_000, 1]);
    keeper.setFrame(undefined, true);
    expect(keeper.table.count).toBe(0);
  });

  it('[C450] are those of the frame, each once, whatever frames came before (300 seeded frames)', () => {
    const random = randomStream(20261121);
    const atomCount = 40;
    const numbers = new Uint8Array(atomCount).fill(6);
    let found = 0;
    for (let turn = 0; turn < 300; turn += 1) {
      const positions = Float32Array.from({ length: 3 * atomCount }, () => 6 * random());
      keeper.setFrame({ atomCount, positions, numbers }, turn === 0);
      const { records, count } = keeper.table;
      const drawn = Array.from({ length: count }, (_, i) => `${records[4 * i]}-${records[4 * i + 1]}`);
      const { pairs } = perceiveBonds({ atomCount, positions, numbers });
      const wanted = Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[2 * i], pairs[2 * i + 1]])
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
        .sort(([a, b], [c, d]) => a - c || b - d)
        .map(([a, b]) => `${a}-${b}`);
      expect(drawn, `frame ${turn}`).toEqual(wanted);
      found += count;
    }
    expect(found).toBeGreaterThan(3000);
  });
});
