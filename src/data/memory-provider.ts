import type { Frame, FrameData } from '../protocol/frames.ts';
import { checkFrameData } from './check-frame.ts';
import { applyPatch } from './delta.ts';
import {
  assertRange,
  frameKeyInfos,
  frameNotFound,
  hashData,
  isFrameIndex,
  scalarsOf,
  selectFrame,
} from './frame-facts.ts';
import { type Hasher, hashBytes } from './hash.ts';
import { type MemoryCommit, type MemoryFrame, MemoryFrames } from './memory-frames.ts';
import type { ChangingProvider, CommitResult, DataProvider, FrameWriter, ReadOptions } from './provider.ts';

/** What {@link memoryProvider} starts with. */
export interface MemoryProviderOptions {
  frames?: readonly FrameData[];
  /** Accepts NaN and infinity. */
  allowNotFinite?: boolean;
  hasher?: Hasher;
}

/**
 * Frames in memory, for rooms without a server, for tests and as the plainest example of a provider. Writable, with
 * versions, conflicts, undo and idempotency keys as a server has them; nothing outlives the page.
 */
export function memoryProvider(options: MemoryProviderOptions = {}): DataProvider & FrameWriter & ChangingProvider {
  const hasher = options.hasher ?? hashBytes;
  const frames = new MemoryFrames();
  const hashed = new WeakMap<MemoryFrame, Promise<Record<string, string>>>();
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const answered = new Map<string, Promise<CommitResult & { ids: string[] }>>();

  const check = (data: FrameData): FrameData => checkFrameData(data, { allowNotFinite: options.allowNotFinite });
  const hashesOf = (frame: MemoryFrame): Promise<Record<string, string>> => {
    let hashes = hashed.get(frame);
    if (hashes === undefined) hashed.set(frame, (hashes = hashData(frame.data, hasher)));
    return hashes;
  };
  const read = async (index: number, { data, signal }: ReadOptions = {}): Promise<Frame> => {
    signal?.throwIfAborted();
    if (!isFrameIndex(index, frames.order.length)) throw frameNotFound(index, frames.order.length);
    const frame = frames.order[index];
    const whole = { id: frame.id, index, version: frame.version, hashes: await hashesOf(frame), data: frame.data };
    signal?.throwIfAborted();
    return selectFrame(whole, data ?? Object.keys(frame.data));
  };
  const answer = async (commit: MemoryCommit): Promise<CommitResult & { ids: string[] }> => {
    const changed: CommitResult['frames'] = {};
    for (const { id, after } of commit.changes) {
      if (after !== undefined) changed[id] = { version: after.frame.version, hashes: await hashesOf(after.frame) };
    }
    return { seq: commit.seq, frames: changed, durability: 'memory', ids: commit.changes.map(({ id }) => id) };
  };
  /** Runs a write once for its idempotency key; what `make` throws is not remembered. */
  const write = async (
    make: () => MemoryCommit,
    how: { idempotencyKey?: string | undefined; signal?: AbortSignal | undefined },
  ): Promise<CommitResult & { ids: string[] }> => {
    how.signal?.throwIfAborted();
    const known = how.idempotencyKey === undefined ? undefined : answered.get(how.idempotencyKey);
    if (known !== undefined) return known;
    const commit = make();
    const result = answer(commit);
    if (how.idempotencyKey !== undefined) answered.set(how.idempotencyKey, result);
    const movesIndices = commit.changes.some(({ before, after }) => before === undefined || after === undefined);
    const ids = movesIndices ? undefined : commit.changes.map(({ id }) => id);
    for (const listener of listeners) listener({ ids });
    return result;
  };
  const placeOf = (id: string): number => {
    const index = frames.order.findIndex((frame) => frame.id === id);
    if (index === -1) throw frameNotFound(id, frames.order.length);
    return index;
  };

  if (options.frames !== undefined && options.frames.length > 0) frames.load(options.frames.map(check));

  return {
    read,
    async info({ signal } = {}) {
      signal?.throwIfAborted();
      const first = frames.order.at(0);
      const keys = first === undefined ? [] : frameKeyInfos(first.data);
      return { epoch: 'memory', seq: frames.seq, count: frames.order.length, keys };
    },
    async *readRange(start, stop, readOptions = {}) {
      assertRange(start, stop);
      for (let index = start; index < Math.min(stop, frames.order.length); index += 1)
        yield await read(index, readOptions);
    },
    async scalars(keys, { signal } = {}) {
      signal?.throwIfAborted();
      return scalarsOf(
        frames.order.map(({ data }) => data),
        keys,
      );
    },
    patch: (id, patch, how) =>
      write(() => {
        const base = frames.base(id, how.baseVersion);
        return frames.put(base, check(applyPatch(base.frame.data, patch)));
      }, how),
    replace: (id, data, how) => write(() => frames.put(frames.base(id, how.baseVersion), check(data)), how),
    remove: (id, how) => write(() => frames.put(frames.base(id, how.baseVersion), undefined), how),
    insert: (added, how = {}) =>
      write(() => {
        const { after, before } = how;
        let index = frames.order.length;
        if (after !== undefined) index = placeOf(after) + 1;
        else if (before !== undefined) index = placeOf(before);
        return frames.insert(index, added.map(check));
      }, how),
    undo: (seq, how = {}) => write(() => frames.undo(seq), how),
    redo: (seq, how = {}) => write(() => frames.redo(seq), how),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
