import type { Hdf5Dataset, Hdf5Numbers, Hdf5Reader } from './hdf5-reader.ts';

/** A value that H5MD gives for some steps, or once for all. */
export interface H5mdSeries {
  values: Hdf5Dataset;
  unit: string | undefined;
  /** Rows in time; undefined for one that does not change. */
  length: number | undefined;
  /** Steps of the rows, where they are said. */
  steps: Float64Array | undefined;
  /** Times of the rows in the file's unit, where they are said. */
  times: Float64Array | undefined;
  timeUnit: string | undefined;
}

/** Reads what is at `path`: a group with `value`, or a dataset that does not change; undefined when there is neither. */
export async function readSeries(
  file: Hdf5Reader,
  path: string,
  signal?: AbortSignal,
): Promise<H5mdSeries | undefined> {
  const kind = await file.kindOf(path, signal);
  if (kind === undefined) return undefined;
  const isFixed = kind === 'dataset';
  // Listing what is in the group finds damage that looking for one name takes for absence.
  if (!isFixed && !(await file.names(path, signal)).includes('value')) return undefined;
  const values = await file.dataset(isFixed ? path : `${path}/value`, signal);
  if (values === undefined) return undefined;
  const own = textIn(await file.attributes(values.path, signal), 'unit');
  if (isFixed) {
    return { values, unit: own, length: undefined, steps: undefined, times: undefined, timeUnit: undefined };
  }
  const unit = own ?? textIn(await file.attributes(path, signal), 'unit');
  const length = values.shape[0] ?? 1;
  const timePath = `${path}/time`;
  const times = await progression(file, timePath, length, signal);
  const timeUnit = times === undefined ? undefined : textIn(await file.attributes(timePath, signal), 'unit');
  return { values, unit, length, steps: await progression(file, `${path}/step`, length, signal), times, timeUnit };
}

/** A text among attributes. */
export function textIn(attributes: ReadonlyMap<string, string[] | Hdf5Numbers>, name: string): string | undefined {
  const value = attributes.get(name);
  const text = Array.isArray(value) ? value[0]?.trim() : undefined;
  return text === '' ? undefined : text;
}

/** One number for each row: written each, or as a first one and a distance. */
async function progression(
  file: Hdf5Reader,
  path: string,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const dataset = await file.dataset(path, signal);
  if (dataset === undefined || dataset.shape.length > 1) return undefined;
  const numbers = await file.read(dataset, 0, length, signal);
  if (dataset.shape.length === 1) return numbers.length === length ? Float64Array.from(numbers) : undefined;
  const offset = (await file.attributes(path, signal)).get('offset');
  const first = offset === undefined || Array.isArray(offset) ? 0 : offset[0];
  return Float64Array.from({ length }, (_, row) => first + row * numbers[0]);
}

/** The row of `series` for each row of `main`; -1 where it has none. */
export function rowsOf(main: H5mdSeries, series: H5mdSeries): (row: number) => number {
  const { length, steps } = series;
  if (length === undefined) return () => 0;
  const { steps: wanted } = main;
  const areSame =
    steps === undefined ||
    wanted === undefined ||
    (steps.length === wanted.length && steps.every((step, row) => step === wanted[row]));
  if (areSame) return (row) => (row < length ? row : -1);
  const rows = new Map<number, number>();
  for (const [row, step] of steps.entries()) rows.set(step, row);
  return (row) => rows.get(wanted[row]) ?? -1;
}
