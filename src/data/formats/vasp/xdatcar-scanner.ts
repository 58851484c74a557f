import { excerpt } from '../damage.ts';
import { isBlankLine, lineEnd, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { LineProblem } from '../text/line-problem.ts';
import { ScanProblem, type FrameScanner } from '../text/text-trajectory.ts';
import { LineReader } from '../text/words.ts';
import { FrameRhythm } from '../xyz/frame-rhythm.ts';
import { readVaspHeader } from './vasp-header.ts';

const CONFIGURATION = /^\s*(?:direct|cartesian|konfig).*?=\s*(\d+)?/i;

/** The number of a line that begins a configuration; NaN when it has none, undefined for other lines. */
export function configurationOf(text: string): number | undefined {
  const match = CONFIGURATION.exec(text);
  return match === null ? undefined : Number(match[1] ?? Number.NaN);
}

/** A header and the first frame that has none of its own and is read with it. */
interface SharedHeader {
  frame: number;
  text: string;
}

/**
 * Finds the frames of an XDATCAR. A fixed cell stands once before all configurations, a variable one before each; files
 * put together have several.
 */
export class XdatcarScanner implements FrameScanner {
  private readonly index: FrameIndex;
  private readonly rhythm = new FrameRhythm();
  private shared: SharedHeader[] = [];
  private expecting: 'header' | 'configuration' | 'last atom' = 'header';
  private header: string[] = [];
  private headerLine = 1;
  /** The header of the frame before, which later frames share if they have none. */
  private pendingHeader: string | undefined;
  private atomCount = 0;
  private isPending = false;

  constructor(index: FrameIndex, state: Record<string, unknown>) {
    this.index = index;
    if (Array.isArray(state.shared)) this.shared = state.shared as SharedHeader[];
    if (typeof state.pendingHeader === 'string') this.pendingHeader = state.pendingHeader;
    const text = this.pendingHeader ?? this.shared.at(-1)?.text;
    if (text !== undefined) this.countAtoms(text, 1);
  }

  state(): Record<string, unknown> {
    return { shared: this.shared, pendingHeader: this.pendingHeader };
  }

  get isGuessing(): boolean {
    return this.rhythm.isGuessing;
  }

  guess(): number {
    return this.rhythm.guess();
  }

  rewind(): void {
    this.rhythm.miss();
    this.expecting = 'header';
    this.header = [];
    this.isPending = false;
  }

  /** The header that holds for a frame without its own. */
  headerOf(frame: number): string | undefined {
    return this.shared.findLast((header) => header.frame <= frame)?.text;
  }

  line(bytes: Uint8Array, start: number, rawEnd: number, offset: number, number: number): number {
    const end = lineEnd(bytes, start, rawEnd);
    if (this.expecting === 'last atom') {
      if (isBlankLine(bytes, start, end))
        throw new ScanProblem(number, `expected atom ${this.atomCount} of ${this.atomCount}`);
      this.rhythm.finish(offset);
      this.isPending = true;
      this.expecting = 'header';
      return 0;
    }
    const text = textOf(bytes, start, Math.min(end, start + 4096));
    const configuration = configurationOf(text);
    if (configuration !== undefined) {
      if (this.header.every((line) => line.trim() === '')) this.header = [];
      return this.configuration(configuration, offset, rawEnd - start + 1, number);
    }
    // The first line may be blank, for it is a comment; blank lines between frames are none.
    if (this.header.length === 0) {
      if (this.isPending) this.index.add(offset, number);
      if (this.isPending) this.rhythm.confirm();
      this.isPending = false;
      this.headerLine = number;
    }
    this.header.push(text);
    if (this.header.length > 8) throw new ScanProblem(number, `expected a configuration, found ${excerpt(text)}`);
    return 0;
  }

  end(missing: number, offset: number, nextLine: number): void {
    if (this.expecting === 'last atom') {
      const found = Math.max(0, this.atomCount - 1 - missing);
      throw new ScanProblem(nextLine, `the file ends after ${found} of ${this.atomCount} atoms`);
    }
    if (this.header.some((text) => text.trim() !== '')) {
      throw new ScanProblem(nextLine, 'the file ends before a configuration');
    }
    if (this.isPending) this.index.add(offset, nextLine);
    this.isPending = false;
    this.header = [];
  }

  private configuration(step: number, offset: number, byteLength: number, number: number): number {
    if (this.header.length > 0) {
      const text = this.header.join('\n');
      this.countAtoms(text, this.headerLine);
      this.pendingHeader = text;
      this.header = [];
    } else {
      if (this.isPending) {
        this.index.add(offset, number);
        this.rhythm.confirm();
      }
      if (this.pendingHeader !== undefined) this.shared.push({ frame: this.index.count, text: this.pendingHeader });
      this.pendingHeader = undefined;
      if (this.shared.length === 0) throw new ScanProblem(number, 'a configuration stands before any cell');
    }
    this.isPending = false;
    if (!Number.isNaN(step)) this.index.setScalar('step', step);
    this.rhythm.begin(this.atomCount, offset + byteLength);
    if (this.atomCount === 0) {
      this.isPending = true;
      this.expecting = 'header';
      return 0;
    }
    this.expecting = 'last atom';
    return this.atomCount - 1;
  }

  private countAtoms(header: string, firstLine: number): void {
    try {
      this.atomCount = readVaspHeader(new LineReader(new TextEncoder().encode(header))).atomCount;
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      throw new ScanProblem(firstLine + error.line, error.found);
    }
  }
}
