/** Thrown for bytes that are not a deflate stream, or end before it does. */
export class InflateProblem {
  readonly found: string;
  /** True when the bytes end too early, false when they are wrong. */
  readonly isCutOff: boolean;

  constructor(found: string, isCutOff = false) {
    this.found = found;
    this.isCutOff = isCutOff;
  }
}

/** A prefix code as a table over the next `width` bits: symbol * 16 + length, 0 where there is no code. */
export interface PrefixCode {
  readonly width: number;
  readonly table: Uint16Array;
}

const LONGEST_CODE = 15;

/** The canonical prefix code of RFC 1951 from the lengths of its symbols. */
export function prefixCode(lengths: Uint8Array): PrefixCode {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  const next = new Uint16Array(LONGEST_CODE + 2);
  let left = 1;
  let width = 1;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    left = 2 * left - counts[length];
    if (left < 0) throw new InflateProblem('the codes of a block contradict each other');
    next[length + 1] = (next[length] + counts[length]) << 1;
    if (counts[length] > 0) width = length;
  }
  const table = new Uint16Array(1 << width);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const code = next[length];
    next[length] += 1;
    let reversed = 0;
    for (let bit = 0; bit < length; bit += 1) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = symbol * 16 + length;
  }
  return { width, table };
}
