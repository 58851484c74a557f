import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../style-map.ts';
import { formatNumber } from '../format-number.ts';
import { cssGradient, kindColor, type ColorMap } from './color-maps.ts';
import type { AtomValues } from './atom-values.ts';
import type { ValueRange } from './tints.ts';

/** One thing the legend explains. */
export type LegendEntry =
  | { kind: 'range'; label: string; unit: string; range: ValueRange; map: ColorMap }
  | { kind: 'kinds'; label: string; kinds: readonly string[]; colors?: AtomValues['colors']; hint?: string | undefined }
  | { kind: 'arrow'; label: string; unit: string; perAngstrom: number; color: string }
  | { kind: 'missing'; text: string };

/** Kinds a legend names; the others are counted. */
const MOST_KINDS = 8;

function entryTemplate(entry: LegendEntry): TemplateResult {
  switch (entry.kind) {
    case 'range': {
      const { label, unit, range, map } = entry;
      return html`<div class="entry range">
        <div class="what">${label}${unit === '' ? nothing : html` <span>${unit}</span>`}</div>
        <div class="bar" style=${styleMap({ background: cssGradient(map) })}></div>
        <div class="ends"><span>${formatNumber(range.low)}</span><span>${formatNumber(range.high)}</span></div>
      </div>`;
    }
    case 'kinds': {
      const { label, kinds, colors, hint } = entry;
      return html`<div class="entry">
        <div class="what">${label}</div>
        <ul>
          ${kinds
            .slice(0, MOST_KINDS)
            .map(
              (name, kind) =>
                html`<li>
                  <i style=${styleMap({ background: `rgb(${(colors?.[kind] ?? kindColor(kind)).join(' ')})` })}></i
                  >${name}
                </li>`,
            )}
          ${kinds.length > MOST_KINDS ? html`<li>and ${kinds.length - MOST_KINDS} more</li>` : nothing}
        </ul>
        ${hint === undefined ? nothing : html`<span>${hint}</span>`}
      </div>`;
    }
    case 'arrow': {
      const { label, unit, perAngstrom, color } = entry;
      return html`<div class="entry arrow">
        <svg width="22" height="10" viewBox="0 0 22 10" aria-hidden="true" style=${styleMap({ color })}>
          <path d="M0 5h14" stroke="currentColor" stroke-width="3" />
          <path d="M13 0l9 5-9 5z" fill="currentColor" />
        </svg>
        <span class="what">${label}</span>
        <span>1 Å is ${formatNumber(Number(perAngstrom.toPrecision(3)))} ${unit}</span>
      </div>`;
    }
    case 'missing':
      return html`<div class="entry">${entry.text}</div>`;
  }
}

/** What the colours and arrows of the picture mean. */
export function legendTemplate(legend: readonly LegendEntry[]): TemplateResult | typeof nothing {
  if (legend.length === 0) return nothing;
  return html`<div class="legend" part="legend" role="note" aria-label="Legend">${legend.map(entryTemplate)}</div>`;
}
