import { describe, expect, it } from 'vitest';
import { measure, projectPoint } from '../../src/components/viewer/measurements.ts';
import { Measuring } from '../../src/components/viewer/measuring.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';

const frame: SceneFrame = {
  atomCount: 3,
  positions: Float32Array.of(1, 0, 0, 9, 0, 0, 4, 4, 0),
  numbers: Uint8Array.of(8, 1, 1),
  cell: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10),
  pbc: Uint8Array.of(1, 0, 0),
};

describe('measuring', () => {
  it('[C59] a distance is that to the nearest image, along the axes that repeat', () => {
    expect(measure(frame, [0, 1])).toMatchObject({ distance: 2, middle: [0, 0, 0], isThroughCell: true });
    expect(measure(frame, [0, 2])).toMatchObject({ distance: 5, isThroughCell: false });
    expect(measure({ ...frame, pbc: Uint8Array.of(0, 1, 1) }, [0, 1])?.distance).toBe(8);
    expect(measure({ ...frame, pbc: undefined }, [0, 1])?.distance).toBe(8);
  });

  it('[C59] atoms that a frame lacks, or that are nowhere, have no distance', () => {
    expect(measure(frame, [0, 3])).toBeUndefined();
    expect(measure({ ...frame, positions: Float32Array.of(NaN, 0, 0, 1, 0, 0, 0, 0, 0) }, [0, 1])).toBeUndefined();
  });

  it('[C59] two picked atoms make a pair, the same pair again takes it away', () => {
    const measuring = new Measuring();
    measuring.setFrame(frame, undefined);
    expect(measuring.pick(0, undefined)).toBeUndefined();
    expect(measuring.pick(2, undefined)?.distance).toBe(5);
    expect(measuring.pairs).toEqual([[0, 2]]);
    measuring.pick(2, undefined);
    measuring.pick(0, undefined);
    expect(measuring.pairs).toEqual([]);
  });

  it('[C59] a selection of exactly two atoms is measured', () => {
    const measuring = new Measuring();
    measuring.setFrame(frame, undefined);
    measuring.setSelected([0, 2], undefined);
    expect(measuring.results.map(({ distance }) => distance)).toEqual([5]);
    measuring.setSelected([0, 1, 2], undefined);
    expect(measuring.results).toEqual([]);
  });
});

describe('projecting a point', () => {
  it('[C59] puts the target into the middle, and a point at the edge of the angle of view at the edge', () => {
    const camera = { position: [0, 0, 10], target: [0, 0, 0], up: [0, 1, 0], fov: 90 } as const;
    const pose = { ...camera, position: [...camera.position], target: [...camera.target], up: [...camera.up] } as never;
    expect(projectPoint(pose, [0, 0, 0], 200, 100)).toEqual({ x: 100, y: 50 });
    const edge = projectPoint(pose, [0, 10, 0], 200, 100);
    expect(edge?.y).toBeCloseTo(0, 6);
    expect(projectPoint(pose, [0, 0, 11], 200, 100)).toBeUndefined();
  });
});
