import type { Room } from '../../room/room.ts';
import { isSameChain, roomMeasurements } from '../measure/room-measurements.ts';
import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { measure, strokesOf, type Measurement } from './measurements.ts';

/** What is measured in a picture: what the room measures, and two atoms that are all of a selection. */
export class Measuring {
  /** Atoms picked so far for the next one. */
  picked: readonly number[] = [];
  #room: Room | undefined;
  #selected: readonly number[] | undefined;
  #frame: SceneFrame | undefined;

  /** Follows the measurements of a room; none when undefined. */
  setRoom(room: Room | undefined): void {
    this.#room = room;
    this.picked = [];
  }

  /** Atoms measured, in order. */
  get chains(): readonly (readonly number[])[] {
    const shared = this.#room === undefined ? [] : roomMeasurements(this.#room).entries.map(({ atoms }) => atoms);
    const selected = this.#selected;
    if (selected === undefined || shared.some((atoms) => isSameChain(atoms, selected))) return shared;
    return [...shared, selected];
  }

  /** What they measure in the frame shown. */
  get results(): Measurement[] {
    const frame = this.#frame;
    return frame === undefined ? [] : this.chains.flatMap((atoms) => measure(frame, atoms) ?? []);
  }

  setFrame(frame: SceneFrame | undefined): void {
    this.#frame = frame;
  }

  /** Two selected atoms are a measurement of their own. */
  setSelected(atoms: readonly number[]): void {
    this.#selected = atoms.length === 2 ? atoms : undefined;
  }

  /** Takes an atom as the next of `wanted`; returns what they measure once they are complete. */
  pick(atom: number, wanted: number): Measurement | undefined {
    if (this.#room === undefined || this.#frame === undefined) return undefined;
    if (this.picked.includes(atom)) {
      this.picked = this.picked.filter((each) => each !== atom);
      return undefined;
    }
    const atoms = [...this.picked.slice(0, wanted - 1), atom];
    if (atoms.length < wanted) {
      this.picked = atoms;
      return undefined;
    }
    this.picked = [];
    roomMeasurements(this.#room).toggle(atoms);
    return measure(this.#frame, atoms);
  }

  /** Forgets the atoms picked for the next one; false when there were none. */
  forgetPicked(): boolean {
    const hadAny = this.picked.length > 0;
    this.picked = [];
    return hadAny;
  }

  /** Gives the scene the lines that are measured now. */
  draw(scene: SceneView | undefined): void {
    scene?.setMeasurements(this.results.flatMap(strokesOf));
  }
}
