import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
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
 * Who is in the room. The own picture comes first; it opens a sheet to change name and colour.
 *
 * @summary The people in a room.
 * @event co-person-changed - The person here changed their name or colour.
 * @csspart avatar - One person.
 */
export class CoPeople extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, swatches, peopleStyles];

  /** Most people shown one by one. */
  @property({ type: Number }) max = 5;

  @query('.popover') private popoverElement!: HTMLElement | null;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    return [room.presence.onChange(() => this.requestUpdate())];
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
            @click=${this.#open}
          >
            ${initialsOf(nameOf(self))}
          </button>
        </li>
        ${repeat(
          shown,
          ({ clientId }) => clientId,
          (peer) => html`<li>${this.#avatar(peer)}</li>`,
        )}
        ${
          rest.length === 0
            ? nothing
            : html`<li><span class="avatar more" title=${rest.map(nameOf).join(', ')}>+${rest.length}</span></li>`
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
      </div>
    `;
  }

  #avatar(peer: Peer): TemplateResult {
    const name = nameOf(peer);
    const where = peer.frame == null ? name : `${name}, at frame ${peer.frame.index}`;
    return html`<span
      class="avatar"
      part="avatar"
      role="img"
      aria-label=${where}
      title=${where}
      style=${styleMap({ '--_swatch': colorOf(peer) })}
      >${initialsOf(name)}</span
    >`;
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
