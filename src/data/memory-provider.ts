import { type Clock, type Random, systemClock, systemRandom } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import type { Frame, FrameData } from '../protocol/frames.ts';
import { checkFrameData } from './check-frame.ts';
import { applyPatch } from './delta.ts';
import type { FrameArchive, FrameChange, FrameCommit } from './frame-archive.ts';
import type { FrameEdit } from './frame-edit.ts';
import {
  assertRange,
  frameKeyInfos,
  frameNotFound,
  hashData,
  isFrameIndex,
  scalarsOf,
  selectFrame,
} from './frame-facts.ts';
import { normaliseFrameKey } from './frame-key.ts';
import type { FrameLocker } from './frame-locker.ts';
import { type Hasher, hashBytes } from './hash.ts';
import { MemoryLocks } from './memory-locks.ts';
import { type MemoryCommit, type MemoryFrame, MemoryFrames } from './memory-frames.ts';
import type {
  ChangingProvider,
  CommitOptions,
  CommitResult,
  DataProvider,
  FrameWriter,
  ReadOptions,
} from './provider.ts';

/** What {@link memoryProvider} starts with. */
export interface MemoryProviderOptions {
  frames?: readonly FrameData[];
  /** Accepts NaN and infinity. */
  allowNotFinite?: boolean;
  hasher?: Hasher;
  clock?: Clock;
  random?: Random;
}

/**
 * Frames in memory, for rooms without a server, for tests and as the plainest example of a provider. Writable, with
 * versions, conflicts, undo and idempotency keys as a server has them; nothing outlives the page.
 */
export function memoryProvider(
  options: MemoryProviderOptions = {},
): DataProvider & FrameWriter & FrameArchive & FrameLocker & ChangingProvider {
  const hasher = options.hasher ?? hashBytes;
  const frames = new MemoryFrames();
  const hashed = new WeakMap<MemoryFrame, Promise<Record<string, string>>>();
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const answered = new Map<string, Promise<CommitResult & { ids: string[] }>>();
  const clock = options.clock ?? systemClock;
  const locks = new MemoryLocks(clock, options.random ?? systemRandom);
  const committedAt = new Map<number, number>();

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
    for (const { id, before, after } of commit.changes) {
      if (after !== undefined) changed[id] = { version: after.frame.version, hashes: await hashesOf(after.frame) };
      else if (before !== undefined) changed[id] = { version: before.frame.version + 1, hashes: {} };
    }
    const ids = commit.changes.flatMap(({ id, before }) => (before === undefined ? [id] : []));
    return { seq: commit.seq, frames: changed, durability: 'memory', ids };
  };
  const described = async ({ changes, ...made }: MemoryCommit): Promise<FrameCommit> => ({
    ...made,
    atMs: committedAt.get(made.seq) ?? 0,
    changes: await Promise.all(changes.map(describeChange)),
  });
  const describeChange = async ({ id, before, after }: MemoryCommit['changes'][number]): Promise<FrameChange> => {
    if (after === undefined) return { op: 'remove', id, version: (before?.frame.version ?? 0) + 1 };
    const { version } = after.frame;
    if (before === undefined)
      return version === 1 ? { op: 'insert', frames: [{ id, version }] } : { op: 'restore', id, version };
    if (before.frame === after.frame) return { op: 'move', id };
    const [old, now] = await Promise.all([hashesOf(before.frame), hashesOf(after.frame)]);
    const hashes: Record<string, string | null> = {};
    for (const key of Object.keys({ ...old, ...now })) if (old[key] !== now[key]) hashes[key] = now[key] ?? null;
    return { op: 'set', id, version, hashes };
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
    committedAt.set(commit.seq, clock.now());
    const result = answer(commit);
    if (how.idempotencyKey !== undefined) answered.set(how.idempotencyKey, result);
    const isNewOrder = commit.changes.some(({ before, after }) => before?.index !== after?.index);
    const ids = isNewOrder ? undefined : commit.changes.map(({ id }) => id);
    for (const listener of listeners) listener({ ids });
    return result;
  };
  const make = (edit: FrameEdit): (() => void) => {
    switch (edit.op) {
      case 'patch': {
        const keys = Object.keys(edit.data).map(normaliseFrameKey);
        return () => frames.put(edit.id, edit.baseVersion, (data) => check(applyPatch(data, edit.data)), keys);
      }
      case 'replace':
        return () => frames.put(edit.id, edit.baseVersion, () => check(edit.data));
      case 'remove':
        return () => frames.put(edit.id, edit.baseVersion, () => undefined);
      case 'insert':
        return () => frames.insert(edit, edit.frames.map(check));
      default:
        return () => frames.move(edit.id, edit);
    }
  };
  const commit = (edits: readonly FrameEdit[], how: CommitOptions): Promise<CommitResult & { ids: string[] }> =>
    write(() => {
      const ids = edits.flatMap((edit) => (edit.op === 'insert' ? [] : [edit.id]));
      const twice = ids.find((id, i) => ids.indexOf(id) !== i);
      if (twice !== undefined || edits.length === 0) {
        const message = twice === undefined ? 'The commit holds no edit.' : `One commit changes "${twice}" only once.`;
        throw new CovalenceError('request/invalid', message, { frame: twice });
      }
      const made = edits.map(make);
      locks.check(ids, how.lockToken);
      return frames.commit(made);
    }, how);

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
    async readById(id, { version, data, signal } = {}) {
      signal?.throwIfAborted();
      const { index, frame } = frames.version(id, version);
      const { version: found } = frame;
      return selectFrame({ id, index, version: found, hashes: await hashesOf(frame), data: frame.data }, data);
    },
    async history(since, limit) {
      const commits = await Promise.all(frames.log.slice(since, since + limit).map(described));
      return { seq: frames.seq, commits };
    },
    grantLock: locks.grantLock,
    renewLock: locks.renewLock,
    releaseLock: locks.releaseLock,
    listLocks: locks.listLocks,
    patch: async (id, data, how) => commit([{ op: 'patch', id, baseVersion: how.baseVersion, data }], how),
    replace: async (id, data, how) => commit([{ op: 'replace', id, baseVersion: how.baseVersion, data }], how),
    remove: async (id, how) => commit([{ op: 'remove', id, baseVersion: how.baseVersion }], how),
    insert: async (added, { after, before, ...how } = {}) =>
      commit([{ op: 'insert', frames: added, ...(after && { after }), ...(before && { before }) }], how),
    commit: async (edits, how = {}) => commit(edits, how),
    undo: async (seq, how = {}) => write(() => frames.undo(seq), how),
    redo: async (seq, how = {}) => write(() => frames.redo(seq), how),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
    },
  };
}
