import { isFrameLocker } from '../data/frame-locker.ts';
import { type DataProvider, isChangingProvider, isInvalidatable } from '../data/provider.ts';
import type { Capability } from '../protocol/capabilities.ts';
import type { Clock } from '../protocol/clock.ts';
import type { FrameRecord, LockRecord, TrajectoryRecord } from '../protocol/ledger.ts';
import type { TrajectoryInfo } from '../protocol/frames.ts';
import {
  bookmarkCollection,
  cameraCollection,
  chatCollection,
  type Presence,
  type SharedState,
  selectionCollection,
  visualiserCollection,
} from '../state/index.ts';
import { type RoomFramesControl, roomFrames } from './create-room-frames.ts';
import type { PlaybackRecord } from '../protocol/records/scene.ts';
import type { StateRecord } from '../protocol/values.ts';
import { framesOfBookmark } from './playback/bookmark-frames.ts';
import { PRESENTER_LOCK, presenterLock } from './playback/presented-position.ts';
import { roomPlayback } from './playback/room-playback.ts';
import { type RefusedList, refusedList } from './refused-changes.ts';
import { type RoomNotices, roomNotices } from './room-notices.ts';
import type { Room, RoomStatusEvent } from './room.ts';
import { type StoreTrouble, storeTrouble } from './store-trouble.ts';
import { undoOrder } from './undo-order.ts';

/** The parts a room is made of; it owns them from then on. */
export interface RoomParts {
  url: string;
  name: string;
  state: SharedState;
  presence: Presence;
  provider: DataProvider;
  clock: Clock;
  /** How the room is connected; a local room is not. */
  connection?: RoomConnection;
  /** Name of the present session with a server that decides who presents; undefined while offline. */
  session?: () => string | undefined;
  refused?: RefusedList;
  notices?: RoomNotices;
  trouble?: StoreTrouble;
  /** Called last when the room closes. */
  onClose?: () => Promise<void> | void;
}

/** The room's view of its connection. */
export interface RoomConnection {
  readonly status: Room['status'];
  onStatus(listener: (event: RoomStatusEvent) => void): () => void;
  can(capability: Capability): boolean;
}

/** Commits between two moments that touched frames; an old server counts locks among them. */
function changesBetween(before: TrajectoryInfo, now: TrajectoryRecord): number {
  if (before.changes === undefined || now.changes === undefined) return now.seq - before.seq;
  return now.changes - before.changes;
}

/** Hands the news of the ledger to the frames: the one place that knows which frames a step of `seq` touched. */
function followLedger(state: SharedState, frames: RoomFramesControl): () => void {
  return state.onChange(({ added, updated }) => {
    const versions: Record<string, number> = {};
    const heads: Record<string, FrameRecord> = {};
    const seqs = new Set<number>();
    for (const [key, value] of [...added, ...[...updated].map(([key, { value }]) => [key, value] as const)]) {
      if (!key.startsWith('frame.')) continue;
      const record = value as unknown as FrameRecord;
      const id = key.slice('frame.'.length);
      versions[id] = record.version;
      heads[id] = record;
      seqs.add(record.seq);
    }
    const before = frames.trajectory;
    const isNews = added.has('trajectory') || updated.has('trajectory');
    const now = isNews ? (state.get('trajectory') as unknown as TrajectoryRecord | undefined) : undefined;
    if (now === undefined && seqs.size === 0) return;
    if (before !== undefined && now !== undefined && now.epoch === before.epoch && now.seq < before.seq) return;
    // A change that no frame record explains inserted, removed or moved frames: then any index may mean another.
    const steps = before === undefined || now === undefined ? 0 : changesBetween(before, now);
    const isExplained = [...seqs].filter((seq) => before === undefined || seq > before.seq).length >= steps;
    frames.learn({
      ...(now === undefined ? {} : { trajectory: now }),
      versions: isExplained ? versions : undefined,
      heads,
    });
  });
}

