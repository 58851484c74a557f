import type { FrameRecord, RoomRecord, TrajectoryRecord } from '../protocol/ledger.ts';
import { commitPlayback } from './commit-playback.ts';
import type { RoomData } from './data/room-data.ts';
import type { SyncRoom } from './sync/sync-room.ts';

/** Frames whose versions the ledger names: the ones changed last. */
const LEDGER_FRAMES = 1_000;

/**
 * Joins the two halves of a room: what happens to frames and locks appears in the ledger, and a session that ends gives
 * its locks back. Returns its own undo.
 */
export function linkRoom(data: RoomData, sync: SyncRoom): () => void {
  const { ledger } = sync;
  /** Frames in the ledger, the one changed last at the end. */
  const named = new Set<string>();
  const locks = new Set<string>();
  const playback = commitPlayback(sync);

  const forgetFrame = (id: string): void => {
    if (named.delete(id)) ledger.remove(`frame.${id}`);
  };
  const nameFrame = (id: string, record: FrameRecord): void => {
    named.delete(id);
    named.add(id);
    ledger.set(`frame.${id}`, { ...record });
    for (const oldest of named) {
      if (named.size <= LEDGER_FRAMES) break;
      forgetFrame(oldest);
    }
  };
  const tellTrajectory = (): void => {
    const record: TrajectoryRecord = data.info();
    ledger.set('trajectory', { ...record });
  };
  const tellLocks = (): void => {
    const held = new Map(data.listLocks().map((lock) => [lock.name, lock]));
    for (const name of locks) {
      if (held.has(name)) continue;
      locks.delete(name);
      ledger.remove(`lock.${name}`);
    }
    for (const [name, lock] of held) {
      locks.add(name);
      ledger.set(`lock.${name}`, { ...lock });
    }
    playback.locksChanged();
  };

  const { name, epoch, source } = data;
  const room: RoomRecord = { name, epoch, ...(source === undefined ? {} : { source }) };
  ledger.set('room', { ...room });
  for (const id of data.recentlyChanged(LEDGER_FRAMES).reverse()) {
    const head = data.head(id);
    if (head !== undefined) nameFrame(id, { ...head, seq: data.seq });
  }
  tellTrajectory();
  tellLocks();
  const ends = [
    data.onChange((change) => {
      // While a file is indexed frames arrive in thousands at version 1: those are no edits and stay out of the ledger.
      for (const { id, version, hashes, isRemoved } of change.frames) {
        if (isRemoved) forgetFrame(id);
        else nameFrame(id, { version, seq: change.seq, hashes });
      }
      const isAboutLocks = change.hasNewLocks && change.frames.length === 0 && !change.hasNewOrder;
      if (!isAboutLocks) tellTrajectory();
      if (change.hasNewLocks) tellLocks();
    }),
    sync.onSession(({ session, event }) => {
      if (event === 'open') data.locks.sessionOpened(session);
      else data.locks.sessionClosed(session);
    }),
  ];
  return () => {
    for (const end of ends) end();
    playback.close();
  };
}
