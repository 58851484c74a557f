import { expect, it } from 'vitest';
import { type FrameArray, isFrameArray } from '../../../src/protocol/frames.ts';
import { DIMENSIONS, unitFactor } from '../../../src/data/formats/h5md/h5md-unit.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

it.skipIf(!hasData)(
  `[F43] observables of the particles are energies, in eV, and malformed ones do no harm${needsData}`,
  async () => {
    for (const name of ['cu.h5md', 'cu_malformed.h5md']) {
      const { trajectory } = await openBytes(name, readData(`h5md/${name}`));
      const { energy, time, step } = trajectory.scalars();
      expect([energy.length, energy[0], energy[19]]).toEqual([20, 2.597_396_697_961_656_3, 1.275_631_183_247_446_3]);
      // Written in fs.
      expect(time[19]).toBeCloseTo(0.019, 12);
      expect(step[19]).toBe(19);
      const frame = await trajectory.read(19);
      expect(frame.energy).toBe(energy[19]);
      expect(isFrameArray(frame.numbers) && [...new Set(frame.numbers.data)]).toEqual([29]);
      expect(trajectory.warnings?.().join(' ')).toContain('taken for atomic numbers');
      // A unit that is none of ours stays, and is named.
      expect((await trajectory.keys()).find((key) => key.name === 'arrays.momentum')).toMatchObject({
        sourceUnit: 'eV/fs',
      });
      await trajectory.close();
    }
  },
);

it.skipIf(!hasData)(
  `[F43] values that are given for some steps only are in those frames only${needsData}`,
  async () => {
    const { trajectory } = await openBytes('varied.h5md', readData('h5md/varied_steps.h5md'));
    const held = await Promise.all([0, 1, 2, 3, 4].map(async (index) => Object.keys(await trajectory.read(index))));
    expect(held.map((keys) => keys.includes('forces'))).toEqual([false, true, true, true, true]);
    expect(held.map((keys) => keys.includes('velocities')).filter(Boolean)).toHaveLength(3);
    const values = trajectory.scalars()['info.obsv2'];
    expect([...values].filter((value) => !Number.isNaN(value))).toHaveLength(2);
  },
);

it.skipIf(!hasData)(`[F45] units of the file are converted and named${needsData}`, async () => {
  const { trajectory } = await openBytes('cobrotoxin.h5md', readData('h5md/cobrotoxin.h5md'));
  const { trajectory: gromacs } = await openBytes('cobrotoxin.trr', readData('gromacs/cobrotoxin.trr'));
  const units = Object.fromEntries(
    (await trajectory.keys()).map(({ name, unit, sourceUnit }) => [name, [unit, sourceUnit]]),
  );
  expect(units).toMatchObject({
    positions: ['angstrom', 'nm'],
    velocities: ['angstrom/fs', 'nm ps-1'],
    forces: ['eV/angstrom', 'kJ mol-1 nm-1'],
  });
  const [mine, theirs] = [await trajectory.read(2), await gromacs.read(2)];
  for (const key of ['positions', 'velocities', 'forces']) {
    const [a, b] = [mine[key] as FrameArray, theirs[key] as FrameArray];
    const worst = Math.max(...Array.from(a.data, (value, k) => Math.abs(value - b.data[k])));
    expect(worst, key).toBeLessThan(1e-4);
  }
  expect([mine.time, mine.step]).toEqual([theirs.time, theirs.step]);
  await trajectory.close();
});

it('[F45] units are read with powers, slashes and amounts, and refused where they measure something else', () => {
  const { length, velocity, force, energy, time } = DIMENSIONS;
  expect(unitFactor('nm', length)).toBe(10);
  expect(unitFactor('Angstrom', length)).toBe(1);
  expect(unitFactor('nm ps-1', velocity)).toBeCloseTo(0.01, 12);
  expect(unitFactor('Angstrom/ps', velocity)).toBeCloseTo(0.001, 12);
  expect(unitFactor('kJ mol-1 nm-1', force)).toBeCloseTo(1 / 964.853_321_2, 9);
  expect(unitFactor('kcal mol-1', energy)).toBeCloseTo(0.043_364_1, 6);
  expect(unitFactor('eV/Angstrom', force)).toBe(1);
  expect(unitFactor('ns', time)).toBe(1e6);
  expect(unitFactor('nm ps-2', velocity)).toBeUndefined();
  expect(unitFactor('furlong', length)).toBeUndefined();
  expect(unitFactor('__proto__', length)).toBeUndefined();
});
