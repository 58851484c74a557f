import 'covalence/components/define';
import type { Room } from 'covalence';
import { formatViewLink, openFilesHere, parseViewLink, type CoSelections, type CoViewer } from 'covalence/components';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { copyText } from './copy-text.ts';
import { dropFiles } from './drop-files.ts';
import './empty-room.ts';
import { followRenamed } from './follow-renamed.ts';
import { icons, mark } from './icons.ts';
import { asMessage, noticeTemplate, type Notice } from './notice.ts';
import { openFiles } from './opening.ts';
import { saveFile, saveLink } from './save-file.ts';
import { accessToken, serverBase, withToken } from './server-address.ts';
import { saveThumbnail } from './thumbnails.ts';
import { currentTheme, restoreTheme, toggleTheme } from './theme.ts';

const GOOD_NEWS_MS = 2500;
const THUMBNAIL_DELAY_MS = 1500;

/** Inputs into which nothing is typed. */
const WITHOUT_TEXT: readonly string[] = ['range', 'checkbox', 'radio', 'color', 'button', 'file'];

/** Whether a key goes into a text. */
function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && WITHOUT_TEXT.includes(target.type)) return false;
  return target.matches('input, textarea, select, [contenteditable]');
}

/** Keys that a button, a slider or a list under the focus answers itself. */
const OWN_KEYS: readonly string[] = [
  ' ',
  'Enter',
  'Escape',
  'Tab',
  'Home',
  'End',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
];

/** Whether a key is for what has the focus rather than for the page. */
function isAnswered(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  const isFree = target === document.body || target === document.documentElement;
  if (isFree || !OWN_KEYS.includes(event.key) || event.ctrlKey || event.metaKey) return false;
  // With Alt an arrow is the browser's way back, not a button's: a hand that moves atoms must not leave the page by it.
  return !event.altKey || (target instanceof Element && target.matches('select, input'));
}

/** The page of one room: picture, people, selections, facts, time. */
@customElement('app-room')
export class AppRoom extends LitElement {
  /** Shown instead of the room the page's address names. */
  @property({ attribute: false }) room: Room | undefined;

  @state() private active: Room | undefined;
  @state() private notice: Notice | undefined;
  @state() private isPanelOpen = matchMedia('(min-width: 861px)').matches;
  @query('co-viewer') private viewer!: CoViewer;
  @query('co-selections') private selections!: CoSelections;

  /** Shows files in this page alone, in place of whatever it shows, and says why nobody else sees them. */
  static async openHere(files: File[], why: string): Promise<void> {
    const room = await openFilesHere(files);
    const page = new AppRoom();
    page.room = room;
    page.tell({ kind: 'info', text: 'Opened in this page only; nobody else sees it.', detail: why });
    for (const old of document.querySelectorAll('app-room, app-rooms')) old.remove();
    document.body.append(page);
  }

