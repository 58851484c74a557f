import { CovalenceError } from '../protocol/errors.ts';
import type { FrameData } from '../protocol/frames.ts';
import type { FramePlace } from './frame-edit.ts';
import { frameNotFound } from './frame-facts.ts';

/** A frame at one version. */
export interface MemoryFrame {
  id: string;
  version: number;
  data: FrameData;
}

/** A frame before or after a commit: where it stood and what it was; undefined when it was not there. */
interface Standing {
  index: number;
  frame: MemoryFrame;
}

/** What one commit did to one frame. */
interface MemoryChange {
  id: string;
  before?: Standing;
  after?: Standing;
}

/** One accepted change of the trajectory. */
export interface MemoryCommit {
  seq: number;
  undo?: number;
  redo?: number;
  changes: readonly MemoryChange[];
}

/** Frames in order, their versions, and the commits that made them. Every method is atomic. */
export class MemoryFrames {
  seq = 0;
  readonly order: MemoryFrame[] = [];
  /** Newest version of frames that were removed, so that versions go on if they return. */
  #removed = new Map<string, number>();
  /** By the number of the edit: the commit that takes it back, when it holds now; and likewise when it is undone. */
  readonly #done = new Map<number, MemoryCommit>();
  readonly #undone = new Map<number, MemoryCommit>();
  #nextId = 1;
  /** Changes of the commit that is being made. */
  #pending: MemoryChange[] = [];

  /** Every commit, oldest first. */
  readonly log: MemoryCommit[] = [];
  /** Versions that ever were, by frame. */
  readonly #versions = new Map<string, MemoryFrame[]>();

  /** The frame's place. Throws `frame/not-found`. */
  placeOf(id: string): number {
    const index = this.order.findIndex((frame) => frame.id === id);
    if (index === -1) throw frameNotFound(id, this.order.length);
    return index;
  }

  /** A version of a frame, the newest when left out. Throws `frame/not-found`. */
  version(id: string, version?: number): Standing {
    const index = this.placeOf(id);
    const frame = version === undefined ? this.order[index] : this.#at(id, version);
    if (frame !== undefined) return { index, frame };
    throw new CovalenceError('frame/not-found', `Frame "${id}" has no version ${version}.`, { frame: id, version });
  }

  /** The frames that are there from the beginning; not an edit that can be taken back. */
  load(frames: readonly FrameData[]): void {
    this.#apply(this.#added(0, frames));
    this.#note({});
  }

  /** Makes one commit of what `edits` do one after the other, or nothing when one of them throws. */
  commit(edits: readonly (() => void)[]): MemoryCommit {
    const before = { order: [...this.order], removed: new Map(this.#removed), nextId: this.#nextId };
    try {
      for (const edit of edits) edit();
    } catch (error) {
      this.order.splice(0, Number.POSITIVE_INFINITY, ...before.order);
      this.#removed = before.removed;
      this.#nextId = before.nextId;
      this.#pending = [];
      throw error;
    }
    const commit = this.#note({});
    this.#done.set(commit.seq, commit);
    return commit;
  }

  /** Part of a commit: new frames at a place. */
  insert(place: FramePlace, frames: readonly FrameData[]): void {
    this.#apply(this.#added(this.#indexOf(place), frames));
  }

  /** Part of a commit: new values of a frame as its next version; undefined removes it. */
  put(id: string, baseVersion: number, make: (data: FrameData) => FrameData | undefined, keys?: string[]): void {
    const before = this.#base(id, baseVersion, keys);
    const data = make(before.frame.data);
    const next = { id, version: baseVersion + 1 };
    const after = data === undefined ? {} : { after: { index: before.index, frame: { ...next, data } } };
    this.#apply([{ id, before, ...after }]);
  }

  /** Part of a commit: another place for a frame. */
  move(id: string, place: FramePlace): void {
    const before = this.version(id);
    const index = this.#indexOf(place);
    this.#apply([{ id, before, after: { index: index > before.index ? index - 1 : index, frame: before.frame } }]);
  }

  /** Takes back an edit that holds: the newest, or the one of number `seq`. */
  undo(seq: number | undefined): MemoryCommit {
    return this.#revert(this.#done, this.#undone, seq, 'undo');
  }

  /** Does an undone edit again. */
  redo(seq: number | undefined): MemoryCommit {
    return this.#revert(this.#undone, this.#done, seq, 'redo');
  }

  #added(index: number, frames: readonly FrameData[]): MemoryChange[] {
    const first = this.#nextId;
    this.#nextId += frames.length;
    return frames.map((data, i) => {
      const id = `f${first + i}`;
      return { id, after: { index: index + i, frame: { id, version: 1, data } } };
    });
  }

  #at(id: string, version: number): MemoryFrame | undefined {
    return this.#versions.get(id)?.find((frame) => frame.version === version);
  }

