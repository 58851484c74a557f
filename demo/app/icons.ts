import { html, svg, type TemplateResult } from 'lit';

function icon(paths: TemplateResult<2>): TemplateResult {
  return html`<svg
    width="16"
    height="16"
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

/** The mark: two shells that overlap. */
export const mark: TemplateResult = html`<svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
  <circle cx="12" cy="16" r="9" fill="var(--accent)" fill-opacity="0.9" />
  <circle cx="20" cy="16" r="9" fill="var(--accent)" fill-opacity="0.45" />
</svg>`;

/** Pictures of the page's own buttons. */
export const icons = {
  link: icon(
    svg`<path d="M6.5 9.5 9.5 6.5M7 4.5l1.3-1.3a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.3 1.3a3.2 3.2 0 0 1-4.5-4.5L4.5 7" />`,
  ),
  save: icon(svg`<path d="M8 2.5v7M5 7l3 3 3-3M2.5 10.5v3h11v-3" />`),
  light: icon(
    svg`<circle cx="8" cy="8" r="2.8" /><path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7" />`,
  ),
  dark: icon(svg`<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />`),
  help: icon(svg`<circle cx="8" cy="8" r="6" /><path d="M6.2 6.3c.2-2 3.6-2 3.6 0 0 1.3-1.8 1.3-1.8 2.7M8 11.3v.1" />`),
  panel: icon(svg`<rect x="2" y="3" width="12" height="10" rx="1.5" /><path d="M10 3v10" />`),
  open: icon(svg`<path d="M8 13V4M5 6.5l3-3 3 3M2.5 11v2.5h11V11" />`),
  file: icon(svg`<path d="M4 1.8h5l3.5 3.5v8.9H4zM9 1.8v3.5h3.5" />`),
  more: icon(svg`<path d="M3.5 8v.1M8 8v.1M12.5 8v.1" stroke-width="2.4" />`),
  close: icon(svg`<path d="m4 4 8 8M12 4l-8 8" />`),
  warning: icon(svg`<path d="M8 2.3 14.5 13.5h-13zM8 6.5v3.3M8 11.7v.1" />`),
} as const;
