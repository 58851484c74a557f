import { type DataProvider, type FrameWriter, isFrameWriter } from '../data/provider.ts';
import { CovalenceError } from '../protocol/errors.ts';
import type { TrajectoryInfo } from '../protocol/frames.ts';
import type { RoomFrames } from './room.ts';

/** Told by whoever learns that frames changed: the ledger, a file that is being indexed, our own write. */
export interface FrameNews {
  trajectory?: TrajectoryInfo;
  /** Versions by frame id; undefined means that any frame may have changed. */
  versions?: Readonly<Record<string, number>> | undefined;
}

/** {@link RoomFrames} with the two doors that only the room's maker uses. */
export interface RoomFramesControl extends RoomFrames {
  learn(news: FrameNews): void;
  close(): Promise<void>;
}

/** What of a provider may be cached, and how to say that it is old. */
export interface RoomFramesOptions {
  provider: DataProvider;
  /** Forgets versions of these frames, or of all. */
  invalidate?: (ids?: readonly string[]) => void;
}

/** The frames of a room over a provider: one place that knows what is newest and tells everybody once. */
export function roomFrames({ provider, invalidate }: RoomFramesOptions): RoomFramesControl {
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const known = new Map<string, number>();
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
    if (isOtherHistory) known.clear();
    const ids = news.versions === undefined || isOtherHistory ? undefined : newer(news.versions);
    const isUnchanged = ids !== undefined && ids.length === 0;
    if (!isUnchanged) invalidate?.(ids);
    if (!isUnchanged || before !== trajectory) tell(ids);
  };
  const written = async <R extends { frames: Record<string, { version: number }> }>(commit: Promise<R>): Promise<R> => {
    const result = await commit;
    const versions = Object.fromEntries(Object.entries(result.frames).map(([id, { version }]) => [id, version]));
    learn({ versions });
    return result;
  };
  /** After a commit that moves indices everything is read anew. */
  const moved = async <R>(commit: Promise<R>): Promise<R> => {
    const result = await commit;
    learn({ trajectory: await provider.info(), versions: undefined });
    return result;
  };

  return {
    get trajectory() {
      return trajectory;
    },
    get count() {
      return trajectory?.count ?? 0;
    },
    get isWritable() {
      return isFrameWriter(provider);
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
    write: async (id, data, options) => written(writer().patch(id, data, options)),
    append: async (frames, options) => moved(writer().insert(frames, options)),
    remove: async (id, options) => moved(writer().remove(id, options)),
    undo: async (seq) => moved(writer().undo(seq)),
    redo: async (seq) => moved(writer().redo(seq)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    learn,
    async close() {
      listeners.clear();
      await provider.close();
    },
  };
}
