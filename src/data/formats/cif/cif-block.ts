import { textOf } from '../text/bytes-text.ts';
import type { CifRow } from './cif-walker.ts';

/** What is kept of a block besides its atoms. */
export interface CifBlock {
  name: string;
  /** Single items that matter, e.g. the lengths of the cell. */
  items: Record<string, string>;
  /** Operations of symmetry, as text. */
  operations: string[];
  /** Rows of `_struct_conn`, the columns of {@link CONNECTION_COLUMNS}. */
  connections: string[][];
}

/** A block without anything. */
export function emptyBlock(name: string): CifBlock {
  return { name, items: {}, operations: [], connections: [] };
}

/** Keeps a single item where it matters. */
export function addItem(block: CifBlock, name: string, value: string): void {
  if (isKeptItem(name)) block.items[name] = value;
  const place = CONNECTION_COLUMNS.indexOf(name);
  if (place >= 0) {
    const row = (block.connections[0] ??= CONNECTION_COLUMNS.map(() => ''));
    row[place] = /^[.?]$/.test(value) ? '' : value;
  }
  if (OPERATION_COLUMNS.includes(name)) block.operations.push(value);
}

function isKeptItem(name: string): boolean {
  return /^_cell_(?:length|angle)_[a-z]+$/.test(name) || SPACE_GROUP_NAMES.includes(name);
}

/** Items that name the space group, the first there is wins. */
export const SPACE_GROUP_NAMES: readonly string[] = [
  '_symmetry_space_group_name_h-m',
  '_space_group_name_h-m_alt',
  '_symmetry_space_group_name_hall',
  '_space_group_name_hall',
];

/** Columns of a loop that holds operations of symmetry. */
export const OPERATION_COLUMNS: readonly string[] = ['_symmetry_equiv_pos_as_xyz', '_space_group_symop_operation_xyz'];

const partner = (k: 1 | 2): string[] =>
  ['label_asym_id', 'label_comp_id', 'label_seq_id', 'label_atom_id'].map((name) => `_struct_conn_ptnr${k}_${name}`);

/** What is kept of a connection: kind, then asym, comp, seq, atom, auth_seq, alt and symmetry of both partners. */
export const CONNECTION_COLUMNS: readonly string[] = [
  '_struct_conn_conn_type_id',
  ...([1, 2] as const).flatMap((k) => [
    ...partner(k),
    `_struct_conn_ptnr${k}_auth_seq_id`,
    `_struct_conn_pdbx_ptnr${k}_label_alt_id`,
    `_struct_conn_ptnr${k}_symmetry`,
  ]),
];

/** Value `column` of a row as text; nothing for `.` and `?`, and where the column is not there. */
export function cellText({ bytes, spans }: CifRow, column: number): string {
  if (column < 0) return '';
  const from = spans[2 * column];
  const to = spans[2 * column + 1];
  if (to - from === 1 && (bytes[from] === 46 || bytes[from] === 63)) return '';
  return textOf(bytes, from, to);
}
