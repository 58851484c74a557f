import { expect, it } from 'vitest';
import { type FrameArray, type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';
import { boxOf } from './box-of.ts';
import { type Fact, facts, hasData, needsData, openBytes, readData } from './real-data.ts';

/** kJ/(mol angstrom), in which the facts give forces, in eV/angstrom. */
const KILOJOULE_PER_MOLE = 1 / 96.485_332_12;

function array(data: FrameData, key: string): FrameArray {
  const value = data[key];
  if (!isFrameArray(value)) throw new Error(`the frame has no ${key}`);
  return value;
}

/** Where a tool read something else than the file says, by path and name of the fact; what is right is tested apart. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  // MDAnalysis 2.4 takes four dimensions for none, and a matrix for lengths and angles.
  'charmm/4d-dynamic.dcd': ['first_atom', 'last_atom_last_frame', 'sum_positions'],
  'charmm/triclinic-octane-vectors.dcd': ['box_first', 'box_last'],
};

function withoutErrors(path: string, fact: Fact): Fact {
  const isOdd = fact.tool.startsWith('MDAnalysis') ? (OTHERWISE[path] ?? []) : [];
  return { ...fact, ...Object.fromEntries(isOdd.map((name) => [name, undefined])) };
}

async function compare(path: string, trajectory: Trajectory, fact: Fact): Promise<number> {
  let checks = 0;
  const near = (name: string, found: number, wanted: unknown, tolerance: number): void => {
    if (typeof wanted !== 'number') return;
    checks += 1;
    if (!(Math.abs(found - wanted) <= tolerance)) {
      expect.fail(`${path} ${name}: ${found}, ${fact.tool} says ${wanted} (within ${tolerance})`);
    }
  };
  const each = (name: string, found: ArrayLike<number>, wanted: unknown, tolerance: number): void => {
    const list = Array.isArray(wanted)
      ? (wanted as unknown[]).flat(2).filter((value): value is number => typeof value === 'number')
      : [];
    for (const [k, value] of list.entries()) {
      near(`${name}[${k}]`, found[k], value, tolerance + Math.abs(value) * 2e-7);
    }
  };
  const scale = fact.unit === 'nm' ? 10 : 1;
  const first = await trajectory.read(0);
  const last = await trajectory.read(trajectory.count - 1);
  const { data: start, shape } = array(first, 'positions');
  near('frames', trajectory.count, fact.frames, 0);
  near('atoms', shape[0], fact.natoms, 0);
  each(
    'first',
    start.map((x) => x / scale),
    fact.first_atom ?? fact.first,
    1e-4,
  );
  each(
    'last',
    array(last, 'positions')
      .data.slice(-3)
      .map((x) => x / scale),
    fact.last_atom_last_frame,
    1e-4,
  );
  each('box', fact.box_first ? boxOf(first) : [], fact.box_first, 2e-3);
  // Some tools had gone back to the first frame when they were asked for the last box.
  if (fact.time_last !== fact.time_first) each('last box', fact.box_last ? boxOf(last) : [], fact.box_last, 2e-3);
  each('edges', fact.edges0 ? array(first, 'cell').data.map((x) => x / scale) : [], fact.edges0, 1e-5);
  if (fact.velocity_first)
    each(
      'velocity',
      array(first, 'velocities').data.map((v) => v * 1000),
      fact.velocity_first,
      1e-3,
    );
  if (fact.force_first)
    each(
      'force',
      array(first, 'forces').data.map((f) => f / KILOJOULE_PER_MOLE),
      fact.force_first,
      1e-3,
    );
  const sum = [0, 0, 0];
  for (let index = 0; index < trajectory.count; index += 1) {
    const { data } = array(await trajectory.read(index, ['positions']), 'positions');
    for (let k = 0; k < data.length; k += 1) sum[k % 3] += data[k];
  }
  const wanted = fact.sum_positions ?? fact.sum_positions_nm;
  if (Array.isArray(wanted)) {
    // The facts add float32 in float32 here and there: good to some 1e-7 of what was added.
    for (const [k, value] of (wanted as number[]).entries()) {
      near(`sum[${k}]`, sum[k] / scale, value, 0.02 + Math.abs(value) * 2e-7);
    }
  }
  return checks;
}

/** Facts about something else than positions of the file, or from a tool that cannot read it. */
const isUsable = (fact: Fact): boolean => fact.error === undefined && fact.frames !== undefined;

async function compareAll(kind: string, pattern: RegExp, least: number): Promise<void> {
  let files = 0;
  let checks = 0;
  for (const [path, entry] of Object.entries(facts)) {
    const usable = entry.facts.filter(isUsable);
    if (!pattern.test(path) || path.startsWith('odd/') || usable.length === 0) continue;
    const { trajectory, error } = await openBytes(path, readData(path));
    expect(error, path).toBeUndefined();
    for (const fact of usable) checks += await compare(path, trajectory, withoutErrors(path, fact));
    await trajectory.close();
    files += 1;
  }
  process.stdout.write(`${kind}: ${files} real files, ${checks} numbers compared\n`);
  expect(files).toBeGreaterThanOrEqual(least);
  expect(checks).toBeGreaterThan(least * 10);
}

it.skipIf(!hasData)(`[F40] real XTC and TRR files give the numbers other programs read${needsData}`, () =>
  compareAll('XTC and TRR', /\.(xtc|trr)$/, 11),
);

it.skipIf(!hasData)(`[F41] real DCD files give the numbers other programs read${needsData}`, () =>
  compareAll('DCD', /\.dcd$/, 11),
);

it.skipIf(!hasData)(`[F42] real AMBER NetCDF files give the numbers other programs read${needsData}`, () =>
  compareAll('AMBER NetCDF', /\.(nc|ncdf)$/, 3),
);

it.skipIf(!hasData)(`[F43] real H5MD files give the numbers other programs read${needsData}`, () =>
  compareAll('H5MD', /\.h5md$/, 6),
);
