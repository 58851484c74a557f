/** One entry of `Properties`: a per-atom value of `width` columns. */
export interface Column {
  name: string;
  /** String, integer, real or logical. */
  type: 'S' | 'I' | 'R' | 'L';
  width: number;
}

/** What a file without `Properties` has: symbol and position. */
export const PLAIN_COLUMNS: readonly Column[] = [
  { name: 'species', type: 'S', width: 1 },
  { name: 'pos', type: 'R', width: 3 },
];

const WIDEST = 1000;

/** The columns that `Properties=` declares, or the sentence that says what is wrong with it. */
export function parseProperties(text: string): Column[] | string {
  const parts = text.trim().split(':');
  if (parts.length % 3 !== 0) return `Properties has ${parts.length} parts, expected name:type:columns for each`;
  const columns: Column[] = [];
  const names = new Set<string>();
  for (let at = 0; at < parts.length; at += 3) {
    const [name, type, digits] = parts.slice(at, at + 3);
    const width = /^\d{1,4}$/.test(digits) ? Number(digits) : 0;
    if (name === '' || width < 1 || width > WIDEST)
      return `Properties has "${name}:${type}:${digits}", expected 1 or more columns`;
    if (type !== 'S' && type !== 'I' && type !== 'R' && type !== 'L') {
      return `Properties gives ${name} the type "${type}", expected S, I, R or L`;
    }
    if (names.has(name)) return `Properties names ${name} twice`;
    names.add(name);
    columns.push({ name, type, width });
  }
  const position = columns.find((column) => column.name === 'pos');
  if (position !== undefined && (position.type !== 'R' || position.width !== 3)) {
    return `Properties has pos:${position.type}:${position.width}, expected pos:R:3`;
  }
  return columns;
}

/** Columns whose name is that of a frame key, as they are called by ASE and libAtoms. */
const TOP_LEVEL: ReadonlyMap<string, string> = new Map([
  ['pos', 'positions'],
  ['forces', 'forces'],
  ['velocities', 'velocities'],
  ['masses', 'masses'],
  ['tags', 'tags'],
  ['ids', 'ids'],
  ['charge', 'charges'],
  ['charges', 'charges'],
  ['energies', 'energies'],
  ['stresses', 'stresses'],
  ['magmoms', 'magmoms'],
]);

/** The frame key under which a column comes out; `species` and `Z` together make `numbers`. */
export function keyOfColumn(name: string): string {
  if (name === 'species' || name === 'Z') return 'numbers';
  return TOP_LEVEL.get(name) ?? (name.startsWith('arrays.') ? name : `arrays.${name}`);
}

/** The column in which the writer puts a key that is not `arrays.<name>`. */
export const COLUMN_OF_KEY: ReadonlyMap<string, string> = new Map(
  [...TOP_LEVEL].filter(([name]) => name !== 'charge').map(([name, key]) => [key, name]),
);
