import { ELEMENTS } from '../elements.ts';
import { selectError, quote } from './select-error.ts';
import { selectTokens, type SelectToken } from './select-tokens.ts';
import type { Comparison, IndexRange, SameKind, SelectTree } from './select-tree.ts';
import { nearestWord, RESERVED, SELECT_WORDS } from './select-words.ts';

/** Deepest nesting of parentheses and words in front. */
const MAX_DEPTH = 100;
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '=', '!=']);
const SAME: ReadonlySet<string> = new Set(['residue', 'element', 'chain', 'name', 'molecule']);
const NUMBER_OF: ReadonlyMap<string, number> = new Map(
  ELEMENTS.flatMap(({ symbol, name, number }): [string, number][] => [
    [symbol.toLowerCase(), number],
    [name.toLowerCase(), number],
  ]),
);

/**
 * Reads an expression such as `element O and within 3.5 of (index 44)`. `and` binds closer than `or`; `not`, `within`,
 * `bonded to`, `grow` and `same` take the one condition, or the parenthesis, that follows. Throws `select/invalid`.
 */
export function parseSelect(text: string): SelectTree {
  return new Parser(selectTokens(text)).whole();
}

class Parser {
  readonly #tokens: readonly SelectToken[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly SelectToken[]) {
    this.#tokens = tokens;
  }

  whole(): SelectTree {
    const tree = this.#or();
    const rest = this.#next;
    if (rest.kind === 'end') return tree;
    const isList = rest.kind === 'number' || rest.kind === 'text' || rest.kind === 'word';
    const advice = isList
      ? 'Join conditions by \u201cand\u201d or \u201cor\u201d, and the items of a list by commas.'
      : 'Take it out.';
    throw this.#wrong('\u201cand\u201d, \u201cor\u201d or the end', advice);
  }

  get #next(): SelectToken {
    return this.#tokens[this.#at];
  }

  #take(): SelectToken {
    const token = this.#next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #isWord(word: string): boolean {
    return this.#next.kind === 'word' && this.#next.text.toLowerCase() === word;
  }

  #isSign(sign: string): boolean {
    return this.#next.kind === 'sign' && this.#next.text === sign;
  }

  #accept(word: string): boolean {
    if (!this.#isWord(word) && !this.#isSign(word)) return false;
    this.#at += 1;
    return true;
  }

  #wrong(expected: string, advice: string, token: SelectToken = this.#next): Error {
    return selectError(token.text, token.start, expected, advice, token.end - token.start);
  }

  #or(): SelectTree {
    const parts = [this.#and()];
    while (this.#accept('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0] : { kind: 'or', parts };
  }

  #and(): SelectTree {
    const parts = [this.#condition()];
    while (this.#accept('and')) parts.push(this.#condition());
    return parts.length === 1 ? parts[0] : { kind: 'and', parts };
  }

  #condition(): SelectTree {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw this.#wrong('an expression of fewer levels', `At most ${MAX_DEPTH} may stand inside one another.`);
    const tree = this.#isSign('(') ? this.#group() : this.#first();
    this.#depth -= 1;
    return tree;
  }

  #group(): SelectTree {
    const open = this.#take();
    const tree = this.#or();
    if (!this.#accept(')'))
      throw this.#wrong('\u201c)\u201d', `Close the parenthesis opened at character ${open.start + 1}.`);
    return tree;
  }

  #first(): SelectTree {
    const token = this.#next;
    const follower = this.#tokens[this.#at + 1];
    // A frame may have values named like a word of the language, say `arrays.name`; the sign tells.
    if (token.kind === 'word' && follower?.kind === 'sign' && COMPARISONS.has(follower.text)) return this.#property();
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (!RESERVED.has(word) || token.kind !== 'word') throw this.#unknown(token);
    this.#at += 1;
    if (word === 'all' || word === 'none') return { kind: word };
    if (word === 'not') return { kind: 'not', of: this.#condition() };
    if (word === 'element') return { kind: 'element', numbers: this.#list(() => this.#element()) };
    if (word === 'index') return { kind: 'index', ranges: this.#list(() => this.#range('index 0:10,15')) };
    if (word === 'residue') return this.#residue();
    if (word === 'name' || word === 'chain') return { kind: word, names: this.#list(() => this.#name(word)) };
    if (word === 'within') return this.#within();
    if (word === 'bonded')
      return this.#accept('to') ? { kind: 'bonded-to', of: this.#condition() } : { kind: 'bonded' };
    if (word === 'grow') return this.#grow();
    if (word === 'same') return this.#same();
    this.#at -= 1;
    throw this.#unknown(token);
  }

  #unknown(token: SelectToken): Error {
    const near =
      token.kind === 'word'
        ? nearestWord(
            token.text,
            SELECT_WORDS.map(({ word }) => word),
          )
        : undefined;
    const isElement = token.kind === 'word' && NUMBER_OF.has(token.text.toLowerCase());
    const isName = token.kind === 'word' && !RESERVED.has(token.text.toLowerCase());
    let advice = 'Begin with a condition, such as \u201celement O\u201d, \u201cindex 0:10\u201d or \u201cz < 3\u201d.';
    if (near !== undefined && near !== token.text.toLowerCase()) advice = `Did you mean ${quote(near)}?`;
    else if (isElement) advice = `Write ${quote(`element ${token.text}`)}.`;
    else if (isName)
      advice = `Write a comparison, such as ${quote(`${token.text.slice(0, 12)} > 0.5`)}, or a condition such as \u201celement O\u201d.`;
    return this.#wrong('a condition', advice, token);
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#accept(',')) items.push(item());
    return items;
  }

  #element(): number {
    const token = this.#next;
    const number = token.kind === 'number' ? Number(token.text) : NUMBER_OF.get(token.text.toLowerCase());
    const isKnown = number !== undefined && Number.isInteger(number) && number >= 0 && number < ELEMENTS.length;
    if (token.kind === 'end' || token.kind === 'sign' || !isKnown)
      throw this.#wrong('an element', 'Write its symbol, such as O, N or Fe.');
    this.#at += 1;
    return number;
  }

  #whole(example: string): number {
    const token = this.#next;
    const value = Number(token.text);
    if (token.kind !== 'number' || !Number.isSafeInteger(value))
      throw this.#wrong('a whole number', `Write ${quote(example)}; both ends of a range are included.`);
    this.#at += 1;
    return value;
  }

  #range(example: string): IndexRange {
    const start = this.#next;
    const from = this.#isSign(':') ? undefined : this.#whole(example);
    if (!this.#accept(':')) return { from, to: from };
    const to = this.#next.kind === 'number' || from === undefined ? this.#whole(example) : undefined;
    if (from !== undefined && to !== undefined && to < from)
      throw this.#wrong('a range that begins at its lower end', `Write ${quote(`${to}:${from}`)}.`, start);
    return { from, to };
  }

  #residue(): SelectTree {
    const names: string[] = [];
    const ranges: IndexRange[] = [];
    this.#list(() => {
      if (this.#next.kind === 'number' || this.#isSign(':')) ranges.push(this.#range('residue 10:20'));
      else names.push(this.#name('residue'));
    });
    return { kind: 'residue', names, ranges };
  }

  #name(of: 'residue' | 'name' | 'chain'): string {
    const token = this.#next;
    if (token.kind === 'end' || token.kind === 'sign') {
      const example = { residue: 'residue ALA', name: 'name CA', chain: 'chain A' }[of];
      throw this.#wrong(
        of === 'residue'
          ? 'the name or number of a residue'
          : `the ${of === 'name' ? 'name of an atom' : 'letter of a chain'}`,
        `Write ${quote(example)}.`,
      );
    }
    this.#at += 1;
    return token.text;
  }

  #within(): SelectTree {
    const token = this.#next;
    const distance = Number(token.text);
    if (token.kind !== 'number' || !Number.isFinite(distance) || distance < 0)
      throw this.#wrong('a distance in \u00e5ngstr\u00f6m', 'Write \u201cwithin 3.5 of (element O)\u201d.');
    this.#at += 1;
    if (!this.#accept('of'))
      throw this.#wrong('\u201cof\u201d', `Write ${quote(`within ${token.text.slice(0, 8)} of (\u2026)`)}.`);
    return { kind: 'within', distance, of: this.#condition() };
  }

  #grow(): SelectTree {
    let steps = 1;
    if (this.#next.kind === 'number') {
      const token = this.#next;
      steps = this.#whole('grow 2 of (index 0)');
      if (steps < 1)
        throw this.#wrong('how many bonds far, 1 or more', 'Write \u201cgrow 2 of (index 0)\u201d.', token);
    }
    if (!this.#accept('of'))
      throw this.#wrong('\u201cof\u201d', 'Write \u201cgrow of (index 0)\u201d or \u201cgrow 2 of (index 0)\u201d.');
    return { kind: 'grow', steps, of: this.#condition() };
  }

  #same(): SelectTree {
    const token = this.#next;
    const as = token.text.toLowerCase();
    if (token.kind !== 'word' || !SAME.has(as))
      throw this.#wrong('residue, element, chain, name or molecule', 'Write \u201csame residue as (index 0)\u201d.');
    this.#at += 1;
    if (!this.#accept('as')) throw this.#wrong('\u201cas\u201d', `Write ${quote(`same ${as} as (index 0)`)}.`);
    return { kind: 'same', as: as as SameKind, of: this.#condition() };
  }

  #property(): SelectTree {
    const { text: property } = this.#take();
    const { text: is } = this.#take();
    const token = this.#next;
    if (token.kind === 'end' || token.kind === 'sign')
      throw this.#wrong('a value to compare with', `Write ${quote(`${property.slice(0, 12)} ${is} 0.5`)}.`);
    if (token.kind !== 'number' && is !== '=' && is !== '!=')
      throw this.#wrong('a number', 'Words can only be compared by = and !=.');
    this.#at += 1;
    const value = token.kind === 'number' ? Number(token.text) : token.text;
    return { kind: 'property', property, is: is as Comparison, value };
  }
}
