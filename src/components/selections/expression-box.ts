import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { completeSelect, type SelectCompletion } from '../../chem/select/complete-select.ts';
import { NAME_KEYS, propertyNames } from '../../chem/select/atom-columns.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { Room } from '../../room/room.ts';
import type { ExpressionAnswers } from '../expression-answers.ts';
import { formatPlural } from '../format-number.ts';
import { loadPerson, PERSON_COLORS } from '../person.ts';
import type { ExpressionAnswer } from '../expression-answer.ts';
import { roomView } from '../room-view.ts';
import { expressionBoxStyles } from './expression-box.styles.ts';

const NOTHING: SelectCompletion = { from: 0, options: [] };

/** The text box in which a selection is written, with what may follow and what it would select. Comes when opened. */
export class ExpressionBox {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #room: Room;
  readonly #answers: ExpressionAnswers;
  readonly #close: () => void;
  #completion = NOTHING;
  #active = -1;
  #answer: ExpressionAnswer | undefined;
  /** An error is shown once the person has stopped to look: after Enter, or with nothing left to complete. */
  #isAsked = false;
  #failure: string | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, room: Room, answers: ExpressionAnswers, close: () => void) {
    this.#host = host;
    this.#room = room;
    this.#answers = answers;
    this.#close = close;
    answers.pin(Object.values(NAME_KEYS));
    const { shadowRoot } = host;
    const { styleSheet } = expressionBoxStyles;
    if (shadowRoot !== null && styleSheet !== undefined && !shadowRoot.adoptedStyleSheets.includes(styleSheet))
      shadowRoot.adoptedStyleSheets.push(styleSheet);
  }

  /** Puts the cursor into the box, behind what was typed before it was there. */
  focus(typed = ''): void {
    const input = this.#input;
    input?.focus();
    if (input != null && typed !== '') input.setRangeText(typed, input.value.length, input.value.length, 'end');
    this.#look();
  }

  template(): TemplateResult {
    const { options } = this.#completion;
    const sentence = this.#sentence();
    const isWrong = sentence !== undefined && this.#error !== undefined;
    return html`<div class="expression" @focusout=${this.#left}>
      <input
        class="expression-text"
        role="combobox"
        aria-label="Select by expression"
        aria-autocomplete="list"
        aria-expanded=${options.length > 0 ? 'true' : 'false'}
        aria-controls="expression-options"
        aria-activedescendant=${this.#active < 0 ? nothing : `expression-option-${this.#active}`}
        aria-invalid=${isWrong ? 'true' : 'false'}
        aria-describedby="expression-says"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        placeholder="element O and within 3.5 of (index 0)"
        @input=${this.#look}
        @click=${this.#look}
        @keydown=${this.#key}
      />
      <ul id="expression-options" role="listbox" aria-label="May follow" ?hidden=${options.length === 0}>
        ${options.map(
          ({ text, does }, index) =>
            html`<li
              role="option"
              id="expression-option-${index}"
              aria-selected=${index === this.#active ? 'true' : 'false'}
              @pointerdown=${(event: Event) => this.#choose(event, index)}
            >
              <b>${text}</b><span>${does}</span>
            </li>`,
        )}
      </ul>
      <p id="expression-says" role="status" class=${isWrong ? 'wrong' : ''}>${sentence ?? nothing}</p>
    </div>`;
  }

  get #input(): HTMLInputElement | null | undefined {
    return this.#host.shadowRoot?.querySelector<HTMLInputElement>('.expression-text');
  }

  get #text(): string {
    return this.#input?.value.trim() ?? '';
  }

  get #error(): string | undefined {
    return this.#failure ?? this.#present?.error?.message;
  }

  /** The answer now: a frame may have come since it was asked for. */
  get #present(): ExpressionAnswer | undefined {
    return this.#text === '' || this.#answer === undefined ? undefined : this.#answers.answer(this.#text);
  }

  #sentence(): string | undefined {
    const present = this.#present;
    if (this.#error !== undefined)
      return this.#isAsked || this.#completion.options.length === 0 ? this.#error : undefined;
    if (present === undefined) return 'Enter selects, for everybody here. Esc closes.';
    if (present.isWaiting === true) return 'Reading the frame\u2026';
    return `${formatPlural(present.atoms.length, 'atom')}. Enter selects.`;
  }

  readonly #look = (): void => {
    const input = this.#input;
    if (input === null || input === undefined) return;
    const data = this.#answers.frame?.data ?? {};
    const known = this.#room.frames.trajectory?.keys ?? [];
    const names = known
      .filter(({ name, shape }) => shape[0] === null && !/^(?:positions|numbers|bonds)$/.test(name))
      .map(({ name }) => name.replace(/^arrays\./, ''));
    const before = input.value.slice(0, input.selectionStart ?? input.value.length);
    this.#completion = completeSelect(before, data, [
      ...new Set([...propertyNames(data).filter((name) => name !== 'numbers'), ...names]),
    ]);
    this.#active = -1;
    this.#isAsked = false;
    this.#failure = undefined;
    this.#answers.forget();
    this.#answer = this.#text === '' ? undefined : this.#answers.answer(this.#text);
    this.#host.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent): void => {
    const { options } = this.#completion;
    const { key } = event;
    // A letter here is no command of the viewer.
    event.stopPropagation();
    if (key === 'Escape') {
      if (options.length > 0) this.#hide();
      else this.#end();
    } else if ((key === 'ArrowDown' || key === 'ArrowUp') && options.length > 0) {
      const count = options.length + 1;
      this.#active = ((this.#active + 1 + (key === 'ArrowDown' ? 1 : -1) + count) % count) - 1;
    } else if (key === 'Tab' && !event.shiftKey && options.length > 0 && this.#text !== '') {
      this.#complete(Math.max(0, this.#active));
    } else if (key === 'Enter' && this.#active >= 0) {
      this.#complete(this.#active);
    } else if (key === 'Enter') {
      this.#store();
    } else return;
    event.preventDefault();
    this.#host.requestUpdate();
  };

  readonly #left = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    if (next instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(next)) return;
    if (this.#text === '') this.#end();
    else this.#hide();
  };

  #hide(): void {
    this.#completion = NOTHING;
    this.#active = -1;
    this.#host.requestUpdate();
  }

  #choose(event: Event, index: number): void {
    event.preventDefault();
    this.#complete(index);
  }

  #complete(index: number): void {
    const input = this.#input;
    const option = this.#completion.options[index];
    if (input === null || input === undefined || option === undefined) return;
    const cursor = input.selectionStart ?? input.value.length;
    input.setRangeText(`${option.text} `, this.#completion.from, cursor, 'end');
    this.#look();
  }

  #store(): void {
    const select = this.#text;
    this.#isAsked = true;
    const answer = select === '' ? undefined : this.#answers.answer(select);
    if (answer === undefined) return;
    if (answer.error !== undefined) {
      // The list would cover the sentence.
      this.#hide();
      const { position, length } = answer.error.fields;
      const shift = (this.#input?.value.length ?? 0) - (this.#input?.value.trimStart().length ?? 0);
      if (typeof position === 'number')
        this.#input?.setSelectionRange(shift + position, shift + position + (typeof length === 'number' ? length : 0));
      return;
    }
    const used = new Set(Object.values(this.#room.selections.snapshot()).map(({ color }) => color));
    const color = PERSON_COLORS.find((each) => !used.has(each)) ?? loadPerson().color;
    try {
      const { key } = this.#room.selections.add({ display_name: select.slice(0, 80), select, color });
      roomView(this.#room).show(key);
    } catch (error) {
      this.#failure = asCovalenceError(error, 'value/invalid').message;
      return;
    }
    this.#end();
  }

  #end(): void {
    this.#answers.pin([]);
    this.#answers.forget();
    this.#close();
  }
}
