import { expect } from 'vitest';
import { type FrameArray, type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { elementSymbol } from '../../../src/chem/elements.ts';
import type { Trajectory } from '../../../src/data/formats/format.ts';
import type { Fact } from './real-data.ts';

type Triple = [number, number, number];

/** Everything the facts say, gathered from our reader. */
export interface Seen {
  frames: number;
  atoms: number;
  sum: Triple;
  first: FrameData;
  last: FrameData;
  energies: Float64Array | undefined;
  forces: number;
  checks: number;
}

function array(data: FrameData, key: string): FrameArray {
  const value = data[key];
  if (!isFrameArray(value)) throw new Error(`the frame has no ${key}`);
  return value;
}

/** Reads every frame of a trajectory. */
export async function seeAll(trajectory: Trajectory): Promise<Seen> {
  const seen: Seen = {
    frames: trajectory.count,
    atoms: 0,
    sum: [0, 0, 0],
    first: await trajectory.read(0),
    last: await trajectory.read(trajectory.count - 1),
    energies: trajectory.scalars().energy,
    forces: 0,
    checks: 0,
  };
  for (let index = 0; index < trajectory.count; index += 1) {
    const data = await trajectory.read(index, ['positions', 'forces']);
    const { data: positions, shape } = array(data, 'positions');
    seen.atoms += shape[0];
    for (let k = 0; k < positions.length; k += 1) seen.sum[k % 3] += positions[k];
    if (isFrameArray(data.forces)) for (const force of data.forces.data) seen.forces += Math.abs(force);
  }
  return seen;
}

/** Compares where the fact says something; counts what was compared. */
export function compare(seen: Seen, path: string, fact: Fact): void {
  const check = (name: string, found: number | undefined, digits: number, wanted: unknown): void => {
    if (typeof wanted !== 'number') return;
    seen.checks += 1;
    if (digits < 0) expect(found, `${path} ${name} (${fact.tool})`).toBe(wanted);
    else expect(found, `${path} ${name} (${fact.tool})`).toBeCloseTo(wanted, digits);
  };
  const each = (name: string, found: ArrayLike<number>, digits: number, wanted: unknown): void => {
    const list = (Array.isArray(wanted) ? wanted.flat() : []) as unknown[];
    list.forEach((value, k) => check(`${name}[${k}]`, found[k], digits, value));
  };
  const atom = (name: string, data: FrameData, at: number, wanted: unknown, digits: number): void => {
    if (!Array.isArray(wanted) || seen.atoms === 0) return;
    const [symbol, place] = (Array.isArray(wanted[1]) ? wanted : [undefined, wanted]) as [unknown, number[]];
    const { data: positions } = array(data, 'positions');
    each(name, positions.subarray(3 * at, 3 * at + 3), digits, place);
    if (fact.tool.startsWith('ase') && typeof symbol === 'string' && /xyz/.test(path)) {
      seen.checks += 1;
      expect(elementSymbol(array(data, 'numbers').data[at])).toBe(symbol);
    }
  };
  const firstCount = array(seen.first, 'numbers').shape[0];
  const lastCount = array(seen.last, 'numbers').shape[0];
  const isAse = fact.tool.startsWith('ase');
  const isGemmi = fact.tool.startsWith('gemmi');
  const isXyz = /xyz/.test(path);
  check('frames', seen.frames, -1, fact.frames ?? fact.models);
  check('atoms', seen.atoms, -1, fact.atoms_total);
  check('natoms', firstCount, -1, fact.natoms ?? fact.natoms_first);
  check('natoms_last', lastCount, -1, fact.natoms_last);
  const models = fact.atoms_per_model as number[] | undefined;
  each('atoms_per_model', [firstCount, lastCount], -1, models && [models[0], models.at(-1)]);
  each('sum', seen.sum, isAse && isXyz ? 3 : 1, fact.sum_positions);
  if (isGemmi) atom('first', seen.first, 0, (fact.first_atom as unknown[]).slice(3), 3);
  else atom('first', seen.first, 0, fact.first_atom, isAse && isXyz ? 5 : 2);
  atom('last', seen.last, lastCount - 1, fact.last_atom_last_frame, isAse && isXyz ? 5 : 2);
  each(
    'cell',
    isFrameArray(seen.first.cell) ? seen.first.cell.data : new Float64Array(9),
    3,
    cellOf(path, fact.cell_first),
  );
  each('cell_last', isFrameArray(seen.last.cell) ? seen.last.cell.data : new Float64Array(9), 3, fact.cell_last);
  if (isXyz && !path.startsWith('xyz/') && Array.isArray(fact.pbc)) {
    each('pbc', isFrameArray(seen.first.pbc) ? seen.first.pbc.data : [0, 0, 0], -1, fact.pbc.map(Number));
  }
  check('velocity', velocityAt(seen.first), 2, (fact.velocity_first as number[] | undefined)?.[0]);
  if (fact.energy_count !== undefined) {
    check('energies', seen.energies?.filter((value) => !Number.isNaN(value)).length, -1, fact.energy_count);
    check(
      'energy sum',
      seen.energies?.reduce((a, b) => a + b, 0),
      5,
      fact.energy_sum,
    );
    check('last energy', seen.energies?.at(-1), -1, fact.energy_last);
    check('first energy', seen.energies?.[0], 5, (fact.calc as Record<string, unknown> | undefined)?.energy);
  }
  check('forces', seen.forces, 3, fact.forces_abs_sum);
  for (const name of Object.keys((fact.arrays as object | undefined) ?? {})) {
    if (!isXyz || ['numbers', 'positions', 'initial_charges'].includes(name)) continue;
    seen.checks += 1;
    expect(name in seen.first || `arrays.${name}` in seen.first, `${path} has ${name}`).toBe(true);
  }
  for (const [name, value] of Object.entries((fact.info as object | undefined) ?? {})) {
    // ASE's own objects about the symmetry.
    if (path.includes('.cif')) continue;
    seen.checks += 1;
    expect(name in seen.first || `info.${name}` in seen.first, `${path} has ${name}`).toBe(true);
    if (value !== 'ndarray') expect(seen.first[name] ?? seen.first[`info.${name}`]).toEqual(value);
  }
  const stress = (fact.calc as Record<string, unknown> | undefined)?.stress;
  if (Array.isArray(stress)) each('stress', array(seen.first, 'stress').data, 5, stress);
}

/** ASE does not read numbers that touch each other, and was made to read the files of xyz/ without their comments. */
function cellOf(path: string, cell: unknown): unknown {
  return path.endsWith('huge_box.gro') || path.startsWith('xyz/') ? undefined : cell;
}

/** MDAnalysis gives angstrom/ps, we angstrom/fs. */
function velocityAt(data: FrameData): number | undefined {
  return isFrameArray(data.velocities) ? data.velocities.data[0] * 1000 : undefined;
}

/** Whether a fact is about a file that its tool could read. */
export const isReadable = (fact: Fact): boolean =>
  fact.error === undefined && fact.result === undefined && (fact.frames !== undefined || fact.models !== undefined);
