import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { StateValue } from '../../protocol/values.ts';
import type { Room } from '../../room/room.ts';

const BACKGROUNDS = [
  { value: '', label: 'As the page' },
  { value: '#ffffff', label: 'White' },
  { value: '#000000', label: 'Black' },
  { value: 'transparent', label: 'Transparent' },
];
const PROJECTIONS = [
  { value: 'perspective', label: 'Perspective' },
  { value: 'orthographic', label: 'Parallel' },
];
/** What is there unless somebody switches it off. */
const SWITCHES = [
  { key: 'scene.ambient_occlusion', label: 'Ambient light' },
  { key: 'scene.outline', label: 'Outlines' },
  { key: 'scene.depth_cue', label: 'Depth cue' },
];

/** What everybody's picture of a room has in common; undefined takes a setting away. */
function write(room: Room, key: string, value: StateValue | undefined): void {
  if (value === undefined) room.state.remove(key);
  else room.state.set(key, value);
}

/** The part of the menu of looks that is about the picture and not about atoms. */
export function pictureMenu(room: Room, changed: () => void): TemplateResult {
  const choice = (
    label: string,
    key: string,
    choices: readonly { value: string; label: string }[],
    usual: string,
  ): TemplateResult => {
    const current = room.state.get(key);
    const value = typeof current === 'string' ? current : usual;
    const all = choices.some((each) => each.value === value) ? choices : [...choices, { value, label: value }];
    return html`<label
      >${label}
      <select
        @change=${(event: Event) => {
          const chosen = (event.currentTarget as HTMLSelectElement).value;
          write(room, key, chosen === usual ? undefined : chosen);
          changed();
        }}
      >
        ${all.map((each) => html`<option value=${each.value} .selected=${live(each.value === value)}>${each.label}</option>`)}
      </select></label
    >`;
  };
  return html`<div class="picture">
    <h3>Picture</h3>
    ${choice('Background', 'scene.background', BACKGROUNDS, '')}
    ${choice('Projection', 'scene.projection', PROJECTIONS, 'perspective')}
    ${SWITCHES.map(({ key, label }) => {
      const current = room.state.get(key);
      return html`<label class="switch"
        ><input
          type="checkbox"
          .checked=${live(current !== false && current !== 0)}
          @change=${(event: Event) => {
            write(room, key, (event.currentTarget as HTMLInputElement).checked ? undefined : false);
            changed();
          }}
        />
        ${label}</label
      >`;
    })}
  </div>`;
}
