import { parseNumber } from '../text/parse-number.ts';
import { isBlank, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { keyOfInfo } from './comment.ts';
import { visitComment, type CommentToken } from './comment-tokens.ts';

const NOT_SCALARS: ReadonlySet<string> = new Set(['Lattice', 'Properties', 'pbc', 'stress', 'virial', 'uid', '']);

const MOST_KNOWN = 1000;

interface KnownKey {
  bytes: Uint8Array;
  name: string;
  /** Undefined for keys whose value is never one number. */
  frameKey: string | undefined;
}

/** Range of bytes of the value of `Properties`, or undefined. */
export interface PropertiesRange {
  start: number;
  end: number;
}

/**
 * Gathers the one-number values of comment lines without making strings: the keys of a line are expected in the order
 * of the line before.
 */
export class CommentScalars {
  private readonly known: KnownKey[] = [];
  private readonly index: FrameIndex;

  constructor(index: FrameIndex) {
    this.index = index;
  }

  /** Reads a comment with assignments for the frame added next; answers the position of an open quote, or -1. */
  gather(bytes: Uint8Array, start: number, end: number): { open: number; properties?: PropertiesRange } {
    let expected = 0;
    let properties: PropertiesRange | undefined;
    const open = visitComment(bytes, start, end, (token) => {
      const position = this.find(bytes, token, expected);
      expected = position + 1;
      const key = this.known[position];
      if (key?.name === 'Properties') properties = { start: token.valueStart, end: token.valueEnd };
      if (key?.frameKey === undefined || token.kind === 'flag' || token.kind === 'bracket') return;
      const value = numberAlone(bytes, token.valueStart, token.valueEnd);
      if (value !== undefined) this.index.setScalar(key.frameKey, value);
    });
    return properties === undefined ? { open } : { open, properties };
  }

  private find(bytes: Uint8Array, token: CommentToken, expected: number): number {
    const { known } = this;
    if (expected < known.length && isSame(known[expected].bytes, bytes, token)) return expected;
    for (let position = 0; position < known.length; position += 1) {
      if (isSame(known[position].bytes, bytes, token)) return position;
    }
    if (known.length >= MOST_KNOWN) return MOST_KNOWN;
    const name = textOf(bytes, token.keyStart, token.keyEnd);
    const frameKey = NOT_SCALARS.has(name) ? undefined : keyOfInfo(name);
    return known.push({ bytes: bytes.slice(token.keyStart, token.keyEnd), name, frameKey }) - 1;
  }
}

function isSame(key: Uint8Array, bytes: Uint8Array, token: CommentToken): boolean {
  const length = token.keyEnd - token.keyStart;
  if (key.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (key[at] !== bytes[token.keyStart + at]) return false;
  return true;
}

function isSeparator(byte: number): boolean {
  return isBlank(byte) || byte === 44;
}

function numberAlone(bytes: Uint8Array, from: number, to: number): number | undefined {
  let start = from;
  let end = to;
  while (start < end && isSeparator(bytes[start])) start += 1;
  while (end > start && isSeparator(bytes[end - 1])) end -= 1;
  if (start === end) return undefined;
  const value = parseNumber(bytes, start, end);
  if (value === undefined || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  // A whole number too long for a double is text in the frame; so it is not a scalar here.
  for (let at = start; at < end; at += 1) if (bytes[at] === 46 || (bytes[at] | 32) === 101) return value;
  return undefined;
}
