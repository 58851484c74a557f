/** How the coordinates of a dump are written: wrapped or unwrapped, in units of length or as fractions of the box. */
export interface CoordinateColumns {
  /** Places of the three columns. */
  columns: readonly [number, number, number];
  isScaled: boolean;
}

/** A value of a frame that is made of one or more columns of a dump. */
export interface DumpColumn {
  key: string;
  columns: readonly number[];
  type: 'real' | 'whole' | 'word';
}

/** What the columns behind `ITEM: ATOMS` mean. */
export interface DumpColumns {
  count: number;
  id: number;
  coordinates: CoordinateColumns | undefined;
  element: number;
  mass: number;
  values: DumpColumn[];
}

/** Unwrapped before wrapped, for molecules stay whole; as they are before fractions. */
const COORDINATES = [
  ['xu', 'yu', 'zu', false],
  ['xsu', 'ysu', 'zsu', true],
  ['x', 'y', 'z', false],
  ['xs', 'ys', 'zs', true],
] as const;

const TRIPLES: Readonly<Record<string, readonly [string, string, string]>> = {
  velocities: ['vx', 'vy', 'vz'],
  forces: ['fx', 'fy', 'fz'],
  'arrays.images': ['ix', 'iy', 'iz'],
  'arrays.dipoles': ['mux', 'muy', 'muz'],
  'arrays.angular_velocities': ['omegax', 'omegay', 'omegaz'],
  'arrays.angular_momenta': ['angmomx', 'angmomy', 'angmomz'],
  'arrays.torques': ['tqx', 'tqy', 'tqz'],
};

const SINGLES: Readonly<Record<string, string>> = { q: 'charges', mass: 'masses', mol: 'arrays.molecules' };

const WHOLE = /^(?:id|mol|type|proc|procp1|ix|iy|iz|i_.*|i2_.*)$/;

/** The meaning of column names, e.g. `id type xs ys zs c_stress[1] c_stress[2]`. */
export function dumpColumns(names: readonly string[]): DumpColumns {
  const used = new Set<number>();
  const take = (name: string): number => {
    const at = names.indexOf(name);
    if (at >= 0) used.add(at);
    return at;
  };
  let coordinates: CoordinateColumns | undefined;
  for (const [x, y, z, isScaled] of COORDINATES) {
    const columns = [take(x), take(y), take(z)] as const;
    if (columns.every((column) => column >= 0)) coordinates ??= { columns, isScaled };
  }
  const values: DumpColumn[] = [];
  for (const [key, triple] of Object.entries(TRIPLES)) {
    if (!triple.every((name) => names.includes(name))) continue;
    values.push({ key, columns: triple.map(take), type: key === 'arrays.images' ? 'whole' : 'real' });
  }
  const id = take('id');
  const element = take('element');
  for (const [at, name] of names.entries()) {
    if (used.has(at)) continue;
    const base = /^(.+)\[1\]$/.exec(name)?.[1];
    const columns = [at];
    // c_stress[1] c_stress[2] ... in a row are one array.
    while (names[at + columns.length] === `${base ?? ''}[${columns.length + 1}]`) {
      columns.push(at + columns.length);
    }
    for (const column of columns) used.add(column);
    const plain = columns.length > 1 && base !== undefined ? base : name;
    const type = name === 'type' ? 'word' : WHOLE.test(name) ? 'whole' : 'real';
    const key = SINGLES[name] ?? (name === 'type' ? 'arrays.types' : `arrays.${plain.replaceAll(',', '_')}`);
    if (!values.some((value) => value.key === key)) values.push({ key, columns, type });
  }
  return { count: names.length, id, coordinates, element, mass: names.indexOf('mass'), values };
}
