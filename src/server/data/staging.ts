import { isArrayDelta } from '../../data/delta.ts';
import { isFrameArray } from '../../protocol/frames.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { FrameEdit } from './frame-edit.ts';

/** Commits of at most so many bytes wait for each other; nobody waits for a long upload. */
const SMALL_BYTE_LENGTH = 1024 * 1024;

/**
 * Commits whose arrays are stored at the same time go on to the log together: else one half of the writers is always in
 * the one file while the other half is in the other, and each sync serves half of them.
 */
export class Staging {
  readonly #running = new Set<Promise<unknown>>();

  /** Stores the arrays of `edits` by `store`, and waits for those of small commits that began before it ended. */
  async run<T>(edits: readonly FrameEdit[], store: () => Promise<T>): Promise<T> {
    if (!areWorthGathering(edits)) return store();
    const running = store();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      await Promise.allSettled(this.#running);
    }
  }
}

function areWorthGathering(edits: readonly FrameEdit[]): boolean {
  let byteLength = 0;
  for (const edit of edits) {
    if (edit.op === 'insert') return false;
    if (edit.op !== 'patch' && edit.op !== 'replace') continue;
    for (const value of Object.values(edit.data)) {
      if (value === null) continue;
      const array = isArrayDelta(value) ? value.values : value;
      if (isFrameArray(array)) byteLength += array.data.byteLength;
    }
  }
  // What goes into the record needs no store before it.
  return byteLength > LIMITS.inlineValueByteLength && byteLength <= SMALL_BYTE_LENGTH;
}
