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
    const { positions, velocities, cell } = await trajectory.read(0);
    if (!isFrameArray(positions) || !isFrameArray(velocities) || !isFrameArray(cell))
      throw new Error('values are missing');
    expect(positions.shape).toEqual([1938, 3]);
    expect(positions.data[0]).toBeCloseTo(1.39 * 0.455, 5);
    expect(positions.data[1]).toBeCloseTo(0.632_45, 5);
    expect(velocities.shape).toEqual([1938, 3]);
    const plain = (await trajectory.keys()).find(({ name }) => name === 'velocities');
    expect(plain).toMatchObject({ unit: 'angstrom/fs', shape: [null, 3] });
    const { time } = trajectory.scalars();
    expect(time.length).toBe(26);
    expect(time[1] - time[0]).toBeCloseTo(time[25] - time[24], 9);
  },
);
