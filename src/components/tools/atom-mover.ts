import { isCalculatedKey } from '../../protocol/calculated-keys.ts';
import { isCovalenceError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { EditRecipe } from '../../room/edit-frame.ts';
import type { FrameLock } from '../../room/frame-lock.ts';
import type { Room } from '../../room/room.ts';
import { roomConflicts } from '../conflicts/room-conflicts.ts';
import { formatPlural } from '../format-number.ts';
import { add, type Vector } from '../scene/vector.ts';
import { describeMotion, describeStale, isStill, moveAtoms, movedFrame, type Motion } from './motion.ts';

/** A burst of key presses is one commit; it ends after this long without one. */
const BURST_END_MS = 600;

/** What moving needs of the viewer. */
export interface MoverOwner {
  /** Shows a frame that is not stored yet; undefined shows the stored one again. */
  preview(frame: Frame | undefined): void;
  say(text: string): void;
  fail(error: unknown): void;
}

/** Steps that belong together: they move the same atoms of the same frame. */
interface Move {
  room: Room;
  /** The frame when it began, or as the move before leaves it. */
  base: Frame;
  /** The same with the version it has once the move before is stored; undefined when that failed. */
  before: Promise<Frame | undefined>;
  atoms: readonly number[];
  motion: Motion;
  /** Ends a burst of keys. */
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Held while atoms are dragged. */
  lock?: Promise<FrameLock | undefined> | undefined;
}

/** What people look for first among calculated values. */
const FIRST_NAMED: readonly string[] = ['energy', 'forces', 'stress'];

const STILL: Motion = { shift: [0, 0, 0] };

/**
 * Moves atoms: the picture follows at once, and one commit stores a drag or a burst of keys. What was calculated from
 * the positions before (energy, forces, stress ...) is left out of the new version by the same commit, as ASE does.
 */
export class AtomMover {
  readonly #owner: MoverOwner;
  #move: Move | undefined;
  /** The frame as own commits leave it, which is known here before it is read anew. */
  #own: { frame: Frame; stored: Promise<Frame | undefined>; isStored: boolean } | undefined;

  /** Versions known to hold nothing that was calculated from other positions. */
  readonly #plain = new WeakSet<Frame>();
  #left: { id: string; version: number; text: string } | undefined;

  constructor(owner: MoverOwner) {
    this.#owner = owner;
  }

  /** Id of the frame whose atoms are being dragged. */
  get draggedFrame(): string | undefined {
    return this.#move?.lock === undefined ? undefined : this.#move.base.id;
  }

  /** What the newest own move left out of the version of a frame that is shown; undefined when nothing. */
  noteOf(frame: Frame | undefined): string | undefined {
    const left = this.#left;
    return this.#move === undefined && left?.id === frame?.id && left?.version === frame?.version
      ? left?.text
      : undefined;
  }

  /** Moves `atoms` of `frame` one step; steps that follow soon become one commit. */
  step(room: Room, frame: Frame, atoms: readonly number[], { shift, turn }: Motion): void {
    let move = this.#move;
    if (move !== undefined && !isSameMove(move, room, frame, atoms, turn)) {
      void this.flush();
      move = undefined;
    }
    clearTimeout(move?.timer);
    const { base, before, motion } = move ?? { ...this.#start(frame), motion: STILL };
    const radians = (motion.turn?.radians ?? 0) + (turn?.radians ?? 0);
    // Turns about other axes do not add up; they begin another move.
    const turned = turn === undefined ? motion.turn : { ...(motion.turn ?? turn), radians };
    const timer = setTimeout(() => void this.flush(), BURST_END_MS);
    this.#move = { room, base, before, atoms, timer, motion: { shift: add(motion.shift, shift), turn: turned } };
    this.#show(this.#move);
  }

  /** Begins to drag `atoms`; the frame is locked for the others until the end, where it can be. */
  begin(room: Room, frame: Frame, atoms: readonly number[]): void {
    void this.flush();
    // A lock is a courtesy: without one the version check still guards the commit, and then asks.
    const message = `moving ${formatPlural(atoms.length, 'atom')}`;
    const lock = room.frames.lock(frame.id, { message }).catch(() => undefined);
    this.#move = { room, ...this.#start(frame), atoms, motion: STILL, lock };
  }

  /** Where the drag has brought the atoms, counted from its beginning. */
  drag(motion: Motion): void {
    if (this.#move?.lock === undefined) return;
    this.#move.motion = motion;
    this.#show(this.#move);
  }

  /** Puts the dragged atoms back; false when none are being dragged. */
  cancel(): boolean {
    const move = this.#move;
    if (move?.lock === undefined) return false;
    this.#move = undefined;
    void release(move);
    this.#owner.preview(undefined);
    return true;
  }

  /** Stores what was moved, now; resolves when that is stored, and what was moved before it. */
  async flush(): Promise<void> {
    const move = this.#move;
    if (move === undefined) {
      await this.#own?.stored;
      return;
    }
    clearTimeout(move.timer);
    this.#move = undefined;
    if (isStill(move.motion)) {
      await release(move);
      return;
    }
    const frame = movedFrame(move.base, move.atoms, move.motion);
    const stored = move.before.then((base) => this.#store(move, base ?? move.base)).finally(() => void release(move));
    const own = { frame, stored, isStored: false };
    this.#own = own;
    const result = await stored;
    if (this.#own !== own) return;
    this.#own = result && { ...own, frame: result, isStored: true };
  }

  #show({ base, atoms, motion }: Move): void {
    this.#owner.preview(movedFrame(base, atoms, motion));
    const text = describeMotion(atoms.length, motion);
    this.#owner.say(text[0].toUpperCase() + text.slice(1));
  }

  #tell({ id, version }: Frame, moved: string, stale: readonly string[]): void {
    if (stale.length === 0) return;
    const text = `${moved[0].toUpperCase()}${moved.slice(1)}; ${describeStale(stale)}`;
    this.#left = { id, version, text };
    this.#owner.say(text);
  }

  #start(shown: Frame): Pick<Move, 'base' | 'before'> {
    const own = this.#own;
    const isOwn = own !== undefined && own.frame.id === shown.id;
    if (isOwn && (!own.isStored || own.frame.version > shown.version)) return { base: own.frame, before: own.stored };
    return { base: shown, before: Promise.resolve(shown) };
  }

  async #store(
    move: Move,
    base: Frame,
    again: { idempotencyKey?: string; isUnlocked?: true } = {},
  ): Promise<Frame | undefined> {
    const { room, atoms, motion } = move;
    let stale: readonly string[] = [];
    const mine: EditRecipe = ({ positions }) => {
      moveAtoms(positions.data, atoms, motion);
      return Object.fromEntries(stale.map((key) => [key, null]));
    };
    const { isUnlocked = false, ...once } = again;
    const lockToken = isUnlocked ? undefined : (await move.lock)?.token;
    try {
      if (!this.#plain.has(base)) stale = await calculatedKeys(room, base);
      const result = await room.frames.edit(base, mine, { ...once, ...(lockToken !== undefined && { lockToken }) });
      const version = result?.frames[base.id]?.version ?? base.version;
      const next = { ...movedFrame(base, atoms, motion), version };
      this.#plain.add(next);
      this.#tell(next, describeMotion(atoms.length, motion), stale);
      return next;
    } catch (error) {
      if (isCovalenceError(error, 'server/unreachable', 'server/closing') && (await isBackOnline(room))) {
        const key = error.fields['idempotency_key'];
        return this.#store(move, base, { ...again, ...(typeof key === 'string' && { idempotencyKey: key }) });
      }
      // Who was away for longer than a lock lasts has lost it; the version check guards the commit as well.
      if (lockToken !== undefined && isCovalenceError(error, 'lock/lost'))
        return this.#store(move, base, { ...again, isUnlocked: true });
      if (this.#move === undefined) this.#owner.preview(undefined);
      if (!isCovalenceError(error, 'frame/conflict', 'lock/held', 'lock/lost')) {
        this.#owner.fail(error);
        return undefined;
      }
      await roomConflicts(room)
        .add(error, { base, mine, mineText: describeMotion(atoms.length, motion) })
        .catch((failure: unknown) => this.#owner.fail(failure));
      return undefined;
    }
  }
}

/** Keys of what was calculated for the positions that `base` has: the picture does not read most of them. */
async function calculatedKeys(room: Room, { id, version }: Frame): Promise<string[]> {
  const { data } = await room.frames.readById(id, { version });
  const rank = (key: string): number => (FIRST_NAMED.includes(key) ? FIRST_NAMED.indexOf(key) : FIRST_NAMED.length);
  return Object.keys(data)
    .filter(isCalculatedKey)
    .sort((a, b) => rank(a) - rank(b));
}

/** Waits for a server that is away: true when it is back; false when it is there, or the room is closed meanwhile. */
async function isBackOnline(room: Room): Promise<boolean> {
  const isAway = (): boolean => room.status === 'offline' || room.status === 'connecting';
  if (!isAway()) return false;
  await new Promise<void>((resolve) => {
    const end = room.onStatus(() => {
      if (isAway()) return;
      end();
      resolve();
    });
  });
  return room.status === 'online';
}

async function release({ lock }: Move): Promise<void> {
  // A lock that cannot be given back runs out by itself.
  await (await lock)?.release().catch(() => undefined);
}

function isSameMove(
  { room, base, atoms, motion, lock }: Move,
  nextRoom: Room,
  frame: Frame,
  nextAtoms: readonly number[],
  turn: Motion['turn'],
): boolean {
  if (lock !== undefined || room !== nextRoom || base.id !== frame.id || atoms.join() !== nextAtoms.join())
    return false;
  return turn === undefined ? motion.turn === undefined : isSameAxis(motion, turn);
}

function isSameAxis({ shift, turn: before }: Motion, turn: { axis: Vector }): boolean {
  if (before === undefined) return shift.every((value) => value === 0);
  return before.axis.every((value, axis) => Math.abs(value - turn.axis[axis]) < 1e-9);
}
