import { applyUpdate, type Doc, encodeStateAsUpdate } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { CLOSE } from '../../protocol/messages.ts';
import type { ClientOwners } from './client-owners.ts';
import { inspectUpdate } from './gate.ts';
import type { SyncConnection } from './sync-connection.ts';
import type { SyncLimits } from './sync-limits.ts';
import type { SyncLog } from './sync-log.ts';
import { assertFits } from './told-updates.ts';

/** The way of updates from connections into a room's document. */
export interface RoomIntake {
  /** Takes an update; it is applied with all others of this turn, or of a window when there are many readers. */
  take(connection: SyncConnection, update: Uint8Array, isWholeState: boolean): void;
  /** Applies everything taken so far, now. */
  flush(): void;
  /** The one connection that the update being told of came from; undefined when there are several, or none. */
  readonly onlySender: SyncConnection | undefined;
}

/** What an intake works on. */
export interface RoomIntakeOptions {
  room: string;
  doc: Doc;
  /** Applies a checked update that is alone in its turn. */
  applyAlone: (update: Uint8Array, origin: unknown) => void;
  owners: ClientOwners;
  clock: Clock;
  log: SyncLog;
  limits: SyncLimits;
  readerCount: () => number;
  /** An update builds on what the document lacks: ask for it. */
  onGap: (connection: SyncConnection) => void;
  /** Everything that the connection had is in the document. */
  onWholeState: (connection: SyncConnection) => void;
  /** The document is damaged, which no update that passed the gate should be able to do. */
  onPoisoned: (error: unknown) => void;
}

/**
 * With more readers than this, updates of one window travel together: the write per socket is what costs. A window is a
 * shown picture long; for a full lecture hall two of them, which nobody sees and which halves the work again.
 */
const WINDOWS: readonly { readers: number; ms: number }[] = [
  { readers: 64, ms: 33 },
  { readers: 8, ms: 16 },
];
/** Waiting bytes that end a window early. */
const WINDOW_BYTE_LENGTH = 1_048_576;

/** So long after a room was opened people may still be coming back to it. */
const RETURN_MS = 60_000;

/** Origin of what connections send. */
export const CLIENTS = 'clients';

interface Taken {
  connection: SyncConnection;
  update: Uint8Array;
  isWholeState: boolean;
}

/** Makes the intake of a room. Nothing reaches Yjs that has not passed the gate. */
export function roomIntake(options: RoomIntakeOptions): RoomIntake {
  const { room, doc, applyAlone, owners, clock, log, limits, readerCount, onGap, onWholeState, onPoisoned } = options;
  const size = documentSize(doc, limits.messageByteLength);
  const openedMs = clock.now();
  let taken: Taken[] = [];
  let takenByteLength = 0;
  let isDue = false;
  let cancelWindow: (() => void) | undefined;
  /** Whose updates are being applied; null when they are of several. */
  let sender: SyncConnection | null | undefined;

  const gap = ({ connection, isWholeState }: Taken): void => {
    if (isWholeState) {
      // There is nothing more to ask for: it builds on what somebody else wrote and the server lost. Soon after a
      // restart that person may be on the way back with it.
      const code = clock.now() - openedMs < RETURN_MS ? 'server/behind' : 'sync/refused';
      throw new CovalenceError(code, 'These changes build on others that the server does not have any more.');
    }
    connection.gaps += 1;
    if (connection.gaps <= limits.gapsPerConnection) onGap(connection);
    else connection.close(CLOSE.tryAgainLater, `server/behind: ${connection.gaps} updates in a row did not fit.`);
  };

  const applyWithOthers = (update: Uint8Array): void => applyUpdate(doc, update, CLIENTS);
  const applyOne = (one: Taken, apply: (update: Uint8Array, origin: unknown) => void): void => {
    const { connection, update, isWholeState } = one;
    const { subject, canWrite } = connection.identity;
    const verdict = inspectUpdate(update, {
      doc,
      isWholeState,
      keysPerRoom: limits.keysPerRoom,
      mayExtend: (client) => owners.mayExtend(client, subject),
    });
    if (verdict.kind === 'gap') {
      gap(one);
      return;
    }
    connection.gaps = 0;
    if (verdict.kind === 'apply') {
      if (!canWrite) throw new CovalenceError('auth/denied', 'This link is for looking only; nothing was changed.');
      if (verdict.contested > 0 && !connection.mayContest(verdict.contested)) {
        throw new CovalenceError('request/rate', 'Too many values were set without the ones they replace.', {
          limit: limits.contestedPerMinute,
        });
      }
      if (verdict.clients.length > 0) size.add(verdict.update.byteLength);
      // A whole state may bring back what others wrote before the server lost it: it makes nobody their owner.
      if (!isWholeState) for (const client of verdict.clients) owners.claim(client, subject);
      sender = sender === undefined || sender === connection ? connection : null;
      apply(verdict.update, CLIENTS);
      assertFits(doc);
    }
    if (isWholeState) onWholeState(connection);
  };

  const flush = (): void => {
    cancelWindow?.();
    cancelWindow = undefined;
    if (taken.length === 0) return;
    const all = taken;
    taken = [];
    takenByteLength = 0;
    sender = undefined;
    const refused = new Set<SyncConnection>();
    let poison: unknown;
    const tryOne = (one: Taken, apply: (update: Uint8Array, origin: unknown) => void): void => {
      if (refused.has(one.connection)) return;
      try {
        applyOne(one, apply);
      } catch (error) {
        refused.add(one.connection);
        one.connection.refuse(error);
        if (!(error instanceof CovalenceError)) poison = error;
      }
    };
    if (all.length === 1) tryOne(all[0], applyAlone);
    else {
      doc.transact(() => {
        for (const one of all) tryOne(one, applyWithOthers);
      }, CLIENTS);
    }
    sender = undefined;
    if (poison !== undefined) checkDocument(poison);
  };

  const checkDocument = (poison: unknown): void => {
    log.error({ room, err: poison }, 'an update passed the gate and failed in the document');
    try {
      encodeStateAsUpdate(doc);
    } catch (error) {
      onPoisoned(error);
    }
  };

  const schedule = (): void => {
    if (takenByteLength > WINDOW_BYTE_LENGTH) {
      flush();
      return;
    }
    if (isDue || cancelWindow !== undefined) return;
    const readers = readerCount();
    const window = WINDOWS.find((each) => readers > each.readers);
    if (window !== undefined) {
      cancelWindow = clock.after(window.ms, flush);
      return;
    }
    isDue = true;
    setImmediate(() => {
      isDue = false;
      flush();
    });
  };

  return {
    take(connection, update, isWholeState) {
      taken.push({ connection, update, isWholeState });
      takenByteLength += update.byteLength;
      schedule();
    },
    flush,
    get onlySender() {
      return sender ?? undefined;
    },
  };
}

/** Keeps the document below the size of one message, since a joiner gets it, and may send it, as one. */
function documentSize(doc: Doc, limit: number): { add(byteLength: number): void } {
  let known = encodeStateAsUpdate(doc).byteLength;
  let added = 0;
  return {
    add(byteLength) {
      added += byteLength;
      // Structs merge, so the sum of updates is too much: it is looked at again when it reaches the limit.
      if (known + added > limit && added > byteLength + limit / 64) {
        known = encodeStateAsUpdate(doc).byteLength;
        added = byteLength;
      }
      if (known + added <= limit) return;
      added -= byteLength;
      throw new CovalenceError('sync/too-large', `The shared state of a room has at most ${limit} bytes.`, { limit });
    },
  };
}