  #base(id: string, baseVersion: number, keys: readonly string[] = []): Standing {
    const standing = this.version(id);
    const { version, data } = standing.frame;
    if (version === baseVersion) return standing;
    const old = this.#at(id, baseVersion)?.data ?? {};
    const changed = changedKeys(old, data);
    const conflicting = keys.filter((key) => changed.includes(key));
    const message = `Frame "${id}" is at version ${version}; the edit was made on version ${baseVersion}. Read it again and repeat the edit.`;
    throw new CovalenceError('frame/conflict', message, {
      frame: id,
      version,
      base_version: baseVersion,
      changed_keys: changed,
      conflicting_keys: conflicting,
    });
  }

  #indexOf({ after, before }: FramePlace): number {
    if (after !== undefined) return this.placeOf(after) + 1;
    return before === undefined ? this.order.length : this.placeOf(before);
  }

  #revert(
    from: Map<number, MemoryCommit>,
    to: Map<number, MemoryCommit>,
    asked: number | undefined,
    verb: 'undo' | 'redo',
  ): MemoryCommit {
    const seq = asked ?? [...from.keys()].at(-1);
    const commit = seq === undefined ? undefined : from.get(seq);
    if (seq === undefined || commit === undefined) {
      const message = seq === undefined ? `There is nothing to ${verb}.` : `There is no commit ${seq} to ${verb}.`;
      throw new CovalenceError('undo/nothing', message, { seq });
    }
    this.#apply(commit.changes.map((change) => this.#inverse(change, verb)).reverse());
    const reverted = this.#note(verb === 'undo' ? { undo: seq } : { redo: seq });
    from.delete(seq);
    to.set(seq, reverted);
    return reverted;
  }

  #inverse({ id, before, after }: MemoryChange, verb: string): MemoryChange {
    const index = this.order.findIndex((frame) => frame.id === id);
    const now = index === -1 ? undefined : { index, frame: this.order[index] };
    const isMove = before !== undefined && before.frame === after?.frame;
    const keys = changedKeys(before?.frame.data, after?.frame.data);
    const isOther = before === undefined && changedKeys(now?.frame.data, after?.frame.data).length > 0;
    const isThere = (now === undefined) === (after === undefined) && (!isMove || now?.index === after?.index);
    if (!isThere || isOther || keys.some((key) => now?.frame.data[key] !== after?.frame.data[key])) {
      const message = `Frame "${id}" was changed since; ${verb} the newer edit first.`;
      throw new CovalenceError('undo/conflict', message, { frame: id, version: now?.frame.version });
    }
    const change: MemoryChange = now === undefined ? { id } : { id, before: now };
    if (before === undefined) return change;
    if (isMove && now !== undefined) return { ...change, after: { index: before.index, frame: now.frame } };
    const version = (now?.frame.version ?? this.#removed.get(id) ?? 0) + 1;
    const place = Math.min(now?.index ?? before.index, this.order.length);
    // What others changed beside it stays.
    const data: FrameData = { ...(now ?? before).frame.data };
    for (const key of now === undefined ? [] : keys) {
      if (Object.hasOwn(before.frame.data, key)) data[key] = before.frame.data[key];
      else delete data[key];
    }
    return { ...change, after: { index: place, frame: { id, version, data } } };
  }

  #apply(changes: readonly MemoryChange[]): void {
    for (const { id, before, after } of changes) {
      if (before !== undefined) this.order.splice(this.placeOf(id), 1);
      if (after !== undefined) this.order.splice(after.index, 0, after.frame);
      // Going away is a version of its own, so that a frame that comes back is newer than what was known of it.
      else if (before !== undefined) this.#removed.set(id, before.frame.version + 1);
    }
    this.#pending.push(...changes);
  }

  #note(how: { undo?: number; redo?: number }): MemoryCommit {
    this.seq += 1;
    const commit = { seq: this.seq, ...how, changes: this.#pending };
    this.#pending = [];
    for (const { id, before, after } of commit.changes) {
      if (after === undefined || after.frame === before?.frame) continue;
      this.#versions.set(id, [...(this.#versions.get(id) ?? []), after.frame]);
    }
    this.log.push(commit);
    return commit;
  }
}

/** Keys under which two versions of a frame hold different values. */
function changedKeys(one: FrameData = {}, other: FrameData = {}): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => one[key] !== other[key]);
}
