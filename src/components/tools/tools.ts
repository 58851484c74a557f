import { html, nothing, render, svg, type TemplateResult } from 'lit';
import { bookmarkFrame } from '../bookmarks.ts';
import { CoMeasuredEvent } from '../events.ts';
import { roomMeasurements } from '../measure/room-measurements.ts';
import type { Room } from '../../room/room.ts';
import { adoptStyles } from '../viewer/picture-part.ts';
import type { ViewerCommand } from '../viewer/keyboard.ts';
import type { HeldKeys, ToolDrag } from '../viewer/pointer-gestures.ts';
import type { ViewerMode } from '../viewer/viewer-mode.ts';
import { Lasso } from './lasso.ts';
import { measurementTemplate, placeMeasurements } from './measurement-labels.ts';
import { ATOMS_OF, formatMeasured, type MeasuredKind, type Measurement } from './measurements.ts';
import { Measuring } from './measuring.ts';
import { modeBarTemplate } from './mode-bar.ts';
import { MoveTool } from './move-tool.ts';
import { stepSelection, type SelectionStep } from './selection-steps.ts';
import type { ToolOwner } from './tool-owner.ts';
import { toolsStyles } from './tools.styles.ts';
import type { Pixel } from './view-plane.ts';

/** What each measuring mode measures. */
const KINDS: Readonly<Partial<Record<ViewerMode, MeasuredKind>>> = {
  measure: 'distance',
  angle: 'angle',
  dihedral: 'dihedral',
};

const NAMES: Readonly<Record<MeasuredKind, string>> = { distance: 'Distance', angle: 'Angle', dihedral: 'Dihedral' };

/** What hands can do with a picture besides turning it and pointing at atoms; comes after the picture stands. */
export class Tools {
  readonly measuring: Measuring = new Measuring();
  readonly move: MoveTool;
  readonly #owner: ToolOwner;
  #lasso: Lasso | undefined;
  #results: readonly Measurement[] = [];

  constructor(owner: ToolOwner) {
    this.#owner = owner;
    this.move = new MoveTool(owner);
    adoptStyles(owner.element, toolsStyles);
  }

