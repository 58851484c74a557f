import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isFrameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { FORMATS } from '../../../src/data/formats/detect-format.ts';
import type { ByteSource, Trajectory } from '../../../src/data/formats/format.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { openBytes } from './real-data.ts';
import { BINARY_FIXTURES, WATER, waterFixture, waterPositions } from './water-fixtures.ts';

function expectNear(data: FrameData, key: string, wanted: readonly number[], digits = 5): void {
  const value = data[key];
  if (!isFrameArray(value)) throw new Error(`the frame has no ${key}`);
  expect(value.data.length, key).toBe(wanted.length);
  for (const [k, number] of wanted.entries()) expect(value.data[k], `${key}[${k}]`).toBeCloseTo(number, digits);
}

const thirtySix = (value: number): number[] => Array.from({ length: 36 }, () => value);

async function opened(extension: string): Promise<Trajectory> {
  const { trajectory, error } = await openBytes(`water.${extension}`, waterFixture(extension));
  expect(error).toBeUndefined();
  expect(trajectory.count).toBe(WATER.frames);
  return trajectory;
}

/** A source that remembers what was read of it. */
function watched(name: string, bytes: Uint8Array): ByteSource & { bytesRead: number; reads: number } {
  const source = memorySource(name, bytes);
  return {
    ...source,
    bytesRead: 0,
    reads: 0,
    read(offset, length, signal) {
      this.bytesRead += Math.max(0, Math.min(length, bytes.length - offset));
      this.reads += 1;
      return source.read(offset, length, signal);
    },
  };
}

describe('binary trajectories', () => {
  it.each(BINARY_FIXTURES)('[F45] %s comes out in the units of frames', async (extension) => {
    const trajectory = await opened(extension);
    for (let frame = 0; frame < WATER.frames; frame += 1) {
      const data = await trajectory.read(frame);
      expectNear(data, 'positions', waterPositions(frame), extension === 'xtc' ? 1 : 5);
      expect(data.time).toBeCloseTo(0.5 * frame, 6);
      const cell = extension === 'h5md' ? [20 + frame, 0, 0, 5, 21, 0, 0, 0, 22] : undefined;
      if (cell !== undefined) expectNear(data, 'cell', cell);
      else expectNear(data, 'cell', [20 + frame, 0, 0, 10.5, 18.186_533_5, 0, 0, 0, 22]);
      expectNear(data, 'pbc', extension === 'h5md' ? [1, 1, 0] : [1, 1, 1]);
      if (['trr', 'nc', 'h5md'].includes(extension)) {
        expectNear(data, 'velocities', thirtySix((0.5 + frame) / 1000), 8);
        expectNear(data, 'forces', thirtySix((-2 * frame) / 96.485_332_12));
      }
      if (extension === 'h5md') {
        expect(data.energy).toBeCloseTo(-frame, 9);
        expectNear(data, 'numbers', [8, 1, 1, 8, 1, 1, 8, 1, 1, 8, 1, 1]);
      }
    }
    expect(trajectory.scalars().time).toHaveLength(WATER.frames);
    const units = Object.fromEntries((await trajectory.keys()).map(({ name, sourceUnit }) => [name, sourceUnit]));
    const lengthUnit = ['xtc', 'trr', 'h5md'].includes(extension) ? 'nm' : undefined;
    expect([units.positions, units.cell]).toEqual([lengthUnit, lengthUnit]);
    await trajectory.close();
  });

  it.each(BINARY_FIXTURES.slice(0, 4))(
    '[F46] %s has no elements, opens alone and asks for a topology',
    async (extension) => {
      const trajectory = await opened(extension);
      expect(await trajectory.read(0)).not.toHaveProperty('numbers');
      expect(trajectory.warnings?.().join(' ')).toMatch(/water\.\w+ holds no elements.*conf\.gro/);
      expect(FORMATS.find(({ name }) => name === trajectory.format)?.lacksElements).toBe(true);
    },
  );

  it.each(BINARY_FIXTURES)(
    '[F32] [F33] of %s only the keys asked for are read, no frame beyond, nothing after an abort',
    async (extension) => {
      const trajectory = await opened(extension);
      expect(Object.keys(await trajectory.read(2, ['time', 'position']))).toEqual(
        expect.arrayContaining(['positions', 'time']),
      );
      expect(Object.keys(await trajectory.read(2, ['cell']))).toEqual(['cell']);
      await expect(trajectory.read(WATER.frames)).rejects.toMatchObject({ code: 'frame/not-found' });
      await expect(trajectory.read(0, undefined, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    },
  );

  it.each(BINARY_FIXTURES)('[F12] %s is read out of gzip, and cut off gives the frames before', async (extension) => {
    const bytes = waterFixture(extension);
    const zipped = gzipSync(bytes);
    const whole = await openTrajectory(memorySource(`water.${extension}.gz`, zipped));
    await whole.index();
    expect(whole.count).toBe(WATER.frames);
    expectNear(await whole.read(4), 'positions', waterPositions(4), 1);
    await whole.close();
    if (extension === 'h5md') return;
    const cut = await openTrajectory(memorySource(`water.${extension}.gz`, zipped.subarray(0, zipped.length - 60)));
    await expect(cut.index()).rejects.toMatchObject({
      code: 'file/damaged',
      message: expect.stringMatching(/water\.\w+\.gz, frame \d.*cut off/),
    });
    expect(cut.count).toBeGreaterThan(0);
    expect(cut.count).toBeLessThan(WATER.frames);
    expectNear(await cut.read(cut.count - 1), 'positions', waterPositions(cut.count - 1), 1);
  });

  it.each(['xtc', 'trr'])(
    '[F16] [F17] an index of %s spares the pass, and the next one begins where it ended',
    async (extension) => {
      const bytes = waterFixture(extension);
      const first = await opened(extension);
      const index = first.serialiseIndex();
      const again = watched(`water.${extension}`, bytes);
      const trajectory = await openTrajectory(again, { index });
      again.bytesRead = 0;
      expect([trajectory.isComplete, trajectory.count]).toEqual([true, WATER.frames]);
      await trajectory.index();
      expect(again.bytesRead).toBe(0);
      const twice = new Uint8Array([...bytes, ...bytes]);
      const grown = await openTrajectory(memorySource(`water.${extension}`, twice), { index });
      await grown.index();
      expect(grown.count).toBe(2 * WATER.frames);
      expectNear(await grown.read(9), 'positions', waterPositions(4), 1);
      await expect(openTrajectory(memorySource('a.dcd', bytes), { index: new Uint8Array(40) })).rejects.toThrow();
    },
  );
});
