import { html, type TemplateResult } from 'lit';
import { formatPlural } from '../format-number.ts';
import { icons } from '../icons.ts';
import type { ViewerMode } from '../viewer/viewer-mode.ts';
import type { SelectionStep } from './selection-steps.ts';

/** What the menu of selecting works on. */
export interface SelectMenuOwner {
  mode: ViewerMode;
  readonly atomCount: number;
  selectedAtoms(): Uint32Array;
  selectAll(): void;
  select(atoms: Iterable<number>, mode: 'replace'): void;
}

/** What the menu does besides. */
export interface SelectMenuActions {
  step: (step: SelectionStep) => void;
  /** A key was pressed that the menu has no use for. */
  press: (event: KeyboardEvent) => void;
  close: () => void;
}

const STEPS: readonly { step: SelectionStep; label: string; keys: string; does: string }[] = [
  { step: 'grow', label: 'Grow', keys: '⇧G', does: 'Adds what is bonded to it' },
  { step: 'shrink', label: 'Shrink', keys: '⇧H', does: 'Takes away its rim' },
  { step: 'bonded', label: 'Bonded', keys: '⇧B', does: 'What is bonded to it instead' },
  { step: 'molecule', label: 'Molecule', keys: '⇧M', does: 'Everything joined to it by bonds' },
  { step: 'residue', label: 'Residue', keys: '⇧R', does: 'Its whole residues' },
  { step: 'element', label: 'Element', keys: '⇧E', does: 'All atoms of its elements' },
];

/** The menu of selecting: by hand, everything, and from one selection to the next. */
export function selectMenuTemplate(owner: SelectMenuOwner, { step, press, close }: SelectMenuActions): TemplateResult {
  const count = owner.selectedAtoms().length;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return press(event);
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  // Not `disabled`: a button that has the keyboard and nothing left to do would lose it to nowhere.
  const button = (
    label: string,
    keys: string,
    title: string,
    run: () => void,
    { needsAtoms = false, isPressed = false, isFirst = false } = {},
  ): TemplateResult =>
    html`<button
      title=${title}
      ?data-first=${isFirst}
      aria-disabled=${needsAtoms && count === 0 ? 'true' : 'false'}
      aria-pressed=${isPressed ? 'true' : 'false'}
      @click=${run}
    >
      <span>${label}</span><kbd>${keys}</kbd>
    </button>`;
  const toggle = (mode: ViewerMode): void => {
    owner.mode = owner.mode === mode ? 'select' : mode;
    close();
  };
  return html`<section class="tool-menu" part="select" role="dialog" aria-label="Select" @keydown=${onKey}>
    <header>
      <h2>Select</h2>
      <span class="count">${count === 0 ? 'nothing yet' : formatPlural(count, 'atom')}</span>
      <button class="icon" @click=${close} aria-label="Close">${icons.close}</button>
    </header>
    <div class="grid">
      ${button('Rectangle', 'R', 'Drag a rectangle around atoms', () => toggle('box'), {
        isPressed: owner.mode === 'box',
        isFirst: true,
      })}
      ${button('Lasso', 'L', 'Draw a line around atoms', () => toggle('lasso'), { isPressed: owner.mode === 'lasso' })}
      ${button('All', '^A', 'Every atom', () => owner.selectAll())}
      ${button('Invert', '⇧I', 'Everything else', () => step('invert'))}
    </div>
    <h3>From this selection</h3>
    <div class="grid">
      ${STEPS.map((way) => button(way.label, way.keys, way.does, () => step(way.step), { needsAtoms: true }))}
    </div>
    ${button('Nothing', 'Esc', 'Ends the selection', () => owner.select([], 'replace'), { needsAtoms: true })}
  </section>`;
}
