/** A point or direction, angstrom. */
export type Vec = readonly [number, number, number];

/** What a scene of the gallery shows. */
export interface Structure {
  symbols: string[];
  positions: Vec[];
  /** Rows, angstrom; a structure without one repeats nowhere. */
  cell?: readonly [Vec, Vec, Vec];
  pbc?: readonly [boolean, boolean, boolean];
  /** Further values, one an atom. */
  values?: Record<string, number[]>;
}

export const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const times = (a: Vec, factor: number): Vec => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vec): number => Math.sqrt(dot(a, a));
export const unit = (a: Vec): Vec => times(a, 1 / length(a));
export const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The cartesian place of fractional coordinates. */
export function place([x, y, z]: Vec, [a, b, c]: readonly [Vec, Vec, Vec]): Vec {
  return add(add(times(a, x), times(b, y)), times(c, z));
}

/** A cell whose edges stand at right angles. */
export function box(a: number, b: number = a, c: number = b): [Vec, Vec, Vec] {
  return [
    [a, 0, 0],
    [0, b, 0],
    [0, 0, c],
  ];
}

/** The crystal with these atoms at fractional coordinates in its cell, so many cells along each edge. */
export function crystal(
  cell: readonly [Vec, Vec, Vec],
  basis: readonly (readonly [string, Vec])[],
  [n, m, k]: Vec,
): Structure {
  const symbols: string[] = [];
  const positions: Vec[] = [];
  for (let x = 0; x < n; x += 1)
    for (let y = 0; y < m; y += 1)
      for (let z = 0; z < k; z += 1)
        for (const [symbol, at] of basis) {
          symbols.push(symbol);
          positions.push(place(add(at, [x, y, z]), cell));
        }
  const [a, b, c] = cell;
  return { symbols, positions, cell: [times(a, n), times(b, m), times(c, k)], pbc: [true, true, true] };
}

/** The face-centred places of a cubic cell, moved by `shift`. */
export function faceCentred(symbol: string, [x, y, z]: Vec): [string, Vec][] {
  const places: Vec[] = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  return places.map((at) => [symbol, [(x + at[0]) % 1, (y + at[1]) % 1, (z + at[2]) % 1]]);
}

/** Extended XYZ with four decimals. */
export function extxyz({ symbols, positions, cell, pbc, values = {} }: Structure): string {
  const format = (value: number): string => (Math.abs(value) < 5e-5 ? 0 : value).toFixed(4);
  const columns = Object.keys(values).map((name) => `:${name}:R:1`);
  const fields = [`Properties=species:S:1:pos:R:3${columns.join('')}`];
  if (cell !== undefined) fields.unshift(`Lattice="${cell.flat().map(format).join(' ')}"`);
  fields.push(`pbc="${(pbc ?? [false, false, false]).map((repeats) => (repeats ? 'T' : 'F')).join(' ')}"`);
  const lines = symbols.map((symbol, atom) =>
    [symbol, ...positions[atom].map(format), ...Object.values(values).map((column) => format(column[atom]))].join(' '),
  );
  return [symbols.length, fields.join(' '), ...lines, ''].join('\n');
}
