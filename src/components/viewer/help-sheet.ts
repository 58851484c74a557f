import { css, html, type CSSResult, type TemplateResult } from 'lit';
import { icons } from '../icons.ts';

/** A line of the help overlay. */
export interface HelpLine {
  /** Keys or gestures, each drawn as a key cap. */
  keys: readonly string[];
  does: string;
}

/** The help overlay, by topic. */
export const HELP: readonly { topic: string; lines: readonly HelpLine[] }[] = [
  {
    topic: 'Look',
    lines: [
      { keys: ['Drag', '← ↑ → ↓'], does: 'Turn' },
      { keys: ['Right drag', 'Shift ← →'], does: 'Move' },
      { keys: ['Wheel', '+', '−'], does: 'Closer, farther' },
      { keys: ['Double click'], does: 'Focus on an atom' },
      { keys: ['F', 'Shift F'], does: 'Show all, the selection' },
      { keys: ['C'], does: 'Unit cell on or off' },
      { keys: ['A'], does: 'Show as: style, colour, arrows, labels' },
    ],
  },
  {
    topic: 'Select',
    lines: [
      { keys: ['Click', 'Enter'], does: 'Select the atom' },
      { keys: ['Shift click'], does: 'Add it or take it out' },
      { keys: ['Shift drag', 'B'], does: 'Select in a rectangle' },
      { keys: ['[', ']'], does: 'Step from atom to atom' },
      { keys: ['/'], does: 'Select by expression' },
      { keys: ['H'], does: 'Hide the selection' },
      { keys: ['Esc'], does: 'Select nothing' },
    ],
  },
  {
    topic: 'Edit',
    lines: [
      { keys: ['Alt ← ↑ → ↓'], does: 'Move the selected atoms by 0.1 Å' },
      { keys: ['Alt PgUp', 'Alt PgDn'], does: 'Move them away, nearer' },
      { keys: ['Ctrl Z', 'Ctrl Shift Z'], does: 'Undo, redo' },
    ],
  },
  {
    topic: 'Measure and play',
    lines: [
      { keys: ['M'], does: 'Measure between two atoms' },
      { keys: ['Space'], does: 'Play, pause' },
      { keys: [',', '.'], does: 'One frame back, on' },
      { keys: ['Home', 'End'], does: 'First, last frame' },
      { keys: ['?'], does: 'This help' },
    ],
  },
];

/** Keys and gestures. */
export function helpTemplate(close: () => void): TemplateResult {
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' && event.key !== '?') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return html`<div class="help" part="help" role="dialog" aria-label="Keys and gestures" @keydown=${closeByKey}>
    <div class="sheet">
      <header>
        <h2>Keys and gestures</h2>
        <button class="icon" data-first @click=${close} aria-label="Close help">${icons.close}</button>
      </header>
      <div class="topics">
        ${HELP.map(
          ({ topic, lines }) =>
            html`<section>
              <h3>${topic}</h3>
              ${lines.map(
                ({ keys, does }) =>
                  html`<p>
                    <span>${does}</span><span class="keys">${keys.map((key) => html`<kbd>${key}</kbd>`)}</span>
                  </p>`,
              )}
            </section>`,
        )}
      </div>
    </div>
  </div>`;
}

/** Look of the help overlay. */
export const helpStyles: CSSResult = css`
  .help {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 16px;
    background: light-dark(rgb(20 24 40 / 24%), rgb(0 0 0 / 48%));
    overflow: auto;
  }

  .sheet {
    width: min(840px, 100%);
    max-height: 100%;
    overflow: auto;
    padding: 16px 20px 20px;
    border-radius: 12px;
    background: var(--_raised);
    box-shadow: var(--_float);
  }

  .sheet header {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }

  h2 {
    margin: 0;
    font-size: 16px;
    font-weight: 600;
  }

  .topics {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(208px, 1fr));
    gap: 4px 28px;
  }

  h3 {
    margin: 12px 0 4px;
    font-size: 12px;
    font-weight: 600;
    color: var(--_muted);
  }

  .help p {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 12px;
    margin: 0;
    padding: 3px 0;
  }

  .keys {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px;
  }

  kbd {
    padding: 0 6px;
    border: 1px solid var(--_border-strong);
    border-radius: 5px;
    font: 500 11px/18px var(--_font);
    color: var(--_muted);
    white-space: nowrap;
  }
`;
