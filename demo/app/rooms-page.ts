import 'covalence/components/define';
import { formatPlural } from 'covalence/components';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { chooseFileTemplate } from './choose-file.ts';
import { dropFiles } from './drop-files.ts';
import { icons, mark } from './icons.ts';
import { asMessage, noticeTemplate, type Notice } from './notice.ts';
import { openFiles } from './opening.ts';
import { listRooms, type RoomSummary } from './room-list.ts';
import { AppRoom } from './room-page.ts';
import { RoomPictures } from './room-pictures.ts';
import { serverBase, withToken } from './server-address.ts';
import { loadThumbnail } from './thumbnails.ts';
import { currentTheme, restoreTheme, toggleTheme } from './theme.ts';

function sentenceOf(problem: unknown): string {
  if (typeof problem === 'string') return problem;
  if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail);
  return 'This room cannot be opened.';
}

/** The rooms of this server, and a place to drop a file. */
@customElement('app-rooms')
export class AppRooms extends LitElement {
  @state() private rooms: RoomSummary[] | undefined;
  @state() private problem: string | undefined;
  @state() private notice: Notice | undefined;
  readonly #pictures = new RoomPictures(() => this.requestUpdate());

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Covalence';
    dropFiles((files) => void this.#open(files));
    addEventListener('pageshow', () => void this.#load());
    addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void this.#load());
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      this.rooms = await listRooms();
      this.problem = undefined;
      void this.#pictures.take(this.rooms.filter(({ count = 0 }) => count > 0).map(({ name }) => name));
    } catch (error) {
      this.problem = asMessage(error);
    }
  }

  async #open(files: File[]): Promise<void> {
    await openFiles(files, {
      tell: (notice) => (this.notice = notice),
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
      ${noticeTemplate(this.notice, () => (this.notice = undefined))}
    `;
  }

  #bodyTemplate(): TemplateResult {
    const { rooms, problem } = this;
    if (problem !== undefined) {
      return html`<section class="blank" role="alert">
        ${icons.warning}
        <h1>The rooms cannot be listed</h1>
        <p>${problem}</p>
        <button class="primary" @click=${() => void this.#load()}>Try again</button>
      </section>`;
    }
    if (rooms === undefined) return html`<section class="blank" aria-busy="true"></section>`;
    if (rooms.length === 0) {
      return html`<section class="blank">
        ${mark}
        <h1>Open a trajectory</h1>
        <p>
          Drop a file anywhere on this page: XYZ, PDB, mmCIF, SDF, GRO, LAMMPS, VASP, H5MD and many more, also gzipped.
          A trajectory without elements goes with its topology. Everybody who has the link sees the same room.
        </p>
        ${chooseFileTemplate((files) => void this.#open(files))}
      </section>`;
    }
    return html`<div class="title">
        <h1>Rooms</h1>
        ${chooseFileTemplate((files) => void this.#open(files))}
      </div>
      <ul class="cards">
        ${rooms.map((room) => this.#cardTemplate(room))}
        <li class="drop">${icons.open} Drop a file here to open it</li>
      </ul>`;
  }

  #cardTemplate({ name, count, source, problem }: RoomSummary): TemplateResult {
    const thumbnail = loadThumbnail(name);
    return html`<li>
      <a class="card" href=${withToken(`${serverBase()}/r/${encodeURIComponent(name)}`)}>
        <span class="picture">
          ${thumbnail === undefined ? mark : html`<img src=${thumbnail} alt="" width="320" height="200" />`}
        </span>
        <span class="text">
          <b>${name}</b>
          <span>${count === undefined ? nothing : formatPlural(count, 'frame')}</span>
          ${source === undefined ? nothing : html`<span class="source">${source}</span>`}
          ${problem === undefined ? nothing : html`<em>${icons.warning} ${sentenceOf(problem)}</em>`}
        </span>
      </a>
    </li>`;
  }
}

restoreTheme();
