import { formatPlural } from 'covalence/components';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { icons, mark } from './icons.ts';
import { menuKey, placeMenu } from './menu.ts';
import { asMessage } from './notice.ts';
import { copyRoom, deleteRoom, renameRoom, type RoomSummary } from './room-list.ts';
import { serverBase, withToken } from './server-address.ts';
import { forgetThumbnail, loadThumbnail, shareThumbnail } from './thumbnails.ts';

/** What somebody did with a room, or could not. */
export type RoomDeed =
  | { kind: 'copied' | 'renamed'; name: string; to: string }
  | { kind: 'deleted'; name: string }
  | { kind: 'failed'; text: string; detail: string };

function sentenceOf(problem: unknown): string {
  if (typeof problem === 'string') return problem;
  if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail);
  return 'This room cannot be opened.';
}

/** A room in the list: its picture, its link, and what may be done with it. */
@customElement('app-room-card')
export class AppRoomCard extends LitElement {
  @property({ attribute: false }) room: RoomSummary = { name: '' };
  @property({ attribute: false }) done: (deed: RoomDeed) => void = () => undefined;

  @state() private doing: 'deleting' | 'renaming' | undefined;
  @state() private problem: string | undefined;
  /** While the server is asked. */
  @state() private isBusy = false;
  @state() private isMenuOpen = false;
  @query('input.rename') private input!: HTMLInputElement | null;
  @query('dialog') private dialog!: HTMLDialogElement | null;
  @query('.menu') private menu!: HTMLElement | null;
  @query('.more') private button!: HTMLElement | null;

  /** Whether somebody is in the middle of doing something with the room. */
  get isInUse(): boolean {
    return this.doing !== undefined || this.isMenuOpen || this.isBusy;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  /** Puts the focus on the room's link. */
  override focus(): void {
    this.querySelector('a')?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('doing')) return;
    this.input?.select();
    if (this.doing === 'deleting') this.dialog?.showModal();
  }

  protected override render(): TemplateResult {
    const { name } = this.room;
    const picture = loadThumbnail(name);
    const content = html`<span class="picture">
        ${picture === undefined ? mark : html`<img src=${picture} alt="" width="320" height="200" />`}
      </span>
      <span class="text"
        >${this.doing === 'renaming' ? this.#renameTemplate() : html`<b title=${name}>${name}</b>`}
        ${this.#facts()}</span
      >`;
    return html`${
      this.doing === 'renaming'
        ? html`<div class="card">${content}</div>`
        : html`<a
            class="card"
            href=${withToken(`${serverBase()}/r/${encodeURIComponent(name)}`)}
            @keydown=${this.#cardKey}
            >${content}</a
          >`
    }
    ${this.#may.length === 0 ? nothing : this.#menuTemplate()}
    ${this.doing === 'deleting' ? this.#dialogTemplate() : nothing}`;
  }

  get #may(): readonly string[] {
    return this.room.may ?? [];
  }

