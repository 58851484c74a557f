import { excerpt } from '../damage.ts';
import { isBlank, lineAt, lineEnd, textOf, type Line } from './bytes-text.ts';
import { LineProblem } from './line-problem.ts';
import { numberOfText, scanned, scanNumber } from './parse-number.ts';

/** The lines of a small text one after the other, with the number of the one taken last, from 0. */
export class LineReader {
  line = -1;
  /** The whole text. */
  readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next line without what ends it; undefined at the end. */
  next(): string | undefined {
    if (this.isEmpty) return undefined;
    const { start, end, next } = lineAt(this.bytes, this.at);
    this.at = next;
    this.line += 1;
    return textOf(this.bytes, start, lineEnd(this.bytes, start, end));
  }

  /** The next line, which must be there. Throws {@link LineProblem} saying what was expected. */
  need(what: string): string {
    const line = this.next();
    if (line === undefined) throw new LineProblem(this.line + 1, `the file ends before ${what}`);
    return line;
  }

  /** Looks at the next line without taking it. */
  peek(): string | undefined {
    const [at, line] = [this.at, this.line];
    const text = this.next();
    [this.at, this.line] = [at, line];
    return text;
  }

  /** The next line as `count` numbers at its beginning, which must be there; words behind them are left aside. */
  numbers(count: number, what: string): number[] {
    return this.numbersOf(this.need(what), count, what);
  }

  /** Reads `count` numbers at the beginning of the next line to `into[at ...]`; `what` they are is asked when they are none. */
  numbersInto(into: Float64Array, at: number, count: number, what: () => string): void {
    const { bytes } = this;
    const { start, end } = this.take(what);
    let from = start;
    for (let k = 0; k < count; k += 1) {
      while (from < end && isBlank(bytes[from])) from += 1;
      const value = from < end ? scanNumber(bytes, from, end) : undefined;
      if (value === undefined) {
        this.refuse(`expected ${what()}, ${count} numbers, found ${excerpt(textOf(bytes, start, end))}`);
      }
      into[at + k] = value;
      from = scanned.end;
    }
  }

  /** The bytes of the next line, which must be there. Throws {@link LineProblem}. */
  take(what: () => string): Line {
    if (this.isEmpty) throw new LineProblem(this.line + 1, `the file ends before ${what()}`);
    const line = lineAt(this.bytes, this.at);
    this.at = line.next;
    this.line += 1;
    return line;
  }

  /** `count` numbers at the beginning of the line taken last. */
  numbersOf(text: string, count: number, what: string): number[] {
    const words = wordsOf(text);
    const numbers: number[] = [];
    for (let k = 0; k < count; k += 1) {
      const value = k < words.length ? numberOfText(words[k]) : undefined;
      if (value === undefined) {
        throw new LineProblem(
          this.line,
          `expected ${what}, ${count === 1 ? 'a number' : `${count} numbers`}, found ${excerpt(text)}`,
        );
      }
      numbers.push(value);
    }
    return numbers;
  }

  /** Refuses the line taken last. */
  refuse(found: string): never {
    throw new LineProblem(Math.max(0, this.line), found);
  }
}

/** The words of a line. */
export function wordsOf(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}
