import { svg, html, type TemplateResult } from 'lit';

/** A picture of a button, 16 units wide. */
export function icon(paths: TemplateResult<2>, size = 16): TemplateResult {
  return html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${paths}
  </svg>`;
}

/** The pictures on buttons; all 16 units wide, drawn with the text's colour. */
export const icons: Readonly<Record<IconName, TemplateResult>> = {
  play: icon(svg`<path d="M5 3.2v9.6l7.6-4.8z" fill="currentColor" />`),
  pause: icon(svg`<path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2.4" />`),
  previous: icon(svg`<path d="M4.5 3.5v9" /><path d="M11.5 3.8v8.4L6.8 8z" fill="currentColor" />`),
  next: icon(svg`<path d="M11.5 3.5v9" /><path d="M4.5 3.8v8.4L9.2 8z" fill="currentColor" />`),
  fit: icon(svg`<path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" /><circle cx="8" cy="8" r="1.8" />`),
  box: icon(svg`<rect x="2.5" y="2.5" width="11" height="11" rx="1" stroke-dasharray="2.6 2.2" />`),
  measure: icon(svg`<path d="M2.2 10.4 10.4 2.2l3.4 3.4-8.2 8.2zM5 7.6l1.5 1.5M7.3 5.3l1 1M9.2 3.4l1.5 1.5" />`),
  move: icon(
    svg`<path d="M8 1.8v12.4M1.8 8h12.4M6.2 3.6 8 1.8l1.8 1.8M6.2 12.4 8 14.2l1.8-1.8M3.6 6.2 1.8 8l1.8 1.8M12.4 6.2 14.2 8l-1.8 1.8" />`,
  ),
  cell: icon(svg`<path d="M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6" />`),
  look: icon(
    svg`<path d="M8 2.2c3.6 0 6 2.4 6 5.2 0 3.6-3.4 1.9-4.2 3-.9 1.2.9 3-1.8 3-3.4 0-6-2.5-6-5.7S4.6 2.2 8 2.2z" /><path d="M5 7.5v.1M7 5v.1M10.3 5.3v.1" stroke-width="1.8" />`,
  ),
  help: icon(svg`<circle cx="8" cy="8" r="6" /><path d="M6.2 6.3c.2-2 3.6-2 3.6 0 0 1.3-1.8 1.3-1.8 2.7M8 11.3v.1" />`),
  eye: icon(svg`<path d="M1.5 8C4.3 3 11.7 3 14.5 8 11.7 13 4.3 13 1.5 8z" /><circle cx="8" cy="8" r="1.9" />`),
  eyeOff: icon(
    svg`<path d="M3.5 5.3C2.7 6 2 6.9 1.5 8c2.1 3.8 6.8 4.7 10.2 2.7M5.8 4.5C9 3.6 12.7 4.8 14.5 8c-.4.7-.9 1.3-1.4 1.8M2.5 2.5l11 11" />`,
  ),
  bin: icon(svg`<path d="M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4" />`),
  pen: icon(svg`<path d="M3 13l.7-2.9L10.9 2.9l2.2 2.2L5.9 12.3z" />`),
  plus: icon(svg`<path d="M8 3v10M3 8h10" />`),
  close: icon(svg`<path d="m4 4 8 8M12 4l-8 8" />`),
  check: icon(svg`<path d="m3.5 8.5 3 3 6-7" />`),
  target: icon(svg`<circle cx="8" cy="8" r="4.5" /><path d="M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3" />`),
  file: icon(svg`<path d="M4 1.8h5l3.5 3.5v8.9H4zM9 1.8v3.5h3.5" />`),
  warning: icon(svg`<path d="M8 2.3 14.5 13.5h-13zM8 6.5v3.3M8 11.7v.1" />`),
  more: icon(svg`<path d="M3.5 8v.1M8 8v.1M12.5 8v.1" stroke-width="2.6" />`),
  menu: icon(svg`<path d="M4 6.5 8 10.5l4-4" />`),
  ring: icon(svg`<circle cx="8" cy="8" r="5" stroke-width="2.2" />`),
};

/** Names of {@link icons}. */
export type IconName =
  | 'play'
  | 'pause'
  | 'previous'
  | 'next'
  | 'fit'
  | 'box'
  | 'measure'
  | 'move'
  | 'cell'
  | 'look'
  | 'help'
  | 'eye'
  | 'eyeOff'
  | 'bin'
  | 'pen'
  | 'plus'
  | 'close'
  | 'check'
  | 'target'
  | 'file'
  | 'warning'
  | 'more'
  | 'menu'
  | 'ring';
