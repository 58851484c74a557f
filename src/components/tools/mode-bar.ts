import { html, nothing, type TemplateResult } from 'lit';
import { icons } from '../icons.ts';
import type { ViewerMode } from '../viewer/viewer-mode.ts';

/** What the bar of a mode says. */
export interface ModeBarState {
  mode: ViewerMode;
  /** Atoms picked for a measurement, and how many it takes. */
  picked: number;
  wanted: number;
  hasSelection: boolean;
  /** What became of the last move, in place of what to do next. */
  note?: string | undefined;
  choose: (mode: ViewerMode) => void;
}

interface Choice {
  mode: ViewerMode;
  label: string;
  keys: string;
}

const CHOICES: readonly (readonly Choice[])[] = [
  [
    { mode: 'box', label: 'Rectangle', keys: 'R' },
    { mode: 'lasso', label: 'Lasso', keys: 'L' },
  ],
  [
    { mode: 'measure', label: 'Distance', keys: '2' },
    { mode: 'angle', label: 'Angle', keys: '3' },
    { mode: 'dihedral', label: 'Dihedral', keys: '4' },
  ],
];

function hintOf({ mode, picked, wanted, hasSelection, note }: ModeBarState): string {
  if (note !== undefined) return note;
  if (mode === 'move') return hasSelection ? 'Drag atoms, arrows or ring' : 'Drag an atom';
  if (wanted > 0) return picked === 0 ? `Pick ${wanted} atoms` : `${picked} of ${wanted}`;
  return 'Drag around atoms';
}

/** Says what a mode waits for, offers its kin, and ends it. */
export function modeBarTemplate(state: ModeBarState): TemplateResult | typeof nothing {
  const { mode, choose } = state;
  if (mode === 'select') return nothing;
  const kin = CHOICES.find((choices) => choices.some((choice) => choice.mode === mode)) ?? [];
  return html`<div class="mode-bar" part="mode" role="group" aria-label="Tool">
    ${kin.map(
      ({ mode: other, label, keys }) =>
        html`<button
          aria-pressed=${other === mode ? 'true' : 'false'}
          title="${label} (${keys})"
          @click=${() => choose(other)}
        >
          ${label}
        </button>`,
    )}
    <span class=${state.note === undefined ? 'hint' : 'hint note'}>${hintOf(state)}</span>
    <button class="icon" aria-label="Done" title="Done (Esc)" @click=${() => choose('select')}>${icons.close}</button>
  </div>`;
}
