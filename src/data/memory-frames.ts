import { CovalenceError } from '../protocol/errors.ts';
import type { FrameData } from '../protocol/frames.ts';
import { frameNotFound } from './frame-facts.ts';

/** A frame at one version. */
export interface MemoryFrame {
  id: string;
  version: number;
  data: FrameData;
}

/** A frame before or after a commit: where it stood and what it was; undefined when it was not there. */
interface FramePlace {
  index: number;
  frame: MemoryFrame;
}

/** What one commit did to one frame. */
export interface FrameChange {
  id: string;
  before?: FramePlace;
  after?: FramePlace;
}

/** One accepted change of the trajectory. */
export interface MemoryCommit {
  seq: number;
  changes: readonly FrameChange[];
}

/** Frames in order, their versions, and the commits that made them. Every method is atomic. */
export class MemoryFrames {
  seq = 0;
  readonly order: MemoryFrame[] = [];
  /** Newest version of frames that were removed, so that versions go on if they return. */
  readonly #removed = new Map<string, number>();
  /** By the number of the edit: the commit that takes it back, when it holds now; and likewise when it is undone. */
  readonly #done = new Map<number, MemoryCommit>();
  readonly #undone = new Map<number, MemoryCommit>();
  #nextId = 1;

  /** The frame, when `baseVersion` is its newest. Throws `frame/not-found` or `frame/conflict`. */
  base(id: string, baseVersion: number): FramePlace {
    const index = this.order.findIndex((frame) => frame.id === id);
    if (index === -1) throw frameNotFound(id, this.order.length);
    const frame = this.order[index];
    if (frame.version === baseVersion) return { index, frame };
    const message = `Frame "${id}" is at version ${frame.version}; the edit was made on version ${baseVersion}. Read it again and repeat the edit.`;
    throw new CovalenceError('frame/conflict', message, {
      frame: id,
      version: frame.version,
      base_version: baseVersion,
    });
  }

  /** The frames that are there from the beginning; not an edit that can be taken back. */
  load(frames: readonly FrameData[]): void {
    this.#apply(this.#added(0, frames));
  }

  /** New frames from `index` on. */
  insert(index: number, frames: readonly FrameData[]): MemoryCommit {
    return this.#edit(this.#added(index, frames));
  }

  /** New values of a frame as its next version; undefined removes it. */
  put(before: FramePlace, data: FrameData | undefined): MemoryCommit {
    const { id, version } = before.frame;
    if (data === undefined) return this.#edit([{ id, before }]);
    return this.#edit([{ id, before, after: { index: before.index, frame: { id, version: version + 1, data } } }]);
  }

  /** Takes back an edit that holds: the newest, or the one of number `seq`. */
  undo(seq: number | undefined): MemoryCommit {
    return this.#revert(this.#done, this.#undone, seq, 'undo');
  }

  /** Does an undone edit again. */
  redo(seq: number | undefined): MemoryCommit {
    return this.#revert(this.#undone, this.#done, seq, 'redo');
  }

  #added(index: number, frames: readonly FrameData[]): FrameChange[] {
    const first = this.#nextId;
    this.#nextId += frames.length;
    return frames.map((data, i) => {
      const id = `f${first + i}`;
      return { id, after: { index: index + i, frame: { id, version: 1, data } } };
    });
  }

  #edit(changes: readonly FrameChange[]): MemoryCommit {
    const commit = this.#apply(changes);
    this.#done.set(commit.seq, commit);
    return commit;
  }

  #revert(
    from: Map<number, MemoryCommit>,
    to: Map<number, MemoryCommit>,
    asked: number | undefined,
    verb: string,
  ): MemoryCommit {
    const seq = asked ?? [...from.keys()].at(-1);
    const commit = seq === undefined ? undefined : from.get(seq);
    if (seq === undefined || commit === undefined) {
      const message = seq === undefined ? `There is nothing to ${verb}.` : `There is no commit ${seq} to ${verb}.`;
      throw new CovalenceError('undo/nothing', message, { seq });
    }
    const changes = commit.changes.map((change) => this.#inverse(change, verb)).reverse();
    const reverted = this.#apply(changes);
    from.delete(seq);
    to.set(seq, reverted);
    return reverted;
  }

  #inverse({ id, before, after }: FrameChange, verb: string): FrameChange {
    const index = this.order.findIndex((frame) => frame.id === id);
    const now = index === -1 ? undefined : { index, frame: this.order[index] };
    if (now?.frame.version !== after?.frame.version) {
      const message = `Frame "${id}" was changed since; ${verb} the newer edit first.`;
      throw new CovalenceError('undo/conflict', message, { frame: id, version: now?.frame.version });
    }
    const change: FrameChange = now === undefined ? { id } : { id, before: now };
    if (before === undefined) return change;
    const version = (now?.frame.version ?? this.#removed.get(id) ?? 0) + 1;
    const place = Math.min(now?.index ?? before.index, this.order.length);
    return { ...change, after: { index: place, frame: { id, version, data: before.frame.data } } };
  }

  #apply(changes: readonly FrameChange[]): MemoryCommit {
    for (const { id, before, after } of changes) {
      const index = before === undefined ? -1 : this.order.findIndex((frame) => frame.id === id);
      if (before !== undefined && after !== undefined) this.order[index] = after.frame;
      else if (after !== undefined) this.order.splice(after.index, 0, after.frame);
      else if (before !== undefined) {
        this.order.splice(index, 1);
        // Going away is a version of its own, so that a frame that comes back is newer than what was known of it.
        this.#removed.set(id, before.frame.version + 1);
      }
    }
    this.seq += 1;
    return { seq: this.seq, changes };
  }
}
