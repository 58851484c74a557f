import { describe, expect, it } from 'vitest';
import { BondKeeper } from '../../src/components/scene/bond-keeper.ts';
import { layLanes } from '../../src/components/scene/bond-lanes.ts';
import { repeatFrame } from '../../src/components/repeat/arrange-frame.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';

const records = (pairs: readonly (readonly [number, number])[]): Uint32Array =>
  Uint32Array.from(pairs.flatMap(([a, b]) => [a, b, 7, 0]));
/** Lane and the atom beside of each record. */
const lanesOf = (all: Uint32Array, drawn: number): (readonly number[])[] =>
  Array.from({ length: drawn }, (_, i) => [
    all[4 * i],
    all[4 * i + 1],
    all[4 * i + 3] >>> 24,
    (all[4 * i + 3] & 0xffffff) - 1,
  ]);

/** Propyne, H3C-C≡CH, without the methyl's hydrogens, and an atom of oxygen doubly bonded to nothing beside. */
const frame: SceneFrame = {
  atomCount: 6,
  positions: Float32Array.of(0, 0, 0, 1.46, 0, 0, 2.66, 0, 0, 3.72, 0, 0, 0, 5, 0, 1.2, 5, 0),
  numbers: Uint8Array.of(6, 6, 6, 1, 8, 8),
  bonds: Int32Array.of(0, 1, 1, 2, 2, 3, 4, 5),
  bondOrders: Int32Array.of(1, 3, 1, 2),
};

describe('orders of bonds', () => {
  it('[C465] one, two or three sticks and an aromatic one with dashes, each beside a neighbour; the bonds stay first', () => {
    // A ring of four, aromatic, with an atom at its first: dashes lie on the side of the ring.
    const ring = records([
      [0, 4],
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
    ]);
    const { records: all, drawn } = layLanes(ring, 5, [1, 4, 4, 4, 4], 5);
    expect(drawn).toBe(13);
    expect(lanesOf(all, 5)).toEqual([
      [0, 4, 0, -1],
      [0, 1, 6, 3],
      [1, 2, 6, 0],
      [2, 3, 6, 1],
      [3, 0, 6, 2],
    ]);
    expect(lanesOf(all, drawn).slice(5, 7)).toEqual([
      [0, 1, 7, 3],
      [0, 1, 8, 3],
    ]);
    expect([...all.subarray(0, 4 * drawn)].filter((_, i) => i % 4 === 2)).toEqual(Array(13).fill(7));
  });

  it('[C465] single bonds and orders that say nothing cost nothing', () => {
    const plain = records([
      [0, 1],
      [1, 2],
    ]);
    for (const orders of [[1, 1], [], [8, 0], [NaN, -2]]) {
      const laid = layLanes(plain, 2, orders, 3);
      expect(laid.records).toBe(plain);
      expect([laid.drawn, plain[3], plain[7]]).toEqual([2, 0, 0]);
    }
  });

  it('[C465] are those of the frame shown, also in copies; orders of another number of bonds are none', () => {
    const keeper = new BondKeeper(
      () => undefined,
      () => 0,
    );
    const drawn = (given: SceneFrame): (readonly number[])[] => {
      keeper.setFrame(given, false);
      const { table } = keeper;
      return lanesOf(table.records, table.drawn)
        .slice(0, table.count)
        .filter(([, , lane]) => lane > 0);
    };
    expect(drawn(frame)).toEqual([
      [1, 2, 3, 0],
      [4, 5, 1, -1],
    ]);
    expect([keeper.table.count, keeper.table.drawn]).toEqual([4, 7]);
    expect(drawn({ ...frame, bondOrders: Int32Array.of(2, 1) })).toEqual([]);
    expect(drawn({ ...frame, bondOrders: Int32Array.of(2, 1, 1, 1) })).toEqual([[0, 1, 1, 2]]);
    const cell = Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20);
    const twice = repeatFrame({ ...frame, cell, pbc: Uint8Array.of(1, 1, 1) }, [2, 1, 1]);
    expect(drawn(twice)).toEqual([
      [1, 2, 3, 0],
      [7, 8, 3, 6],
      [4, 5, 1, -1],
      [10, 11, 1, -1],
    ]);
    // Perceived bonds have none; those before are forgotten.
    expect(drawn({ ...frame, bonds: undefined })).toEqual([]);
    expect(keeper.table.drawn).toBe(keeper.table.count);
  });
});