  /** Follows a room until the returned function is called. */
  connect(room: Room): () => void {
    this.measuring.setRoom(room);
    const undo = roomMeasurements(room).onChange(() => this.#measuredChanged());
    this.#measuredChanged();
    return () => {
      undo();
      this.move.cancel();
      void this.move.mover.flush();
      this.measuring.setRoom(undefined);
      this.measuring.setSelected([]);
      this.#measuredChanged();
    };
  }

  /** Another frame is shown, or the same one with its atoms elsewhere. */
  frameChanged(): void {
    this.move.setFrame(this.#owner.frame);
    this.measuring.setFrame(this.#owner.sceneFrame);
    this.#measuredChanged();
  }

  /** Atoms of the own selection. */
  selectionChanged(atoms: readonly number[]): void {
    // What moves them is needed when the server may be away.
    if (atoms.length > 0 && this.#owner.activeRoom?.frames.isWritable === true) {
      import('../../room/edit-frame.ts').catch(() => undefined);
    }
    this.measuring.setSelected(atoms);
    this.#measuredChanged();
  }

  modeChanged(mode: ViewerMode): void {
    this.cancel();
    if (KINDS[mode] === undefined) this.measuring.forgetPicked();
    this.measuring.picked = this.measuring.picked.slice(0, Math.max(0, this.#wanted - 1));
    this.#owner.element.requestUpdate();
  }

  /** A plain drag begins. */
  grab(x: number, y: number, keys: HeldKeys, isTouch: boolean): ToolDrag | undefined {
    const { mode } = this.#owner;
    if (mode === 'move') return this.move.grab({ x, y }, keys, isTouch);
    return mode === 'lasso' ? this.#beginLasso({ x, y }) : undefined;
  }

  /** True when the pointer is on a tool rather than on the picture. */
  hover(at: Pixel | undefined): boolean {
    return this.#owner.mode === 'move' && this.move.hover(at);
  }

  /** Takes an atom that was clicked or chosen by key; false when it is not for a tool. */
  pick(atom: number | undefined): boolean {
    const kind = KINDS[this.#owner.mode];
    if (kind === undefined) return false;
    if (atom === undefined) return true;
    try {
      const result = this.measuring.pick(atom, ATOMS_OF[kind]);
      if (result === undefined) {
        const { length } = this.measuring.picked;
        this.#owner.say(`${NAMES[kind]}: ${length} of ${ATOMS_OF[kind]} atoms`);
      } else this.#tell(result);
    } catch (error) {
      this.#owner.fail(error);
    }
    this.#measuredChanged();
    return true;
  }

  /** What Escape ends first: a drag, then atoms picked for a measurement. False when there is nothing to end. */
  clear(): boolean {
    if (this.cancel()) return true;
    if (!this.measuring.forgetPicked()) return false;
    this.#owner.element.requestUpdate();
    return true;
  }

  /** Ends what the pointer is doing and puts everything back; false when it does nothing. */
  cancel(): boolean {
    const hadLasso = this.#lasso !== undefined;
    this.#lasso = undefined;
    if (hadLasso) this.place();
    return this.move.cancel() || hadLasso;
  }

  /** Does what a key asks for that is a tool's matter. */
  run(command: ViewerCommand): void {
    const [what, ...rest] = command.split('-');
    if (what === 'nudge') this.move.nudge(rest.join('-'));
    else if (what === 'step') void this.step(rest.join('-') as SelectionStep);
    else if (command === 'bookmark') this.#bookmark();
  }

  /** Goes from the own selection to the next one. */
  async step(step: SelectionStep): Promise<void> {
    const { activeRoom: room, frame } = this.#owner;
    if (room === undefined || frame === undefined) return;
    const atoms = this.#owner.selectedAtoms();
    if (atoms.length === 0 && step !== 'invert') {
      this.#owner.say('Nothing is selected yet: click an atom first');
      return;
    }
    try {
      this.#owner.select(await stepSelection(room, frame, atoms, step), 'replace');
    } catch (error) {
      this.#owner.fail(error);
    }
  }

  /** What is pinned to atoms, in the picture's overlay. */
  template(): TemplateResult {
    this.#results = this.measuring.results;
    return html`<svg class="strokes" part="gizmo"></svg> ${measurementTemplate(this.#results)}
      ${this.measuring.picked.map(
        (atom, index) => html`<div class="picked anchored" data-atom=${atom}><span>${index + 1}</span></div>`,
      )}`;
  }

  /** What a mode asks for, with its choices. */
  bar(): TemplateResult | typeof nothing {
    const { mode } = this.#owner;
    const kind = KINDS[mode];
    return modeBarTemplate({
      mode,
      picked: this.measuring.picked.length,
      wanted: kind === undefined ? 0 : ATOMS_OF[kind],
      hasSelection: mode === 'move' && this.#owner.selectedAtoms().length > 0,
      note: mode === 'move' ? this.move.mover.noteOf(this.#owner.frame) : undefined,
      choose: (next) => (this.#owner.mode = next),
    });
  }

  /** Puts everything where its atoms are in the picture now. */
  place(): void {
    const { element, scene, mode, sceneFrame } = this.#owner;
    const overlay = element.shadowRoot?.querySelector<HTMLElement>('.overlay');
    const strokes = overlay?.querySelector<HTMLElement>('.strokes');
    if (overlay == null || strokes == null || scene === undefined) return;
    placeMeasurements(overlay, scene, this.#results);
    const gizmo = mode === 'move' ? this.move.template(sceneFrame) : nothing;
    render(svg`${gizmo}${this.#lasso?.template() ?? nothing}`, strokes);
  }

  get #wanted(): number {
    const kind = KINDS[this.#owner.mode];
    return kind === undefined ? 0 : ATOMS_OF[kind];
  }

  #measuredChanged(): void {
    this.measuring.draw(this.#owner.scene);
    this.#owner.element.requestUpdate();
  }

  #tell(result: Measurement): void {
    this.#owner.say(`${NAMES[result.kind]} ${formatMeasured(result)}`);
    this.#owner.element.dispatchEvent(new CoMeasuredEvent(result.atoms, result.value, result.kind));
  }

  #beginLasso(start: Pixel): ToolDrag {
    const lasso = new Lasso(start);
    this.#lasso = lasso;
    return {
      move: (at) => {
        if (this.#lasso !== lasso) return;
        lasso.add(at);
        this.place();
      },
      end: ({ isShift, isAlt }) => {
        const { scene } = this.#owner;
        if (this.#lasso !== lasso || scene === undefined) return;
        this.#lasso = undefined;
        this.place();
        this.#owner.select(lasso.atoms(scene), isAlt ? 'remove' : isShift ? 'add' : 'replace');
      },
      cancel: () => void this.cancel(),
    };
  }

  #bookmark(): void {
    const { activeRoom: room, frame } = this.#owner;
    if (room === undefined || frame === undefined || !room.can('write')) return;
    bookmarkFrame(room, { index: frame.index, id: frame.id });
    this.#owner.say(`Frame ${frame.index} marked`);
  }
}
