import type { ByteSource } from '../format.ts';
import { ByteProblem } from './byte-problem.ts';

/** Bytes `[start, end)`. */
export interface ByteRange {
  start: number;
  end: number;
}

const DEFAULT_JUMP = 64 * 1024;

/**
 * The bytes of each range, near ones by one read. Throws {@link ByteProblem} where the source ends before; ranges may
 * come in any order.
 */
export async function readRanges(
  source: ByteSource,
  ranges: readonly ByteRange[],
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const jump = source.jumpByteLength ?? DEFAULT_JUMP;
  const order = [...ranges.entries()].toSorted(([, a], [, b]) => a.start - b.start);
  const found: Uint8Array[] = [];
  for (let from = 0; from < order.length;) {
    const { start } = order[from][1];
    let { end } = order[from][1];
    let to = from + 1;
    for (; to < order.length && order[to][1].start <= end + jump; to += 1) end = Math.max(end, order[to][1].end);
    const bytes = await source.read(start, end - start, signal);
    if (bytes.length < end - start) throw new ByteProblem(start + bytes.length, 'the file ends within the frame');
    for (const [index, range] of order.slice(from, to)) {
      found[index] = bytes.subarray(range.start - start, range.end - start);
    }
    from = to;
  }
  return found;
}
