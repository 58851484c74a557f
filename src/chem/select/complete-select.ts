import { isFrameArray, type FrameData } from '../../protocol/frames.ts';
import { elementSymbol } from '../elements.ts';
import { NAME_KEYS } from './atom-columns.ts';
import { selectTokens, type SelectToken } from './select-tokens.ts';
import { JOINING_WORDS, SELECT_WORDS } from './select-words.ts';

/** Something that may be written at a place. */
export interface SelectOption {
  /** Replaces the text between `from` and the cursor. */
  readonly text: string;
  /** What it does, in a few words. */
  readonly does: string;
}

/** What may be written where the cursor stands. */
export interface SelectCompletion {
  /** Where the word being written begins. */
  readonly from: number;
  readonly options: readonly SelectOption[];
}

const MOST = 8;
const STARTS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'of', 'as', 'to', '(']);
const KINDS = ['residue', 'element', 'chain', 'name', 'molecule'];
const LISTS: Readonly<Record<string, string>> = {
  residue: NAME_KEYS.residueName,
  name: NAME_KEYS.name,
  chain: NAME_KEYS.chain,
};

/**
 * What may follow the text before a cursor, at most eight: words, elements and names that the frame has. `properties`
 * are the names of its per-atom values. Never throws.
 */
export function completeSelect(before: string, data: FrameData, properties: readonly string[]): SelectCompletion {
  const word = /[\p{L}\d_][\p{L}\w.'*+-]*$/u.exec(before)?.[0] ?? '';
  const from = before.length - word.length;
  let tokens: SelectToken[];
  try {
    tokens = selectTokens(before.slice(0, from)).slice(0, -1);
  } catch {
    return { from, options: [] };
  }
  const typed = word.toLowerCase();
  const fits = optionsAfter(tokens, data, properties).filter(({ text }) => text.toLowerCase().startsWith(typed));
  const isDone = fits.length === 1 && fits[0].text.toLowerCase() === typed;
  return { from, options: isDone ? [] : fits.slice(0, MOST) };
}

function optionsAfter(tokens: readonly SelectToken[], data: FrameData, properties: readonly string[]): SelectOption[] {
  let end = tokens.length;
  while (end > 1 && tokens[end - 1].text === ',') end -= 2;
  const isInList = end < tokens.length;
  const last = tokens[end - 1]?.text.toLowerCase();
  const previous = tokens[end - 2]?.text.toLowerCase();
  const simple = (words: readonly string[]): SelectOption[] => words.map((text) => ({ text, does: '' }));
  if (last === 'as' && previous !== undefined && !KINDS.includes(previous)) return [];
  if (previous === 'same' && last !== undefined && KINDS.includes(last)) return simple(['as']);
  if (last === 'element') return elementsOf(data);
  if (last !== undefined && Object.hasOwn(LISTS, last)) return namesOf(data, LISTS[last]);
  if (isInList) return [];
  if (last === 'same') return simple(KINDS);
  if (last === undefined || STARTS.has(last))
    return [...wordOptions(), ...properties.map((text) => ({ text, does: 'a value of each atom' }))];
  if (last === 'within' || last === 'index') return [];
  if (last === 'grow' || ((previous === 'within' || previous === 'grow') && tokens[end - 1].kind === 'number'))
    return simple(['of']);
  if (/^[<>=!]/.test(last)) return previous === undefined ? [] : namesOf(data, `arrays.${previous}`);
  const joins = JOINING_WORDS.map(({ word, does }) => ({ text: word, does }));
  return last === 'bonded' ? [{ text: 'to', does: 'to what' }, ...joins] : joins;
}

function wordOptions(): SelectOption[] {
  return SELECT_WORDS.map(({ word, does, example }) => ({
    text: word,
    does: example === word ? does : `${does}: ${example}`,
  }));
}

function elementsOf({ numbers }: FrameData): SelectOption[] {
  return isFrameArray(numbers) ? counted(numbers.data, elementSymbol) : [];
}

function namesOf(data: FrameData, key: string): SelectOption[] {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (!isFrameArray(value) || value.table === undefined) return [];
  const { table } = value;
  return counted(value.data, (code) => table[code]?.trim() ?? '');
}

/** Each value once, the most frequent first, written so that it can be read again. */
function counted(codes: ArrayLike<number>, nameOf: (code: number) => string): SelectOption[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i += 1) counts.set(codes[i], (counts.get(codes[i]) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([code, count]) => ({ text: nameOf(code), does: count === 1 ? '1 atom' : `${count} atoms` }))
    .filter(({ text }) => text !== '' && !text.includes('"'))
    .map(({ text, does }) => ({ text: /^[\p{L}\d_][\p{L}\w.'*+-]*$/u.test(text) ? text : `"${text}"`, does }));
}
