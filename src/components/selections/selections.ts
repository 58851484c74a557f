import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../style-map.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { SelectionRecord } from '../../protocol/records/selection.ts';
import type { Room } from '../../room/room.ts';
import { CoErrorEvent } from '../events.ts';
import { formatPlural } from '../format-number.ts';
import { icons } from '../icons.ts';
import {
  colorSelection,
  hideSelection,
  removeSelection,
  renameSelection,
  visualiserKeyOf,
  type CurrentSelection,
} from '../own-selection.ts';
import { loadPerson } from '../person.ts';
import { roomExpressions } from '../room-expressions.ts';
import { renameBox } from '../rename-box.ts';
import { RoomElement } from '../room-element.ts';
import { roomView } from '../room-view.ts';
import { controls } from '../styles/controls.styles.ts';
import { rows } from '../styles/rows.styles.ts';
import { swatches } from '../styles/swatches.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { swatchesTemplate } from '../swatches.ts';
import { PLAIN_HIGHLIGHT } from '../viewer/scene-highlights.ts';
import type { ExpressionBox } from './expression-box.ts';
import { typedAhead } from './typed-ahead.ts';
import { selectionsStyles } from './selections.styles.ts';

/** How long a click waits for a second one. */
const SECOND_CLICK_MS = 220;

/**
 * Everybody's selections: click one to see it, rename it in place, colour or hide its atoms, delete it. What happens
 * here happens in every browser of the room.
 *
 * @summary The shared list of selections.
 * @event co-error - The answer to an expression could not be read.
 * @slot empty - In place of the sentence shown while there are none.
 * @csspart row - One selection.
 */
