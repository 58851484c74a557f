import { CovalenceError } from '../../protocol/errors.ts';

/** Longest piece of what was typed that a message quotes. */
const QUOTED = 24;

/** A piece of an expression, short enough for a sentence. */
export function quote(text: string): string {
  return `\u201c${text.length > QUOTED ? `${text.slice(0, QUOTED)}\u2026` : text}\u201d`;
}

/**
 * `select/invalid` for an expression: what stands at `position` (0-based), what was expected there and what to write.
 * The fields carry the position and the length of the piece, so that a text box can mark it.
 */
export function selectError(
  found: string,
  position: number,
  expected: string,
  advice: string,
  length: number = found.length,
): CovalenceError {
  const what = found === '' ? 'the expression ends' : `there is ${quote(found)}`;
  const message = `At character ${position + 1} ${what}, but ${expected} was expected. ${advice}`;
  return new CovalenceError('select/invalid', message, { position, length, expected });
}
