import { lineEnd, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import type { FrameScanner } from '../text/text-trajectory.ts';

const AT = 64;
/** What a molecule begins with. */
export const MOLECULE = '@<TRIPOS>MOLECULE';

/** Finds the molecules of a mol2 file; comments before one belong to the one before, those of the first to the first. */
export class Mol2Scanner implements FrameScanner {
  private readonly index: FrameIndex;
  private isInMolecule = false;

  constructor(index: FrameIndex) {
    this.index = index;
  }

  line(bytes: Uint8Array, start: number, rawEnd: number, offset: number, number: number): number {
    if (bytes[start] !== AT) return 0;
    const end = Math.min(lineEnd(bytes, start, rawEnd), start + MOLECULE.length);
    if (textOf(bytes, start, end) !== MOLECULE) return 0;
    if (this.isInMolecule) this.index.add(offset, number);
    this.isInMolecule = true;
    return 0;
  }

  end(_missing: number, offset: number, nextLine: number): void {
    if (this.isInMolecule) this.index.add(offset, nextLine);
    this.isInMolecule = false;
  }
}
