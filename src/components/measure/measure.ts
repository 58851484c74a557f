import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { elementOf } from '../../chem/elements.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import { FrameController } from '../controllers/frame-controller.ts';
import { icons } from '../icons.ts';
import { RoomElement } from '../room-element.ts';
import { roomView } from '../room-view.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { controls } from '../styles/controls.styles.ts';
import { rows } from '../styles/rows.styles.ts';
import { tokens } from '../styles/tokens.styles.ts';
import { formatMeasured, kindOf, measure } from '../tools/measurements.ts';
import { DRAWN_KEYS, sceneFrameOf } from '../viewer/scene-frame.ts';
import { measureStyles } from './measure.styles.ts';
import { roomMeasurements } from './room-measurements.ts';

const NAMES = { distance: 'Distance', angle: 'Angle', dihedral: 'Dihedral' } as const;

/**
 * What is measured in the room, with its values in the frame shown: distances, angles and dihedrals, to the nearest
 * images of a cell that repeats. A click brings the atoms into the picture; what is removed here is removed for
 * everybody.
 *
 * @summary The shared list of measurements.
 * @slot empty - In place of the sentence shown while nothing is measured.
 * @csspart row - One measurement.
 */
export class CoMeasure extends RoomElement {
  static override styles: CSSResultGroup = [tokens, controls, rows, measureStyles];

  @state() private frame: Frame | undefined;

  protected override connectRoom(room: Room): readonly (() => void)[] {
    const frames = new FrameController({ keys: DRAWN_KEYS, onFrame: (frame) => (this.frame = frame) });
    const update = (): void => this.requestUpdate();
    return [frames.connect(room), roomMeasurements(room).onChange(update), room.onStatus(update)];
  }

  protected override render(): TemplateResult {
    const room = this.activeRoom;
    const entries = room === undefined ? [] : roomMeasurements(room).entries;
    if (room === undefined || entries.length === 0)
      return html`<slot name="empty"
        ><p class="empty">Press M and click two atoms to measure their distance.</p></slot
      >`;
    const frame = this.frame && sceneFrameOf(this.frame);
    return html`<ul>
        ${repeat(
          entries,
          ({ key }) => key,
          ({ key, atoms }) => this.#rowTemplate(room, key, atoms, frame),
        )}
      </ul>
      ${
        entries.length > 1 && this.#mayRemove(room)
          ? html`<button class="plain" @click=${() => roomMeasurements(room).clear()}>Remove all</button>`
          : ''
      }`;
  }

  #rowTemplate(room: Room, key: string, atoms: readonly number[], frame: SceneFrame | undefined): TemplateResult {
    const result = frame && measure(frame, atoms);
    const kind = kindOf(atoms.length) ?? 'distance';
    const names = atoms.map((atom) => `${elementOf(frame?.numbers[atom] ?? 0).symbol}\u00a0${atom}`).join(' – ');
    return html`<li part="row">
      <button class="name" title="Show" @click=${() => roomView(room).show(atoms)}>
        <span class="kind">${NAMES[kind]}</span><span class="atoms">${names}</span>
      </button>
      <output title=${result?.isThroughCell === true ? 'To the nearest periodic image' : ''}
        >${result === undefined ? 'not in this frame' : formatMeasured(result)}</output
      >
      ${
        this.#mayRemove(room)
          ? html`<button
              class="icon danger"
              aria-label="Remove ${NAMES[kind].toLowerCase()} ${names}"
              title="Remove"
              @click=${() => roomMeasurements(room).remove(key)}
            >
              ${icons.bin}
            </button>`
          : ''
      }
    </li>`;
  }

  /** Those of a person who may only look are their own and theirs to remove. */
  #mayRemove(room: Room): boolean {
    return room.can('write') || roomMeasurements(room).entries.every(({ key }) => key.startsWith('own.'));
  }
}
