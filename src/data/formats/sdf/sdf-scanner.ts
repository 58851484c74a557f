import { isBlankLine, lineEnd, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { numberOfText } from '../text/parse-number.ts';
import type { FrameScanner } from '../text/text-trajectory.ts';
import { frameKeyProblem } from '../../frame-key.ts';

const DOLLAR = 36;
const GREATER = 62;

/** Finds the records of an SDF file, the last of which may lack its separator, and the numbers among their data items. */
export class SdfScanner implements FrameScanner {
  private readonly index: FrameIndex;
  private hasText = false;
  /** Name of the data item whose first line comes next. */
  private item: string | undefined;

  constructor(index: FrameIndex) {
    this.index = index;
  }

  line(bytes: Uint8Array, start: number, rawEnd: number, offset: number, number: number): number {
    const end = lineEnd(bytes, start, rawEnd);
    if (bytes[start] === DOLLAR && end - start >= 4 && textOf(bytes, start, start + 4) === '$$$$') {
      this.index.add(offset + rawEnd - start + 1, number + 1);
      this.hasText = false;
      this.item = undefined;
    } else if (bytes[start] === GREATER && end > start) {
      this.item = itemName(textOf(bytes, start, Math.min(end, start + 1024)));
      this.hasText = true;
    } else if (this.item !== undefined) {
      const value = end - start <= 40 ? numberOfText(textOf(bytes, start, end).trim()) : undefined;
      if (value !== undefined) this.index.setScalar(this.item, value);
      this.item = undefined;
    } else this.hasText ||= !isBlankLine(bytes, start, end);
    return 0;
  }

  end(_missing: number, offset: number, nextLine: number): void {
    if (this.hasText) this.index.add(offset, nextLine);
    this.hasText = false;
  }
}

/** The key of the data item of a line such as `>  <ENERGY> (12)`; undefined where it has no name that can be a key. */
export function itemName(line: string): string | undefined {
  const name = /<(.+?)>/.exec(line)?.[1].replaceAll(',', '_');
  if (name === undefined) return undefined;
  const key = `info.${name}`;
  return frameKeyProblem(key) === undefined ? key : undefined;
}
