import { type FrameArchive, isFrameArchive } from '../data/frame-archive.ts';
import { isFrameLocker } from '../data/frame-locker.ts';
import { movesIndices } from '../data/frame-edit.ts';
import {
  type CommitOptions,
  type CommitResult,
  type DataProvider,
  type FrameHeads,
  type FrameWriter,
  isFrameWriter,
  isInformedProvider,
} from '../data/provider.ts';
import { isCachingProvider } from '../data/with-cache.ts';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError, throwOurs } from '../protocol/errors.ts';
import type { FrameData, TrajectoryInfo } from '../protocol/frames.ts';
import type { LockRecord } from '../protocol/ledger.ts';
import type { FrameLock } from './frame-lock.ts';
import type { RoomFrames } from './room-frames.ts';
import { roomClosed } from './room-closed.ts';
import { sureWrite } from './sure-write.ts';

/** Told by whoever learns that frames changed: the ledger, a file that is being indexed, our own write. */
export interface FrameNews {
  trajectory?: TrajectoryInfo;
  /** Versions by frame id; undefined means that any frame may have changed. */
  versions?: Readonly<Record<string, number>> | undefined;
  /** What is known of the newest versions besides. */
  heads?: FrameHeads;
}

/** {@link RoomFrames} with the doors that only the room's maker uses. */
export interface RoomFramesControl extends RoomFrames {
  learn(news: FrameNews): void;
  /** Called with the table of locks whenever it changed. */
  learnLocks(locks: readonly LockRecord[]): void;
  close(): Promise<void>;
}

/** What of a provider may be cached, and how to say that it is old. */
export interface RoomFramesOptions {
  provider: DataProvider;
  clock: Clock;
  /** True where nobody else hands in the table of locks. */
  readsOwnLocks?: boolean;
  /** False where the person's link is for looking only. */
  mayWrite?: () => boolean;
  /** Name of the person here, for those who are kept out by a lock. */
  holder?: () => string | undefined;
  /** Forgets versions of these frames, or of all. */
  invalidate?: (ids?: readonly string[], heads?: FrameHeads) => void;
}

