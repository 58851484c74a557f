import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.ts';

/** A line about something the page does or failed to do. */
export interface Notice {
  kind: 'busy' | 'error' | 'good' | 'info';
  text: string;
  detail?: string | undefined;
  /** 0 to 1 where it is known. */
  progress?: number | undefined;
  cancel?: (() => void) | undefined;
}

/** The sentence of any thrown value. */
export function asMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A notice at the lower edge of the page. */
export function noticeTemplate(notice: Notice | undefined, close: () => void): TemplateResult {
  return html`<div class="notices" role="status" aria-live="polite">
    ${
      notice === undefined
        ? nothing
        : html`<div class="notice ${notice.kind}">
            ${notice.kind === 'error' ? icons.warning : nothing}
            <p>
              <strong>${notice.text}</strong>
              ${notice.detail === undefined ? nothing : html`<span>${notice.detail}</span>`}
            </p>
            ${
              notice.kind === 'busy'
                ? notice.cancel === undefined
                  ? nothing
                  : html`<button @click=${notice.cancel}>Cancel</button>`
                : html`<button class="icon" aria-label="Close" @click=${close}>${icons.close}</button>`
            }
            ${
              notice.progress === undefined
                ? nothing
                : html`<progress max="1" .value=${notice.progress} aria-label=${notice.text}></progress>`
            }
          </div>`
    }
  </div>`;
}
