import { ContextConsumer } from '@lit/context';
import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import { formatCount, formatNumber } from '../format-number.ts';
import { roomOpeningContext } from '../room-context.ts';
import { RoomElement } from '../room-element.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { composition } from '../viewer/atom-facts.ts';
import { atomCountOf } from '../viewer/scene-frame.ts';
import { cellSummary, forceSummary, frameValues } from './frame-summary.ts';
import { inspectorStyles } from './inspector.styles.ts';
import { followPassingFrames } from './passing-frames.ts';

/** Different elements a formula has room for. */
const MAX_ELEMENTS = 8;

/** Values of the file that are shown at once; the others wait behind a line, so that they bury nothing. */
const MAX_VALUES = 12;

/** Characters a text shows of itself while it is folded. */
const MAX_TEXT = 80;

/**
 * What the frame says about itself: atoms, composition, cell, forces and every number it carries, under the frame's
 * number. While a trajectory plays it follows a few times a second; while it is scrubbed it waits until that rests.
 *
 * @summary Facts about the frame shown.
 */
export class CoInspector extends RoomElement {
  static override styles: CSSResultGroup = [tokens, inspectorStyles];

  @state() private frame: Frame | undefined;
  readonly #opening = new ContextConsumer(this, { context: roomOpeningContext, subscribe: true });

  @state() private isMoving = false;
  @state() private isUnreadable = false;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const undoFollow = followPassingFrames(room, {
      onFrame: (frame) => (this.frame = frame),
      onMoving: (isMoving) => (this.isMoving = isMoving),
      onError: (isUnreadable) => (this.isUnreadable = isUnreadable),
      isSeen: () => this.checkVisibility(),
    });
    const undoCount = room.frames.onChange(() => {
      if (this.frame === undefined) this.requestUpdate();
    });
    return [undoCount, undoFollow, () => (this.frame = undefined)];
  }

  protected override render(): TemplateResult {
    const { frame } = this;
    if (frame === undefined) {
      const room = this.activeRoom;
      const isOpening = room === undefined && this.#opening.value?.isOpening === true;
      const isComing = room !== undefined && !this.isUnreadable && room.frames.trajectory?.count !== 0;
      const isNone = !isOpening && !isComing;
      return html`<p class="empty" aria-busy=${isNone ? nothing : 'true'}>
        ${isNone ? 'No frame is shown.' : 'Opening…'}
      </p>`;
    }
    const { numbers } = frame.data;
    const parts = isFrameArray(numbers) ? composition(numbers.data) : [];
    const forces = forceSummary(frame);
    const values = frameValues(frame);
    // One more is no shorter than the line that hides it.
    const isFolded = values.length > MAX_VALUES + 1;
    return html`<dl aria-busy=${this.isMoving ? 'true' : nothing}>
        <dt>Frame</dt>
        <dd class="index">${formatCount(frame.index)}</dd>
        <dt>Atoms</dt>
        <dd>${formatCount(atomCountOf(frame))}</dd>
        ${
          parts.length === 0
            ? nothing
            : html`<dt>Formula</dt>
                <dd class="formula">${formulaTemplate(parts)}</dd>
                ${parts.some(({ symbol }) => symbol === 'X') ? html`<dd class="hint">X: the file does not say which element</dd>` : nothing}`
        }
        ${values.slice(0, isFolded ? MAX_VALUES : undefined).map(valueTemplate)}
        ${
          forces === undefined
            ? nothing
            : html`<dt>Largest force</dt>
                <dd>${formatNumber(forces.max)} <span class="unit">eV/Å</span></dd>
                <dt>RMS force</dt>
                <dd>${formatNumber(forces.rms)} <span class="unit">eV/Å</span></dd>`
        }
        ${cellTemplate(frame)}
        <dt>Version</dt>
        <dd>${frame.version}</dd>
      </dl>
      ${
        isFolded
          ? html`<details class="more">
              <summary>${values.length - MAX_VALUES} more</summary>
              <dl>${values.slice(MAX_VALUES).map(valueTemplate)}</dl>
            </details>`
          : nothing
      }`;
  }
}

function valueTemplate({ name, value, unit }: { name: string; value: string; unit: string }): TemplateResult {
  const isLong = value.length > MAX_TEXT || value.includes('\n');
  return html`<dt>${name[0]?.toUpperCase()}${name.slice(1)}</dt>
    ${
      isLong
        ? html`<dd class="long">
            <details>
              <summary>${value.slice(0, MAX_TEXT)}</summary>
              <div class="text">${value}</div>
            </details>
          </dd>`
        : html`<dd>${value} <span class="unit">${unit}</span></dd>`
    }`;
}

function formulaTemplate(parts: readonly { symbol: string; count: number }[]): TemplateResult[] {
  const shown = parts
    .slice(0, MAX_ELEMENTS)
    .map(
      ({ symbol, count }) =>
        html`<span class="part">${symbol}${count === 1 ? nothing : html`<sub>${count}</sub>`}</span><wbr />`,
    );
  return parts.length > MAX_ELEMENTS ? [...shown, html`…`] : shown;
}

function cellTemplate(frame: Frame): TemplateResult | typeof nothing {
  const cell = cellSummary(frame);
  if (cell === undefined) return nothing;
  const repeats = ['a', 'b', 'c'].filter((_, axis) => cell.periodic[axis]);
  const isRight = cell.angles.every((angle) => Math.abs(angle - 90) < 1e-4);
  return html`<dt>Cell</dt>
    <dd>${cell.lengths.map((length) => length.toFixed(2)).join(' × ')} <span class="unit">Å</span></dd>
    ${
      isRight
        ? nothing
        : html`<dt>Angles</dt>
            <dd>${cell.angles.map((angle) => angle.toFixed(1)).join(', ')}<span class="unit">°</span></dd>`
    }
    <dt>Volume</dt>
    <dd>${formatNumber(Math.round(cell.volume * 10) / 10)} <span class="unit">Å³</span></dd>
    <dt>Periodic</dt>
    <dd>${repeats.length === 0 ? 'no' : repeats.join(', ')}</dd>`;
}
