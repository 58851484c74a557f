import { expect, it } from 'vitest';
import { FORMATS } from '../../../src/data/formats/detect-format.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

it.skipIf(!hasData)(`[F46] a trajectory without elements opens alone and asks for a topology${needsData}`, async () => {
  const { trajectory } = await openBytes('md.xtc', readData('gromacs/cell_shapes.xtc'));
  const frame = await trajectory.read(0);
  expect(Object.keys(frame)).toEqual(['positions', 'cell', 'pbc', 'time', 'step', 'info.precision']);
  expect(trajectory.warnings?.().join(' ')).toMatch(/md\.xtc holds no elements.*conf\.gro/);
  expect(FORMATS.filter(({ lacksElements }) => lacksElements === true).map(({ name }) => name)).toContain('xtc');
});
