import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../style-map.ts';
import { icons, type IconName } from '../icons.ts';
import type { Peer } from '../../state/index.ts';
import { colorOf, nameOf } from '../person.ts';
import type { AtomFacts } from './atom-facts.ts';
import type { PixelRectangle } from './pointer-gestures.ts';

/** What stands in place of a picture. */
export interface Notice {
  kind: 'busy' | 'empty' | 'error';
  title: string;
  detail?: string | undefined;
  /** 0 to 1 where it is known. */
  progress?: number | undefined;
}

/** Something in place of a picture: what is going on, or what went wrong and what to do. */
export function noticeTemplate(notice: Notice): TemplateResult {
  const { kind, title, detail, progress } = notice;
  return html`<div class="notice ${kind}" part="notice" role=${kind === 'error' ? 'alert' : 'status'}>
    ${kind === 'busy' ? html`<span class="spinner"></span>` : kind === 'error' ? icons.warning : icons.file}
    <strong>${title}</strong>
    ${detail === undefined ? nothing : html`<span class="detail">${detail}</span>`}
    ${progress === undefined ? nothing : html`<progress max="1" .value=${progress} aria-label=${title}></progress>`}
  </div>`;
}

/** What is known about the atom under the pointer. */
export function tooltipTemplate(atom: number, facts: AtomFacts): TemplateResult {
  return html`<div class="tooltip anchored" part="tooltip" data-atom=${atom}>
    <div class="title"><b>${facts.symbol}</b> <span>${facts.element}</span> <span class="index">#${atom}</span></div>
    <dl>
      ${facts.facts.map(
        ({ name, value }) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </div>`;
}

/** The atoms other people point at in the frame shown here. */
export function peerTemplate(peers: readonly Peer[], frameId: string | undefined): TemplateResult[] {
  return peers
    .filter((peer) => !peer.isSelf && peer.hover != null && peer.hover.frame_id === frameId)
    .map(
      (peer) =>
        html`<div
          class="peer anchored"
          part="peer"
          data-atom=${peer.hover?.atom ?? -1}
          style=${styleMap({ '--_person': colorOf(peer) })}
        >
          <span>${nameOf(peer)}</span>
        </div>`,
    );
}

/** The rectangle being drawn. */
export function rectangleTemplate({ left, top, right, bottom }: PixelRectangle): TemplateResult {
  return html`<div
    class="rectangle"
    style=${styleMap({ left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` })}
  ></div>`;
}

/** A button of the viewer's own toolbar. */
export interface ToolbarButton {
  icon: IconName;
  label: string;
  keys: string;
  isPressed?: boolean;
  run: () => void;
}

/** The viewer's own toolbar. */
export function toolbarTemplate(buttons: readonly ToolbarButton[]): TemplateResult {
  return html`<div class="toolbar" part="toolbar" role="toolbar" aria-label="View" aria-orientation="vertical">
    ${buttons.map(
      ({ icon, label, keys, isPressed, run }) =>
        html`<button
          class="icon"
          title="${label} (${keys})"
          aria-label=${label}
          aria-pressed=${isPressed === undefined ? nothing : isPressed ? 'true' : 'false'}
          @click=${run}
        >
          ${icons[icon]}
        </button>`,
    )}
    <slot name="toolbar"></slot>
  </div>`;
}
