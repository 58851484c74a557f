import { isBlank } from '../text/bytes-text.ts';

/** How a value is written: bare word, between quotes, between brackets (outermost ones included), or not at all (a flag). */
export type ValueKind = 'bare' | 'quoted' | 'bracket' | 'flag';

/** One `key=value` of a comment line as ranges of its bytes; quotes are outside the ranges. */
export interface CommentToken {
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
  kind: ValueKind;
}

const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const EQUALS = 61;

function closing(byte: number): number {
  if (byte === 91) return 93;
  if (byte === 123) return 125;
  return 0;
}

/**
 * Calls `visit` with every key and value of the comment line `bytes[start, end)`, always with the same token object.
 * Answers the position of a quote or bracket that is not closed, or -1.
 */
export function visitComment(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (token: CommentToken) => void,
): number {
  const token: CommentToken = { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0, kind: 'flag' };
  let at = start;
  const skipBlanks = (): void => {
    while (at < end && isBlank(bytes[at])) at += 1;
  };
  /** Position of the quote that closes the one at `at`, -1 when there is none. */
  const closingQuote = (from: number): number => {
    const quote = bytes[from];
    for (let position = from + 1; position < end; position += 1) {
      if (bytes[position] === BACKSLASH) position += 1;
      else if (bytes[position] === quote) return position;
    }
    return -1;
  };
  const closingBracket = (from: number): number => {
    const open = bytes[from];
    const close = closing(open);
    let depth = 0;
    for (let position = from; position < end; position += 1) {
      const byte = bytes[position];
      if (byte === QUOTE) {
        const quoteEnd = closingQuote(position);
        if (quoteEnd < 0) return -1;
        position = quoteEnd;
      } else if (byte === open) depth += 1;
      else if (byte === close) {
        depth -= 1;
        if (depth === 0) return position;
      }
    }
    return -1;
  };
  for (skipBlanks(); at < end; skipBlanks()) {
    if (bytes[at] === QUOTE || bytes[at] === APOSTROPHE) {
      const close = closingQuote(at);
      if (close < 0) return at;
      token.keyStart = at + 1;
      token.keyEnd = close;
      at = close + 1;
    } else {
      token.keyStart = at;
      while (at < end && bytes[at] !== EQUALS && !isBlank(bytes[at])) at += 1;
      token.keyEnd = at;
    }
    const afterKey = at;
    skipBlanks();
    if (at >= end || bytes[at] !== EQUALS) {
      at = afterKey;
      token.kind = 'flag';
      token.valueStart = token.valueEnd = at;
      visit(token);
      continue;
    }
    at += 1;
    const afterEquals = at;
    skipBlanks();
    const first = at < end ? bytes[at] : 0;
    if (first === QUOTE || first === APOSTROPHE) {
      const close = closingQuote(at);
      if (close < 0) return at;
      token.kind = 'quoted';
      token.valueStart = at + 1;
      token.valueEnd = close;
      at = close + 1;
    } else if (closing(first) !== 0) {
      const close = closingBracket(at);
      if (close < 0) return at;
      token.kind = 'bracket';
      token.valueStart = at;
      token.valueEnd = at = close + 1;
    } else {
      token.kind = 'bare';
      token.valueStart = at;
      while (at < end && !isBlank(bytes[at])) at += 1;
      token.valueEnd = at;
      // In `a= b=1` the value of a is empty; in `a= 1` it is 1.
      if (token.valueStart > afterEquals && hasAssignment(bytes, token.valueStart, at)) {
        at = token.valueStart;
        token.valueStart = token.valueEnd = afterEquals;
      }
    }
    visit(token);
  }
  return -1;
}

/** True when `bytes[start, end)` has an equals sign, without which a comment is free text. */
export function hasAssignment(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === EQUALS) return true;
  return false;
}
