import { frameArray, type FrameArray } from '../../../protocol/frames.ts';
import { isBlank, textOf } from './bytes-text.ts';
import { parseNumber } from './parse-number.ts';

/** The number in the columns `[start, end)`, blanks around it left aside; undefined when there is none. */
export function numberInColumns(bytes: Uint8Array, start: number, end: number): number | undefined {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from])) from += 1;
  while (to > from && isBlank(bytes[to - 1])) to -= 1;
  return from === to ? undefined : parseNumber(bytes, from, to);
}

/** The text in the columns `[start, end)` without blanks around it. */
export function textInColumns(bytes: Uint8Array, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(bytes[from])) from += 1;
  while (to > from && isBlank(bytes[to - 1])) to -= 1;
  return textOf(bytes, from, to);
}

/** Words of all atoms, coded as they come; a word equal to the one before costs no string. */
export class WordColumn {
  readonly codes: number[] = [];
  private readonly table: string[] = [];
  private readonly known = new Map<string, number>();

  /** Adds the word of the next atom and answers its code. */
  add(word: string): number {
    let code = this.known.get(word);
    if (code === undefined) {
      code = this.table.push(word) - 1;
      this.known.set(word, code);
    }
    this.codes.push(code);
    return code;
  }

  /** The word of a code. */
  word(code: number): string {
    return this.table[code] ?? '';
  }

  /** Whether any atom has another word than the empty one. */
  get isUsed(): boolean {
    return this.table.some((word) => word !== '');
  }

  toArray(): FrameArray {
    return { ...frameArray(Int32Array.from(this.codes)), table: this.table };
  }
}

/** Remembers what a function of two words answered. */
export function memoised(answer: (first: string, second: string) => number): (first: string, second: string) => number {
  const known = new Map<string, Map<string, number>>();
  return (first, second) => {
    let inner = known.get(first);
    if (inner === undefined) known.set(first, (inner = new Map<string, number>()));
    let value = inner.get(second);
    if (value === undefined) inner.set(second, (value = answer(first, second)));
    return value;
  };
}
