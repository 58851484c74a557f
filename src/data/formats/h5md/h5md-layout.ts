import { LIMITS } from '../../../protocol/limits.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { ENERGY_OBSERVABLES, H5MD_ELEMENTS } from '../../h5md-names.ts';
import { readSpecies, type Species } from './h5md-species.ts';
import { type H5mdSeries, readSeries, rowsOf } from './h5md-series.ts';
import { DIMENSIONS, unitFactor } from './h5md-unit.ts';
import type { Hdf5Reader } from './hdf5-reader.ts';

/** One value of a frame: where it comes from and what it becomes. */
export interface H5mdValue {
  key: string;
  series: H5mdSeries;
  factor: number;
  rowOf: (row: number) => number;
}

/** How the frames of an H5MD file lie in it. */
export interface H5mdLayout {
  group: string;
  count: number;
  atomCount: number;
  positions: H5mdSeries;
  values: readonly H5mdValue[];
  species: (Species & { rowOf: (row: number) => number }) | undefined;
  box: { series: H5mdSeries; factor: number; rowOf: (row: number) => number } | undefined;
  periodic: readonly boolean[];
  timeFactor: number;
  sourceUnits: Readonly<Record<string, string>>;
  warnings: readonly string[];
}

/** Elements that are read by themselves. */
const APART: ReadonlySet<string> = new Set(['position', 'species', 'box']);

const DIMENSION_OF: Readonly<Record<string, readonly number[]>> = {
  positions: DIMENSIONS.length,
  velocities: DIMENSIONS.velocity,
  forces: DIMENSIONS.force,
  charges: DIMENSIONS.charge,
  masses: DIMENSIONS.mass,
  energy: DIMENSIONS.energy,
};

/** Other names in the field for elements. */
const ELEMENT_ALIASES: Readonly<Record<string, string>> = {
  forces: 'force',
  velocities: 'velocity',
  charges: 'charge',
};

/** Finds what a file holds; throws {@link ByteProblem} when it has no positions. */
export async function h5mdLayout(file: Hdf5Reader, signal?: AbortSignal): Promise<H5mdLayout> {
  const groups = await file.names('particles', signal);
  const found: [string, H5mdSeries][] = [];
  for (const group of groups) {
    const series = await readSeries(file, `particles/${group}/position`, signal);
    if (series !== undefined) found.push([group, series]);
  }
  if (found.length === 0) {
    throw new ByteProblem(0, 'the file is HDF5 but no H5MD: there is no particles/<group>/position');
  }
  const [[group, positions]] = found;
  const path = `particles/${group}`;
  const [atomCount, space] = positions.values.shape.slice(positions.length === undefined ? 0 : 1);
  if (space === undefined || space < 1 || space > 3 || atomCount > LIMITS.atomsPerFrame) {
    throw new ByteProblem(0, `${positions.values.path} has the shape (${positions.values.shape.join(', ')})`);
  }
  const notes = new Notes();
  const values: H5mdValue[] = [];
  const add = (key: string, series: H5mdSeries): void => {
    const { key: named, factor } = notes.convert(key, series);
    if (values.every((value) => value.key !== named)) {
      values.push({ key: named, series, factor, rowOf: rowsOf(positions, series) });
    }
  };
  for (const element of await file.names(path, signal)) {
    if (APART.has(element)) continue;
    const series = await notes.orLeaveOut(`${path}/${element}`, readSeries(file, `${path}/${element}`, signal));
    if (series === undefined || shapeOf(series)[0] !== atomCount) continue;
    const known = H5MD_ELEMENTS.find(({ element: name }) => name === (ELEMENT_ALIASES[element] ?? element));
    const isFitting =
      known !== undefined &&
      (known.key === 'velocities' || known.key === 'forces'
        ? String(shapeOf(series)) === `${atomCount},3`
        : shapeOf(series).length === 1);
    add(isFitting ? known.key : `arrays.${element}`, series);
  }
  for (const [name, series] of await observables(file, group, notes, signal)) {
    const shape = shapeOf(series);
    if (shape.length === 0) add(ENERGY_OBSERVABLES.has(name) ? 'energy' : `info.${name}`, series);
    else if (shape[0] === atomCount) add(`arrays.${name}`, series);
    else if (shape.reduce((a, b) => a * b, 1) <= 1000) add(`info.${name}`, series);
  }
  const species = await readSpecies(file, path, atomCount, signal);
  if (species?.areGuessed === true) notes.add(`${path}/species were taken for atomic numbers.`);
  if (found.length > 1) {
    const others = found.slice(1).map(([name]) => name);
    notes.add(`The particles of ${group} are shown; those of ${others.join(', ')} are not.`);
  }
  const boxSeries = await readSeries(file, `${path}/box/edges`, signal);
  const boundary =
    (await file.kindOf(`${path}/box`, signal)) === 'group'
      ? (await file.attributes(`${path}/box`, signal)).get('boundary')
      : undefined;
  const positionFactor = notes.convert('positions', positions).factor;
  values.unshift({ key: 'positions', series: positions, factor: positionFactor, rowOf: (row) => row });
  return {
    group,
    count: positions.length ?? 1,
    atomCount,
    positions,
    values,
    species: species && { ...species, rowOf: rowsOf(positions, species.series) },
    box: boxSeries && {
      series: boxSeries,
      factor: boxSeries.unit === undefined ? positionFactor : notes.convert('cell', boxSeries).factor,
      rowOf: rowsOf(positions, boxSeries),
    },
    periodic: [0, 1, 2].map((axis) => !Array.isArray(boundary) || boundary[axis] === 'periodic'),
    timeFactor: (unitFactor(positions.timeUnit ?? 'ps', DIMENSIONS.time) ?? 1000) / 1000,
    sourceUnits: notes.units,
    warnings: notes.sentences,
  };
}

