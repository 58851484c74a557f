import type { Clock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import type { ClientOwner, DocEntry, DocStore } from './doc-store.ts';
import type { SyncLog } from './sync-log.ts';

/** What a room's log needs to know about the room. */
export interface RoomLogOptions {
  room: string;
  store: DocStore;
  clock: Clock;
  log: SyncLog;
  /** Bytes of the state that was loaded. */
  loadedByteLength: number;
  /** Told when the store begins to refuse writes, and with undefined when it takes them again. */
  onTrouble?: (error: CovalenceError | undefined) => void;
  /** The whole present state. */
  snapshot: () => { update: Uint8Array; owners: readonly ClientOwner[] };
}

/**
 * The way of one room's updates into its store. A failed append is not lost: the whole state is written instead, again
 * and again until the store takes it, and nothing is called saved before.
 */
export interface RoomLog {
  append(entry: DocEntry): void;
  /** Resolves when everything appended so far is durable, however long the store refuses; rejects when closed first. */
  saved(): Promise<void>;
  /** Stores everything anew: the store may have lost some of it. */
  storeAgain(): void;
  /** Stores what is left. Rejects with `store/failed` when that is not possible. */
  close(): Promise<void>;
}

const RETRY_MS = 1_000;
/** Bytes appended before everything is stored anew, besides twice the size of the state. */
const COMPACT_BYTE_LENGTH = 262_144;
const OWNER_BYTE_LENGTH = 64;

/** Makes the log of a room that was loaded or created. */
export function roomLog(options: RoomLogOptions): RoomLog {
  const { room, store, clock, log, loadedByteLength, snapshot, onTrouble } = options;
  let waiters: { seq: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let issuedSeq = 0;
  let durableSeq = 0;
  /** Raised by each failure: what was queued behind it may succeed, but does not say that what failed is stored. */
  let failures = 0;
  let isFailing = false;
  let isTold = false;
  let isCompacting = false;
  let isClosed = false;
  let cancelRetry: (() => void) | undefined;
  let stateByteLength = loadedByteLength;
  let appendedByteLength = 0;
  /** The newest write; the store keeps their order. */
  let last: Promise<void> = Promise.resolve();

  const settle = (seq: number): void => {
    durableSeq = Math.max(durableSeq, seq);
    const done = waiters.filter((waiter) => waiter.seq <= durableSeq);
    waiters = waiters.filter((waiter) => waiter.seq > durableSeq);
    for (const waiter of done) waiter.resolve();
  };
  const retryLater = (): void => {
    if (isClosed) return;
    cancelRetry ??= clock.after(RETRY_MS, () => {
      cancelRetry = undefined;
      // One that began before the failure does not have what was left out since.
      if (isCompacting) retryLater();
      else void compact();
    });
  };
  const fail = (error: unknown): void => {
    failures += 1;
    if (!isFailing)
      log.error({ room, err: error }, 'the store refused a write; the room is kept in memory and tried again');
    isFailing = true;
    if (!isTold) onTrouble?.(asCovalenceError(error, 'store/failed'));
    isTold = true;
    retryLater();
  };
  /** Stores everything anew. What is appended meanwhile is queued behind it. */
  const compact = (): Promise<void> => {
    if (!isCompacting) last = storeAnew();
    return last;
  };
  const storeAnew = async (): Promise<void> => {
    isCompacting = true;
    const wasFailing = isFailing;
    isFailing = false;
    const seq = issuedSeq;
    const state = snapshot();
    appendedByteLength = 0;
    try {
      await store.compact(room, state);
      stateByteLength = state.update.byteLength;
      if (wasFailing) log.info({ room }, 'the store takes writes again; the room is stored');
      settle(seq);
      if (isTold) onTrouble?.(undefined);
      isTold = false;
    } catch (error) {
      isFailing = wasFailing;
      fail(error);
    } finally {
      isCompacting = false;
    }
  };
  return {
    append(entry) {
      issuedSeq += 1;
      // While the store fails nothing is appended one by one: the next whole state has it.
      if (isFailing) return;
      const seq = issuedSeq;
      const failuresBefore = failures;
      last = store.append(room, entry).then(() => {
        if (failures === failuresBefore) settle(seq);
      }, fail);
      appendedByteLength += (entry.update?.byteLength ?? 0) + (entry.owners?.length ?? 0) * OWNER_BYTE_LENGTH;
      if (appendedByteLength > COMPACT_BYTE_LENGTH + 2 * stateByteLength) void compact();
    },
    saved() {
      if (durableSeq >= issuedSeq) return Promise.resolve();
      if (isClosed) return Promise.reject(unsaved(room));
      store.flush?.(room);
      return new Promise((resolve, reject) => waiters.push({ seq: issuedSeq, resolve, reject }));
    },
    storeAgain() {
      if (isClosed) return;
      // Counts as a write that failed: nothing is called stored until all of it is.
      issuedSeq += 1;
      failures += 1;
      isFailing = true;
      cancelRetry?.();
      cancelRetry = undefined;
      if (isCompacting) retryLater();
      else void compact();
    },
    async close() {
      if (isClosed) return;
      store.flush?.(room);
      await last;
      if (isFailing) await compact();
      isClosed = true;
      cancelRetry?.();
      const isLost = durableSeq < issuedSeq;
      for (const waiter of waiters) waiter.reject(unsaved(room));
      waiters = [];
      await store.release?.(room);
      if (isLost) throw unsaved(room);
    },
  };
}

function unsaved(room: string): CovalenceError {
  return new CovalenceError('store/failed', `Room "${room}" was closed before its last changes were stored.`, { room });
}
