import { GrowableNumbers } from './text/growable-numbers.ts';
import type { FrameIndex } from './text/frame-index.ts';
import type { FrameScanner } from './text/text-trajectory.ts';
import { isRecord, readConect } from './pdb-records.ts';

/**
 * Finds the frames of a PDB file. A frame is a MODEL, or the atoms up to END; what stands before it belongs to it. The
 * first CRYST1 and the CONECT records outside models hold for all frames.
 */
export class PdbScanner implements FrameScanner {
  /** The first CRYST1 line of the file, as text. */
  firstCell: string | undefined;
  /** Serial numbers in pairs, from CONECT records outside models. */
  readonly bonds: GrowableNumbers = new GrowableNumbers();
  private readonly index: FrameIndex;
  private hasAtoms = false;
  private isModel = false;

  constructor(index: FrameIndex, state: Record<string, unknown>) {
    this.index = index;
    if (typeof state.firstCell === 'string') this.firstCell = state.firstCell;
    if (Array.isArray(state.bonds)) for (const serial of state.bonds) this.bonds.push(Number(serial));
  }

  state(): Record<string, unknown> {
    return { firstCell: this.firstCell, bonds: [...this.bonds.view()] };
  }

  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number {
    const next = offset + end - start + 1;
    if (isRecord(bytes, start, end, 'ATOM  ') || isRecord(bytes, start, end, 'HETATM')) this.hasAtoms = true;
    else if (isRecord(bytes, start, end, 'MODEL ')) {
      // A model that was never ended ends where the next begins.
      if (this.hasAtoms) this.index.add(offset, number);
      this.hasAtoms = false;
      this.isModel = true;
    } else if (isRecord(bytes, start, end, 'ENDMDL') || isRecord(bytes, start, end, 'END')) {
      if (this.hasAtoms || (this.isModel && isRecord(bytes, start, end, 'ENDMDL'))) this.index.add(next, number + 1);
      this.hasAtoms = false;
      this.isModel = false;
    } else if (isRecord(bytes, start, end, 'CRYST1')) {
      this.firstCell ??= new TextDecoder().decode(bytes.subarray(start, end));
    } else if (!this.hasAtoms && !this.isModel && isRecord(bytes, start, end, 'CONECT')) {
      for (const serial of readConect(bytes, start, end)) this.bonds.push(serial);
    }
    return 0;
  }

  end(_missing: number, offset: number, nextLine: number): void {
    if (this.hasAtoms || this.isModel) this.index.add(offset, nextLine);
    this.hasAtoms = false;
    this.isModel = false;
  }
}
