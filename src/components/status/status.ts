import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { CovalenceError } from '../../protocol/errors.ts';
import { PRESENTER_LOCK } from '../../room/playback/presented-position.ts';
import type { RefusedChanges } from '../../room/refused-changes.ts';
import type { Room, RoomStatus } from '../../room/room.ts';
import { formatBytes, formatPlural } from '../format-number.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { type OddRecords, oddRecords } from './odd-records.ts';
import { tokens } from '../styles/tokens.styles.ts';

/** How long the good news stays. */
const GOOD_NEWS_MS = 6000;
/** A connection may blink for this long without anybody being told. */
const BLINK_MS = 400;
/** How long a notice that stops nothing stays. */
const NOTICE_MS = 15_000;

interface Line {
  kind: 'quiet' | 'busy' | 'good' | 'warn' | 'bad' | 'badge';
  text: string;
  detail?: string | undefined;
  /** With buttons to apply again or discard. */
  isDecision?: boolean;
}

/**
 * Whether the room is in touch with its server, in one calm line that disappears when all is well; progress while a
 * file is read, and what is wrong with it.
 *
 * @summary One line about the connection and the file.
 * @csspart line - The line.
 * @csspart button - Decides about changes that the server did not accept.
 * @cssstate online - The room is in touch with its server.
 */
export class CoStatus extends RoomElement {
  static override styles: CSSResultGroup = [
    tokens,
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      .line {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
        color: var(--_muted);
      }

      .line i {
        flex: none;
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--_faint);
      }

      .line span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .busy i {
        background: var(--_warn);
        animation: breathe 1.6s ease-in-out infinite;
      }

      .warn i {
        background: var(--_warn);
      }

      .good i {
        background: var(--_good);
      }

      .bad i {
        background: var(--_danger);
      }

      .bad {
        color: var(--_text);
      }

      /* What ends the work is said in full where two lines are enough. */
      .bad span {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-height: 1.25;
        white-space: normal;
      }

      .badge {
        display: inline-flex;
        padding: 2px 8px;
        border-radius: 999px;
        background: color-mix(in srgb, var(--_muted) 14%, transparent);
        font-size: 0.85em;
      }

      .badge i {
        display: none;
      }

