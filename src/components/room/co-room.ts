import { ContextProvider } from '@lit/context';
import { css, html, LitElement, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { asCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import type { Room, RoomStatus } from '../../room/room.ts';
import type { TokenOption } from '../../room/token-source.ts';
import { CoErrorEvent, CoRoomChangedEvent } from '../events.ts';
import { loadPerson } from '../person.ts';
import { ensureContextRoot, roomContext, roomOpeningContext, type RoomSource } from '../room-context.ts';

/** How long an element may be out of the page before its room is closed: moving it must not cost a connection. */
const GRACE_MS = 50;

/**
 * Opens a room and offers it to every Covalence element inside it. Draws nothing itself.
 *
 * @summary Offers one room to the elements inside it.
 * @slot - Elements that show the room, and anything else.
 * @event co-room-changed - The room is there, or is another one.
 * @event co-error - The room could not be opened.
 * @attr status - `connecting`, `online`, `offline`, `denied`, `closed` or `local`.
 */
export class CoRoom extends LitElement implements RoomSource {
  static override styles: CSSResult = css`
    :host {
      display: contents;
    }
    :host([hidden]) {
      display: none;
    }
  `;

  /** The room's URL, `https://host/r/argon`, absolute or relative to the page. */
  @property() href: string | undefined;
  /** Token, where the server asks for one; as a property also a function that gives one whenever it is asked. */
  @property() token: TokenOption | undefined;
  /** Name shown to others; remembered or invented when not set. */
  @property({ attribute: 'user-name' }) userName: string | undefined;
  /** Keeps the shared state in this browser, for work without the server; read when the room is opened. */
  @property({ type: Boolean }) offline = false;
  /** CSS colour shown to others. */
  @property({ attribute: 'user-color' }) userColor: string | undefined;
  /** A room opened by the page itself; it stays the page's to close. */
  @property({ attribute: false }) room: Room | undefined;
  /** Whether the room is in touch with its server; reflected. */
  @property({ reflect: true }) status: RoomStatus = 'connecting';
  /** Why the room could not be opened. */
  @state() error: CovalenceError | undefined;

  readonly #provider = new ContextProvider(this, { context: roomContext });
  readonly #openingProvider = new ContextProvider(this, { context: roomOpeningContext });
  #active: Room | undefined;
  #owned: { href: string; token: TokenOption | undefined; room: Promise<Room> } | undefined;
  #undoStatus: (() => void) | undefined;
  #closing: ReturnType<typeof setTimeout> | undefined;

  /** The room, once it is there. */
  get activeRoom(): Room | undefined {
    return this.#active;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    ensureContextRoot();
    clearTimeout(this.#closing);
    if (this.hasUpdated) this.#choose();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#closing = setTimeout(() => {
      this.#use(undefined);
      this.#release();
    }, GRACE_MS);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('href') || changed.has('token') || changed.has('room') || !this.hasUpdated) this.#choose();
    if ((changed.has('userName') || changed.has('userColor')) && this.#active !== undefined)
      this.#introduce(this.#active);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('error') && !changed.has('status')) return;
    const isOpening = this.#owned !== undefined && this.#active === undefined && this.error === undefined;
    this.#openingProvider.setValue({ isOpening, error: this.error });
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  #choose(): void {
    if (!this.isConnected) return;
    if (this.room !== undefined) {
      this.#release();
      this.#use(this.room);
      return;
    }
    if (this.href === undefined || this.href === '') {
      this.#release();
      this.#use(undefined);
      return;
    }
    if (this.#owned?.href === this.href && this.#owned.token === this.token) return;
    this.#release();
    void this.#open(this.href, this.token);
  }

  async #open(href: string, token: TokenOption | undefined): Promise<void> {
    this.#use(undefined);
    this.error = undefined;
    this.status = 'connecting';
    const room = import('../../room/open-room.ts').then(({ openRoom }) =>
      openRoom(new URL(href, document.baseURI).href, {
        user: this.#user(),
        offline: this.offline,
        ...(token === undefined ? {} : { token }),
      }),
    );
    const owned = (this.#owned = { href, token, room });
    try {
      const opened = await room;
      if (this.#owned === owned) this.#use(opened);
    } catch (error) {
      if (this.#owned !== owned) return;
      this.error = asCovalenceError(error, 'server/unreachable');
      this.status = 'denied';
      this.dispatchEvent(new CoErrorEvent(this.error));
    }
  }

  #user(): { name: string; color: string } {
    const person = loadPerson();
    return { name: this.userName ?? person.name, color: this.userColor ?? person.color };
  }

  /** Gives the person a name, unless the page that opened the room did. */
  #introduce(room: Room): void {
    const isNamed = room === this.room && room.presence.self.user !== undefined;
    if (isNamed && this.userName === undefined && this.userColor === undefined) return;
    room.presence.update({ user: this.#user() });
  }

  #use(room: Room | undefined): void {
    if (room === this.#active) return;
    this.#undoStatus?.();
    this.#undoStatus = undefined;
    this.#active = room;
    if (room !== undefined) {
      this.error = undefined;
      this.status = room.status;
      this.#undoStatus = room.onStatus((event) => {
        this.status = event.status;
        if (event.error !== undefined) this.error = event.error;
      });
      this.#introduce(room);
    }
    this.#provider.setValue(room);
    this.dispatchEvent(new CoRoomChangedEvent(room));
  }

  /** Closes a room that this element opened, also one that is still opening. */
  #release(): void {
    const owned = this.#owned;
    this.#owned = undefined;
    void owned?.room.then(
      (room) => room.close(),
      () => undefined,
    );
  }
}
