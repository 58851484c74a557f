import { equalValues, isRecord } from '../protocol/values.ts';
import type { StateRecord, StateValue } from '../protocol/values.ts';

/** One key before and after an own transaction, as stored; undefined is absence. */
export interface StoredChange {
  key: string;
  before: StateValue | undefined;
  after: StateValue | undefined;
}

/** What the stack needs of the state; called inside one transaction. */
export interface UndoTarget {
  current(key: string): StateValue | undefined;
  isValid(key: string, value: StateValue): boolean;
  set(key: string, value: StateValue): void;
  update(key: string, fields: Readonly<Record<string, StateValue | undefined>>): void;
  remove(key: string): void;
}

/** Oldest steps are forgotten above this many. */
export const MAX_UNDO_STEPS = 200;

/** The own changes that can be taken back, as steps. Knows nothing of documents. */
export class UndoStack {
  #undo: StoredChange[][] = [];
  #redo: StoredChange[][] = [];
  #forgotten = 0;
  /** The open group: its step, once there is one. */
  #group: { step: StoredChange[] | undefined } | undefined;

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  /** Steps that were made and not taken back; those that were forgotten count. */
  get undoCount(): number {
    return this.#forgotten + this.#undo.length;
  }

  get redoCount(): number {
    return this.#redo.length;
  }

  /** Notes a transaction that was made by the person, by undo or by redo. */
  record(origin: 'local' | 'undo' | 'redo', changes: readonly StoredChange[]): void {
    if (changes.length === 0) return;
    if (origin === 'undo') {
      this.#redo.push([...changes]);
      return;
    }
    if (origin === 'local') this.#redo = [];
    const group = origin === 'local' ? this.#group : undefined;
    if (group?.step !== undefined) {
      for (const change of changes) append(group.step, change);
      return;
    }
    const step = [...changes];
    this.#undo.push(step);
    if (this.#undo.length > MAX_UNDO_STEPS) {
      this.#undo.shift();
      this.#forgotten += 1;
    }
    if (group !== undefined) group.step = step;
  }

  /** Joins what follows into one step until the returned function is called; a group inside another joins it. */
  startGroup(): () => void {
    if (this.#group !== undefined) return () => {};
    const group: { step: StoredChange[] | undefined } = { step: undefined };
    this.#group = group;
    return () => {
      if (this.#group === group) this.#group = undefined;
    };
  }

  /** Forgets what was undone: something newer was done elsewhere. */
  forgetUndone(): void {
    this.#redo = [];
  }

  /** Takes the newest step off and inverts it; false when there was none. What it changed is recorded by the caller. */
  revert(direction: 'undo' | 'redo', target: UndoTarget): boolean {
    if (this.#group !== undefined) this.#group.step = undefined;
    const step = (direction === 'undo' ? this.#undo : this.#redo).pop();
    if (step === undefined) return false;
    for (const change of step.toReversed()) invert(change, target);
    return true;
  }
}

/** Joins a change to the one before it at its key, unless somebody else changed the key in between. */
function append(step: StoredChange[], change: StoredChange): void {
  const previous = step.findLast(({ key }) => key === change.key);
  if (previous !== undefined && equalValues(previous.after, change.before)) previous.after = change.after;
  else step.push({ ...change });
}

/** Goes from `after` back to `before`, as far as what is there now is still what the change made. */
function invert({ key, before, after }: StoredChange, target: UndoTarget): void {
  const current = target.current(key);
  if (before === undefined) {
    if (current !== undefined && equalValues(current, after)) target.remove(key);
    return;
  }
  if (after === undefined) {
    if (current === undefined && target.isValid(key, before)) target.set(key, before);
    return;
  }
  if (current === undefined) return;
  if (!isRecord(before) || !isRecord(after)) {
    if (equalValues(current, after) && target.isValid(key, before)) target.set(key, before);
    return;
  }
  if (!isRecord(current)) return;
  const fields: Record<string, StateValue | undefined> = {};
  const restored: StateRecord = { ...current };
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (equalValues(before[field], after[field]) || !equalValues(current[field], after[field])) continue;
    const value = before[field];
    fields[field] = value;
    if (value === undefined) delete restored[field];
    else restored[field] = value;
  }
  if (Object.keys(fields).length > 0 && target.isValid(key, restored)) target.update(key, fields);
}
