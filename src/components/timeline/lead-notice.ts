import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../style-map.ts';
import type { Room } from '../../room/room.ts';
import { leadState, runLeadAction } from './lead-state.ts';

/** The line over a timeline that says who leads. */
export function leadTemplate(room: Room): TemplateResult {
  const state = leadState(room);
  return html`<div class="lead" part="lead" role="status">
    ${
      state === undefined
        ? nothing
        : html`<div>
            <i style=${styleMap({ '--_swatch': state.color ?? 'var(--_faint)' })}></i><span>${state.text}</span>
            ${state.actions.map(
              ({ action, label }) =>
                html`<button @click=${() => runLeadAction(room, action, state.clientId)}>${label}</button>`,
            )}
          </div>`
    }
  </div>`;
}
