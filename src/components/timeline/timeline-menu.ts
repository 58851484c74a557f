import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { BookmarkRecord } from '../../protocol/records/scene.ts';
import type { LoopMode } from '../../room/playback/play-plan.ts';
import type { Room } from '../../room/room.ts';
import { bookmarkKind, bookmarkRange, goToBookmark } from '../bookmarks.ts';
import { icons } from '../icons.ts';
import { renameBox } from '../rename-box.ts';
import { roomView } from '../room-view.ts';
import { isStill } from './count-words.ts';
import { FAST_ENOUGH } from '../viewer/glide-time.ts';

/** What the menu of a timeline shows and does besides what it finds in the room. */
export interface TimelineMenu {
  room: Room;
  /** Keys of the curves there are, and the one drawn. */
  curves: readonly string[];
  curve: string | undefined;
  /** Key of the bookmark whose name is being written. */
  renaming: string | undefined;
  onCurve: (key: string) => void;
  onBookmark: () => void;
  onRename: (key: string | undefined) => void;
}

const LOOPS: readonly { loop: LoopMode; label: string; title: string }[] = [
  { loop: 'loop', label: 'Loop', title: 'Begins again at the end' },
  { loop: 'bounce', label: 'Back and forth', title: 'Goes back at the end' },
  { loop: 'once', label: 'Once', title: 'Stops at the end' },
];
const SKIPS = [1, 2, 5, 10, 20, 50, 100, 1000];

/** A key as people read it. */
export function curveName(key: string): string {
  return key.replace(/^info\./, '');
}

function bookmarkRow(menu: TimelineMenu, key: string, record: BookmarkRecord): TemplateResult {
  const { room, onRename } = menu;
  const name = record.display_name ?? room.bookmarks.idOf(key);
  const kind = bookmarkKind(record);
  const rename = (text: string | undefined): void => {
    if (menu.renaming !== key) return;
    onRename(undefined);
    if (text !== undefined && room.bookmarks.has(key)) room.bookmarks.update(key, { display_name: text });
  };
  return html`<li>
    ${
      menu.renaming === key
        ? renameBox(name, rename)
        : html`<button
            class="name"
            aria-pressed=${room.playback.bookmark === key ? 'true' : 'false'}
            title=${kind === 'frame' ? 'Go there' : 'Play only these frames'}
            @click=${() => goToBookmark(room, key)}
            @dblclick=${() => onRename(key)}
          >
            <span>${name}</span>${kind === 'frame' ? nothing : html`<small>${kind}</small>`}
          </button>`
    }
    <button class="icon" aria-label="Rename ${name}" title="Rename" @click=${() => onRename(key)}>${icons.pen}</button>
    <button
      class="icon danger"
      aria-label="Delete ${name}"
      title="Delete"
      @click=${() => {
        if (room.playback.bookmark === key) room.playback.setFrames(undefined);
        room.bookmarks.remove(key);
      }}
    >
      ${icons.bin}
    </button>
  </li>`;
}

function rangeButtons({ room }: TimelineMenu): TemplateResult {
  const { playback } = room;
  const { range, bookmark, frameIndex } = playback;
  const last = Math.max(0, room.frames.count - 1);
  const from = (): void => playback.setFrames({ first: frameIndex, last: Math.max(frameIndex, range?.last ?? last) });
  const to = (): void => playback.setFrames({ first: Math.min(frameIndex, range?.first ?? 0), last: frameIndex });
  return html`<div class="row">
    <button title="Plays from the shown frame on" @click=${from}>From here</button>
    <button title="Plays up to the shown frame" @click=${to}>To here</button>
    ${
      range === undefined || bookmark !== undefined
        ? nothing
        : html`<button @click=${() => playback.setFrames(bookmarkRange(room, range))}>Keep</button>`
    }
    ${
      range === undefined && bookmark === undefined
        ? nothing
        : html`<button @click=${() => playback.setFrames(undefined)}>All</button>`
    }
  </div>`;
}

/** Whether the menu of a room has anything in it: a single frame has nothing to play or to mark. */
export function hasTimelineMenu({ frames, playback, presence }: Room): boolean {
  return !isStill(frames.trajectory) || (playback.mayPresent && presence.peers.some((peer) => !peer.isSelf));
}

/** What playing can be asked for: curve, loop, skip, range, bookmarks, presenting. */
export function timelineMenu(menu: TimelineMenu): TemplateResult {
  const { playback, presence, frames } = menu.room;
  const isAccompanied = presence.peers.some((peer) => !peer.isSelf);
  return html`
    ${isStill(frames.trajectory) ? nothing : playingTemplate(menu)}
    ${
      playback.mayPresent && isAccompanied
        ? html`<button
            class="present"
            aria-pressed=${playback.isPresentingOnPurpose && playback.isPresenting ? 'true' : 'false'}
            @click=${() =>
              playback.isPresenting && playback.isPresentingOnPurpose ? playback.stopPresenting() : playback.present()}
          >
            ${playback.isPresenting && playback.isPresentingOnPurpose ? 'Stop presenting' : 'Present to everyone'}
          </button>`
        : nothing
    }
  `;
}

function playingTemplate(menu: TimelineMenu): TemplateResult {
  const { room, curves, curve } = menu;
  const { playback } = room;
  const bookmarks = Object.entries(room.bookmarks.snapshot() as Record<string, BookmarkRecord>);
  const skips = SKIPS.includes(playback.skip) ? SKIPS : [...SKIPS, playback.skip].sort((a, b) => a - b);
  return html`
    ${
      curves.length === 0
        ? nothing
        : html`<label
            >Curve
            <select class="curve" @change=${(event: Event) => menu.onCurve((event.target as HTMLSelectElement).value)}>
              ${curves.map((key) => html`<option value=${key} ?selected=${key === curve}>${curveName(key)}</option>`)}
            </select></label
          >`
    }
    <label
      >Show
      <select
        class="skip"
        @change=${(event: Event) => playback.setSkip(Number((event.target as HTMLSelectElement).value))}
      >
        ${skips.map(
          (skip) =>
            html`<option value=${skip} ?selected=${skip === playback.skip}>
              ${skip === 1 ? 'every frame' : `one in ${skip} frames`}
            </option>`,
        )}
      </select></label
    >
    <div class="row" role="group" aria-label="At the end">
      ${LOOPS.map(
        ({ loop, label, title }) =>
          html`<button
            title=${title}
            aria-pressed=${playback.loop === loop ? 'true' : 'false'}
            @click=${() => playback.setLoop(loop)}
          >
            ${label}
          </button>`,
      )}
    </div>
    <label
      class="smooth"
      title="Atoms are drawn between two frames while fewer than ${FAST_ENOUGH} a second are played"
    >
      <input
        type="checkbox"
        .checked=${roomView(room).isSmooth}
        @change=${(event: Event) => roomView(room).setSmooth((event.target as HTMLInputElement).checked)}
      />
      Smooth motion <small>between frames, drawn only</small></label
    >
    <h3>Range <small>Shift and drag on the curve</small></h3>
    ${rangeButtons(menu)}
    <h3>
      Bookmarks
      <button class="icon" aria-label="Bookmark this frame" title="Bookmark this frame (B)" @click=${menu.onBookmark}>
        ${icons.plus}
      </button>
    </h3>
    ${
      bookmarks.length === 0
        ? html`<p>None yet. B marks the frame you look at.</p>`
        : html`<ul>
            ${repeat(
              bookmarks,
              ([key]) => key,
              ([key, record]) => bookmarkRow(menu, key, record),
            )}
          </ul>`
    }
  `;
}