      @keyframes breathe {
        50% {
          opacity: 0.35;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .busy i {
          animation: none;
        }
      }
    `,
  ];

  @state() private status: RoomStatus | undefined;
  @state() private isNewsGood = false;
  @state() private isBlinking = false;
  /** Frames that others are editing, in words. */
  @state() private editing: readonly string[] = [];
  @state() private refused: RefusedChanges | undefined;
  @state() private notice: CovalenceError | undefined;
  #error: CovalenceError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #odd: OddRecords | undefined;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    this.status = room.status;
    this.refused = room.refused;
    const odd = (this.#odd = oddRecords(room, () => this.requestUpdate()));
    return [
      room.onStatus(({ status, isReconnect, error }) => {
        const wasAway = this.status === 'offline' || this.status === 'connecting';
        this.status = status;
        this.#error = error;
        clearTimeout(this.#timer);
        this.isNewsGood = false;
        this.isBlinking = status === 'offline' && !wasAway;
        if (status === 'online' && isReconnect) void this.#confirm(room);
        if (this.isBlinking) this.#timer = setTimeout(() => (this.isBlinking = false), BLINK_MS);
      }),
      room.frames.onChange(() => this.requestUpdate()),
      room.frames.onLocks(() => void this.#findLocked(room)),
      room.onRefused((refused) => (this.refused = refused)),
      room.onStoreTrouble(() => this.requestUpdate()),
      room.onNotice((notice) => {
        this.notice = notice;
        clearTimeout(this.#noticeTimer);
        this.#noticeTimer = setTimeout(() => (this.notice = undefined), NOTICE_MS);
      }),
      () => {
        this.editing = [];
        clearTimeout(this.#timer);
        clearTimeout(this.#noticeTimer);
        this.refused = this.notice = undefined;
        odd.stop();
        this.#odd = undefined;
        this.isNewsGood = this.isBlinking = false;
        this.status = undefined;
      },
    ];
  }

  protected override render(): TemplateResult {
    const line = this.#line();
    return html`<div role="status">
      ${
        line === undefined
          ? nothing
          : html`<div class="line ${line.kind}" part="line" title=${line.detail ?? nothing}>
              <i></i><span>${line.text}</span>${line.isDecision === true ? this.#decision() : nothing}
            </div>`
      }
    </div>`;
  }

  #decision(): TemplateResult {
    return html`<button type="button" part="button" @click=${() => this.refused?.apply()}>Apply again</button>
      <button type="button" part="button" class="danger" @click=${() => this.refused?.discard()}>Discard</button>`;
  }

  /** Says that nothing was lost only once the server has stored what was written here meanwhile. */
  async #confirm(room: Room): Promise<void> {
    const isStored = await room.state.whenSaved().then(
      () => true,
      () => false,
    );
    if (!isStored || this.activeRoom !== room || this.status !== 'online') return;
    this.isNewsGood = true;
    this.#timer = setTimeout(() => (this.isNewsGood = false), GOOD_NEWS_MS);
  }

  #line(): Line | undefined {
    const room = this.activeRoom;
    if (room === undefined) return undefined;
    const { trajectory } = room.frames;
    if (this.status === 'offline' || this.status === 'connecting') {
      if (this.isBlinking) return undefined;
      return {
        kind: 'busy',
        text: this.status === 'offline' ? 'Reconnecting… You can go on working.' : 'Connecting…',
        detail: this.#error?.message,
      };
    }
    if (this.status === 'denied') {
      const text = this.#error?.message ?? 'The server refused this room.';
      return { kind: 'bad', text, detail: text };
    }
    if (this.status === 'closed') return { kind: 'quiet', text: 'This room is closed.' };
    if (this.refused !== undefined) {
      return {
        kind: 'warn',
        text: `${formatPlural(this.refused.size, 'change was', 'changes were')} not accepted.`,
        detail: this.refused.reason.message,
        isDecision: true,
      };
    }
    const { storeTrouble } = room;
    if (storeTrouble !== undefined) return { kind: 'bad', text: storeTrouble.message, detail: storeTrouble.message };
    if (this.isNewsGood) return { kind: 'good', text: 'Reconnected. Nothing was lost.' };
    if (trajectory?.indexing !== undefined) {
      const { bytesRead, byteLength } = trajectory.indexing;
      const part = `${formatBytes(bytesRead)} of ${formatBytes(byteLength)}`;
      return {
        kind: 'busy',
        text: `Reading the file, ${formatPlural(trajectory.count, 'frame')} so far`,
        detail: part,
      };
    }
    if (trajectory?.damage !== undefined)
      return { kind: 'bad', text: trajectory.damage.detail, detail: trajectory.damage.detail };
    if (this.editing.length > 0) return { kind: 'busy', text: this.editing[0], detail: this.editing.join('\n') };
    const odd = this.#odd?.lines() ?? [];
    if (odd.length > 0) {
      const text = odd.length === 1 ? odd[0] : `${formatPlural(odd.length, 'record')} cannot be shown as they are.`;
      return { kind: 'warn', text, detail: odd.join('\n') };
    }
    if (this.notice !== undefined) return { kind: 'warn', text: this.notice.message, detail: this.notice.message };
    if (!room.can('write')) {
      return {
        kind: 'badge',
        text: 'View only',
        detail: 'This link is for looking: you see everything that others do.',
      };
    }
    return undefined;
  }

  /** Locks of frames that others hold; locks of other names are agreements among programs. */
  async #findLocked(room: Room): Promise<void> {
    const own = room.presence.self.session;
    const others = room.frames.locks.filter(
      ({ session, name }) => name !== PRESENTER_LOCK && (own === undefined || session !== own),
    );
    const lines = await Promise.all(
      others.map(async ({ name, holder = 'Somebody', message }) => {
        const frame = await room.frames.readById(name, { data: [] }).catch(() => undefined);
        if (frame === undefined) return [];
        return [`${holder} is editing frame ${frame.index}${message === undefined ? '' : `: ${message}`}`];
      }),
    );
    if (this.activeRoom === room) this.editing = lines.flat();
  }
}
