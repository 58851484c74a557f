import 'covalence/components/define';
import { formatBytes, formatPlural } from 'covalence/components';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { chooseFileTemplate } from './choose-file.ts';
import { dropFiles } from './drop-files.ts';
import { icons, mark } from './icons.ts';
import { asMessage, noticeTemplate, type Notice } from './notice.ts';
import { openFiles } from './opening.ts';
import './room-card.ts';
import type { AppRoomCard, RoomDeed } from './room-card.ts';
import type { RoomList, RoomSummary } from './room-list.ts';
import { AppRoom } from './room-page.ts';
import { RoomPictures } from './room-pictures.ts';
import { RoomWatch } from './room-watch.ts';
import { serverBase, withToken } from './server-address.ts';
import { currentTheme, restoreTheme, toggleTheme } from './theme.ts';

const GOOD_NEWS_MS = 4_000;

/** The rooms of this server, and a place to drop a file. */
@customElement('app-rooms')
export class AppRooms extends LitElement {
  @state() private rooms: readonly RoomSummary[] | undefined;
  @state() private problem: string | undefined;
  @state() private notice: Notice | undefined;
  #diskByteLength: number | undefined;
  #newsTimer: ReturnType<typeof setTimeout> | undefined;
  #forget: (() => void)[] = [];
  readonly #pictures = new RoomPictures(() => {
    for (const card of this.#cards()) card.requestUpdate();
  });
  readonly #watch = new RoomWatch({
    onList: (list) => this.#show(list),
    onTrouble: (error) => (this.problem = asMessage(error)),
  });

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Covalence';
    this.#forget = [dropFiles((files) => void this.#open(files)), this.#watch.start()];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const forget of this.#forget) forget();
    clearTimeout(this.#newsTimer);
  }

  #cards(): AppRoomCard[] {
    return [...this.querySelectorAll<AppRoomCard>('app-room-card')];
  }

  #tell(notice: Notice | undefined): void {
    clearTimeout(this.#newsTimer);
    this.notice = notice;
    if (notice?.kind === 'good') this.#newsTimer = setTimeout(() => (this.notice = undefined), GOOD_NEWS_MS);
  }

  #show({ rooms, diskByteLength }: RoomList): void {
    const names = new Set(rooms.map(({ name }) => name));
    const lost = this.#cards().find(({ isInUse, room }) => isInUse && !names.has(room.name));
    if (lost !== undefined) {
      this.#tell({ kind: 'info', text: `“${lost.room.name}” is no longer here: somebody renamed or deleted it.` });
    }
    const isFocusLost = this.#cards().some(
      (card) => card.contains(document.activeElement) && !names.has(card.room.name),
    );
    this.rooms = rooms;
    this.problem = undefined;
    this.#diskByteLength = diskByteLength;
    if (isFocusLost) void this.updateComplete.then(() => this.querySelector('h1')?.focus());
    void this.#pictures.take(rooms.filter(({ count = 0 }) => count > 0).map(({ name }) => name));
  }

  readonly #done = async (deed: RoomDeed): Promise<void> => {
    if (deed.kind === 'failed') this.#tell({ ...deed, kind: 'error' });
    else {
      await this.#watch.look();
      await this.updateComplete;
      if (deed.kind === 'deleted') this.#tell({ kind: 'good', text: `“${deed.name}” is deleted.` });
      else {
        const { name, to } = deed;
        this.#tell({
          kind: 'good',
          text: deed.kind === 'copied' ? `“${to}” is a copy of “${name}”.` : `“${name}” is now called “${to}”.`,
        });
        const card = this.#cards().find(({ room }) => room.name === to);
        await card?.updateComplete;
        card?.focus();
      }
    }
  };

  async #open(files: File[]): Promise<void> {
    await openFiles(files, {
      tell: (notice) => this.#tell(notice),
      openHere: (dropped, why) => AppRoom.openHere(dropped, why),
    });
  }

  protected override render(): TemplateResult {
    return html`
      <header class="bar">
        <span class="home">${mark}<b>Covalence</b></span>
        <span class="space"></span>
        <a class="button" href=${withToken(`${serverBase()}/gallery.html`)}>Gallery</a>
        <button
          class="icon"
          aria-label="Light or dark"
          title="Light or dark"
          @click=${() => {
            toggleTheme();
            this.requestUpdate();
          }}
        >
          ${currentTheme() === 'dark' ? icons.light : icons.dark}
        </button>
      </header>
      <main class="rooms">${this.#bodyTemplate()}</main>
      ${noticeTemplate(this.notice, () => this.#tell(undefined))}
    `;
  }

  #bodyTemplate(): TemplateResult {
    const { rooms, problem } = this;
    if (rooms === undefined) {
      return problem === undefined
        ? html`<section class="blank" aria-busy="true"></section>`
        : html`<section class="blank" role="alert">
            ${icons.warning}
            <h1 tabindex="-1">The rooms cannot be listed</h1>
            <p>${problem}</p>
            <button class="primary" @click=${() => void this.#watch.look()}>Try again</button>
          </section>`;
    }
    const trouble =
      problem === undefined
        ? nothing
        : html`<p class="trouble" role="status">
            ${icons.warning} <span>${problem} This is how it was before.</span>
          </p>`;
    if (rooms.length === 0) {
      return html`${trouble}
        <section class="blank">
          ${mark}
          <h1 tabindex="-1">Open a trajectory</h1>
          <p>
            Drop a file anywhere on this page: XYZ, PDB, mmCIF, SDF, GRO, LAMMPS, VASP, H5MD and many more, also
            gzipped. A trajectory without elements goes with its topology. Everybody who has the link sees the same
            room.
          </p>
          ${chooseFileTemplate((files) => void this.#open(files))}
        </section>`;
    }
    return html`${trouble}
      <div class="title">
        <h1 tabindex="-1">Rooms</h1>
        ${chooseFileTemplate((files) => void this.#open(files))}
      </div>
      <ul class="cards">
        ${repeat(
          rooms,
          ({ name }) => name,
          (room) => html`<li><app-room-card .room=${room} .done=${this.#done}></app-room-card></li>`,
        )}
        <li class="drop">${icons.open} Drop a file here to open it</li>
      </ul>
      ${this.#sumTemplate(rooms.length)}`;
  }

  #sumTemplate(count: number): TemplateResult | typeof nothing {
    const byteLength = this.#diskByteLength ?? 0;
    if (byteLength === 0) return nothing;
    return html`<p class="sum">${formatPlural(count, 'room')} · ${formatBytes(byteLength)} of arrays stored</p>`;
  }
}

restoreTheme();
