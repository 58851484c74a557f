import { ContextConsumer } from '@lit/context';
import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from '../style-map.ts';
import { asCovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import type { HistoryEntry } from '../../room/room-frames.ts';
import type { Room } from '../../room/room.ts';
import { roomConflicts } from '../conflicts/room-conflicts.ts';
import { colorOf, nameOf } from '../person.ts';
import { relativeTime } from '../relative-time.ts';
import { roomOpeningContext } from '../room-context.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { rows } from '../styles/rows.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { historyIcons } from './history-icons.ts';
import { commitWords } from './history-words.ts';
import { historyStyles } from './history.styles.ts';

/** Commits shown before more are asked for. */
const PAGE = 20;

/**
 * Who changed which frames and when, newest first. Each change can be taken back, and what was taken back done again,
 * as long as nobody changed the same values since; taking back is a change of its own and loses nothing.
 *
 * @summary The history of the frames.
 * @csspart entry - One change.
 */
export class CoHistory extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, rows, historyStyles];

  readonly #opening = new ContextConsumer(this, { context: roomOpeningContext, subscribe: true });

  @state() private entries: readonly HistoryEntry[] = [];
  @state() private hasMore = false;
  @state() private failure: string | undefined;
  @state() private isAbsent = false;
  /** Whether the entries were read at least once. */
  @state() private isKnown = false;
  /** Whether nobody answered when they were last asked for. */
  @state() private isUnanswered = false;
  /** Present places of frames, by id. */
  #places: Map<string, number | undefined> = new Map();
  #wanted = PAGE;
  #seq = -1;
  #reading: Promise<void> | undefined;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    void this.#read(room);
    return [
      room.frames.onChange(() => void this.#read(room)),
      room.presence.onChange(() => this.requestUpdate()),
      room.onStatus(() => void this.#read(room)),
      () => {
        this.entries = [];
        this.isKnown = this.isUnanswered = false;
        this.#seq = -1;
        this.#wanted = PAGE;
      },
    ];
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    if (room === undefined) {
      const isOpening = this.#opening.value?.isOpening === true;
      return html`<p class="empty" aria-busy=${isOpening ? 'true' : nothing}>
        ${isOpening ? 'Opening…' : 'No room is shown.'}
      </p>`;
    }
    if (this.isAbsent) return html`<p class="empty">Frames of a file have no history.</p>`;
    return html`
      ${this.failure === undefined ? nothing : html`<p class="failed" role="alert">${this.failure}</p>`}
      ${this.entries.length === 0 ? html`<p class="empty">${this.isKnown ? 'No frame was changed yet.' : 'Changes are shown once they are read.'}</p>` : nothing}
      ${this.isUnanswered ? html`<button class="more" @click=${() => void this.#read(room)}>Try again</button>` : nothing}
      <ol>
        ${repeat(
          this.entries,
          ({ seq }) => seq,
          (entry) => this.#entry(room, entry),
        )}
      </ol>
      ${
        this.hasMore
          ? html`<button class="more" @click=${() => this.#more(room)}>Show earlier changes</button>`
          : nothing
      }
    `;
  }

  #entry(room: Room, entry: HistoryEntry): TemplateResult {
    const { author, session, atMs, isUndone, undo } = entry;
    const peer = room.presence.peers.find((each) =>
      session === undefined ? nameOf(each) === author : each.session === session,
    );
    const who = peer?.isSelf === true ? 'You' : (author ?? (peer === undefined ? 'Somebody' : nameOf(peer)));
    const words = commitWords(entry, (id) => this.#frameName(id));
    const label = isUndone ? 'Do it again' : 'Take back';
    return html`<li part="entry" class=${isUndone ? 'undone' : ''}>
      <i style=${styleMap(peer === undefined ? {} : { '--_swatch': colorOf(peer) })}></i>
      <div class="text">
        <span class="what" title="${who} ${words}">${who} ${words}</span>
        <span class="when" title=${new Date(atMs).toLocaleString()}>
          ${relativeTime(atMs, Date.now())}${isUndone ? ', taken back' : ''}
        </span>
      </div>
      ${
        undo === undefined && room.frames.isWritable
          ? html`<button
              class="icon"
              aria-label="${label}: ${who} ${words}"
              title=${label}
              @click=${() => void this.#revert(room, entry)}
            >
              ${isUndone ? historyIcons.redo : historyIcons.undo}
            </button>`
          : nothing
      }
    </li>`;
  }

  #frameName(id: string): string {
    const place = this.#places.get(id);
    return place === undefined ? 'a frame' : `frame ${place}`;
  }

  #more(room: Room): void {
    this.#wanted += PAGE;
    this.#seq = -1;
    void this.#read(room);
  }

  async #revert(room: Room, { seq, isUndone }: HistoryEntry): Promise<void> {
    this.failure = undefined;
    try {
      await (isUndone ? room.frames.redo(seq) : room.frames.undo(seq));
    } catch (error) {
      const isAsked =
        isCovalenceError(error, 'undo/conflict') &&
        (await roomConflicts(room)
          .addUndo(error, isUndone ? 'redo' : 'undo')
          .catch(() => false));
      if (!isAsked) this.failure = asCovalenceError(error).message;
    }
  }

  /** Reads the newest commits; what is asked for meanwhile is read right after. */
  async #read(room: Room): Promise<void> {
    if (this.#reading !== undefined) {
      await this.#reading;
      if (this.#reading !== undefined) return;
    }
    const seq = room.frames.trajectory?.seq ?? 0;
    if (seq === this.#seq) return;
    this.#reading = this.#readNow(room)
      .then((isRead) => {
        // What could not be read is asked for again with the next news.
        if (isRead) this.#seq = seq;
      })
      .finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #readNow(room: Room): Promise<boolean> {
    try {
      const entries: HistoryEntry[] = [];
      for await (const entry of room.frames.history({ limit: this.#wanted + 1 })) entries.push(entry);
      if (this.activeRoom !== room) return false;
      this.hasMore = entries.length > this.#wanted;
      await this.#locate(room, entries);
      this.entries = entries.slice(0, this.#wanted);
      this.isAbsent = this.isUnanswered = false;
      this.isKnown = true;
      return true;
    } catch (error) {
      this.isAbsent = isCovalenceError(error, 'frame/read-only');
      this.isUnanswered = isCovalenceError(error, 'server/unreachable');
      if (!this.isAbsent && !this.isUnanswered) this.failure = asCovalenceError(error).message;
      return this.isAbsent;
    }
  }

  async #locate(room: Room, entries: readonly HistoryEntry[]): Promise<void> {
    // Newest first: a frame whose last change took it out is nowhere, and is not asked for.
    const isThere = new Map<string, boolean>();
    for (const change of entries.flatMap(({ changes }) => changes))
      if ('id' in change && !isThere.has(change.id)) isThere.set(change.id, change.op !== 'remove');
    const ids = [...isThere].flatMap(([id, is]) => (is ? [id] : []));
    const found = await Promise.allSettled(ids.map((id) => room.frames.readById(id, { data: [] })));
    const places = found.map((each, i) => [ids[i], each.status === 'fulfilled' ? each.value.index : undefined]);
    this.#places = new Map(places as [string, number | undefined][]);
  }
}
