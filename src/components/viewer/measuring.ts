import type { SceneFrame, SceneView } from '../scene/scene-view.ts';
import { measure, type Measurement } from './measurements.ts';

type Pair = readonly [number, number];

/** Pairs of atoms whose distance is shown: those picked for it, and two atoms that are all of a selection. */
export class Measuring {
  #picked: Pair[] = [];
  #selected: Pair | undefined;
  #first: number | undefined;
  #frame: SceneFrame | undefined;

  /** The first atom of a pair, while the second is awaited. */
  get first(): number | undefined {
    return this.#first;
  }

  get pairs(): readonly Pair[] {
    const selected = this.#selected;
    if (selected === undefined || this.#picked.some(([a, b]) => samePair([a, b], selected))) return this.#picked;
    return [...this.#picked, selected];
  }

  /** Distances in the frame shown. */
  get results(): Measurement[] {
    const frame = this.#frame;
    if (frame === undefined) return [];
    return this.pairs.flatMap((pair) => measure(frame, pair) ?? []);
  }

  setFrame(frame: SceneFrame | undefined, scene: SceneView | undefined): void {
    this.#frame = frame;
    if (this.pairs.length > 0) this.#tell(scene);
  }

  /** Takes an atom as one end; returns the finished measurement when it is the second. */
  pick(atom: number, scene: SceneView | undefined): Measurement | undefined {
    const first = this.#first;
    if (first === undefined || first === atom) {
      this.#first = first === atom ? undefined : atom;
      return undefined;
    }
    this.#first = undefined;
    const pair: Pair = [first, atom];
    const before = this.#picked.length;
    this.#picked = this.#picked.filter((other) => !samePair(other, pair));
    if (this.#picked.length === before) this.#picked.push(pair);
    this.#tell(scene);
    return this.#frame === undefined ? undefined : measure(this.#frame, pair);
  }

  /** Two selected atoms are a measurement of their own. */
  setSelected(atoms: readonly number[], scene: SceneView | undefined): void {
    const pair: Pair | undefined = atoms.length === 2 ? [atoms[0], atoms[1]] : undefined;
    if (pair === this.#selected || (pair !== undefined && this.#selected && samePair(pair, this.#selected))) return;
    this.#selected = pair;
    this.#tell(scene);
  }

  /** Forgets the picked pairs; false when there were none. */
  clear(scene: SceneView | undefined): boolean {
    const hadAny = this.#picked.length > 0 || this.#first !== undefined;
    this.#picked = [];
    this.#first = undefined;
    if (hadAny) this.#tell(scene);
    return hadAny;
  }

  #tell(scene: SceneView | undefined): void {
    const atomCount = this.#frame?.atomCount ?? 0;
    scene?.setMeasurements(this.pairs.filter(([a, b]) => a < atomCount && b < atomCount));
  }
}

function samePair([a, b]: Pair, [c, d]: Pair): boolean {
  return (a === c && b === d) || (a === d && b === c);
}