/** The frames of a room over a provider: one place that knows what is newest and tells everybody once. */
export function roomFrames({
  provider,
  clock,
  holder,
  readsOwnLocks = false,
  mayWrite = () => true,
  invalidate,
}: RoomFramesOptions): RoomFramesControl {
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const lockListeners = new Set<() => void>();
  const commitListeners = new Set<(seq: number) => void>();
  const held = new Set<FrameLock>();
  const known = new Map<string, number>();
  let locks: readonly LockRecord[] = [];
  let isClosed = false;
  let trajectory: TrajectoryInfo | undefined;

  const tell = (ids: readonly string[] | undefined): void => {
    for (const listener of listeners) listener({ ids });
  };
  const writer = (): FrameWriter => {
    if (isFrameWriter(provider)) return provider;
    throw new CovalenceError(
      'frame/read-only',
      'These frames cannot be edited: they come from a file without a server. Open the file with a Covalence server to edit it.',
    );
  };
  /** Ids whose version is news; a version we wrote ourselves is not. */
  const newer = (versions: Readonly<Record<string, number>>): string[] => {
    const ids: string[] = [];
    for (const [id, version] of Object.entries(versions)) {
      if ((known.get(id) ?? 0) >= version) continue;
      known.set(id, version);
      ids.push(id);
    }
    return ids;
  };
  const learn = (news: FrameNews): void => {
    const before = trajectory;
    if (news.trajectory !== undefined) trajectory = news.trajectory;
    const isOtherHistory = before !== undefined && trajectory !== undefined && before.epoch !== trajectory.epoch;
    const isNewOrder = before !== undefined && before.order !== trajectory?.order;
    if (isOtherHistory) known.clear();
    else if (isInformedProvider(provider) && trajectory !== undefined) {
      provider.inform({ seq: trajectory.seq, ...(news.versions && { versions: news.versions }) });
    }
    const ids = news.versions === undefined || isOtherHistory || isNewOrder ? undefined : newer(news.versions);
    const isUnchanged = ids !== undefined && ids.length === 0;
    if (!isUnchanged) invalidate?.(ids, news.heads);
    if (!isUnchanged || before !== trajectory) tell(ids);
  };
  /** After a commit that moves indices everything is read anew. */
  const commit = async <R extends CommitResult, O extends CommitOptions>(
    isNewOrder: boolean,
    options: O,
    write: (options: O) => Promise<R>,
  ): Promise<R> => {
    if (isClosed) throw roomClosed();
    const result = await sureWrite(clock, options, write);
    const versions = Object.fromEntries(Object.entries(result.frames).map(([id, { version }]) => [id, version]));
    // The commit happened: that it cannot be looked at now is for whoever reads next.
    const now = isNewOrder ? await provider.info().catch(() => undefined) : undefined;
    if (isNewOrder) learn({ ...(now && { trajectory: now }), versions: undefined });
    else learn({ versions, heads: result.frames });
    for (const listener of commitListeners) listener(result.seq);
    return result;
  };
  const readLocks = async (): Promise<void> => {
    if (readsOwnLocks && isFrameLocker(provider)) self.learnLocks(await provider.listLocks());
  };
  const archive = (): FrameArchive => {
    if (isFrameArchive(provider)) return provider;
    throw new CovalenceError(
      'frame/read-only',
      'These frames come from a file without a server: they have no history and are read by index.',
    );
  };

  const self: RoomFramesControl = {
    get trajectory() {
      return trajectory;
    },
    get count() {
      return trajectory?.count ?? 0;
    },
    get isWritable() {
      return isFrameWriter(provider) && mayWrite();
    },
    async info(options) {
      const info = await provider.info(options);
      if (trajectory === undefined || info.seq >= trajectory.seq || info.epoch !== trajectory.epoch) {
        learn({ trajectory: info, versions: {} });
      }
      return info;
    },
    read: (index, options) => provider.read(index, options),
    readRange: (start, stop, options) => provider.readRange(start, stop, options),
    scalars: (keys, options) => provider.scalars(keys, options),
    async readById(id, options) {
      return archive().readById(id, options);
    },
    async *stream({ start = 0, stop, ...options } = {}) {
      const end = stop ?? (await provider.info(options)).count;
      yield* provider.readRange(start, Math.max(start, end), options);
    },
    write: async (id, data, options) => commit(false, options, (how) => writer().patch(id, data, how)),
    patch: async (id, patch, options) => commit(false, options, (how) => writer().patch(id, patch, how)),
    replace: async (id, data, options) => commit(false, options, (how) => writer().replace(id, data, how)),
    // What only those need who edit comes when it is needed.
    async edit(frame, recipe, options) {
      const { editFrame } = await import('./edit-frame.ts').catch(throwOurs);
      return editFrame(self, frame, recipe, options);
    },
    append: async (frames, options = {}) => commit(true, options, (how) => writer().insert(listed(frames), how)),
    insert: async (frames, options = {}) => commit(true, options, (how) => writer().insert(listed(frames), how)),
    remove: async (id, options) => commit(true, options, (how) => writer().remove(id, how)),
    move: async (id, place, options = {}) =>
      commit(true, options, (how) => writer().commit([{ op: 'move', id, ...place }], how)),
    commit: async (edits, options = {}) => commit(movesIndices(edits), options, (how) => writer().commit(edits, how)),
    undo: async (seq, options = {}) => commit(true, options, (how) => writer().undo(seq, how)),
    redo: async (seq, options = {}) => commit(true, options, (how) => writer().redo(seq, how)),
    async *history(options) {
      const { frameHistory } = await import('./frame-history.ts').catch(throwOurs);
      yield* frameHistory(archive(), async () => (await provider.info(options)).seq, options);
    },
    async lock(name, options = {}) {
      if (!isFrameLocker(provider)) writer();
      if (!isFrameLocker(provider)) throw new CovalenceError('frame/read-only', 'These frames have no locks.');
      const person = options.holder ?? holder?.();
      // Whoever locks a frame is about to edit it, and by then the server may be away.
      const [{ holdLock }] = await Promise.all([import('./frame-lock.ts'), import('./edit-frame.ts')]).catch(throwOurs);
      const lock = await holdLock(provider, clock, name, {
        ...options,
        ...(person !== undefined && { holder: person }),
      });
      held.add(lock);
      lock.onOver(() => {
        held.delete(lock);
        void readLocks();
      });
      await readLocks();
      return lock;
    },
    get locks() {
      return locks;
    },
    onLocks(listener) {
      lockListeners.add(listener);
      return () => lockListeners.delete(listener);
    },
    cachedParts: (parts) =>
      isCachingProvider(provider) ? provider.cachedParts(parts, self.count, 'positions') : undefined,
    onCached: (listener) => (isCachingProvider(provider) ? provider.onCached(listener) : () => undefined),
    onCommit(listener) {
      commitListeners.add(listener);
      return () => commitListeners.delete(listener);
    },
    learnLocks(now) {
      locks = now;
      for (const listener of lockListeners) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    learn,
    async close() {
      isClosed = true;
      listeners.clear();
      lockListeners.clear();
      commitListeners.clear();
      await Promise.allSettled([...held].map((lock) => lock.release()));
      await provider.close();
    },
  };
  return self;
}

/** One frame without brackets is what JavaScript lets through. */
function listed(frames: readonly FrameData[]): readonly FrameData[] {
  if (Array.isArray(frames)) return frames;
  throw new CovalenceError('request/invalid', 'Frames are given as a list, also when it is one: append([frame]).');
}
