import { atomicNumber } from '../../../chem/elements.ts';
import type { Hdf5Numbers, Hdf5Reader } from './hdf5-reader.ts';
import { type H5mdSeries, readSeries } from './h5md-series.ts';

/** What the particles of an H5MD file are. */
export interface Species {
  series: H5mdSeries;
  /** True where plain numbers were taken for atomic numbers. */
  areGuessed: boolean;
  /** The atomic numbers of one row; undefined when they are none. */
  numbersOf(row: Hdf5Numbers): Uint8Array | undefined;
}

const LAST_ELEMENT = 118;

/** Reads what `species` is: names of elements in an enumeration, or numbers. Undefined when it is not there. */
export async function readSpecies(
  file: Hdf5Reader,
  path: string,
  atomCount: number,
  signal?: AbortSignal,
): Promise<Species | undefined> {
  const series = await readSeries(file, `${path}/species`, signal);
  if (series === undefined || series.values.shape.at(-1) !== atomCount) return undefined;
  const members = series.values.metadata.enum_type?.members;
  if (members !== undefined) {
    const numberOf = new Map(Object.entries(members).map(([name, code]) => [code, atomicNumber(name) ?? 0]));
    return { series, areGuessed: false, numbersOf: (row) => Uint8Array.from(row, (code) => numberOf.get(code) ?? 0) };
  }
  return {
    series,
    areGuessed: true,
    numbersOf: (row) =>
      row.every((value) => Number.isInteger(value) && value >= 0 && value <= LAST_ELEMENT)
        ? Uint8Array.from(row)
        : undefined,
  };
}
