import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { chooseFileTemplate } from './choose-file.ts';
import { icons } from './icons.ts';
import { listRooms } from './room-list.ts';
import { serverBase, withToken } from './server-address.ts';
import { similarNames } from './similar-names.ts';

/**
 * Stands where a room without frames would have its picture: an address that nobody used before makes a new room, which
 * is what people want to know who mistyped one.
 */
@customElement('app-empty-room')
export class AppEmptyRoom extends LitElement {
  @property() name = '';
  /** Whether a file may be put into this room. */
  @property({ type: Boolean }) writable = false;

  /** Takes what somebody chose. */
  @property({ attribute: false }) open: (files: File[]) => void = () => undefined;

  @state() private similar: readonly string[] = [];

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#look();
  }

  async #look(): Promise<void> {
    try {
      const filled = (await listRooms()).rooms.filter(({ count = 0 }) => count > 0);
      this.similar = similarNames(
        this.name,
        filled.map(({ name }) => name),
      );
    } catch {
      // Who may not see the list can still be told that this room is empty.
    }
  }

  protected override render(): TemplateResult {
    return html`${icons.open}
      <strong>“${this.name}” has no frames yet</strong>
      <span>
        ${
          this.writable
            ? 'Drop a file here, and everybody with this address sees it.'
            : 'They appear as soon as someone adds them.'
        }
      </span>
      ${this.writable ? chooseFileTemplate(this.open) : nothing}
      ${
        this.similar.length === 0
          ? nothing
          : html`<p>
              Did you mean
              ${this.similar.map(
                (name, place) =>
                  html`${place === 0 ? nothing : place === this.similar.length - 1 ? ' or ' : ', '}<a
                      href=${withToken(`${serverBase()}/r/${encodeURIComponent(name)}`)}
                      >${name}</a
                    >`,
              )}?
            </p>`
      }`;
  }
}
