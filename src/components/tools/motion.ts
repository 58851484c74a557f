import { type Frame, isFrameArray } from '../../protocol/frames.ts';
import { formatAngle, formatLength, formatPlural } from '../format-number.ts';
import { add, lengthOf, rotated, subtract, type Vector } from '../scene/vector.ts';

/** How atoms are moved: turned about a point first, then shifted. */
export interface Motion {
  /** Angstrom. */
  readonly shift: Vector;
  readonly turn?: { readonly center: Vector; readonly axis: Vector; readonly radians: number } | undefined;
}

/** Shorter and narrower than this nothing was moved. */
const STILL = 1e-4;

/** True when a motion leaves atoms where they are. */
export function isStill({ shift, turn }: Motion): boolean {
  return lengthOf(shift) < STILL && Math.abs(turn?.radians ?? 0) < STILL;
}

/** Moves `atoms` of (N,3) positions in place. */
export function moveAtoms(
  positions: { [index: number]: number },
  atoms: readonly number[],
  { shift, turn }: Motion,
): void {
  for (const atom of atoms) {
    let place: Vector = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]];
    if (turn !== undefined && turn.radians !== 0)
      place = add(turn.center, rotated(subtract(place, turn.center), turn.axis, turn.radians));
    for (const axis of [0, 1, 2] as const) positions[3 * atom + axis] = place[axis] + shift[axis];
  }
}

/** A frame with some of its atoms moved; shares everything else with the one given. */
export function movedFrame(frame: Frame, atoms: readonly number[], motion: Motion): Frame {
  const { positions } = frame.data;
  if (!isFrameArray(positions)) return frame;
  const data = positions.data.slice();
  moveAtoms(data, atoms, motion);
  return { ...frame, data: { ...frame.data, positions: { ...positions, data } } };
}

/** What is said of calculated values that were left out of a moved frame. */
export function describeStale(keys: readonly string[]): string {
  const names = keys.map((key) => key.replace(/^(?:arrays|info)\./, '').replaceAll('_', ' '));
  const last = names.at(-1) ?? '';
  const list = names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  const verbs = names.length < 2 && !last.endsWith('s') ? ['holds', 'was'] : ['hold', 'were'];
  return `${list} no longer ${verbs[0]} and ${verbs[1]} left out. Undo brings ${verbs[1] === 'was' ? 'it' : 'them'} back.`;
}

/** `moved 2 atoms by 0.300 Å`, `turned 3 atoms by 30.0°`. */
export function describeMotion(count: number, { shift, turn }: Motion): string {
  const atoms = formatPlural(count, 'atom');
  const length = formatLength(lengthOf(shift));
  if (turn === undefined || turn.radians === 0) return `moved ${atoms} by ${length}`;
  const turned = `turned ${atoms} by ${formatAngle(Math.abs(turn.radians * 180) / Math.PI)}`;
  return lengthOf(shift) < STILL ? turned : `${turned} and moved them by ${length}`;
}