  #facts(): TemplateResult {
    const { count, is_reading: isReading = false, people = 0, source, base, problem } = this.room;
    const facts = [
      ...(count === undefined ? [] : [`${formatPlural(count, 'frame')}${isReading ? ' so far' : ''}`]),
      ...(people === 0 ? [] : [formatPlural(people, 'person', 'people')]),
    ];
    const origin = base === undefined ? source : `copy of ${base}`;
    return html`<span>${facts.join(' · ')}</span>
      ${origin === undefined ? nothing : html`<span class="source" title=${origin}>${origin}</span>`}
      ${problem === undefined ? nothing : html`<em>${icons.warning} ${sentenceOf(problem)}</em>`}`;
  }

  #menuTemplate(): TemplateResult {
    const { name } = this.room;
    const item = (may: string, label: string, key: string, act: () => void): TemplateResult | typeof nothing =>
      this.#may.includes(may)
        ? html`<button role="menuitem" tabindex="-1" class=${may === 'delete' ? 'danger' : ''} @click=${act}>
            ${label} <span>${key}</span>
          </button>`
        : nothing;
    return html`<button
        class="icon more"
        popovertarget="menu-${name}"
        aria-haspopup="menu"
        aria-expanded=${this.isMenuOpen ? 'true' : 'false'}
        aria-label="More for ${name}"
        title="More"
        ?disabled=${this.isBusy}
        @keydown=${this.#buttonKey}
      >
        ${icons.more}
      </button>
      <div
        id="menu-${name}"
        class="menu"
        popover
        role="menu"
        aria-label=${name}
        @toggle=${this.#menuToggled}
        @keydown=${menuKey}
        @click=${() => this.menu?.hidePopover()}
      >
        ${item('rename', 'Rename', 'F2', () => this.#begin('renaming'))}
        ${item('copy', 'Make a copy', '', () => void this.#copy())}
        ${item('delete', 'Delete', 'Del', () => this.#begin('deleting'))}
      </div>`;
  }

  #renameTemplate(): TemplateResult {
    const { name } = this.room;
    const { problem } = this;
    return html`<input
        class="rename"
        aria-label="New name of ${name}"
        aria-invalid=${problem === undefined ? 'false' : 'true'}
        aria-describedby="rename-problem"
        maxlength="128"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${name}
        ?readonly=${this.isBusy}
        @input=${() => (this.problem = undefined)}
        @keydown=${this.#renameKey}
        @blur=${() => void this.#rename(false)}
      />
      <span id="rename-problem" class="problem" role="alert">${problem}</span>`;
  }

  #dialogTemplate(): TemplateResult {
    const { name, count, people = 0, source } = this.room;
    const frames = count === undefined ? 'frames' : formatPlural(count, 'frame');
    return html`<dialog
      class="ask"
      aria-labelledby="ask-title"
      aria-describedby="ask-text"
      @close=${() => (this.doing = undefined)}
    >
      <h2 id="ask-title">Delete “${name}”?</h2>
      <div id="ask-text">
        <p>
          ${count === 0 ? 'It has no frames. Its ' : `Its ${frames}, `}selections, views and chat go, for everybody.
          This cannot be undone.
        </p>
        ${source === undefined ? nothing : html`<p>The file ${source} stays where it is.</p>`}
        ${
          people === 0
            ? nothing
            : html`<p class="warn">${icons.warning} ${formatPlural(people, 'person is', 'people are')} in it now.</p>`
        }
      </div>
      <p class="problem" role="alert">${this.problem}</p>
      <div class="buttons">
        <button class="plain" autofocus @click=${() => this.dialog?.close()}>Cancel</button>
        <button class="primary danger" ?disabled=${this.isBusy} @click=${() => void this.#delete()}>Delete</button>
      </div>
    </dialog>`;
  }

  #begin(doing: 'deleting' | 'renaming'): void {
    this.problem = undefined;
    this.doing = doing;
  }

  readonly #cardKey = (event: KeyboardEvent): void => {
    const wanted = event.key === 'F2' ? 'rename' : event.key === 'Delete' ? 'delete' : undefined;
    if (wanted === undefined || !this.#may.includes(wanted)) return;
    event.preventDefault();
    this.#begin(wanted === 'rename' ? 'renaming' : 'deleting');
  };

  readonly #buttonKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.menu?.showPopover();
  };

  readonly #menuToggled = ({ newState }: ToggleEvent): void => {
    this.isMenuOpen = newState === 'open';
    if (this.isMenuOpen && this.menu !== null && this.button !== null) placeMenu(this.menu, this.button);
  };

  readonly #renameKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Enter') void this.#rename(true);
    else if (event.key === 'Escape') this.#endRenaming(true);
  };

  #endRenaming(isByKey: boolean): void {
    this.doing = undefined;
    this.problem = undefined;
    if (isByKey) void this.updateComplete.then(() => this.focus());
  }

  /** Asks for the new name. One that is refused stays in the field, beside the reason, until another one or none is wanted. */
  async #rename(isByKey: boolean): Promise<void> {
    if (this.doing !== 'renaming' || this.isBusy) return;
    const { name } = this.room;
    const to = this.input?.value.trim() ?? '';
    // Who goes on with something else after a refusal lets it be.
    if (to === '' || to === name || (!isByKey && this.problem !== undefined)) return this.#endRenaming(isByKey);
    await this.#ask(async () => {
      await renameRoom(name, to);
      shareThumbnail(name, to);
      forgetThumbnail(name);
      this.done({ kind: 'renamed', name, to });
      this.doing = undefined;
    });
  }

  async #copy(): Promise<void> {
    const { name } = this.room;
    this.isBusy = true;
    try {
      const to = await copyRoom(name);
      shareThumbnail(name, to);
      this.done({ kind: 'copied', name, to });
    } catch (error) {
      this.done({ kind: 'failed', text: `“${name}” cannot be copied.`, detail: asMessage(error) });
    } finally {
      this.isBusy = false;
    }
  }

  async #delete(): Promise<void> {
    const { name } = this.room;
    await this.#ask(async () => {
      await deleteRoom(name);
      forgetThumbnail(name);
      this.dialog?.close();
      this.done({ kind: 'deleted', name });
    });
  }

  async #ask(deed: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = undefined;
    try {
      await deed();
    } catch (error) {
      this.problem = asMessage(error);
    } finally {
      this.isBusy = false;
    }
  }
}
