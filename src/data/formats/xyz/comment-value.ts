import { frameArray, stringArray, type FrameValue } from '../../../protocol/frames.ts';
import { numberOfText } from '../text/parse-number.ts';
import type { ValueKind } from './comment-tokens.ts';

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['T', true],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['F', false],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

const INTEGER = /^[+-]?\d+$/;
const DEEPEST = 32;

/** The truth value that a word stands for in extended XYZ, undefined when it is none. */
export function truthOfText(text: string): boolean | undefined {
  return TRUTH.get(text);
}

/** The words of a value: separated by blanks and commas. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** Integers and floats as the smallest kind that holds them all; undefined when a word is no number. */
export function numbersOfWords(words: readonly string[]): Int32Array | Float64Array | undefined {
  const values = new Float64Array(words.length);
  let whole = words.length > 0;
  for (const [position, word] of words.entries()) {
    const value = numberOfText(word);
    if (value === undefined) return undefined;
    values[position] = value;
    whole &&= INTEGER.test(word) && Math.abs(value) <= 0x7fffffff;
  }
  return whole ? Int32Array.from(values) : values;
}

function isExactScalar(word: string, value: number): boolean {
  return !INTEGER.test(word) || Number.isSafeInteger(value);
}

/**
 * What the value of a comment key means, by the rules of ASE and libAtoms: number, truth value, array of either, JSON
 * after `_JSON `, else text. Whole numbers too long for a double stay text; a JSON object stays the text it was.
 */
export function commentValue(text: string, kind: ValueKind, raw = false): FrameValue {
  if (kind === 'flag') return true;
  if (raw) return text;
  if (kind === 'bracket' && text.startsWith('[')) return nestedArray(text) ?? text.slice(1, -1);
  const plain = kind === 'bracket' ? text.slice(1, -1) : text;
  if (plain.startsWith('_JSON ')) return jsonValue(plain);
  const words = wordsOf(plain);
  if (words.length === 0) return plain;
  if (words.length === 1) {
    const value = numberOfText(words[0]);
    if (value !== undefined) return isExactScalar(words[0], value) ? value : plain;
    return truthOfText(words[0]) ?? plain;
  }
  const numbers = numbersOfWords(words);
  if (numbers !== undefined) return frameArray(numbers);
  const truths = words.map(truthOfText);
  if (truths.every((truth) => truth !== undefined)) return frameArray(Uint8Array.from(truths, Number));
  return plain;
}

function jsonValue(text: string): FrameValue {
  const body = text.slice(6).trim();
  if (body.startsWith('[')) return nestedArray(body) ?? text;
  const number = numberOfText(body);
  if (number !== undefined) return number;
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'string' || typeof value === 'boolean') return value;
  } catch {
    // Not JSON after all: the text is kept.
  }
  return text;
}

/** `[1, 2]`, `[[1, 2], [3, 4]]`, `["a", b]`, `[T, F]` as an array; undefined when it is ragged or of mixed kinds. */
function nestedArray(text: string): FrameValue | undefined {
  const shape: number[] = [];
  const counts: number[] = [];
  const words: string[] = [];
  let quoted = false;
  const pieces = /\[|\]|"((?:[^"\\]|\\.)*)"|[^\s,[\]"]+/gy;
  const separators = /[\s,]*/gy;
  let at = 0;
  let depth = 0;
  let deepest = 0;
  while (at < text.length) {
    separators.lastIndex = at;
    separators.exec(text);
    pieces.lastIndex = separators.lastIndex;
    at = separators.lastIndex;
    if (at >= text.length) break;
    const piece = pieces.exec(text);
    if (piece === null) return undefined;
    at = pieces.lastIndex;
    if (piece[0] === '[') {
      if (depth > 0) counts[depth - 1] += 1;
      else if (at > 1) return undefined;
      depth += 1;
      if (depth > DEEPEST || (words.length > 0 && depth > deepest)) return undefined;
      deepest = Math.max(deepest, depth);
      counts[depth - 1] = 0;
    } else if (piece[0] === ']') {
      if (depth === 0) return undefined;
      const count = counts[depth - 1];
      if (shape[depth - 1] !== undefined && shape[depth - 1] !== count) return undefined;
      shape[depth - 1] = count;
      depth -= 1;
    } else {
      if (depth === 0 || (deepest > depth && words.length > 0)) return undefined;
      counts[depth - 1] += 1;
      quoted ||= piece[1] !== undefined;
      words.push(piece[1] === undefined ? piece[0] : jsonText(piece[0]));
    }
  }
  if (depth !== 0 || shape.length !== deepest || shape.reduce((a, b) => a * b, 1) !== words.length) return undefined;
  if (words.length === 0) return frameArray(new Float64Array(0), shape);
  const numbers = quoted ? undefined : numbersOfWords(words);
  if (numbers !== undefined) return frameArray(numbers, shape);
  const truths = quoted ? [] : words.map(truthOfText);
  if (!quoted && truths.every((truth) => truth !== undefined)) {
    return frameArray(Uint8Array.from(truths, Number), shape);
  }
  return { ...stringArray(words), shape };
}

/** A word between quotes: as JSON where it is, else with its escapes undone. */
function jsonText(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return unescaped(quoted.slice(1, -1));
  }
}

/** Text between quotes with its escapes undone: `\n` is a new line, any other escaped character itself. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([\s\S])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
