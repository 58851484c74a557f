import { H5MD_ELEMENTS } from '../../../data/h5md-names.ts';
import { type Dtype, DTYPES, type Frame } from '../../../protocol/frames.ts';
import type { KeyFacts, RoomView, ViewFacts } from '../room-view.ts';
import { column, fillOf, paddedBytes, paddedDtype, type ZarrArraySpec, type ZarrDtype } from './zarr-array.ts';
import { ownFacts } from './zarr-facts.ts';
import type { ZarrGroups } from './zarr-metadata.ts';

/** Units as H5MD writes them. */
const UNITS: Readonly<Record<string, string>> = {
  positions: 'Angstrom',
  velocities: 'Angstrom fs-1',
  forces: 'eV Angstrom-1',
  charges: 'e',
  masses: 'u',
  energy: 'eV',
  stress: 'eV Angstrom-3',
};
/** Frames of one chunk of an array with one number a frame. */
const COLUMN_LENGTH = 16_384;
const NUMERIC: ReadonlySet<string> = new Set(DTYPES);
const PARTICLES = 'particles/all';

/** What a store shows. */
export interface ZarrLayout {
  groups: ZarrGroups;
  arrays: readonly ZarrArraySpec[];
}

/**
 * A view of a room as a Zarr store in the names of H5MD: one chunk a frame, filled up with NaN or -1 to the largest
 * number of atoms; `n_atoms` says how many there are. What has no numbers, or another shape from frame to frame, is
 * left out.
 */
export function zarrLayout(view: RoomView, facts: ViewFacts, attributes: Record<string, unknown>): ZarrLayout {
  const { count } = view;
  const arrays: ZarrArraySpec[] = [];
  const capacity = facts.atomCounts.reduce((most, atoms) => Math.max(most, atoms), 0);
  const scalars = view.scalars();
  const steps = stepsOf(scalars['step'], count);

  const ofFrames = (path: string, key: string, known: KeyFacts, inner: readonly number[], names: readonly string[]) => {
    const dtype = dtypeFor(key, known);
    const fill = fillOf(dtype);
    const length = inner.reduce((product, size) => product * size, 1);
    const read = async (place: number, signal?: AbortSignal): Promise<Uint8Array> => {
      const { data }: Frame = await view.read(place, { data: [key], signal });
      return paddedBytes(data[key], dtype, length, fill);
    };
    const unit = UNITS[key] as string | undefined;
    arrays.push({
      path: `${path}/value`,
      dtype,
      shape: [count, ...inner],
      chunk: [1, ...inner.map(atLeastOne)],
      fill,
      dimensions: ['frame', ...names],
      ...(unit === undefined ? {} : { attributes: { unit } }),
      read,
    });
    addTimes(path);
  };
  const ofScalars = (
    path: string,
    dtype: ZarrDtype,
    values: ArrayLike<number>,
    extra: Readonly<Record<string, unknown>> = {},
  ): void => {
    const length = atLeastOne(Math.min(COLUMN_LENGTH, count));
    arrays.push({
      path,
      dtype,
      shape: [count],
      chunk: [length],
      fill: fillOf(dtype),
      dimensions: ['frame'],
      attributes: extra,
      read: async (place) => column(values, dtype, place * length, length),
    });
  };
  const addTimes = (path: string): void => {
    ofScalars(`${path}/step`, steps.dtype, steps.values);
    if ('time' in scalars) ofScalars(`${path}/time`, '<f8', scalars['time'], { unit: 'ps' });
  };

  for (const [key, known] of facts.keys) {
    const { inner } = known;
    if (inner === undefined || !isNumeric(known)) continue;
    if (known.isPerAtom) {
      const names = ['atom', ...inner.map((size, axis) => axisName(size, axis))];
      ofFrames(`${PARTICLES}/${elementOf(key)}`, key, known, [capacity, ...inner], names);
    } else if (key === 'cell') ofFrames(`${PARTICLES}/box/edges`, key, known, inner, ['vector', 'space']);
    else if (key === 'pbc') ofFrames(`${PARTICLES}/box/pbc`, key, known, inner, ['vector']);
    else if (key !== 'time' && key !== 'step' && !isListed(known)) {
      const path = `observables/${observableOf(key)}`;
      if (inner.length > 0) ofFrames(path, key, known, inner, inner.map(axisName));
      else {
        const unit = UNITS[key] as string | undefined;
        const values = key in scalars ? scalars[key] : new Float64Array(count).fill(Number.NaN);
        ofScalars(`${path}/value`, '<f8', values, unit === undefined ? {} : { unit });
        addTimes(path);
      }
    }
  }
  ofScalars(`${PARTICLES}/n_atoms`, '<i4', facts.atomCounts);
  arrays.push(...ownFacts(view, PARTICLES, facts.keys.has('positions')));
  return { groups: groupsOf(arrays, attributes), arrays };
}

/** Every folder above an array, with the attributes that H5MD asks for. */
function groupsOf(arrays: readonly ZarrArraySpec[], attributes: Record<string, unknown>): ZarrGroups {
  const groups = new Map<string, Record<string, unknown>>([
    ['', attributes],
    ['h5md', { version: [1, 1] }],
    ['h5md/author', { name: 'N/A' }],
    ['h5md/creator', { name: 'covalence', version: '1' }],
    ['particles', {}],
    [PARTICLES, {}],
    [`${PARTICLES}/box`, { dimension: 3, boundary: attributes['boundary'] ?? ['none', 'none', 'none'] }],
  ]);
  for (const { path } of arrays) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const group = parts.slice(0, depth).join('/');
      if (!groups.has(group)) groups.set(group, {});
    }
  }
  return groups;
}

function dtypeFor(key: string, { types }: KeyFacts): Dtype {
  // H5MD readers know species and ids as plain whole numbers.
  if (key === 'numbers') return '<i4';
  return paddedDtype([...types].map((type) => (type === 'number' || type === 'boolean' ? '<f8' : (type as Dtype))));
}

function isNumeric({ types }: KeyFacts): boolean {
  return [...types].every((type) => NUMERIC.has(type) || type === 'number' || type === 'boolean');
}

/** True for lists such as bonds, whose length belongs to a frame and not to the store. */
function isListed({ inner }: KeyFacts): boolean {
  return inner?.includes(0) === true;
}

function elementOf(key: string): string {
  return H5MD_ELEMENTS.find((element) => element.key === key)?.element ?? plainName(key.replace(/^arrays\./, ''));
}

function observableOf(key: string): string {
  return plainName(key.replace(/^info\./, ''));
}

/** A name that is one folder. */
function plainName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_') || '_';
}

function axisName(size: number, axis: number): string {
  return size === 3 ? 'space' : `axis_${axis}_${size}`;
}

function stepsOf(given: Float64Array | undefined, count: number): { dtype: ZarrDtype; values: ArrayLike<number> } {
  const values = given ?? Int32Array.from({ length: count }, (_, i) => i);
  const isWide = values.some((value) => Math.abs(value) > 0x7fffffff || Number.isNaN(value));
  return { dtype: isWide ? '<i8' : '<i4', values };
}

function atLeastOne(length: number): number {
  return Math.max(1, length);
}
