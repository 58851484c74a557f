import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { CovalenceError } from '../../protocol/errors.ts';
import type { Room, RoomStatus } from '../../room/room.ts';
import { formatBytes, formatPlural } from '../format-number.ts';
import { RoomElement } from '../room-element.ts';
import { tokens } from '../styles/tokens.styles.ts';

/** How long the good news stays. */
const GOOD_NEWS_MS = 6000;
/** A connection may blink for this long without anybody being told. */
const BLINK_MS = 400;

interface Line {
  kind: 'quiet' | 'busy' | 'good' | 'bad';
  text: string;
  detail?: string | undefined;
}

/**
 * Whether the room is in touch with its server, in one calm line that disappears when all is well; progress while a
 * file is read, and what is wrong with it.
 *
 * @summary One line about the connection and the file.
 * @csspart line - The line.
 * @cssstate online - The room is in touch with its server.
 */
export class CoStatus extends RoomElement {
  static override styles: CSSResultGroup = [
    tokens,
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

      .good i {
        background: var(--_good);
      }

      .bad i {
        background: var(--_danger);
      }

      .bad {
        color: var(--_text);
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
  #error: CovalenceError | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    this.status = room.status;
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
      () => {
        this.editing = [];
        clearTimeout(this.#timer);
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
              <i></i><span>${line.text}</span>
            </div>`
      }
    </div>`;
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
    if (this.status === 'denied') return { kind: 'bad', text: this.#error?.message ?? 'The server refused this room.' };
    if (this.status === 'closed') return { kind: 'quiet', text: 'This room is closed.' };
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
    return undefined;
  }

  /** Locks of frames that others hold; locks of other names are agreements among programs. */
  async #findLocked(room: Room): Promise<void> {
    const own = room.presence.self.session;
    const others = room.frames.locks.filter(({ session }) => own === undefined || session !== own);
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
