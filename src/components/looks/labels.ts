import { html, type TemplateResult } from 'lit';
import { elementOf } from '../../chem/elements.ts';
import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import { formatCount, formatNumber } from '../format-number.ts';
import { atomValues } from './atom-values.ts';

/** Words at an atom. */
export interface Label {
  atom: number;
  text: string;
}

/** More words than this nobody can read, and the page would stutter. */
const MOST_LABELS = 300;

/** Keys a kind of label needs. */
export function labelNames(kind: string): readonly string[] {
  return kind === 'element' || kind === 'index' ? [] : [kind];
}

/** Adds the labels of some atoms (all when absent); returns a sentence when there can be none. */
export function labelTexts(
  labels: Label[],
  frame: Frame,
  kind: string,
  atoms: Uint32Array | undefined,
  atomCount: number,
): string | undefined {
  const count = atoms?.length ?? atomCount;
  if (labels.length + count > MOST_LABELS)
    return `Labels are shown for up to ${MOST_LABELS} atoms, not for ${formatCount(count)}: select fewer`;
  const { numbers } = frame.data;
  const values = kind === 'element' ? undefined : atomValues(frame, kind, atomCount);
  if (kind !== 'element' && values === undefined) return `This frame has no “${kind}” to label by`;
  for (let i = 0; i < count; i += 1) {
    const atom = atoms === undefined ? i : atoms[i];
    const value = values?.at(atom) ?? Number.NaN;
    const text =
      values === undefined
        ? elementOf(isFrameArray(numbers) ? numbers.data[atom] : 0).symbol
        : (values.kinds?.[value] ?? (kind === 'index' ? String(value) : formatNumber(value)));
    if (text.trim() !== '') labels.push({ atom, text: text.trim() });
  }
  return undefined;
}

/** Words that the viewer pins to their atoms. */
export function labelsTemplate(labels: readonly Label[]): TemplateResult[] {
  return labels.map(({ atom, text }) => html`<div class="label anchored" part="label" data-atom=${atom}>${text}</div>`);
}
