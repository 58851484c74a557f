import { svg, type TemplateResult } from 'lit';
import { icon } from '../icons.ts';

/** Take back, do again. */
export const historyIcons: Readonly<Record<'undo' | 'redo', TemplateResult>> = {
  undo: icon(svg`<path d="M6 3 2.8 6.2 6 9.4M3 6.2h6.2a3.6 3.6 0 0 1 0 7.2H6.5" />`),
  redo: icon(svg`<path d="m10 3 3.2 3.2L10 9.4M13 6.2H6.8a3.6 3.6 0 0 0 0 7.2h2.7" />`),
};