  #forget: (() => void)[] = [];
  #thumbnailTimer: ReturnType<typeof setTimeout> | undefined;
  #newsTimer: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  /** Shows a line at the lower edge. */
  tell(notice: Notice | undefined): void {
    clearTimeout(this.#newsTimer);
    this.notice = notice;
    if (notice?.kind === 'good') this.#newsTimer = setTimeout(() => (this.notice = undefined), GOOD_NEWS_MS);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const events = new AbortController();
    const { signal } = events;
    addEventListener('keydown', this.#key, { signal });
    addEventListener('hashchange', () => this.#restoreView(), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.requestUpdate(), { signal });
    this.#forget = [() => events.abort(), dropFiles((files) => void this.#open(files))];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const forget of this.#forget) forget();
    clearTimeout(this.#thumbnailTimer);
  }

  protected override firstUpdated(): void {
    const { camera } = parseViewLink(location.hash);
    if (camera !== undefined && this.room === undefined) this.viewer.camera = camera;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('active')) document.title = this.#name() === '' ? 'Covalence' : `${this.#name()} · Covalence`;
  }

  protected override render(): TemplateResult {
    return html`
      <co-room
        href=${this.room === undefined ? location.pathname : nothing}
        .token=${accessToken()}
        offline
        .room=${this.room}
        @co-room-changed=${this.#roomChanged}
        @co-error=${this.#failed}
      >
        <div class="page ${this.isPanelOpen ? 'with-panel' : ''}">
          <header class="bar">
            <a class="home" href=${withToken(`${serverBase()}/`)} title="All rooms" aria-label="All rooms">${mark}</a>
            <h1>${this.#name()}</h1>
            <co-status></co-status>
            <span class="space"></span>
            <co-people></co-people>
            ${this.#buttonsTemplate()}
          </header>
          <main>
            <co-viewer controls @co-frame-shown=${this.#frameShown}>
              <co-conflicts slot="overlay"></co-conflicts>
              ${this.#emptyTemplate()}
            </co-viewer>
          </main>
          <aside id="panel" aria-label="Selections and frame" ?hidden=${!this.isPanelOpen}>
            <section>
              <h2>Selections</h2>
              <co-selections></co-selections>
            </section>
            <section>
              <h2>Views</h2>
              <co-views></co-views>
            </section>
            <section>
              <h2>Measurements</h2>
              <co-measure></co-measure>
            </section>
            <section>
              <h2>Frame</h2>
              <co-inspector></co-inspector>
            </section>
            <section>
              <h2>Plot</h2>
              <co-plot></co-plot>
            </section>
            <section>
              <h2>History</h2>
              <co-history></co-history>
            </section>
          </aside>
          <footer><co-timeline></co-timeline></footer>
        </div>
      </co-room>
      ${noticeTemplate(this.notice, () => this.tell(undefined))}
    `;
  }

  /** The room shown, where others may see it and nothing is in it or on its way into it. */
  get #emptyRoom(): Room | undefined {
    const room = this.active;
    const { count, indexing, damage } = room?.frames.trajectory ?? {};
    return room?.url !== '' && count === 0 && indexing === undefined && damage === undefined ? room : undefined;
  }

  #emptyTemplate(): TemplateResult | typeof nothing {
    const room = this.#emptyRoom;
    if (room === undefined) return nothing;
    return html`<app-empty-room
      slot="empty"
      .name=${room.name}
      .writable=${room.can('write')}
      .open=${(files: File[]) => void this.#open(files)}
    ></app-empty-room>`;
  }

  #buttonsTemplate(): TemplateResult {
    const isShared = this.active !== undefined && this.active.url !== '';
    return html`
      <span class="buttons">
        ${
          isShared
            ? html`<button id="copy" aria-label="Copy link" title="Copy a link to this view" @click=${this.#copy}>
                ${icons.link}<span class="wide">Copy link</span>
              </button>`
            : nothing
        }
        <button class="icon" id="save" aria-label="Save" title="Save" popovertarget="save-menu">${icons.save}</button>
        <div id="save-menu" popover role="menu" class="menu" @click=${this.#closeMenu}>
          <button role="menuitem" @click=${() => void this.#savePicture()}>Picture <span>PNG</span></button>
          ${isShared ? html`<button role="menuitem" @click=${this.#saveTrajectory}>Trajectory <span>extended XYZ</span></button>` : nothing}
        </div>
        <button class="icon" aria-label="Light or dark" title="Light or dark" @click=${this.#toggleTheme}>
          ${currentTheme() === 'dark' ? icons.light : icons.dark}
        </button>
        <button
          class="icon wide"
          aria-label="Keys and gestures"
          title="Keys and gestures (?)"
          @click=${() => this.viewer.toggleHelp()}
        >
          ${icons.help}
        </button>
        <button
          class="icon"
          aria-label="Panel"
          title="Selections and frame"
          aria-controls="panel"
          aria-expanded=${this.isPanelOpen ? 'true' : 'false'}
          @click=${() => (this.isPanelOpen = !this.isPanelOpen)}
        >
          ${icons.panel}
        </button>
      </span>
    `;
  }

  #name(): string {
    return this.active?.name ?? decodeURIComponent(/\/r\/([^/]+)/.exec(location.pathname)?.[1] ?? '');
  }

  readonly #roomChanged = (event: HTMLElementEventMap['co-room-changed']): void => {
    if ((event.target as Element).localName !== 'co-room') return;
    this.active = event.room;
    if (event.room === undefined) return;
    this.#forget.push(
      event.room.frames.onChange(() => this.requestUpdate()),
      event.room.onStatus(({ error }) => followRenamed(error)),
    );
    this.#restoreView();
  };

  readonly #failed = ({ error, isShown }: GlobalEventHandlersEventMap['co-error']): void => {
    if (!isShown) this.tell({ kind: 'error', text: 'That did not work.', detail: error.message });
  };

  readonly #frameShown = (): void => {
    if (this.#thumbnailTimer !== undefined || this.active?.url === '') return;
    this.#thumbnailTimer = setTimeout(() => void saveThumbnail(this.#name(), this.viewer), THUMBNAIL_DELAY_MS);
  };

  /** Frame and camera of the address, once there are frames to go to. */
  #restoreView(): void {
    const room = this.active;
    const { frame, camera } = parseViewLink(location.hash);
    accessToken(); // a link that was pasted over this page brings one, which is not to stay there
    if (camera !== undefined) this.viewer.camera = camera;
    if (room === undefined || frame === undefined) return;
    const seek = (): boolean => {
      if (room.frames.count <= frame) return false;
      // A link shows its frame to whoever opens it, and to nobody else.
      room.playback.seek(frame, { quietly: true });
      return true;
    };
    if (seek()) return;
    const undo = room.frames.onChange(() => {
      if (seek()) undo();
    });
    this.#forget.push(undo);
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if (event.key === '/' && !isTyping(event)) {
      event.preventDefault();
      this.isPanelOpen = true;
      // At once, so that the box can be seen, and what is typed next is for it.
      this.performUpdate();
      void this.selections.selectByExpression();
    } else if (!isTyping(event) && !isAnswered(event)) this.viewer.handleKey(event);
  };

  readonly #copy = async (): Promise<void> => {
    const view = formatViewLink({ frame: this.active?.playback.frameIndex, camera: this.viewer.camera });
    const page = `${location.origin}${location.pathname}`;
    history.replaceState(null, '', `${page}#${view}`);
    const link = withToken(page, view);
    const isCopied = await copyText(link);
    if (!isCopied) history.replaceState(null, '', link);
    this.tell(
      isCopied
        ? { kind: 'good', text: 'Link copied: this room, frame and view.' }
        : { kind: 'info', text: 'The browser does not allow copying. The link is in the address bar.' },
    );
  };

  readonly #closeMenu = (event: Event): void => {
    (event.currentTarget as HTMLElement).hidePopover();
  };

  async #savePicture(): Promise<void> {
    try {
      const { clientWidth, clientHeight } = this.viewer;
      const blob = await this.viewer.toBlob({ width: clientWidth * 2, height: clientHeight * 2 });
      saveFile(blob, `${this.#name()}-${this.active?.playback.frameIndex ?? 0}.png`);
    } catch (error) {
      this.tell({ kind: 'error', text: 'The picture cannot be saved.', detail: asMessage(error) });
    }
  }

  readonly #saveTrajectory = (): void => {
    const url = `${serverBase()}/v1/rooms/${encodeURIComponent(this.#name())}/export?format=extxyz`;
    // The cookie of this page speaks for it: a header cannot, and the address would be kept with the downloads.
    saveLink(url, `${this.#name()}.xyz`);
  };

  readonly #toggleTheme = (): void => {
    toggleTheme();
    this.requestUpdate();
  };

  async #open(files: File[]): Promise<void> {
    await openFiles(files, {
      into: this.#emptyRoom?.name,
      tell: (notice) => this.tell(notice),
      openHere: (dropped, why) => AppRoom.openHere(dropped, why),
    });
  }
}

restoreTheme();
