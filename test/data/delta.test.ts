import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameArray, type FrameData, frameArray, stringArray } from '../../src/protocol/frames.ts';
import { applyPatch, diffFrames, isArrayDelta, patchFromWire, patchToWire } from '../../src/data/delta.ts';
import { hashData } from '../../src/data/frame-facts.ts';
import { hashBytes } from '../../src/data/hash.ts';
import { decodeMsgpack, encodeMsgpack } from '../../src/data/msgpack.ts';
import { sampleData } from './sample-frames.ts';

const finiteFloat = fc.float({ noNaN: false });
const frames = fc
  .record({
    atomCount: fc.nat(20),
    moved: fc.array(fc.tuple(fc.nat(19), fc.nat(2), finiteFloat), { maxLength: 8 }),
    resized: fc.boolean(),
    energy: fc.option(fc.double()),
    label: fc.string({ unit: 'grapheme' }),
    sites: fc.option(fc.array(fc.constantFrom('CA', 'CB', 'N'), { minLength: 1, maxLength: 4 })),
  })
  .map(({ atomCount, moved, resized, energy, label, sites }): [FrameData, FrameData] => {
    const base: FrameData = { ...sampleData(0, atomCount), 'info.gone': 1 };
    const positions = (base['positions'] as FrameArray).data.slice();
    for (const [atom, axis, value] of moved) if (atom < atomCount) positions[atom * 3 + axis] = value;
    const { 'info.gone': _, ...rest } = base;
    const next: FrameData = { ...rest, positions: frameArray(positions, [atomCount, 3]), 'info.label': label };
    if (resized) next['positions'] = frameArray(new Float32Array(3), [1, 3]);
    if (energy !== null) next['energy'] = energy;
    if (sites !== null) next['arrays.site'] = stringArray(sites);
    return [base, next];
  });

describe('deltas', () => {
  it('[D67] base and its delta give the other frame, equal by hash, also over the wire', async () => {
    await fc.assert(
      fc.asyncProperty(frames, async ([base, next]) => {
        const patch = patchFromWire(decodeMsgpack(encodeMsgpack(patchToWire(diffFrames(base, next)))));
        const applied = applyPatch(base, patch);
        expect({ ...(await hashData(applied, hashBytes)) }).toEqual({ ...(await hashData(next, hashBytes)) });
        expect(Object.keys(diffFrames(next, applied))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('[D67] k moved atoms travel as at most 16 k + 300 bytes', () => {
    for (const count of [1, 100, 5000]) {
      const base = sampleData(0, 20_000);
      const positions = (base['positions'] as FrameArray).data.slice();
      for (let i = 0; i < count; i += 1) positions[i * 9] += 1;
      const patch = diffFrames(base, { ...base, positions: frameArray(positions, [20_000, 3]) });
      expect(Object.keys(patch)).toEqual(['positions']);
      expect(encodeMsgpack(patchToWire(patch)).byteLength).toBeLessThanOrEqual(16 * count + 300);
    }
  });

  it('[D67] where rows would be longer than the array, the array is sent', () => {
    const base = sampleData(0, 100);
    const positions = (base['positions'] as FrameArray).data.map((value) => value + 1);
    const { positions: change } = diffFrames(base, { ...base, positions: frameArray(positions, [100, 3]) });
    expect(change !== null && isArrayDelta(change)).toBe(false);
  });

  it('[D68] rows that do not fit are refused and the base is untouched', () => {
    const base = sampleData(0, 4);
    const before = (base['positions'] as FrameArray).data.slice();
    const rows = (index: number[], values: FrameArray) => ({ index: frameArray(Uint32Array.from(index)), values });
    const one = frameArray(new Float32Array(3), [1, 3]);
    for (const [key, change, code] of [
      ['positions', rows([4], one), 'frame/shape-invalid'],
      ['positions', rows([0, 1], one), 'frame/shape-invalid'],
      ['positions', rows([1, 1], frameArray(new Float32Array(6), [2, 3])), 'frame/shape-invalid'],
      ['positions', rows([0], frameArray(new Float64Array(3), [1, 3])), 'frame/shape-invalid'],
      ['positions', rows([0], frameArray(new Float32Array(3), [3])), 'frame/shape-invalid'],
      ['positions', { index: frameArray(Float32Array.of(0.5)), values: one }, 'frame/shape-invalid'],
      ['arrays.site', rows([0], one), 'frame/shape-invalid'],
      ['energy', rows([0], one), 'frame/shape-invalid'],
      ['forces', rows([0], one), 'frame/key-unknown'],
    ] as const) {
      expect(() => applyPatch(base, { [key]: change })).toThrow(expect.objectContaining({ code }));
    }
    expect((base['positions'] as FrameArray).data).toEqual(before);
  });
});
