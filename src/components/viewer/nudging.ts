import { isCovalenceError } from '../../protocol/errors.ts';
import { type Frame, isFrameArray } from '../../protocol/frames.ts';
import type { CameraPose } from '../../protocol/presence.ts';
import type { FrameDraft } from '../../room/edit-frame.ts';
import type { Room } from '../../room/room.ts';
import { roomConflicts } from '../conflicts/room-conflicts.ts';
import { formatLength, formatPlural } from '../format-number.ts';
import { add, cross, normalized, subtract, type Vector } from '../scene/vector.ts';

/** How far one key press moves the selected atoms, angstrom. */
const NUDGE_LENGTH = 0.1;
/** A burst of key presses is one commit; it ends after this long without one. */
const BURST_END_MS = 600;

/** Directions as seen: right, up, towards the viewer. */
export type NudgeDirection = readonly [number, number, number];

/** What the nudger needs of the viewer. */
export interface NudgeOwner {
  /** Shows a frame that is not stored yet; undefined shows the stored one again. */
  preview(frame: Frame | undefined): void;
  say(text: string): void;
  fail(error: unknown): void;
}

/** Key presses that belong together: they move the same atoms of the same frame. */
interface Burst {
  room: Room;
  /** The frame when the burst began, or as the burst before leaves it. */
  base: Frame;
  /** The same with the version it has once the burst before is stored; undefined when that failed. */
  before: Promise<Frame | undefined>;
  atoms: readonly number[];
  shift: Vector;
  timer: ReturnType<typeof setTimeout>;
}

/** Moves atoms in small steps: the picture follows at once, one commit stores a burst of steps. */
export class Nudging {
  readonly #owner: NudgeOwner;
  #burst: Burst | undefined;
  /** The frame as own commits leave it, which is known here before it is read anew. */
  #own: { frame: Frame; stored: Promise<Frame | undefined>; isStored: boolean } | undefined;

  constructor(owner: NudgeOwner) {
    this.#owner = owner;
  }

  /** Moves `atoms` of `frame` one step in a direction as seen by `camera`. */
  nudge(room: Room, frame: Frame, atoms: readonly number[], direction: NudgeDirection, camera: CameraPose): void {
    const step = inSpace(direction, camera);
    if (this.#burst !== undefined && !isSameBurst(this.#burst, room, frame, atoms)) void this.flush();
    clearTimeout(this.#burst?.timer);
    const { base, before, shift } = this.#burst ?? this.#start(frame);
    const moved = add(shift, step);
    const timer = setTimeout(() => void this.flush(), BURST_END_MS);
    this.#burst = { room, base, before, atoms, shift: moved, timer };
    this.#owner.preview(shifted(base, atoms, moved));
    this.#owner.say(`${formatPlural(atoms.length, 'atom')} moved by ${formatLength(Math.hypot(...moved))}`);
  }

  /** Stores what was moved, now. */
  async flush(): Promise<void> {
    const burst = this.#burst;
    if (burst === undefined) return;
    clearTimeout(burst.timer);
    this.#burst = undefined;
    if (Math.hypot(...burst.shift) < NUDGE_LENGTH / 1000) return;
    const frame = shifted(burst.base, burst.atoms, burst.shift);
    const stored = burst.before.then((base) => this.#store(burst, base ?? burst.base));
    const own = { frame, stored, isStored: false };
    this.#own = own;
    const result = await stored;
    if (this.#own !== own) return;
    this.#own = result && { ...own, frame: result, isStored: true };
  }

  #start(shown: Frame): Pick<Burst, 'base' | 'before' | 'shift'> {
    const own = this.#own;
    const isOwn = own !== undefined && own.frame.id === shown.id;
    if (isOwn && (!own.isStored || own.frame.version > shown.version))
      return { base: own.frame, before: own.stored, shift: [0, 0, 0] };
    return { base: shown, before: Promise.resolve(shown), shift: [0, 0, 0] };
  }

  async #store({ room, atoms, shift }: Burst, base: Frame): Promise<Frame | undefined> {
    const mine = ({ positions }: FrameDraft): void => move(positions.data, atoms, shift);
    try {
      const result = await room.frames.edit(base, mine);
      const version = result?.frames[base.id]?.version ?? base.version;
      return { ...shifted(base, atoms, shift), version };
    } catch (error) {
      if (this.#burst === undefined) this.#owner.preview(undefined);
      if (!isCovalenceError(error, 'frame/conflict', 'lock/held')) {
        this.#owner.fail(error);
        return undefined;
      }
      const mineText = `moved ${formatPlural(atoms.length, 'atom')} by ${formatLength(Math.hypot(...shift))}`;
      await roomConflicts(room)
        .add(error, { base, mine, mineText })
        .catch((failure: unknown) => this.#owner.fail(failure));
      return undefined;
    }
  }
}

function isSameBurst(burst: Burst, room: Room, frame: Frame, atoms: readonly number[]): boolean {
  return burst.room === room && burst.base.id === frame.id && burst.atoms.join() === atoms.join();
}

function move(positions: { [index: number]: number }, atoms: readonly number[], shift: Vector): void {
  for (const atom of atoms) for (const axis of [0, 1, 2]) positions[atom * 3 + axis] += shift[axis];
}

function shifted(frame: Frame, atoms: readonly number[], shift: Vector): Frame {
  const { positions } = frame.data;
  if (!isFrameArray(positions)) return frame;
  const data = positions.data.slice();
  move(data, atoms, shift);
  return { ...frame, data: { ...frame.data, positions: { ...positions, data } } };
}

/** A direction on the screen as a step in space. */
function inSpace([right, up, near]: NudgeDirection, { position, target, up: above }: CameraPose): Vector {
  const back = normalized(subtract(position, target));
  const side = normalized(cross(above, back), [1, 0, 0]);
  const step = add(add(add([0, 0, 0], side, right), cross(back, side), up), back, near);
  return [step[0] * NUDGE_LENGTH, step[1] * NUDGE_LENGTH, step[2] * NUDGE_LENGTH];
}
