import type { FrameIndex } from '../text/frame-index.ts';
import { ScanProblem, type FrameScanner } from '../text/text-trajectory.ts';
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
import { CifProblem, CifWalker, type CifListener, type CifRow } from './cif-walker.ts';

/** A block of several models: what its frames need that does not stand in their own bytes. */
export interface ManyModels {
  /** First frame and the one after the last. */
  first: number;
  end: number;
  /** Names of the columns of its atoms. */
  names: string[];
  block: CifBlock;
}

/**
 * Finds the frames of a CIF: the models of a macromolecule, else the blocks that have atoms. What stands between belongs
 * to the frame after it.
 */
export class CifScanner implements FrameScanner, CifListener {
  readonly many: ManyModels[] = [];
  /** Space groups that are named without their operations. */
  readonly unexpanded: string[] = [];
  private readonly index: FrameIndex;
  private readonly walker: CifWalker = new CifWalker(this);
  private current: CifBlock = emptyBlock('');
  private names: string[] = [];
  private columns: AtomSiteColumns | undefined;
  private kept: readonly number[] | undefined;
  private operation = -1;
  private firstFrame = 0;
  private hasAtoms = false;
  private isCrystal = false;
  private model: string | undefined;

  constructor(index: FrameIndex, state: Record<string, unknown>) {
    this.index = index;
    if (Array.isArray(state.many)) this.many.push(...(state.many as ManyModels[]));
    if (Array.isArray(state.unexpanded)) this.unexpanded.push(...(state.unexpanded as string[]));
  }

  state(): Record<string, unknown> {
    return { many: this.many, unexpanded: this.unexpanded };
  }

  /** The block of several models that a frame is of, if it is of one. */
  manyOf(frame: number): ManyModels | undefined {
    return this.many.find(({ first, end }) => frame >= first && frame < end);
  }

  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number {
    try {
      this.walker.line(bytes, start, end, offset, number);
    } catch (error) {
      throw error instanceof CifProblem ? new ScanProblem(number, error.found) : error;
    }
    return 0;
  }

  end(_missing: number, offset: number, nextLine: number): void {
    try {
      this.walker.end();
    } catch (error) {
      throw error instanceof CifProblem ? new ScanProblem(nextLine, error.found) : error;
    }
    this.endBlock(offset, nextLine);
  }

  block(name: string, offset: number, line: number): void {
    this.endBlock(offset, line);
    this.current = emptyBlock(name);
  }

  item(name: string, value: string): void {
    addItem(this.current, name, value);
  }

  loop(names: readonly string[]): boolean {
    this.kept = undefined;
    this.operation = names.findIndex((name) => OPERATION_COLUMNS.includes(name));
    const columns = names[0].startsWith('_atom_site_') ? atomSiteColumns(names) : undefined;
    this.columns = columns;
    if (columns !== undefined) {
      this.names = [...names];
      this.isCrystal = columns.isFractional;
    }
    if (names[0].startsWith('_struct_conn_')) this.kept = CONNECTION_COLUMNS.map((name) => names.indexOf(name));
    return columns !== undefined || this.kept !== undefined || this.operation >= 0;
  }

  row(row: CifRow, offset: number, line: number): void {
    if (this.kept !== undefined) this.current.connections.push(this.kept.map((column) => cellText(row, column)));
    else if (this.columns !== undefined) {
      const model = cellText(row, this.columns.model);
      if (this.model !== undefined && model !== this.model) this.index.add(offset, line);
      this.model = model;
      this.hasAtoms = true;
    } else this.current.operations.push(cellText(row, this.operation));
  }

  private endBlock(offset: number, line: number): void {
    if (this.hasAtoms) {
      this.index.add(offset, line);
      const { count } = this.index;
      if (count - this.firstFrame > 1) {
        this.many.push({ first: this.firstFrame, end: count, names: this.names, block: this.current });
      }
      const group = SPACE_GROUP_NAMES.map((name) => this.current.items[name]).find((name) => name !== undefined);
      if (
        this.isCrystal &&
        this.current.operations.length === 0 &&
        group !== undefined &&
        !/^(?:P\s*1|\?|\.)?$/i.test(group)
      ) {
        if (this.unexpanded.length < 10) this.unexpanded.push(group);
      }
    }
    this.firstFrame = this.index.count;
    this.hasAtoms = false;
    this.model = undefined;
    this.columns = undefined;
  }
}
