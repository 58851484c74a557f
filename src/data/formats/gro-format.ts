import { LIMITS } from '../../protocol/limits.ts';
import { excerpt } from './damage.ts';
import type { TrajectoryFormat } from './format.ts';
import { gromacsBox } from './gro-box.ts';
import { coordinateColumns, readGroFrame } from './gro-frame.ts';
import { countAlone, isBlankLine, textOf } from './text/bytes-text.ts';
import type { FrameIndex } from './text/frame-index.ts';
import { ScanProblem, TextTrajectory, type FrameScanner } from './text/text-trajectory.ts';
import { timeOfTitle } from './gro-title.ts';

/** Finds the frames of a GRO file: title, count, atoms, box. An empty line is a title only when a count follows it. */
class GroScanner implements FrameScanner {
  private readonly index: FrameIndex;
  private expecting: 'title' | 'count' | 'last atom' | 'box' = 'title';
  private title = '';
  private atomCount = 0;

  constructor(index: FrameIndex) {
    this.index = index;
  }

  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number {
    switch (this.expecting) {
      case 'title':
        this.readTitle(bytes, start, end);
        return 0;
      case 'count':
        return this.readCount(bytes, start, end, number);
      case 'last atom':
        if (coordinateColumns(bytes, start, end) === undefined) {
          throw new ScanProblem(
            number,
            `expected atom ${this.atomCount} of ${this.atomCount}, found ${lineExcerpt(bytes, start, end)}`,
          );
        }
        this.expecting = 'box';
        return 0;
      default:
        this.readBox(bytes, start, end, offset, number);
        return 0;
    }
  }

  end(missing: number, _offset: number, nextLine: number): void {
    if (this.expecting === 'title' || (this.expecting === 'count' && this.title === '')) return;
    if (this.expecting === 'count') throw new ScanProblem(nextLine, 'the file ends before the number of atoms');
    if (this.expecting === 'box') throw new ScanProblem(nextLine, 'the file ends before the box');
    const found = Math.max(0, this.atomCount - 1 - missing);
    throw new ScanProblem(nextLine, `the frame says ${this.atomCount} atoms and only ${found} lines follow`);
  }

  private readTitle(bytes: Uint8Array, start: number, end: number): void {
    this.title = textOf(bytes, start, Math.min(end, start + 4096)).trim();
    this.expecting = 'count';
  }

  private readCount(bytes: Uint8Array, start: number, end: number, number: number): number {
    const count = countAlone(bytes, start, end);
    if (count < 0) {
      if (this.title !== '') {
        throw new ScanProblem(number, `expected the number of atoms, found ${lineExcerpt(bytes, start, end)}`);
      }
      this.readTitle(bytes, start, end);
      return 0;
    }
    if (count > LIMITS.atomsPerFrame) {
      throw new ScanProblem(number, `the frame has ${count} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
    }
    this.atomCount = count;
    this.expecting = count === 0 ? 'box' : 'last atom';
    return Math.max(0, count - 1);
  }

  private readBox(bytes: Uint8Array, start: number, end: number, offset: number, number: number): void {
    if (gromacsBox(textOf(bytes, start, Math.min(end, start + 4096))) === undefined) {
      throw new ScanProblem(
        number,
        `expected the box, 3 or 9 numbers, after ${this.atomCount} atoms, found ${lineExcerpt(bytes, start, end)}`,
      );
    }
    const { time, step } = timeOfTitle(this.title);
    if (time !== undefined) this.index.setScalar('time', time);
    if (step !== undefined) this.index.setScalar('step', step);
    this.index.add(offset + end - start + 1, number + 1, this.atomCount);
    this.expecting = 'title';
  }
}

function lineExcerpt(bytes: Uint8Array, start: number, end: number): string {
  return excerpt(textOf(bytes, start, Math.min(end, start + 200)));
}

/** GROMACS' structure files, also several frames in one. */
export const groFormat: TrajectoryFormat = {
  name: 'gro',
  extensions: ['gro'],
  sniff(head) {
    const first = head.indexOf(10);
    const second = head.indexOf(10, first + 1);
    const third = head.indexOf(10, second + 1);
    if (first < 0 || second < 0 || third < 0 || isBlankLine(head, first + 1, second)) return false;
    return countAlone(head, first + 1, second) > 0 && coordinateColumns(head, second + 1, third) !== undefined;
  },
  open: (source, options) =>
    Promise.resolve(
      new TextTrajectory(
        { name: 'gro', scanner: (index) => new GroScanner(index), readFrame: readGroFrame },
        source,
        options,
      ),
    ),
};
