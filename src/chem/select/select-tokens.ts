import { CovalenceError } from '../../protocol/errors.ts';
import { selectError } from './select-error.ts';

/** One piece of an expression. `text` is the word without its quotes. */
export interface SelectToken {
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  /** 0-based, in the expression. */
  readonly start: number;
  readonly end: number;
}

/** Longest expression in characters: a list of indices may be long. */
export const MAX_SELECT_LENGTH = 200_000;

/** Numbers before words, but names such as 1HB and 2H5* are words. */
const PATTERN =
  /\s+|(?<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w'*]))|(?<word>[\p{L}\d_][\p{L}\p{M}\w.'*+-]*)|(?<text>"[^"]*"|'[^']*')|(?<sign><=|>=|!=|==|[<>=(),:])/uy;

/** Cuts an expression into pieces, the last one an `end`. Throws `select/invalid`. */
export function selectTokens(text: string): SelectToken[] {
  if (text.length > MAX_SELECT_LENGTH) {
    throw new CovalenceError(
      'select/invalid',
      `The expression has ${text.length} characters; ${MAX_SELECT_LENGTH} are the most. Select these atoms by what they have in common.`,
      { position: MAX_SELECT_LENGTH, length: 0 },
    );
  }
  const tokens: SelectToken[] = [];
  let start = 0;
  while (start < text.length) {
    PATTERN.lastIndex = start;
    const match = PATTERN.exec(text);
    if (match === null) throw strange(text, start);
    const end = start + match[0].length;
    const { number, word, text: quoted, sign } = match.groups ?? {};
    if (number !== undefined) tokens.push({ kind: 'number', text: number, start, end });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, start, end });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.slice(1, -1), start, end });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign === '==' ? '=' : sign, start, end });
    start = end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function strange(text: string, start: number): CovalenceError {
  const found = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (found === '"' || found === "'")
    return selectError(text.slice(start), start, 'a closing quotation mark', `Write another ${found} at the end.`);
  const advice: Readonly<Record<string, string>> = {
    '&': 'Write \u201cand\u201d.',
    '|': 'Write \u201cor\u201d.',
    '!': 'Write \u201cnot\u201d.',
    '[': 'Write round parentheses.',
    '{': 'Write round parentheses.',
  };
  return selectError(found, start, 'a word, a number or a parenthesis', advice[found] ?? 'Take it out.');
}
