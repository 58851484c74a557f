import type { Frame } from '../protocol/frames.ts';
import type { Room } from '../room/room.ts';
import type { ExpressionAnswer } from './expression-answer.ts';
import type { ExpressionAnswers } from './expression-answers.ts';

const NONE = new Uint32Array(0);

/** Selection expressions of one room for the elements of one page; what evaluates them comes with the first one. */
export class RoomExpressions {
  readonly room: Room;
  #frame: Frame | undefined;
  #asked: readonly string[] | undefined = [];
  #answers: ExpressionAnswers | undefined;
  #loading: Promise<ExpressionAnswers> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(room: Room) {
    this.room = room;
  }

  /** Keys of frames that expressions read. */
  get keys(): readonly string[] {
    return this.#answers?.keys ?? [];
  }

  /**
   * Called by viewers with what they show, before they draw it, and with the keys it was read with, whether it has them
   * or not; undefined means all.
   */
  setFrame(frame: Frame | undefined, asked: readonly string[] | undefined): void {
    this.#frame = frame;
    this.#asked = asked;
    this.#answers?.setFrame(frame, asked);
  }

  /**
   * The answer for the frame shown; the same object while it is the same. Undefined while the code is on its way. With
   * `isKept` it is kept up to date although no record of the room holds the expression.
   */
  answer(select: string, isKept = false): ExpressionAnswer | undefined {
    if (this.#answers === undefined) void this.load().catch(() => undefined);
    return this.#answers?.answer(select, isKept);
  }

  atoms(select: string): Uint32Array {
    return this.answer(select)?.atoms ?? NONE;
  }

  /** Called when answers or {@link keys} changed. Returns its own undo. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Brings the code; asked for again after a failure. */
  load(): Promise<ExpressionAnswers> {
    this.#loading ??= import('./expression-answers.ts').then(
      ({ ExpressionAnswers: Answers }) => {
        const notify = (): void => this.#listeners.forEach((listener) => listener());
        this.#answers = new Answers(this.room, notify);
        this.#answers.setFrame(this.#frame, this.#asked);
        notify();
        return this.#answers;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}

const known = new WeakMap<Room, RoomExpressions>();

/** The page's expressions of `room`. */
export function roomExpressions(room: Room): RoomExpressions {
  let found = known.get(room);
  if (found === undefined) known.set(room, (found = new RoomExpressions(room)));
  return found;
}
