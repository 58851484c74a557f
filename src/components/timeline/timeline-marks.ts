import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../style-map.ts';
import type { BookmarkRecord } from '../../protocol/records/scene.ts';
import type { FrameRange } from '../../room/playback/play-plan.ts';
import type { Room } from '../../room/room.ts';
import { bookmarkIndex, goToBookmark } from '../bookmarks.ts';
import { colorOf, nameOf } from '../person.ts';

/** Half the width that a slider's thumb keeps free at both ends, pixels. */
export const THUMB = 6;

/** Where a frame is on the track, as CSS. */
export function leftOf(index: number, count: number): string {
  const part = count > 1 ? Math.min(1, Math.max(0, index / (count - 1))) : 0;
  return `calc(${THUMB}px + ${part} * (100% - ${2 * THUMB}px))`;
}

/** The frame under a horizontal place on the track. */
export function frameUnder(clientX: number, track: DOMRect, count: number): number {
  const part = (clientX - track.left - THUMB) / Math.max(1, track.width - 2 * THUMB);
  return Math.round(Math.min(1, Math.max(0, part)) * Math.max(0, count - 1));
}

/** Where the others are; whoever leads stands out. */
export function peerMarks(room: Room, count: number): TemplateResult[] {
  const { presenter } = room.playback;
  return room.presence.peers
    .filter((peer) => !peer.isSelf && peer.frame != null)
    .map((peer) => {
      const leads = peer.clientId === presenter?.clientId;
      return html`<i
        class="peer ${leads ? 'leads' : ''}"
        title=${nameOf(peer)}
        style=${styleMap({ left: leftOf(peer.frame?.index ?? 0, count), '--_swatch': colorOf(peer) })}
      ></i>`;
    });
}

/** The frames that are played, when they are a range. */
export function rangeMark(range: FrameRange | undefined, count: number): TemplateResult | typeof nothing {
  if (range === undefined || count < 2) return nothing;
  const from = leftOf(range.first, count);
  return html`<div
    class="range"
    style=${styleMap({ left: from, width: `calc(${leftOf(range.last, count)} - ${from})` })}
  ></div>`;
}

/** A flag for each bookmark, where it begins. */
export function bookmarkMarks(room: Room, count: number): TemplateResult {
  const entries = Object.entries(room.bookmarks.snapshot() as Record<string, BookmarkRecord>).filter(
    ([, record]) => bookmarkIndex(record) !== undefined,
  );
  return html`${repeat(
    entries,
    ([key]) => key,
    ([key, record]) => {
      const index = bookmarkIndex(record) ?? 0;
      const name = record.display_name ?? room.bookmarks.idOf(key);
      return html`<button
        class="flag"
        tabindex="-1"
        title=${name}
        aria-label="Go to ${name}"
        style=${styleMap({ left: leftOf(index, count), '--_swatch': record.color ?? 'var(--_accent)' })}
        @click=${() => goToBookmark(room, key)}
      ></button>`;
    },
  )}`;
}
