import { isBlank } from '../text/bytes-text.ts';

const APOSTROPHE = 39;
const QUOTE = 34;
const HASH = 35;

/** The words of a line: bytes `[spans[2k], spans[2k + 1])` without quotes. Used again for every line. */
export interface CifTokens {
  count: number;
  spans: Int32Array;
  /** 1 for words without quotes. */
  bare: Uint8Array;
}

/** A {@link CifTokens} without words. */
export function cifTokens(): CifTokens {
  return { count: 0, spans: new Int32Array(128), bare: new Uint8Array(64) };
}

/**
 * Cuts the line `bytes[start, end)` into words. A quote ends where a blank follows it; `#` begins a comment. Answers
 * false where a quote is not closed.
 */
export function tokenise(bytes: Uint8Array, start: number, end: number, into: CifTokens): boolean {
  let at = start;
  into.count = 0;
  for (;;) {
    while (at < end && isBlank(bytes[at])) at += 1;
    if (at >= end || bytes[at] === HASH) return true;
    const first = bytes[at];
    const isQuoted = first === APOSTROPHE || first === QUOTE;
    const from = isQuoted ? at + 1 : at;
    let to = from;
    if (isQuoted) {
      while (to < end && !(bytes[to] === first && (to + 1 >= end || isBlank(bytes[to + 1])))) to += 1;
      if (to >= end) return false;
      at = to + 1;
    } else {
      while (to < end && !isBlank(bytes[to])) to += 1;
      at = to;
    }
    const k = into.count;
    if (k === into.bare.length) grow(into);
    into.spans[2 * k] = from;
    into.spans[2 * k + 1] = to;
    into.bare[k] = isQuoted ? 0 : 1;
    into.count += 1;
  }
}

function grow(tokens: CifTokens): void {
  const spans = new Int32Array(2 * tokens.spans.length);
  spans.set(tokens.spans);
  const bare = new Uint8Array(2 * tokens.bare.length);
  bare.set(tokens.bare);
  tokens.spans = spans;
  tokens.bare = bare;
}
