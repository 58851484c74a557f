import type { FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { lineAt } from '../text/bytes-text.ts';
import { LineProblem } from '../text/line-problem.ts';
import { parseNumber } from '../text/parse-number.ts';
import { atomSiteColumns, type AtomSiteColumns } from './atom-site-columns.ts';
import {
  cellText,
  CONNECTION_COLUMNS,
  addItem,
  emptyBlock,
  OPERATION_COLUMNS,
  SPACE_GROUP_NAMES,
  type CifBlock,
} from './cif-block.ts';
import { cellOfItems, cifNumber } from './cif-cell.ts';
import type { CifScanner, ManyModels } from './cif-scanner.ts';
import { CifProblem, CifWalker, type CifListener, type CifRow } from './cif-walker.ts';
import { expandCrystal, type CrystalSite } from './crystal-atoms.ts';
import { MmcifAtoms } from './mmcif-atoms.ts';

/** Gathers what one frame is made of. */
class FrameParts implements CifListener {
  current: CifBlock;
  columns: AtomSiteColumns | undefined;
  readonly sites: CrystalSite[] = [];
  readonly atoms: MmcifAtoms;
  private kind: 'atoms' | 'connections' | 'operations' = 'atoms';
  private kept: readonly number[] = [];

  constructor(many: ManyModels | undefined) {
    this.current = many?.block ?? emptyBlock('');
    this.columns = many === undefined ? undefined : atomSiteColumns(many.names);
    this.atoms = new MmcifAtoms(true);
  }

  block(name: string): void {
    this.current = emptyBlock(name);
  }

  item(name: string, value: string): void {
    addItem(this.current, name, value);
  }

  loop(names: readonly string[]): boolean {
    const columns = names[0].startsWith('_atom_site_') ? atomSiteColumns(names) : undefined;
    if (columns !== undefined) {
      this.columns = columns;
      this.kind = 'atoms';
      return true;
    }
    const operation = names.findIndex((name) => OPERATION_COLUMNS.includes(name));
    if (operation >= 0) {
      this.kind = 'operations';
      this.kept = [operation];
      return true;
    }
    this.kind = 'connections';
    this.kept = CONNECTION_COLUMNS.map((name) => names.indexOf(name));
    return names[0].startsWith('_struct_conn_');
  }

  row(row: CifRow): void {
    const { columns } = this;
    if (this.kind === 'operations') this.current.operations.push(cellText(row, this.kept[0]));
    else if (this.kind === 'connections')
      this.current.connections.push(this.kept.map((column) => cellText(row, column)));
    else if (columns !== undefined) this.atom(columns, row);
  }

  private atom(columns: AtomSiteColumns, row: CifRow): void {
    const { bytes, spans } = row;
    const axes = [columns.x, columns.y, columns.z];
    const position = axes.map(
      (column) => parseNumber(bytes, spans[2 * column], spans[2 * column + 1]) ?? cifNumber(cellText(row, column)),
    );
    const missing = position.indexOf(undefined);
    if (missing >= 0) {
      const text = cellText(row, axes[missing]);
      // Sites that were never found have no place.
      if (text === '') return;
      throw new CifProblem(`expected coordinate ${'xyz'[missing]}, found ${excerpt(text)}`);
    }
    const place = position as number[];
    if (!columns.isFractional) {
      this.atoms.add(columns, (column) => cellText(row, column), place);
      return;
    }
    this.sites.push({
      label: cellText(row, columns.label),
      type: cellText(row, columns.symbol),
      fractions: place,
      occupancy: cifNumber(cellText(row, columns.occupancy)) ?? 1,
      disorder: cellText(row, columns.disorder),
    });
  }
}

/** Reads a frame of a CIF: a model of a macromolecule, or a crystal with its symmetry. Throws {@link LineProblem}. */
export function readCifFrame(
  bytes: Uint8Array,
  isWanted: (key: string) => boolean,
  scanner: CifScanner,
  frame: number,
): FrameData {
  const many = scanner.manyOf(frame);
  const parts = new FrameParts(many === undefined ? undefined : { ...many, block: structuredClone(many.block) });
  const isLater = many !== undefined && frame > many.first;
  const walker = new CifWalker(parts, isLater ? many.names : undefined);
  let line = 0;
  try {
    for (let at = 0; at < bytes.length; line += 1) {
      const { start, end, next } = lineAt(bytes, at);
      walker.line(bytes, start, end, start, line);
      at = next;
    }
    walker.end();
  } catch (error) {
    throw error instanceof CifProblem ? new LineProblem(line, error.found) : error;
  }
  const { items, operations, connections, name } = many?.block ?? parts.current;
  const cell = cellOfItems(items);
  let data: FrameData;
  if (parts.columns?.isFractional === true) {
    if (cell === undefined) throw new LineProblem(0, 'the block has fractional coordinates and no cell');
    const expanded = expandCrystal(parts.sites, operations, cell);
    if (typeof expanded === 'string') throw new LineProblem(0, expanded);
    data = expanded;
  } else data = parts.atoms.data(cell, connections);
  if (name !== '') data['info.title'] = name;
  const group = SPACE_GROUP_NAMES.map((key) => items[key]).find(
    (value) => value !== undefined && !/^[.?]?$/.test(value),
  );
  if (group !== undefined) data['info.space_group'] = group;
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}