export class CoSelections extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, swatches, rows, selectionsStyles];

  #showTimer: ReturnType<typeof setTimeout> | undefined;

  @state() private renaming: string | undefined;
  @state() private coloring: string | undefined;
  @state() private box: ExpressionBox | undefined;
  @query('input.rename') private renameInput!: HTMLInputElement | null;
  @query('.popover') private popoverElement!: HTMLElement | null;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const update = (): void => this.requestUpdate();
    return [
      // What the link allows is known with the connection.
      room.onStatus(update),
      room.selections.onChange(update),
      room.visualisers.onChange(update),
      roomExpressions(room).onChange(update),
      () => {
        clearTimeout(this.#showTimer);
        this.box = undefined;
        roomView(room).pointAt(undefined);
      },
    ];
  }

  /**
   * Opens the box for expressions, or puts the cursor into it; without the right to write it does nothing. What is
   * typed from now on goes into the box, though its code may come later.
   */
  async selectByExpression(): Promise<void> {
    const room = this.activeRoom;
    if (room === undefined || !room.can('write')) return;
    if (this.box !== undefined) {
      this.box.focus();
      return;
    }
    const ahead = typedAhead();
    const box = await this.#openBox(room);
    const text = ahead.take();
    box?.focus(text);
  }

  async #openBox(room: Room): Promise<ExpressionBox | undefined> {
    try {
      const [{ ExpressionBox: Box }, answers] = await Promise.all([
        import('./expression-box.ts'),
        roomExpressions(room).load(),
      ]);
      if (this.activeRoom === room) this.box = new Box(this, room, answers, () => this.#closeBox());
      await this.updateComplete;
      return this.box;
    } catch (error) {
      this.dispatchEvent(new CoErrorEvent(asCovalenceError(error, 'server/unreachable'), false));
      return undefined;
    }
  }

  #closeBox(): void {
    this.box = undefined;
    void this.updateComplete.then(() => this.shadowRoot?.querySelector<HTMLElement>('.by-expression')?.focus());
  }

  #boxTemplate(room: Room): TemplateResult | typeof nothing {
    if (!room.can('write')) return nothing;
    if (this.box !== undefined) return this.box.template();
    return html`<button
      class="plain by-expression"
      aria-keyshortcuts="/"
      @click=${() => void this.selectByExpression()}
    >
      <span>Select by expression…</span><kbd>/</kbd>
    </button>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('renaming')) this.renameInput?.select();
    if (changed.has('coloring') && this.coloring !== undefined) {
      this.popoverElement?.showPopover();
      this.popoverElement?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    const entries = room === undefined ? [] : Object.entries(room.selections.snapshot());
    if (room === undefined || entries.length === 0) {
      const mayEdit = room?.can('write') ?? true;
      return html`<slot name="empty"
          ><p class="empty">
            ${
              mayEdit
                ? 'Click an atom to select it. Hold Shift for more, or to drag a rectangle.'
                : 'Nothing is selected. What others select appears here.'
            }
          </p></slot
        >${room === undefined ? nothing : this.#boxTemplate(room)}`;
    }
    return html`<ul>
        ${repeat(
          entries,
          ([key]) => key,
          ([key, record]) => this.#rowTemplate(room, key, record),
        )}
      </ul>
      ${this.#boxTemplate(room)} ${this.#coloringTemplate(room)}`;
  }

  #rowTemplate(room: Room, key: string, record: SelectionRecord): TemplateResult {
    const name = record.display_name ?? record.select ?? room.selections.idOf(key);
    const isHidden = room.visualisers.get(visualiserKeyOf(room, key))?.hide === true;
    const isOwnCurrent = (record as CurrentSelection).current_of === loadPerson().id;
    const isWritten = record.particle_ids === undefined && record.select !== undefined;
    const answer = isWritten ? roomExpressions(room).answer(record.select ?? '') : undefined;
    const count = record.particle_ids?.length ?? (answer?.isWaiting === true ? undefined : answer?.atoms.length);
    const hint = isWritten && record.select !== name ? `${record.select}: ` : '';
    const mayEdit = room.can('write');
    return html`<li
      part="row"
      class=${classMap({ 'hidden-atoms': isHidden })}
      style=${styleMap({ '--_swatch': record.color ?? PLAIN_HIGHLIGHT })}
      @pointerenter=${() => roomView(room).pointAt(key)}
      @pointerleave=${() => roomView(room).pointAt(undefined)}
    >
      <button
        class="color"
        id="color-${key}"
        aria-label="Colour of ${name}"
        title="Colour"
        aria-haspopup="dialog"
        ?disabled=${!mayEdit}
        @click=${() => (this.coloring = key)}
      >
        <span class="dot"></span>
      </button>
      ${
        this.renaming === key
          ? renameBox(name, (text) => this.#rename(room, key, text))
          : html`<button
                class="name"
                title="${hint}${mayEdit ? 'Show; double click to rename' : 'Show'}"
                @click=${(event: MouseEvent) => this.#show(event, room, key)}
                @dblclick=${() => this.#startRenaming(room, key)}
                @keydown=${(event: KeyboardEvent) => this.#nameKey(event, room, key)}
              >
                <span>${name}</span>${isOwnCurrent ? html`<span class="current">you</span>` : nothing}
              </button>
              <span class="count"
                >${count === undefined || answer?.error !== undefined ? '' : formatPlural(count, 'atom')}</span
              >`
      }
      ${mayEdit ? this.#actionsTemplate(room, key, name, isHidden) : nothing}
      ${answer?.error === undefined ? nothing : html`<p class="problem">${answer.error.message}</p>`}
    </li>`;
  }

  #actionsTemplate(room: Room, key: string, name: string, isHidden: boolean): TemplateResult {
    return html`<span class="actions">
      <button class="icon" aria-label="Rename ${name}" title="Rename (F2)" @click=${() => (this.renaming = key)}>
        ${icons.pen}
      </button>
      <button
        class="icon"
        aria-label="Hide atoms of ${name}"
        aria-pressed=${isHidden ? 'true' : 'false'}
        title=${isHidden ? 'Show atoms' : 'Hide atoms'}
        @click=${() => hideSelection(room, key, !isHidden)}
      >
        ${isHidden ? icons.eyeOff : icons.eye}
      </button>
      <button class="icon danger" aria-label="Delete ${name}" title="Delete" @click=${() => this.#remove(room, key)}>
        ${icons.bin}
      </button>
    </span>`;
  }

  #startRenaming(room: Room, key: string): void {
    if (room.can('write')) this.renaming = key;
  }

  #coloringTemplate(room: Room): TemplateResult | typeof nothing {
    const key = this.coloring;
    const record = key === undefined ? undefined : room.selections.get(key);
    if (key === undefined || record === undefined) return nothing;
    const isPainted = room.visualisers.get(visualiserKeyOf(room, key))?.color !== undefined;
    const choose = (color: string | undefined): void => {
      colorSelection(room, key, color);
      this.popoverElement?.hidePopover();
    };
    return html`<div class="popover" popover role="dialog" aria-label="Colour" @toggle=${this.#placePopover}>
      ${swatchesTemplate(record.color, choose)}
      ${isPainted ? html`<button class="plain" @click=${() => choose(undefined)}>Colour by element</button>` : nothing}
    </div>`;
  }

  readonly #placePopover = (event: ToggleEvent): void => {
    const popover = event.target as HTMLElement;
    const anchor = this.shadowRoot?.getElementById(`color-${this.coloring ?? ''}`);
    if (event.newState === 'closed') {
      this.coloring = undefined;
      anchor?.focus({ preventScroll: true });
      return;
    }
    const box = anchor?.getBoundingClientRect();
    if (box === undefined) return;
    const { offsetWidth, offsetHeight } = popover;
    popover.style.position = 'fixed';
    popover.style.left = `${Math.max(8, Math.min(box.left - 4, innerWidth - offsetWidth - 8))}px`;
    popover.style.top = `${box.bottom + offsetHeight + 8 > innerHeight ? box.top - offsetHeight - 4 : box.bottom + 4}px`;
  };

  /** The first click of a double click must not move the camera. */
  #show({ detail }: MouseEvent, room: Room, key: string): void {
    clearTimeout(this.#showTimer);
    if (detail < 2) this.#showTimer = setTimeout(() => roomView(room).show(key), detail === 0 ? 0 : SECOND_CLICK_MS);
  }

  #nameKey(event: KeyboardEvent, room: Room, key: string): void {
    if (event.key === 'F2') this.#startRenaming(room, key);
    else if (event.key === 'Delete') this.#remove(room, key);
    else return;
    event.preventDefault();
  }

  #rename(room: Room, key: string, text: string | undefined): void {
    if (this.renaming !== key) return;
    this.renaming = undefined;
    if (text !== undefined) renameSelection(room, key, text);
  }

  #remove(room: Room, key: string): void {
    roomView(room).pointAt(undefined);
    removeSelection(room, key);
  }
}
