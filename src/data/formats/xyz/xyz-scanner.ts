import { LIMITS } from '../../../protocol/limits.ts';
import { excerpt } from '../damage.ts';
import { countAlone, isBlankLine, lineEnd, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { LineProblem } from '../text/line-problem.ts';
import { ScanProblem, type FrameScanner } from '../text/text-trajectory.ts';
import { readAtomColumns } from './atom-columns.ts';
import { parseProperties, PLAIN_COLUMNS, type Column } from './columns.ts';
import { hasAssignment } from './comment-tokens.ts';
import { CommentScalars } from './comment-scalars.ts';
import { FrameRhythm } from './frame-rhythm.ts';

type Expecting = 'count' | 'comment' | 'last atom';

const LAMMPS_STEP = /^\s*Atoms\. Timestep: (\d+)\s*$/;

/**
 * Finds the frames of (extended) XYZ. A frame counts when its last line is an atom and the next count, or the end of
 * the file, follows it: a wrong count is blamed on the frame that has it, before anybody sees that frame.
 */
export class XyzScanner implements FrameScanner {
  private readonly index: FrameIndex;
  private readonly scalars: CommentScalars;
  private expecting: Expecting = 'count';
  private atomCount = -1;
  /** True after the last atom of a frame that is not added yet. */
  private isPending = false;
  private columns: readonly Column[] = PLAIN_COLUMNS;
  private propertiesText = '';
  private readonly rhythm = new FrameRhythm();

  constructor(index: FrameIndex) {
    this.index = index;
    this.scalars = new CommentScalars(index);
  }

  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number {
    if (this.expecting === 'count') return this.countLine(bytes, start, end, offset, number);
    if (this.expecting === 'comment') {
      this.rhythm.begin(this.atomCount, offset + end - start + 1);
      return this.commentLine(bytes, start, lineEnd(bytes, start, end), number);
    }
    this.lastAtom(bytes, start, end, number);
    this.rhythm.finish(offset);
    return 0;
  }

  guess(): number {
    return this.rhythm.guess();
  }

  get isGuessing(): boolean {
    return this.rhythm.isGuessing;
  }

  rewind(): void {
    this.rhythm.miss();
    this.expecting = 'count';
    this.isPending = false;
  }

  end(missing: number, offset: number, nextLine: number): void {
    if (this.expecting === 'comment') throw new ScanProblem(nextLine, 'the file ends before the comment line');
    if (this.expecting === 'last atom') {
      const found = Math.max(0, this.atomCount - 1 - missing);
      throw new ScanProblem(nextLine, `the file ends after ${found} of ${this.atomCount} atoms`);
    }
    if (this.isPending) this.index.add(offset, nextLine, this.atomCount);
    this.isPending = false;
  }

  private countLine(bytes: Uint8Array, lineStart: number, end: number, offset: number, number: number): number {
    const hasBom = offset === 0 && bytes[lineStart] === 0xef && bytes[lineStart + 1] === 0xbb;
    const start = hasBom ? lineStart + 3 : lineStart;
    const count = countAlone(bytes, start, end);
    if (count < 0) {
      if (isBlankLine(bytes, start, end)) return 0;
      if (this.isPending && bytes[start] === 86 && textOf(bytes, start, Math.min(end, start + 3)) === 'VEC') return 0;
      this.refuse(bytes, start, end, offset, number);
    }
    if (this.isPending) this.index.add(offset, number, this.atomCount);
    this.isPending = false;
    this.rhythm.confirm();
    if (count > LIMITS.atomsPerFrame) {
      throw new ScanProblem(number, `the frame has ${count} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
    }
    this.atomCount = count;
    this.expecting = 'comment';
    return 0;
  }

  private refuse(bytes: Uint8Array, start: number, end: number, offset: number, number: number): never {
    const found = excerpt(textOf(bytes, start, Math.min(end, start + 200)));
    if (!this.isPending || this.isGuessing) {
      throw new ScanProblem(number, `expected the number of atoms, found ${found}`);
    }
    if (this.isAtom(bytes, start, end)) {
      throw new ScanProblem(
        number,
        `the frame says ${this.atomCount} atoms and is followed by another one, ${found}, instead of the next frame`,
      );
    }
    this.index.add(offset, number, this.atomCount);
    this.isPending = false;
    throw new ScanProblem(number, `expected the number of atoms, found ${found}`);
  }

  private commentLine(bytes: Uint8Array, start: number, end: number, number: number): number {
    if (!hasAssignment(bytes, start, end)) {
      this.columns = PLAIN_COLUMNS;
      this.propertiesText = '';
      if (end - start < 64 && bytes[start] === 65) {
        const step = LAMMPS_STEP.exec(textOf(bytes, start, end));
        if (step !== null) this.index.setScalar('step', Number(step[1]));
      }
    } else {
      const { open, properties } = this.scalars.gather(bytes, start, end);
      if (open >= 0) {
        throw new ScanProblem(
          number,
          `the quote or bracket at column ${open - start + 1} of the comment is not closed`,
        );
      }
      const text = properties === undefined ? '' : textOf(bytes, properties.start, properties.end);
      if (text !== this.propertiesText) {
        const columns = text === '' ? PLAIN_COLUMNS : parseProperties(text);
        if (typeof columns === 'string') throw new ScanProblem(number, columns);
        this.columns = columns;
        this.propertiesText = text;
      }
    }
    this.isPending = this.atomCount === 0;
    this.expecting = this.isPending ? 'count' : 'last atom';
    return Math.max(0, this.atomCount - 1);
  }

  private lastAtom(bytes: Uint8Array, start: number, end: number, number: number): void {
    try {
      readAtomColumns(bytes, start, end, 1, this.columns, (name) => name === 'pos');
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      const found = excerpt(textOf(bytes, start, Math.min(end, start + 200)));
      throw new ScanProblem(
        number,
        `expected atom ${this.atomCount} of ${this.atomCount}, found ${found}: ${error.found}`,
      );
    }
    this.isPending = true;
    this.expecting = 'count';
  }

  private isAtom(bytes: Uint8Array, start: number, end: number): boolean {
    try {
      readAtomColumns(bytes, start, end, 1, this.columns, (name) => name === 'pos');
      return true;
    } catch {
      return false;
    }
  }
}
