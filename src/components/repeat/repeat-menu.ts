import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Room } from '../../room/room.ts';
import { formatCount } from '../format-number.ts';
import { icons } from '../icons.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { countOf, MOST_DRAWN, type Copies } from './arrange-frame.ts';
import { MOST_COPIES, repeatSettings, setRepeat } from './scene-settings.ts';

const WRAPS = [
  { value: '', label: 'As stored' },
  { value: 'atoms', label: 'All atoms inside the cell' },
  { value: 'molecules', label: 'Molecules in one piece' },
];

/** What the menu of cell and copies works on. */
export interface RepeatMenuOwner {
  readonly activeRoom: Room | undefined;
  readonly sceneFrame: SceneFrame | undefined;
  readonly element: { requestUpdate(): void };
  readonly isCellShown: boolean;
  toggleCell(): void;
  fit(): void;
}

/** The menu of cell and copies: how a cell that repeats is drawn, for everybody in the room. */
export function repeatMenuTemplate(owner: RepeatMenuOwner, close: () => void): TemplateResult {
  const { activeRoom: room, sceneFrame } = owner;
  const settings = room && repeatSettings(room);
  const repeats = sceneFrame?.pbc ?? [];
  const isPeriodic = repeats.some(Boolean);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  const write = (patch: Parameters<typeof setRepeat>[1]): void => {
    if (room !== undefined) setRepeat(room, patch);
    owner.element.requestUpdate();
  };
  const setCopies = (axis: number, event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const { valueAsNumber } = input;
    if (settings === undefined || !Number.isFinite(valueAsNumber)) return;
    const count = Math.max(1, Math.min(MOST_COPIES, Math.trunc(valueAsNumber)));
    // Not bound live: what is being typed stays while frames play.
    input.value = String(count);
    write({ copies: settings.copies.map((each, i) => (i === axis ? count : each)) as unknown as Copies });
    setTimeout(() => owner.fit());
  };
  const wrap = settings?.wrap === 'molecules' ? 'molecules' : settings?.wrap === true ? 'atoms' : '';
  const drawn = (sceneFrame?.atomCount ?? 0) * countOf(settings?.copies ?? [1, 1, 1]);
  const checkbox = (label: string, isOn: boolean, change: () => void, isFirst = false): TemplateResult =>
    html`<label class="check">
      <input type="checkbox" ?data-first=${isFirst} .checked=${live(isOn)} @change=${change} />${label}
    </label>`;
  return html`<section class="tool-menu" part="repeat" role="dialog" aria-label="Cell and copies" @keydown=${onKey}>
    <header>
      <h2>Cell and copies</h2>
      <span class="count"></span>
      <button class="icon" @click=${close} aria-label="Close">${icons.close}</button>
    </header>
    ${checkbox('Show the unit cell', owner.isCellShown, () => owner.toggleCell(), true)}
    ${isPeriodic ? nothing : html`<p class="note">This cell repeats nowhere, so there is nothing to wrap or to copy.</p>`}
    <fieldset ?disabled=${room?.can('write') !== true || !isPeriodic}>
      <label class="row"
        >At the faces
        <select
          @change=${(event: Event) => {
            const { value } = event.currentTarget as HTMLSelectElement;
            write({ wrap: value === 'molecules' ? value : value === 'atoms' });
          }}
        >
          ${WRAPS.map(
            ({ value, label }) => html`<option value=${value} .selected=${live(value === wrap)}>${label}</option>`,
          )}
        </select></label
      >
      <label class="row"
        >In the middle
        <select
          @change=${(event: Event) => write({ center: (event.currentTarget as HTMLSelectElement).value || undefined })}
        >
          ${centers(room).map(
            ({ value, label }) =>
              html`<option value=${value} .selected=${live(value === (settings?.center ?? ''))}>${label}</option>`,
          )}
        </select></label
      >
      <div class="row" role="group" aria-label="Copies along each vector">
        <span>Copies</span>
        <span class="copies"
          >${[0, 1, 2].map(
            (axis) =>
              html`<input
                type="number"
                min="1"
                max=${MOST_COPIES}
                aria-label="Copies along ${'abc'[axis]}"
                ?disabled=${!repeats[axis]}
                .value=${String(settings?.copies[axis] ?? 1)}
                @change=${(event: Event) => setCopies(axis, event)}
              />`,
          )}</span
        >
      </div>
    </fieldset>
    ${
      drawn > MOST_DRAWN
        ? html`<p class="note" role="alert">
            That is ${formatCount(drawn)} atoms; up to ${formatCount(MOST_DRAWN)} are drawn, so one cell is shown.
          </p>`
        : nothing
    }
  </section>`;
}

function centers(room: Room | undefined): { value: string; label: string }[] {
  return [
    { value: '', label: 'As stored' },
    { value: 'all', label: 'All atoms' },
    ...Object.entries(room?.selections.snapshot() ?? {}).map(([value, { display_name: name, select }]) => ({
      value,
      label: `Selection ${name ?? select ?? ''}`.trim(),
    })),
  ];
}