/** Hands the locks of the ledger to the frames. */
function followLocks(state: SharedState, frames: RoomFramesControl): () => void {
  const tell = (): void => {
    const names = [...state.keys()].filter((key) => key.startsWith('lock.'));
    const locks = names.map((key) => state.get(key) as unknown as LockRecord);
    frames.learnLocks(locks);
  };
  tell();
  return state.onChange(({ added, updated, removed }) => {
    const isAboutLocks = [...added.keys(), ...updated.keys(), ...removed.keys()].some((key) => key.startsWith('lock.'));
    if (isAboutLocks) tell();
  });
}

/** So long closing waits for locks to be given back; on a line that stalls they run out by themselves. */
const GOODBYE_MS = 2_000;

function atMost(clock: Clock, ms: number, task: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    task.then(() => resolve(), reject).finally(cancel);
  });
}

/** Puts the parts of a room together. */
export function assembleRoom(parts: RoomParts): Room {
  const {
    state,
    presence,
    provider,
    connection,
    refused = refusedList(),
    notices = roomNotices(),
    trouble = storeTrouble(),
  } = parts;
  const frames = roomFrames({
    provider,
    clock: parts.clock,
    readsOwnLocks: connection === undefined,
    mayWrite: () => connection?.can('write') ?? true,
    holder: () => presence.self.user?.name,
    ...(isInvalidatable(provider) ? { invalidate: (ids, heads) => provider.invalidate(ids, heads) } : {}),
  });
  const bookmarks = state.collection(bookmarkCollection);
  const committed = state.ref('playback');
  const playback = roomPlayback({
    clock: parts.clock,
    count: () => frames.count,
    shared: {
      locks: parts.session !== undefined && isFrameLocker(provider) ? provider : undefined,
      session: () => parts.session?.(),
      mayPresent: () => connection?.can('present') ?? true,
      lock: () => presenterLock(state.get(`lock.${PRESENTER_LOCK}`)),
      peers: () => presence.peers,
      show(patch) {
        const session = parts.session?.();
        // A program in the server's process is among the people once it leads.
        presence.update(session === undefined ? patch : { ...patch, session });
      },
      committed: () => committed.value as PlaybackRecord | undefined,
      commit(record) {
        if (connection?.can('write') ?? true) committed.set({ ...record } as StateRecord);
      },
      framesOf: (key) => framesOfBookmark(bookmarks.get(key)),
    },
  });
  const order = undoOrder(state, frames);
  const ends = [
    followLedger(state, frames),
    followLocks(state, frames),
    () => order.dispose(),
    state.onChange(({ added, updated, removed }) => {
      const isOurs = (key: string): boolean => key === 'playback' || key === `lock.${PRESENTER_LOCK}`;
      if ([...added.keys(), ...updated.keys(), ...removed.keys()].some(isOurs)) playback.refresh();
    }),
    presence.onChange(() => playback.refresh()),
    frames.onChange(() => playback.refresh()),
  ];
  if (isChangingProvider(provider)) {
    ends.push(
      provider.onChange(({ ids }) => {
        void provider.info().then(
          (trajectory) => frames.learn({ trajectory, versions: ids === undefined ? undefined : {} }),
          () => undefined, // closed meanwhile, or damaged: the next read says so to whoever asks
        );
      }),
    );
  }
  let isClosed = false;
  const room: Room = {
    url: parts.url,
    name: parts.name,
    get status() {
      return isClosed ? 'closed' : (connection?.status ?? 'local');
    },
    can: (capability) => connection?.can(capability) ?? true,
    state,
    selections: state.collection(selectionCollection),
    visualisers: state.collection(visualiserCollection),
    cameras: state.collection(cameraCollection),
    bookmarks,
    chat: state.collection(chatCollection),
    frames,
    playback,
    presence,
    undo: () => order.undo(),
    redo: () => order.redo(),
    onStatus: (listener) => connection?.onStatus(listener) ?? (() => undefined),
    get refused() {
      return refused.current;
    },
    onRefused: (listener) => refused.onChange(listener),
    get storeTrouble() {
      return trouble.current;
    },
    onStoreTrouble: (listener) => trouble.add(listener),
    onNotice: (listener) => notices.add(listener),
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const end of ends) end();
      await atMost(parts.clock, GOODBYE_MS, Promise.all([playback.close(), frames.close()]));
      presence.dispose();
      state.dispose();
      await parts.onClose?.();
    },
    [Symbol.asyncDispose]: () => room.close(),
  };
  return room;
}
