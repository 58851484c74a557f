import type { FrameArray } from '../../../protocol/frames.ts';
import { scanned, scanNumber } from '../text/parse-number.ts';
import { textOf } from '../text/bytes-text.ts';
import { LineProblem } from '../text/line-problem.ts';
import type { Column } from './columns.ts';

/** Words of a logical column, in lower case. */
const LOGICAL: ReadonlyMap<string, boolean> = new Map([
  ['t', true],
  ['true', true],
  ['1', true],
  ['f', false],
  ['false', false],
  ['0', false],
]);

/** One column as it is read: one of the arrays is filled in C order, none when nobody asked for it. */
interface Sink {
  column: Column;
  isWhole: boolean;
  numbers: Float64Array | undefined;
  truths: Uint8Array | undefined;
  codes: Int32Array | undefined;
  words: WordTable;
  at: number;
}

/** Distinct words in order of appearance; words of up to three bytes are found without making a string. */
class WordTable {
  readonly table: string[] = [];
  private readonly short = new Map<number, number>();
  private readonly long = new Map<string, number>();

  code(bytes: Uint8Array, start: number, end: number): number {
    if (end - start <= 3) {
      let packed = 0;
      for (let at = start; at < end; at += 1) packed = (packed << 8) | bytes[at];
      let code = this.short.get(packed);
      if (code === undefined) this.short.set(packed, (code = this.add(textOf(bytes, start, end))));
      return code;
    }
    const text = textOf(bytes, start, end);
    let code = this.long.get(text);
    if (code === undefined) this.long.set(text, (code = this.add(text)));
    return code;
  }

  private add(text: string): number {
    // Two quotes are how our writer puts an empty word.
    return this.table.push(text === '""' ? '' : text) - 1;
  }
}

function sinkOf(column: Column, atomCount: number, isWanted: boolean): Sink {
  const length = isWanted ? atomCount * column.width : 0;
  const { type } = column;
  return {
    column,
    isWhole: type === 'I',
    numbers: isWanted && (type === 'R' || type === 'I') ? new Float64Array(length) : undefined,
    truths: isWanted && type === 'L' ? new Uint8Array(length) : undefined,
    codes: isWanted && type === 'S' ? new Int32Array(length) : undefined,
    words: new WordTable(),
    at: 0,
  };
}

function isUsed({ numbers, truths, codes }: Sink): boolean {
  return numbers !== undefined || truths !== undefined || codes !== undefined;
}

/** The arrays of one frame by column name, and the position after its last atom. */
export interface AtomColumns {
  arrays: Map<string, FrameArray>;
  end: number;
}

/**
 * Reads `atomCount` lines of `columns` from `bytes[start, limit)`; columns that `isWanted` refuses are passed over.
 * Words beyond the last column are ignored. Throws {@link LineProblem}, with line 2 for the first atom, where a line has
 * too few words or a wrong one.
 */
export function readAtomColumns(
  bytes: Uint8Array,
  start: number,
  limit: number,
  atomCount: number,
  columns: readonly Column[],
  isWanted: (name: string) => boolean,
): AtomColumns {
  const sinks = columns.map((column) => sinkOf(column, atomCount, isWanted(column.name)));
  while (sinks.length > 0 && !isUsed(sinks[sinks.length - 1])) sinks.pop();
  let at = start;
  for (let atom = 0; atom < atomCount; atom += 1) {
    if (at >= limit) throw new LineProblem(2 + atom, `the frame ends after ${atom} of ${atomCount} atoms`);
    for (const sink of sinks) {
      const { numbers, column } = sink;
      for (let part = 0; part < column.width; part += 1) {
        while (at < limit && bytes[at] <= 32 && bytes[at] !== 10) at += 1;
        if (at >= limit || bytes[at] === 10) throw missing(atom, column, part);
        if (numbers === undefined) {
          const from = at;
          while (at < limit && bytes[at] > 32) at += 1;
          addWord(sink, bytes, from, at, atom);
          continue;
        }
        const value = scanNumber(bytes, at, limit);
        if (value === undefined || (sink.isWhole && !Number.isInteger(value))) {
          throw wrong(atom, column, textOf(bytes, at, scanned.end));
        }
        numbers[sink.at] = value;
        sink.at += 1;
        at = scanned.end;
      }
    }
    if (at < limit && bytes[at] === 10) at += 1;
    else {
      const newline = bytes.indexOf(10, at);
      at = newline < 0 || newline >= limit ? limit : newline + 1;
    }
  }
  const arrays = new Map<string, FrameArray>();
  for (const sink of sinks) if (isUsed(sink)) arrays.set(sink.column.name, finished(sink, atomCount));
  return { arrays, end: at };
}

function addWord(sink: Sink, bytes: Uint8Array, start: number, end: number, atom: number): void {
  if (sink.codes !== undefined) sink.codes[sink.at] = sink.words.code(bytes, start, end);
  else if (sink.truths !== undefined) {
    const text = textOf(bytes, start, end);
    const truth = LOGICAL.get(text.toLowerCase());
    if (truth === undefined) throw wrong(atom, sink.column, text);
    sink.truths[sink.at] = truth ? 1 : 0;
  }
  sink.at += 1;
}

function finished({ column, isWhole, numbers, truths, codes, words }: Sink, atomCount: number): FrameArray {
  const shape = column.width === 1 ? [atomCount] : [atomCount, column.width];
  if (codes !== undefined) return { dtype: '<i4', shape, data: codes, table: words.table };
  if (truths !== undefined) return { dtype: '|u1', shape, data: truths };
  const data = numbers ?? new Float64Array(0);
  if (isWhole && data.every((value) => Math.abs(value) <= 0x7fffffff)) {
    return { dtype: '<i4', shape, data: Int32Array.from(data) };
  }
  return { dtype: '<f8', shape, data };
}

const KIND = { S: 'a word', I: 'a whole number', R: 'a number', L: 'T or F' } as const;

function missing(atom: number, column: Column, part: number): LineProblem {
  const which = column.width === 1 ? column.name : `${column.name} ${part + 1} of ${column.width}`;
  return new LineProblem(2 + atom, `the line ends before ${which}`);
}

function wrong(atom: number, column: Column, text: string): LineProblem {
  return new LineProblem(2 + atom, `"${text.slice(0, 32)}" is not ${KIND[column.type]}, which ${column.name} needs`);
}
