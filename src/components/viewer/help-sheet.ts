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
      { keys: ['P'], does: 'Cell and copies: wrap, centre, repeat' },
      { keys: ['A'], does: 'Show as: style, colour, arrows, labels' },
    ],
  },
  {
    topic: 'Select',
    lines: [
      { keys: ['Click', 'Enter'], does: 'Select the atom' },
      { keys: ['Shift click', 'Shift Enter'], does: 'Add it or take it out' },
      { keys: ['Shift drag', 'R'], does: 'Select in a rectangle' },
      { keys: ['L'], does: 'Select with a lasso' },
      { keys: ['[', ']'], does: 'Step from atom to atom' },
      { keys: ['/'], does: 'Select by expression' },
      { keys: ['S'], does: 'All ways to select' },
      { keys: ['Shift G', 'Shift H'], does: 'Grow, shrink' },
      { keys: ['Shift I', 'Shift E'], does: 'Invert, same element' },
      { keys: ['Shift B', 'Shift M'], does: 'Bonded, molecule' },
      { keys: ['Shift R'], does: 'Whole residues' },
      { keys: ['Ctrl A', 'Esc'], does: 'Select all, nothing' },
      { keys: ['H'], does: 'Hide the selection' },
    ],
  },
  {
    topic: 'Measure',
    lines: [
      { keys: ['M', '2'], does: 'Distance of two atoms' },
      { keys: ['3'], does: 'Angle of three' },
      { keys: ['4'], does: 'Dihedral of four' },
    ],
  },
  {
    topic: 'Edit',
    lines: [
      { keys: ['G'], does: 'Drag atoms, arrows or ring' },
      { keys: ['Shift while dragging'], does: 'Ten times finer' },
      { keys: ['Alt ← ↑ → ↓'], does: 'Move the selected atoms by 0.1 Å' },
      { keys: ['Alt PgUp', 'Alt PgDn'], does: 'Move them away, nearer' },
      { keys: ['Alt Shift ← ↑ → ↓'], does: 'Turn them by 5°' },
      { keys: ['Esc while dragging'], does: 'Put them back' },
      { keys: ['Ctrl Z', 'Ctrl Shift Z'], does: 'Undo, redo' },
    ],
  },
  {
    topic: 'Play',
    lines: [
      { keys: ['Space'], does: 'Play, pause' },
      { keys: [',', '.'], does: 'One frame back, on' },
      { keys: ['Home', 'End'], does: 'First, last frame' },
      { keys: ['B'], does: 'Bookmark this frame' },
      { keys: ['?'], does: 'This help' },
    ],
  },
  {
    topic: 'Touch',
    lines: [
      { keys: ['One finger'], does: 'Turn, or use the tool' },
      { keys: ['Two fingers'], does: 'Move, closer, farther' },
      { keys: ['Tap', 'Double tap'], does: 'Select, focus' },
      { keys: ['Hold'], does: 'Read an atom; add it or take it out' },
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
    grid-template-rows: minmax(0, 1fr);
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
    columns: 208px;
    column-gap: 28px;
  }

  .topics section {
    padding-top: 8px;
    break-inside: avoid;
  }

  h3 {
    margin: 4px 0;
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
