import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../style-map.ts';
import type { Room } from '../../room/room.ts';
import type { Peer } from '../../state/index.ts';
import { CoPersonChangedEvent } from '../events.ts';
import { currentSelection } from '../own-selection.ts';
import { colorOf, initialsOf, loadPerson, nameOf, savePerson } from '../person.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { swatches } from '../styles/swatches.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { swatchesTemplate } from '../swatches.ts';
import { peopleStyles } from './people.styles.ts';

/**
 * Who is in the room. The own picture comes first; it opens a sheet to change name and colour. A click on somebody
 * else shows what they look at, frame and view, until the next click or an own movement.
 *
 * @summary The people in a room.
 * @event co-person-changed - The person here changed their name or colour.
 * @csspart avatar - One person.
 * @csspart person - One person in the list with names.
 */
export class CoPeople extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, swatches, peopleStyles];

  /** Most people shown one by one. */
  @property({ type: Number }) max = 5;

  #lead = '';

  @query('.popover') private popoverElement!: HTMLElement | null;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const update = (): void => this.requestUpdate();
    return [room.presence.onChange(update), room.playback.onChange(() => this.#notice(room))];
  }

  /** Draws again when who leads or is followed changed; not for every frame. */
  #notice({ playback }: Room): void {
    const now = `${playback.presenter?.clientId} ${playback.isPresentingOnPurpose} ${playback.following}`;
    if (now === this.#lead) return;
    this.#lead = now;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const room = this.activeRoom;
    if (room === undefined) return nothing;
    const { self } = room.presence;
    const others = room.presence.peers.filter((peer) => !peer.isSelf);
    const shown = others.slice(0, Math.max(0, this.max - 1));
    const rest = others.slice(shown.length);
    return html`
      <ul aria-label="People in this room">
        <li>
          <button
            class="avatar"
            part="avatar"
            style=${styleMap({ '--_swatch': colorOf(self) })}
            title="${nameOf(self)} (you): change name and colour"
            aria-label="${nameOf(self)} (you): change name and colour"
            aria-haspopup="dialog"
            data-initials=${initialsOf(nameOf(self))}
            @click=${this.#open}
          ></button>
        </li>
        ${repeat(
          shown,
          ({ clientId }) => clientId,
          (peer) => html`<li>${this.#avatar(room, peer)}</li>`,
        )}
        ${
          rest.length === 0
            ? nothing
            : html`<li>
                <button
                  class="avatar more"
                  title=${rest.map(nameOf).join(', ')}
                  aria-label="${rest.length} more: ${rest.map(nameOf).join(', ')}"
                  aria-haspopup="dialog"
                  @click=${this.#open}
                >
                  +${rest.length}
                </button>
              </li>`
        }
      </ul>
      <div class="popover" popover role="dialog" aria-label="You" @toggle=${this.#place}>
        <form @submit=${this.#close}>
          <label
            >Your name
            <input maxlength="40" autocomplete="nickname" .value=${nameOf(self)} @change=${this.#rename} autofocus />
          </label>
          ${swatchesTemplate(colorOf(self), (color) => this.#change({ color }))}
        </form>
        ${
          others.length === 0
            ? nothing
            : html`<h3>Also here</h3>
                <ul class="others">
                  ${repeat(
                    others,
                    ({ clientId }) => clientId,
                    (peer) => html`<li>${this.#row(room, peer)}</li>`,
                  )}
                </ul>`
        }
      </div>
    `;
  }

  #avatar(room: Room, peer: Peer): TemplateResult {
    const name = nameOf(peer);
    const { playback } = room;
    const isFollowed = playback.following === peer.clientId;
    const leads = playback.presenter?.clientId === peer.clientId;
    const where = [
      name,
      ...(peer.frame == null ? [] : [`at frame ${peer.frame.index}`]),
      ...(leads ? [playback.isPresentingOnPurpose ? 'presents' : 'leads'] : []),
    ].join(', ');
    return html`<button
      class=${classMap({ avatar: true, leads, followed: isFollowed })}
      part="avatar"
      aria-label=${where}
      aria-pressed=${isFollowed ? 'true' : 'false'}
      title="${where}. Click to ${isFollowed ? 'come back' : 'follow'}"
      style=${styleMap({ '--_swatch': colorOf(peer) })}
      data-initials=${initialsOf(name)}
      @click=${() => playback.follow(isFollowed ? 'room' : peer.clientId)}
    ></button>`;
  }

  /** Somebody with their name in full, and what they look at. */
  #row({ playback }: Room, peer: Peer): TemplateResult {
    const isFollowed = playback.following === peer.clientId;
    const leads = playback.presenter?.clientId === peer.clientId;
    return html`<button
      class="person"
      part="person"
      aria-pressed=${isFollowed ? 'true' : 'false'}
      title=${isFollowed ? 'Click to come back' : 'Click to follow'}
      @click=${() => playback.follow(isFollowed ? 'room' : peer.clientId)}
    >
      <i style=${styleMap({ '--_swatch': colorOf(peer) })}></i><span>${nameOf(peer)}</span>
      <small
        >${leads ? (playback.isPresentingOnPurpose ? 'presents, ' : 'leads, ') : ''}${
          peer.frame == null ? 'no frame' : `frame ${peer.frame.index}`
        }</small
      >
    </button>`;
  }

  readonly #open = (): void => {
    this.popoverElement?.togglePopover();
  };

  readonly #close = (event: SubmitEvent): void => {
    event.preventDefault();
    this.popoverElement?.hidePopover();
  };

  readonly #place = (event: ToggleEvent): void => {
    if (event.newState === 'closed') return;
    const popover = event.target as HTMLElement;
    const box = this.getBoundingClientRect();
    popover.style.position = 'fixed';
    popover.style.left = `${Math.max(8, Math.min(box.left, innerWidth - popover.offsetWidth - 8))}px`;
    popover.style.top = `${box.bottom + 8}px`;
    popover.querySelector('input')?.select();
  };

  readonly #rename = (event: Event): void => {
    const name = (event.target as HTMLInputElement).value.trim();
    if (name !== '') this.#change({ name });
  };

  #change(patch: { name?: string; color?: string }): void {
    const room = this.activeRoom;
    if (room === undefined) return;
    const before = loadPerson();
    const person = savePerson({
      ...before,
      name: nameOf(room.presence.self),
      color: colorOf(room.presence.self),
      ...patch,
    });
    room.presence.update({ user: { name: person.name, color: person.color } });
    const current = currentSelection(room, person);
    if (current !== undefined) {
      const isNamedAfterUs = current.record.display_name === before.name;
      room.selections.update(current.key, {
        color: person.color,
        ...(isNamedAfterUs ? { display_name: person.name } : {}),
      });
    }
    this.dispatchEvent(new CoPersonChangedEvent(person.name, person.color));
    this.requestUpdate();
  }
}
