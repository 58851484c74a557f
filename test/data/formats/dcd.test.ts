import { expect, it } from 'vitest';
import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { boxOf } from './box-of.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

async function frameOf(name: string, index: number): Promise<FrameData> {
  const { trajectory, error } = await openBytes(name, readData(`charmm/${name}`));
  expect(error).toBeUndefined();
  return trajectory.read(index);
}

function atom(data: FrameData, at: number): number[] {
  if (!isFrameArray(data.positions)) throw new Error('no positions');
  return Array.from(data.positions.data.subarray(3 * at, 3 * at + 3));
}

function expectNear(found: number[], wanted: number[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [k, value] of wanted.entries()) expect(found[k]).toBeCloseTo(value, 5);
}

// The numbers are those that chemfiles and chem.cr assert of these files.
it.skipIf(!hasData)(`[F41] the fourth dimension does not disturb the other three${needsData}`, async () => {
  const first = await frameOf('4d-dynamic.dcd', 0);
  expectNear(atom(first, 5), [-1.582_219_5, 0.651_136_5, 1.391_180_3]);
  expectNear(atom(first, 15), [2.238_197_2, -0.517_333_1, -0.487_927_3]);
  const fourth = await frameOf('4d-dynamic.dcd', 3);
  expectNear(atom(fourth, 5), [-1.583_393_9, 0.704_852_64, 1.360_657_5]);
  expectNear(atom(fourth, 15), [2.230_041, -0.525_347_4, -0.501_115_74]);
  expect(fourth['arrays.w']).toMatchObject({ dtype: '<f4', shape: [27] });
  expect(first.cell).toBeUndefined();
});

it.skipIf(!hasData)(`[F41] fixed atoms keep the places of the first frame${needsData}`, async () => {
  const first = await frameOf('fixed-atoms.dcd', 0);
  expectNear(atom(first, 2), [-1.022_051_6, -1.013_564_1, 0]);
  expectNear(atom(first, 10), [1.820_057, -1.301_548_8, 10]);
  const last = await frameOf('fixed-atoms.dcd', 9);
  const moved = Array.from({ length: 12 }, (_, k) => atom(last, k).some((x, axis) => x !== atom(first, k)[axis]));
  expect(moved.slice(0, 6)).not.toContain(true);
  expect(moved.slice(6)).toContain(true);
});

it.skipIf(!hasData)(`[F41] one cell as a matrix, as cosines and as degrees${needsData}`, async () => {
  const near = (found: number[], wanted: number[]): void => {
    for (const [k, value] of wanted.entries()) expect(found[k]).toBeCloseTo(value, 3);
  };
  near(
    boxOf(await frameOf('triclinic-octane-vectors.dcd', 0)),
    [4.159_485_8, 4.7497, 11.000_093, 94.804_658, 84.486_392, 105.108_346],
  );
  near(
    boxOf(await frameOf('triclinic-octane-cos.dcd', 0)),
    [4.109_898, 4.707_06, 10.993_23, 105.571_273, 73.688_987, 125.133_354],
  );
  near(
    boxOf(await frameOf('triclinic-octane-direct.dcd', 0)),
    [4.109_898, 4.707_06, 10.993_23, 105.571_273, 73.688_987, 125.133_354],
  );
});

it.skipIf(!hasData)(
  `[F41] a header that counts other frames than there are is told and not believed${needsData}`,
  async () => {
    const { trajectory } = await openBytes('adk_dims.dcd', readData('charmm/adk_dims.dcd'));
    expect(trajectory.count).toBe(98);
    expect(trajectory.warnings?.().join(' ')).toContain('says 500 frames and the file holds 98');
    const { time, step } = trajectory.scalars();
    expect(step[97]).toBe(98_000);
    expect(time[97]).toBeCloseTo(98, 4);
  },
);
