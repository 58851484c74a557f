import { evaluateSelect } from '../chem/select/evaluate-select.ts';
import { parseSelect } from '../chem/select/parse-select.ts';
import { selectNeeds } from '../chem/select/select-needs.ts';
import type { SelectTree } from '../chem/select/select-tree.ts';
import { asCovalenceError } from '../protocol/errors.ts';
import { isFrameArray, type Frame, type FrameValue } from '../protocol/frames.ts';
import type { Room } from '../room/room.ts';
import type { ExpressionAnswer } from './expression-answer.ts';

const NONE = new Uint32Array(0);

interface Entry {
  readonly tree: SelectTree | undefined;
  readonly needs: readonly string[];
  isKept: boolean;
  answer: ExpressionAnswer;
  /** What the answer was found from. */
  frame: Frame | undefined;
}

/**
 * The answers of a room's expressions for one frame. An answer is found when it is asked for and kept while what the
 * expression reads stays the same, so that one without distances is found once for a whole trajectory.
 */
export class ExpressionAnswers {
  readonly #room: Room;
  readonly #notify: () => void;
  readonly #entries = new Map<string, Entry>();
  #pinned: readonly string[] = [];
  #frame: Frame | undefined;
  #asked: readonly string[] | undefined = [];
  #isTold = true;
  /** How often an expression was evaluated. */
  evaluations = 0;

  constructor(room: Room, notify: () => void) {
    this.#room = room;
    this.#notify = notify;
    room.selections.onChange(() => this.forget());
  }

  /** Keys that expressions read, and those that were pinned. */
  get keys(): readonly string[] {
    const keys = new Set(this.#pinned);
    for (const { needs } of this.#entries.values()) for (const key of needs) keys.add(key);
    return [...keys].toSorted();
  }

  get frame(): Frame | undefined {
    return this.#frame;
  }

  /** Asks for further keys of frames, for whoever writes an expression. */
  pin(keys: readonly string[]): void {
    this.#pinned = keys;
    this.#tell();
  }

  /** `asked` are the keys that the frame was read with, whether it has them or not; undefined means all. */
  setFrame(frame: Frame | undefined, asked?: readonly string[]): void {
    this.#frame = frame;
    this.#asked = asked;
    for (const entry of this.#entries.values()) if (this.#update(entry)) this.#tell();
  }

  answer(select: string, isKept = false): ExpressionAnswer {
    let entry = this.#entries.get(select);
    if (entry === undefined) {
      this.#entries.set(select, (entry = read(select)));
      this.#update(entry);
      if (entry.tree !== undefined) this.#tell();
    }
    entry.isKept ||= isKept;
    return entry.answer;
  }

  /** Drops expressions that no record holds any more. */
  forget(): void {
    const used = new Set(Object.values(this.#room.selections.snapshot()).map(({ select }) => select));
    for (const [select, { isKept }] of this.#entries) if (!isKept && !used.has(select)) this.#entries.delete(select);
  }

  /** Finds the answer again where it may have changed; true when it has. */
  #update(entry: Entry): boolean {
    const { tree, needs } = entry;
    const frame = this.#frame;
    if (tree === undefined || frame === undefined) return false;
    const isWaiting = entry.answer.isWaiting === true;
    if (!isWaiting && entry.frame !== undefined && isAlike(entry.frame, frame, needs)) return false;
    const before = entry.answer;
    const known = this.#room.frames.trajectory?.keys;
    const asked = this.#asked;
    // What was asked for and did not come, the frame does not have.
    const isMissing =
      known?.some(({ name }) => needs.includes(name) && !(name in frame.data) && asked?.includes(name) === false) ??
      false;
    entry.frame = frame;
    if (isMissing) entry.answer = { atoms: NONE, isWaiting: true };
    else {
      this.evaluations += 1;
      try {
        entry.answer = { atoms: evaluateSelect(tree, frame.data) };
      } catch (error) {
        entry.answer = { atoms: NONE, error: asCovalenceError(error, 'select/invalid') };
      }
    }
    if (!isSame(before, entry.answer)) return true;
    entry.answer = before;
    return false;
  }

  #tell(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    queueMicrotask(() => {
      this.#isTold = true;
      this.#notify();
    });
  }
}

function read(select: string): Entry {
  try {
    const tree = parseSelect(select);
    return {
      tree,
      needs: [...selectNeeds(tree)],
      isKept: false,
      answer: { atoms: NONE, isWaiting: true },
      frame: undefined,
    };
  } catch (error) {
    const answer = { atoms: NONE, error: asCovalenceError(error, 'select/invalid') };
    return { tree: undefined, needs: [], isKept: false, answer, frame: undefined };
  }
}

function arrayOf(value: FrameValue | undefined): unknown {
  return isFrameArray(value) ? value.data : value;
}

function atomsOf({ data: { positions, numbers } }: Frame): number | undefined {
  const value = isFrameArray(positions) ? positions : numbers;
  return isFrameArray(value) ? value.shape[0] : undefined;
}

function isAlike(one: Frame, other: Frame, needs: readonly string[]): boolean {
  if (atomsOf(one) !== atomsOf(other)) return false;
  return needs.every((key) => {
    if (arrayOf(one.data[key]) === arrayOf(other.data[key])) return true;
    // Positions that are being moved are not those of the hash.
    return (
      key !== 'positions' &&
      key in one.data &&
      key in other.data &&
      one.hashes[key] !== undefined &&
      one.hashes[key] === other.hashes[key]
    );
  });
}

function isSame(one: ExpressionAnswer, other: ExpressionAnswer): boolean {
  if (one.error?.message !== other.error?.message || one.isWaiting !== other.isWaiting) return false;
  return one.atoms.length === other.atoms.length && one.atoms.every((atom, i) => atom === other.atoms[i]);
}
