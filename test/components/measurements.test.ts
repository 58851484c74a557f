import { describe, expect, it } from 'vitest';
import { roomMeasurements } from '../../src/components/measure/room-measurements.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';
import { formatMeasured, measure, strokesOf } from '../../src/components/tools/measurements.ts';
import { Measuring } from '../../src/components/tools/measuring.ts';
import { projectPoint } from '../../src/components/tools/view-plane.ts';
import { sampleRoom } from './sample-room.ts';

const frame: SceneFrame = {
  atomCount: 3,
  positions: Float32Array.of(1, 0, 0, 9, 0, 0, 4, 4, 0),
  numbers: Uint8Array.of(8, 1, 1),
  cell: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10),
  pbc: Uint8Array.of(1, 0, 0),
};

/** Points of nothing periodic. */
const points = (...positions: number[]): SceneFrame => ({
  atomCount: positions.length / 3,
  positions: Float64Array.from(positions),
  numbers: new Uint8Array(positions.length / 3).fill(6),
});

describe('measuring', () => {
  it('[C59] a distance is that to the nearest image, along the axes that repeat', () => {
    expect(measure(frame, [0, 1])).toMatchObject({ value: 2, middle: [0, 0, 0], isThroughCell: true });
    expect(measure(frame, [0, 2])).toMatchObject({ value: 5, isThroughCell: false });
    expect(measure({ ...frame, pbc: Uint8Array.of(0, 1, 1) }, [0, 1])?.value).toBe(8);
    expect(measure({ ...frame, pbc: undefined }, [0, 1])?.value).toBe(8);
  });

  it('[C59] atoms that a frame lacks, or that are nowhere, have no distance', () => {
    expect(measure(frame, [0, 3])).toBeUndefined();
    expect(measure({ ...frame, positions: Float32Array.of(NaN, 0, 0, 1, 0, 0, 0, 0, 0) }, [0, 1])).toBeUndefined();
  });

  it('[C330] an angle is that at the second atom, exact near 0 and 180 degrees', () => {
    expect(measure(points(1, 0, 0, 0, 0, 0, 0, 2, 0), [0, 1, 2])).toMatchObject({ kind: 'angle', value: 90 });
    expect(measure(points(1, 0, 0, 0, 0, 0, -3, 0, 0), [0, 1, 2])?.value).toBe(180);
    const narrow = measure(points(1, 0, 0, 0, 0, 0, 1, 1e-9, 0), [0, 1, 2])?.value ?? 0;
    expect((narrow * Math.PI) / 180).toBeCloseTo(1e-9, 15);
    expect(measure(points(1, 0, 0, 0, 0, 0, 0, 0, 0), [0, 1, 2])).toBeUndefined();
  });

  it('[C330] a dihedral is positive clockwise, seen along the bond in the middle', () => {
    // Seen along z with y upwards, x points to the left: from y to -x is clockwise.
    expect(measure(points(0, 1, 0, 0, 0, 0, 0, 0, 1, -1, 0, 1), [0, 1, 2, 3])?.value).toBeCloseTo(90, 10);
    expect(measure(points(0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1), [0, 1, 2, 3])?.value).toBeCloseTo(-90, 10);
    expect(Math.abs(measure(points(0, 1, 0, 0, 0, 0, 0, 0, 1, 0, -1, 1), [0, 1, 2, 3])?.value ?? 0)).toBe(180);
    // Read backwards it is the same.
    const chain = points(0.3, 1, 0.1, 0, 0, 0, 0.2, 0, 1, -1, 0.4, 1.3);
    expect(measure(chain, [3, 2, 1, 0])?.value).toBeCloseTo(measure(chain, [0, 1, 2, 3])?.value ?? NaN, 10);
    expect(measure(points(0, 0, -1, 0, 0, 0, 0, 0, 1, 1, 0, 1), [0, 1, 2, 3])).toBeUndefined();
  });

  it('[C330] angles go through the faces of the cell, atom by atom', () => {
    const across = measure(frame, [2, 0, 1]);
    expect(across).toMatchObject({ isThroughCell: true, points: [expect.anything(), [1, 0, 0], [-1, 0, 0]] });
    // From the first atom (3, 4) away and the second 2 to the left: the angle of their directions.
    expect(across?.value).toBeCloseTo((Math.acos(-3 / 5) * 180) / Math.PI, 6);
    expect(strokesOf(across!)).toHaveLength(2 + 12);
  });

  it('[C330] of images equally near the atom in the picture is meant', () => {
    const half = { ...frame, positions: Float32Array.of(0, 0, 0, 5, 0, 0, -5, 0, 0) };
    expect(measure(half, [0, 1])).toMatchObject({ middle: [2.5, 0, 0], isThroughCell: false });
    expect(measure(half, [0, 2])).toMatchObject({ middle: [-2.5, 0, 0], isThroughCell: false });
  });

  it('[C330] lengths and angles are said with their units', () => {
    expect(formatMeasured({ kind: 'distance', value: 1.2345 })).toBe('1.234 Å');
    expect(formatMeasured({ kind: 'dihedral', value: -57.04 })).toBe('−57.0°');
  });

  it('[C59] two picked atoms make a pair, the same pair again takes it away', async () => {
    await using room = await sampleRoom();
    const measuring = new Measuring();
    measuring.setRoom(room);
    measuring.setFrame(frame);
    expect(measuring.pick(0, 2)).toBeUndefined();
    expect(measuring.pick(2, 2)?.value).toBe(5);
    expect(measuring.chains).toEqual([[0, 2]]);
    measuring.pick(2, 2);
    measuring.pick(0, 2);
    expect(measuring.chains).toEqual([]);
  });

  it('[C331] what is measured belongs to the room: records that undo takes back, and that anybody removes', async () => {
    await using room = await sampleRoom();
    const measuring = new Measuring();
    measuring.setRoom(room);
    measuring.setFrame(frame);
    for (const atom of [0, 1, 2]) measuring.pick(atom, 3);
    expect(Object.values(room.state.collection('measurement.').snapshot())).toEqual([{ atoms: [0, 1, 2] }]);
    await room.undo();
    expect(measuring.chains).toEqual([]);
    await room.redo();
    expect(measuring.chains).toEqual([[0, 1, 2]]);
    roomMeasurements(room).clear();
    expect(room.state.collection('measurement.').size).toBe(0);
  });

  it('[C331] records of others that measure nothing are passed over', async () => {
    await using room = await sampleRoom();
    for (const [id, value] of Object.entries({ a: { atoms: [1] }, b: { atoms: [1, 1] }, c: 4, d: { atoms: [0, 2] } }))
      room.state.set(`measurement.${id}`, value);
    expect(roomMeasurements(room).entries.map(({ atoms }) => atoms)).toEqual([[0, 2]]);
  });

  it('[C59] a selection of exactly two atoms is measured', () => {
    const measuring = new Measuring();
    measuring.setFrame(frame);
    measuring.setSelected([0, 2]);
    expect(measuring.results.map(({ value }) => value)).toEqual([5]);
    measuring.setSelected([0, 1, 2]);
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
