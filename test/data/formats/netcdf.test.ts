import { expect, it } from 'vitest';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

// The numbers are those that chemfiles asserts of this file.
it.skipIf(!hasData)(
  `[F42] scale factors of coordinates, velocities, cell and time are applied${needsData}`,
  async () => {
    const { trajectory, error } = await openBytes('scaled.nc', readData('amber/scaled_traj.nc'));
    expect(error).toBeUndefined();
    expect(trajectory.count).toBe(26);
    const { positions, velocities, cell, pbc } = await trajectory.read(0);
    if (!isFrameArray(positions) || !isFrameArray(velocities) || !isFrameArray(cell))
      throw new Error('values are missing');
    expect(positions.shape).toEqual([1938, 3]);
    expect(positions.data[0]).toBeCloseTo(0.632_45, 5);
    // A sheet: the third direction has no period.
    expect(cell.data[0]).toBeCloseTo(107.608_873, 5);
    expect(cell.data[8]).toBe(0);
    expect(positions.data[1]).toBeCloseTo(0.632_45, 5);
    expect(velocities.shape).toEqual([1938, 3]);
    expect(pbc).toMatchObject({ data: Uint8Array.of(1, 1, 0) });
    const plain = (await trajectory.keys()).find(({ name }) => name === 'velocities');
    expect(plain).toMatchObject({ unit: 'angstrom/fs', shape: [null, 3] });
    const { time } = trajectory.scalars();
    expect(time.length).toBe(26);
    expect(time[1] - time[0]).toBeCloseTo(time[25] - time[24], 9);
  },
);
