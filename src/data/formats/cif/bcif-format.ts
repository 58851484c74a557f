import type { FrameData } from '../../../protocol/frames.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { BinaryTrajectory, type BinaryReader, type IsWanted } from '../binary/binary-trajectory.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { emptyIndex } from '../binary/offset-index.ts';
import type { ByteSource, TrajectoryFormat } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';
import { atomSiteColumns, type AtomSiteColumns } from './atom-site-columns.ts';
import { bcifBlock, type BcifBlock, type BcifCategory } from './bcif-document.ts';
import { CONNECTION_COLUMNS } from './cif-block.ts';
import { cellOfItems } from './cif-cell.ts';
import { MmcifAtoms } from './mmcif-atoms.ts';

/** Models of a BinaryCIF file, which is held in memory as it is: the format has no order in which it could be read. */
class BcifReader implements BinaryReader {
  readonly format = 'bcif';
  private readonly source: ByteSource;
  private block: BcifBlock | undefined;
  private sites: BcifCategory | undefined;
  private columns: AtomSiteColumns | undefined;
  /** Rows at which models begin, and the end. */
  private starts: number[] = [];

  constructor(source: ByteSource) {
    this.source = source;
  }

  get count(): number {
    return Math.max(0, this.starts.length - 1);
  }

  async find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number> {
    const pieces: Uint8Array[] = [];
    let byteLength = 0;
    for await (const piece of this.source.stream(0, signal)) {
      pieces.push(piece.slice());
      byteLength += piece.length;
      if (byteLength > LIMITS.uploadByteLength) {
        throw new ByteProblem(byteLength, `a BinaryCIF file of more than ${LIMITS.uploadByteLength} bytes is not read`);
      }
      onPiece(byteLength);
    }
    const bytes = new Uint8Array(byteLength);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const block = bcifBlock(bytes);
    const sites = block.category('_atom_site');
    const columns = sites === undefined ? undefined : atomSiteColumns(sites.names);
    if (sites === undefined || columns === undefined || columns.isFractional) {
      throw new ByteProblem(0, 'the file has no atoms with Cartesian coordinates');
    }
    const starts: number[] = [];
    let model: string | undefined;
    for (let row = 0; row < sites.rowCount; row += 1) {
      const next = sites.text(columns.model, row);
      if (next !== model) starts.push(row);
      model = next;
    }
    if (starts.length > 0) starts.push(sites.rowCount);
    Object.assign(this, { block, sites, columns, starts });
    return byteLength;
  }

  read(index: number, isWanted: IsWanted): Promise<FrameData> {
    const { block, sites, columns } = this;
    if (block === undefined || sites === undefined || columns === undefined)
      throw new ByteProblem(0, 'the file is not open');
    const connections = rowsOf(block.category('_struct_conn'));
    const atoms = new MmcifAtoms(connections.length > 0);
    for (let row = this.starts[index]; row < this.starts[index + 1]; row += 1) {
      const position = [columns.x, columns.y, columns.z].map((column) => sites.number(column, row));
      if (position.some(Number.isNaN)) throw new ByteProblem(0, `atom ${row + 1} has a coordinate that is no number`);
      atoms.add(columns, (column) => sites.text(column, row), position);
    }
    const data = atoms.data(cellOfItems(itemsOf(block.category('_cell'))), connections);
    if (block.name !== '') data['info.title'] = block.name;
    const group = itemsOf(block.category('_symmetry'))['_symmetry_space_group_name_h-m'] ?? '';
    if (group !== '') data['info.space_group'] = group;
    for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
    return Promise.resolve(data);
  }

  scalars(): Record<string, Float64Array> {
    return {};
  }

  warnings(): readonly string[] {
    return [];
  }

  serialise(head: Record<string, unknown>): Uint8Array {
    return emptyIndex(head);
  }
}

function itemsOf(category: BcifCategory | undefined): Record<string, string> {
  if (category === undefined || category.rowCount === 0) return {};
  return Object.fromEntries(category.names.map((name, column) => [name, category.text(column, 0)]));
}

function rowsOf(category: BcifCategory | undefined): string[][] {
  if (category === undefined) return [];
  const columns = CONNECTION_COLUMNS.map((name) => category.names.indexOf(name));
  return Array.from({ length: category.rowCount }, (_, row) => columns.map((column) => category.text(column, row)));
}

/** BinaryCIF of macromolecules. */
export const bcifFormat: TrajectoryFormat = {
  name: 'bcif',
  extensions: ['bcif'],
  sniff: (head) =>
    (head[0] & 0xf0) === 0x80 &&
    /dataBlocks|BinaryCIF|CoordinateServer/.test(textOf(head, 0, Math.min(head.length, 256))),
  open: (source) => Promise.resolve(new BinaryTrajectory(new BcifReader(source), source)),
};