/** Shape within a frame. */
export function shapeOf(series: H5mdSeries): readonly number[] {
  return series.length === undefined ? series.values.shape : series.values.shape.slice(1);
}

/** Observables of our particles before those of the whole system. */
async function observables(
  file: Hdf5Reader,
  group: string,
  notes: Notes,
  signal: AbortSignal | undefined,
): Promise<Map<string, H5mdSeries>> {
  const found = new Map<string, H5mdSeries>();
  for (const path of [`observables/${group}`, 'observables']) {
    for (const name of (await notes.orLeaveOut(path, file.names(path, signal))) ?? []) {
      const series = found.has(name)
        ? undefined
        : await notes.orLeaveOut(`${path}/${name}`, readSeries(file, `${path}/${name}`, signal));
      if (series !== undefined) found.set(name, series);
    }
  }
  return found;
}

/** Collects units that were converted and sentences about those that could not be. */
class Notes {
  readonly units: Record<string, string> = {};
  readonly sentences: string[] = [];

  add(sentence: string): void {
    this.sentences.push(sentence);
  }

  /** What `reading` gives; undefined, and a sentence, when the file is damaged there. */
  async orLeaveOut<T>(path: string, reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ByteProblem)) throw error;
      this.add(`${path} is damaged near byte ${error.byte} and left out.`);
      return undefined;
    }
  }

  /** The factor to our unit; a value in a unit that is not ours to name keeps it, under another key. */
  convert(key: string, { unit, values }: H5mdSeries): { key: string; factor: number } {
    const dimension = key === 'cell' ? DIMENSIONS.length : DIMENSION_OF[key];
    if (dimension === undefined || unit === undefined) {
      if (unit !== undefined) this.units[key] = unit;
      else if (key === 'positions') this.add(`${values.path} has no unit; angstrom was taken.`);
      return { key, factor: 1 };
    }
    const factor = unitFactor(unit, dimension);
    if (factor !== undefined) {
      if (factor !== 1) this.units[key] = unit;
      return { key, factor };
    }
    this.add(`${values.path} is in "${unit}", which is not known; its numbers are shown as they are.`);
    const other = key === 'positions' || key === 'cell' ? key : key === 'energy' ? 'info.energy' : `arrays.${key}`;
    this.units[other] = unit;
    return { key: other, factor: 1 };
  }
}
