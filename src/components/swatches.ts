import { html, type TemplateResult } from 'lit';
import { styleMap } from './style-map.ts';
import { PERSON_COLORS } from './person.ts';

const NAMES = ['amber', 'ruby', 'orchid', 'violet', 'cobalt', 'azure', 'jade', 'fern', 'ochre', 'slate'];

function step(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 5, ArrowUp: -5 }[event.key];
  if (by === undefined) return;
  const group = event.currentTarget as HTMLElement;
  const buttons = [...group.querySelectorAll('button')];
  const root = group.getRootNode() as ShadowRoot;
  const next = buttons.indexOf(root.activeElement as HTMLButtonElement) + by;
  buttons[(next + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}

/** Ten colours to choose from. */
export function swatchesTemplate(chosen: string | undefined, choose: (color: string) => void): TemplateResult {
  const hasChosen = PERSON_COLORS.includes(chosen ?? '');
  return html`<div class="swatches" role="radiogroup" aria-label="Colour" @keydown=${step}>
    ${PERSON_COLORS.map(
      (color, index) =>
        html`<button
          role="radio"
          aria-label=${NAMES[index]}
          title=${NAMES[index]}
          aria-checked=${color === chosen ? 'true' : 'false'}
          tabindex=${color === chosen || (!hasChosen && index === 0) ? 0 : -1}
          style=${styleMap({ '--_swatch': color })}
          @click=${() => choose(color)}
        ></button>`,
    )}
  </div>`;
}
