import { isBlankLine } from './bytes-text.ts';
import type { FrameIndex } from './frame-index.ts';
import type { FrameScanner } from './text-trajectory.ts';

/** Takes a whole file for one frame, unless it is blank. */
export class WholeFileScanner implements FrameScanner {
  private readonly index: FrameIndex;
  private hasText = false;

  constructor(index: FrameIndex) {
    this.index = index;
  }

  line(bytes: Uint8Array, start: number, end: number): number {
    this.hasText ||= !isBlankLine(bytes, start, end);
    return 0;
  }

  end(_missing: number, offset: number, nextLine: number): void {
    if (this.hasText && this.index.count === 0) this.index.add(offset, nextLine);
  }
}
