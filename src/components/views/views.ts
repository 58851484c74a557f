import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CameraRecord } from '../../protocol/records/scene.ts';
import type { Room } from '../../room/room.ts';
import { icons } from '../icons.ts';
import { renameBox } from '../rename-box.ts';
import { RoomElement } from '../room-element.ts';
import { selectionsStyles } from '../selections/selections.styles.ts';
import { controls } from '../styles/controls.styles.ts';
import { rows } from '../styles/rows.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { fitView } from '../viewer/fit-view.ts';
import type { CoViewer } from '../viewer/viewer.ts';
import { poseOf, saveView } from './saved-views.ts';
import { ViewFlight } from './view-flight.ts';
import { viewsStyles } from './views.styles.ts';

function aspectOf({ clientWidth, clientHeight }: CoViewer): number {
  return clientWidth / Math.max(1, clientHeight);
}

/**
 * Points of view that people kept: saves the one that is shown, flies to another, renames and deletes. Everybody in the
 * room has the same list; going somewhere moves only the own picture, and whoever follows it.
 *
 * @summary The shared list of saved views.
 * @csspart row - One view.
 * @csspart save - The button that keeps what is shown.
 */
export class CoViews extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, rows, selectionsStyles, viewsStyles];

  /** Id of the viewer; the first of the page that shows the same room when not set. */
  @property() viewer: string | undefined;

  @state() private renaming: string | undefined;
  @state() private liveText = '';
  @query('input.rename') private renameInput!: HTMLInputElement | null;

  readonly #flight = new ViewFlight();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#flight.stop();
  }

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const update = (): void => this.requestUpdate();
    // What the link allows is known with the connection.
    return [room.onStatus(update), room.cameras.onChange(update), () => this.#flight.stop()];
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('renaming')) this.renameInput?.select();
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    const entries = room === undefined ? [] : Object.entries(room.cameras.snapshot());
    const mayEdit = room?.can('write') ?? true;
    return html`<ul>
        ${
          room === undefined
            ? nothing
            : repeat(
                entries,
                ([key]) => key,
                ([key, record]) => this.#rowTemplate(room, key, record, mayEdit),
              )
        }
      </ul>
      ${
        mayEdit
          ? html`<button class="save" part="save" ?disabled=${room === undefined} @click=${this.#save}>
              ${icons.plus} Save this view
            </button>`
          : entries.length === 0
            ? html`<p class="empty">No view is saved.</p>`
            : nothing
      }
      <div class="visually-hidden" role="status">${this.liveText}</div>`;
  }

  #rowTemplate(room: Room, key: string, record: CameraRecord, mayEdit: boolean): TemplateResult {
    const name = record.display_name ?? room.cameras.idOf(key);
    return html`<li part="row">
      ${
        this.renaming === key
          ? renameBox(name, (text, isByKey) => this.#rename(room, key, text, isByKey))
          : html`<button
              class="name"
              title=${mayEdit ? 'Go there (F2 renames, Delete deletes)' : 'Go there'}
              @click=${() => this.#go(poseOf(record), name)}
              @keydown=${(event: KeyboardEvent) => this.#nameKey(event, room, key)}
            >
              <span>${name}</span>
            </button>`
      }
      ${
        mayEdit
          ? html`<span class="actions">
              <button
                class="icon"
                aria-label="Rename ${name}"
                title="Rename (F2)"
                @click=${() => (this.renaming = key)}
              >
                ${icons.pen}
              </button>
              <button
                class="icon danger"
                aria-label="Delete ${name}"
                title="Delete"
                @click=${() => room.cameras.remove(key)}
              >
                ${icons.bin}
              </button>
            </span>`
          : nothing
      }
    </li>`;
  }

  #viewerOf(): CoViewer | undefined {
    const root = this.getRootNode() as Document | ShadowRoot;
    if (this.viewer !== undefined) return (root.getElementById(this.viewer) as CoViewer | null) ?? undefined;
    const found = [
      ...root.querySelectorAll<CoViewer>('co-viewer'),
      ...document.querySelectorAll<CoViewer>('co-viewer'),
    ];
    return found.find(({ activeRoom }) => activeRoom !== undefined && activeRoom === this.activeRoom);
  }

  #go(pose: ReturnType<typeof poseOf>, name: string): void {
    const viewer = this.#viewerOf();
    if (viewer?.scene === undefined) return;
    // As if turned by hand: no longer somebody else's view.
    viewer.hand.takeOver();
    this.#flight.to(viewer.scene, fitView(pose, aspectOf(viewer), viewer.sceneFrame?.positions ?? []));
    this.liveText = `Showing ${name}`;
  }

  readonly #save = (): void => {
    const viewer = this.#viewerOf();
    if (this.activeRoom === undefined || viewer?.camera === undefined) return;
    this.#flight.stop();
    this.renaming = saveView(this.activeRoom, { ...viewer.camera, aspect: aspectOf(viewer) });
  };

  #focusRow(key: string): void {
    const index = Object.keys(this.activeRoom?.cameras.snapshot() ?? {}).indexOf(key);
    this.shadowRoot?.querySelectorAll<HTMLElement>('li')[index]?.querySelector('button')?.focus();
  }

  #nameKey(event: KeyboardEvent, room: Room, key: string): void {
    if (!room.can('write')) return;
    if (event.key === 'F2') this.renaming = key;
    else if (event.key === 'Delete') room.cameras.remove(key);
    else return;
    event.preventDefault();
  }

  #rename(room: Room, key: string, text: string | undefined, isByKey: boolean): void {
    if (this.renaming !== key) return;
    this.renaming = undefined;
    if (text !== undefined && room.cameras.has(key)) room.cameras.update(key, { display_name: text });
    if (isByKey) void this.updateComplete.then(() => this.#focusRow(key));
  }
}
