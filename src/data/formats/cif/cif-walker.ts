import { lineEnd, textOf } from '../text/bytes-text.ts';
import { cifTokens, tokenise, type CifTokens } from './cif-tokens.ts';

/** Thrown for a line that is no CIF: what is wrong with it. */
export class CifProblem {
  readonly found: string;

  constructor(found: string) {
    this.found = found;
  }
}

/** One row of a loop: words of a line, or of several put together. Values hold during the call only. */
export interface CifRow {
  bytes: Uint8Array;
  spans: Int32Array;
}

/** What a walk through a CIF tells. Names of items are lower-case with one kind of separator: `_atom_site_fract_x`. */
export interface CifListener {
  /** A block `data_name` begins at this offset and line. */
  block(name: string, offset: number, line: number): void;
  item(name: string, value: string): void;
  /** A loop begins; answers whether its rows are wanted. */
  loop(names: readonly string[]): boolean;
  /** A row, which begins at this offset and line. */
  row(row: CifRow, offset: number, line: number): void;
}

const SEMICOLON = 59;
const UNDERSCORE = 95;
/** `loop_`, `data_`, `save_`, `stop_` and `global_` begin with these, in any case. */
const SPECIAL = new Set(Array.from('ldsgLDSG', (letter) => letter.charCodeAt(0)));
const SPECIAL_WORD = /^(?:loop_$|data_|save_|stop_$|global_$)/i;

const encoder = new TextEncoder();

/** Walks through CIF text (1.1, so also mmCIF) line by line; keeps nothing but the values of an unfinished row. */
export class CifWalker {
  private readonly listener: CifListener;
  private readonly tokens: CifTokens = cifTokens();
  private names: string[] = [];
  private state: 'items' | 'names' | 'rows' = 'items';
  private isWanted = false;
  /** Name of the item whose value comes next. */
  private item: string | undefined;
  /** Values of a row that goes over several lines, and where it began. */
  private values: string[] = [];
  private rowOffset = 0;
  private rowLine = 0;
  /** Lines of a text between semicolons. */
  private text: string[] | undefined;

  /** `names` are those of a loop in whose rows the walk begins. */
  constructor(listener: CifListener, names?: readonly string[]) {
    this.listener = listener;
    if (names === undefined) return;
    this.names = [...names];
    this.state = 'rows';
    this.isWanted = true;
  }

  /** The next line, `bytes[start, end)`, which begins at `offset` of the file. Throws {@link CifProblem}. */
  line(bytes: Uint8Array, start: number, rawEnd: number, offset: number, line: number): void {
    const end = lineEnd(bytes, start, rawEnd);
    if (this.text !== undefined) {
      if (bytes[start] !== SEMICOLON || start >= end) {
        if (this.isValueWanted) this.text.push(textOf(bytes, start, end));
        return;
      }
      const value = this.text.join('\n');
      this.text = undefined;
      this.value(value, offset, line);
      this.words(bytes, start + 1, end, offset, line);
      return;
    }
    if (bytes[start] === SEMICOLON && start < end) {
      if (this.values.length === 0) [this.rowOffset, this.rowLine] = [offset, line];
      this.text = this.isValueWanted ? [textOf(bytes, start + 1, end)] : [];
      return;
    }
    this.words(bytes, start, end, offset, line);
  }

  /** The end of the text. Throws {@link CifProblem}. */
  end(): void {
    if (this.text !== undefined) throw new CifProblem('the file ends within a text between semicolons');
    this.finishLoop();
    if (this.item !== undefined) throw new CifProblem(`the file ends before the value of ${this.item}`);
  }

  private get isValueWanted(): boolean {
    return this.state !== 'rows' || this.isWanted;
  }

  private words(bytes: Uint8Array, start: number, end: number, offset: number, line: number): void {
    const { tokens } = this;
    if (!tokenise(bytes, start, end, tokens)) {
      throw new CifProblem(`a quote is not closed: ${textOf(bytes, start, Math.min(end, start + 60)).trim()}`);
    }
    const { count, spans, bare } = tokens;
    if (count === 0) return;
    const first = bytes[spans[0]];
    if (this.state === 'rows' && !(bare[0] === 1 && (first === UNDERSCORE || SPECIAL.has(first)))) {
      if (!this.isWanted) return;
      if (this.values.length === 0 && count === this.names.length) {
        this.listener.row({ bytes, spans }, offset, line);
        return;
      }
    }
    for (let k = 0; k < count; k += 1) {
      const from = spans[2 * k];
      const to = spans[2 * k + 1];
      const word = textOf(bytes, from, to);
      if (bare[k] === 1 && bytes[from] === UNDERSCORE) this.name(word);
      else if (bare[k] === 1 && SPECIAL.has(bytes[from]) && SPECIAL_WORD.test(word)) this.special(word, offset, line);
      else this.value(word, offset, line);
    }
  }

  private name(word: string): void {
    const name = word.toLowerCase().replace('.', '_');
    if (this.state === 'names') {
      this.names.push(name);
      return;
    }
    this.finishLoop();
    if (this.item !== undefined) throw new CifProblem(`${this.item} has no value`);
    this.item = name;
  }

  private special(word: string, offset: number, line: number): void {
    this.finishLoop();
    if (this.item !== undefined) throw new CifProblem(`${this.item} has no value`);
    const lower = word.toLowerCase();
    if (lower === 'loop_') {
      this.names = [];
      this.state = 'names';
    } else if (lower.startsWith('data_')) this.listener.block(word.slice(5), offset, line);
  }

  private value(value: string, offset: number, line: number): void {
    if (this.state === 'names') {
      if (this.names.length === 0) throw new CifProblem('a loop has no names');
      this.isWanted = this.listener.loop(this.names);
      this.state = 'rows';
    }
    if (this.state === 'rows') {
      if (!this.isWanted) return;
      if (this.values.length === 0) [this.rowOffset, this.rowLine] = [offset, line];
      this.values.push(value);
      if (this.values.length === this.names.length) this.joinedRow();
      return;
    }
    if (this.item === undefined) throw new CifProblem(`a value has no name: ${value.slice(0, 40)}`);
    const { item } = this;
    this.item = undefined;
    this.listener.item(item, value);
  }

  /** A row whose values stand on several lines. */
  private joinedRow(): void {
    const parts = this.values.map((value) => encoder.encode(value));
    this.values = [];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    const spans = new Int32Array(2 * parts.length);
    let at = 0;
    for (const [k, part] of parts.entries()) {
      bytes.set(part, at);
      spans[2 * k] = at;
      at += part.length;
      spans[2 * k + 1] = at;
    }
    this.listener.row({ bytes, spans }, this.rowOffset, this.rowLine);
  }

  private finishLoop(): void {
    if (this.state === 'rows' && this.values.length > 0) {
      throw new CifProblem(`a row has ${this.values.length} of ${this.names.length} values`);
    }
    this.state = 'items';
  }
}
