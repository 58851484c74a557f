import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { Room } from '../../room/room.ts';
import { formatPlural } from '../format-number.ts';
import { relativeTime } from '../relative-time.ts';
import { RoomElement } from '../room-element.ts';
import { controls } from '../styles/controls.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { conflictsStyles } from './conflicts.styles.ts';
import { roomConflicts, type ConflictChoice, type FrameConflict } from './room-conflicts.ts';

/**
 * Asks what becomes of an own change when somebody else changed the frame first: it says who did what, and offers to
 * put the own change on top of theirs, to keep it as a frame of its own behind theirs, or to drop it. It asks the same
 * when an own change cannot be taken back because somebody changed the same values since. Nothing is lost while it asks. Stands at the lower edge of the nearest positioned ancestor, or of the viewer as its `overlay`.
 *
 * @summary Decides between two people's changes of one frame.
 * @csspart card - The question.
 */
export class CoConflicts extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, conflictsStyles];

  @state() private isBusy = false;
  @state() private failure: string | undefined;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    return [roomConflicts(room).onChange(() => this.requestUpdate())];
  }

  protected override render(): TemplateResult | typeof nothing {
    const room = this.activeRoom;
    const pending = room === undefined ? [] : roomConflicts(room).pending;
    if (room === undefined || pending.length === 0) return nothing;
    const [conflict] = pending;
    const { atMs, theirText, isLocked, who, base } = conflict;
    const name = who ?? 'Somebody';
    const when = atMs === undefined ? '' : `, ${relativeTime(atMs, Date.now())}`;
    const { title, mine, apply, aside, drop } = wordsOf(conflict, name);
    return html`<section part="card" aria-label="Your change and theirs">
      <div role="alert">
        <h2>${title} frame ${base.index}${isLocked || conflict.taking !== undefined ? '' : ' first'}</h2>
        <p>${isLocked ? theirText : `${name} ${theirText}${when}`}.</p>
        <p class="mine">${mine}</p>
      </div>
      ${this.failure === undefined ? nothing : html`<p class="failed" role="alert">${this.failure}</p>`}
      <div class="choices">
        ${this.#button(room, conflict, 'apply', apply)} ${this.#button(room, conflict, 'aside', aside)}
        ${this.#button(room, conflict, 'drop', drop)}
      </div>
      ${pending.length > 1 ? html`<p class="mine">${formatPlural(pending.length - 1, 'more change')} to decide.</p>` : nothing}
    </section>`;
  }

  #button(room: Room, conflict: FrameConflict, choice: ConflictChoice, label: string): TemplateResult {
    return html`<button
      class=${choice === 'apply' ? 'primary' : ''}
      data-choice=${choice}
      ?disabled=${this.isBusy}
      @click=${() => void this.#choose(room, conflict, choice)}
    >
      ${label}
    </button>`;
  }

  async #choose(room: Room, conflict: FrameConflict, choice: ConflictChoice): Promise<void> {
    this.isBusy = true;
    this.failure = undefined;
    try {
      const show = await roomConflicts(room).resolve(conflict, choice);
      if (show !== undefined) room.playback.seek(show.index);
    } catch (error) {
      this.failure = asCovalenceError(error).message;
    } finally {
      this.isBusy = false;
    }
  }
}

interface ConflictWords {
  /** Before "frame 3". */
  title: string;
  mine: string;
  apply: string;
  aside: string;
  drop: string;
}

function wordsOf({ taking, isLocked, mineText }: FrameConflict, name: string): ConflictWords {
  if (taking !== undefined) {
    const [wanted, apply] =
      taking === 'back' ? ['taken back', 'Take mine back anyway'] : ['done again', 'Do mine again anyway'];
    return {
      title: `${name} changed`,
      mine: `You ${mineText} before that. It is not ${wanted}; the history keeps both.`,
      apply,
      aside: `Keep a copy ${taking === 'back' ? 'without' : 'with'} mine`,
      drop: 'Leave it as it is',
    };
  }
  const mine = `You ${mineText}. It is not stored yet.`;
  const choices = { mine, aside: 'Keep mine as a copy', drop: 'Drop mine' };
  return isLocked
    ? { ...choices, title: `${name} is editing`, apply: 'Try again' }
    : { ...choices, title: `${name} changed`, apply: 'Apply mine on top' };
}
