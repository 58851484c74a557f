import { deflateRawSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import { encodeAwarenessUpdate } from 'y-protocols/awareness';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';
import { asCovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { CLOSE, MESSAGE, PROTOCOL_VERSION, type SessionMessage } from '../../protocol/messages.ts';
import type { DocStore } from './doc-store.ts';
import { checkUpdate } from './gate.ts';
import { createLedger } from './ledger.ts';
import { serveLedgerMirror } from './ledger-mirror.ts';
import { roomAwareness } from './room-awareness.ts';
import { storedDoc } from './stored-document.ts';
import { type ConnectionDuties, SyncConnection } from './sync-connection.ts';
import type { SyncLog } from './sync-log.ts';
import type { SessionEvent, SyncRoom } from './sync-room.ts';
import { awarenessMessage, barrierMessage, compressedMessage, jsonMessage, STEP, syncMessage } from './wire.ts';

/** What a room is opened with. */
export interface OpenSyncRoomOptions {
  name: string;
  docStore: DocStore;
  clock: Clock;
  makeId: () => string;
  log: SyncLog;
}

/** With more readers than this, updates of one window travel together: fewer frames, the wall of every server. */
const WINDOW_READERS = 8;
const WINDOW_MS = 16;
/** Below this many bytes compressing the state for a joiner is not worth the work. */
const COMPRESS_BYTE_LENGTH = 2_048;

/** Opens a room from the store. Rejects with `store/failed`, and then nothing stored was touched. */
export async function openSyncRoom({ name, docStore, clock, makeId, log }: OpenSyncRoomOptions): Promise<SyncRoom> {
  const doc = new Doc();
  const store = await storedDoc({ name, doc, docStore, makeEpoch: makeId, log });
  const people = roomAwareness(doc);
  const ledger = createLedger(clock);
  const connections = new Set<SyncConnection>();
  const sessionListeners = new Set<(event: SessionEvent) => void>();
  const ledgerListeners = new Set<(ledger: Doc) => void>();
  let mirrors = 0;
  let incoming: { connection: SyncConnection; update: Uint8Array }[] = [];
  let isFlushDue = false;
  let join: { message: Uint8Array; isOf: Uint8Array } | undefined;

  const toAll = (message: Uint8Array, only?: (connection: SyncConnection) => boolean): void => {
    for (const connection of connections) if (only?.(connection) ?? true) connection.send(message);
  };
  const tellSession = (event: SessionEvent): void => {
    for (const listener of sessionListeners) listener(event);
  };

  doc.on('update', (update: Uint8Array) => {
    join = undefined;
    store.append(update);
    toAll(syncMessage(STEP.update, update));
  });
  people.awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
    const update = encodeAwarenessUpdate(people.awareness, [...added, ...updated, ...removed]);
    toAll(awarenessMessage(update));
  });
  ledger.onUpdate = (update, isFresh) => {
    toAll(syncMessage(isFresh ? STEP.state : STEP.update, update, MESSAGE.ledger), ({ isOurs }) => isOurs);
    if (isFresh) for (const listener of ledgerListeners) listener(ledger.doc);
  };

  /** Applies one update; a gap is answered with a question, since what is missing may only be on its way. */
  const applyOne = (connection: SyncConnection, update: Uint8Array): void => {
    applyUpdate(doc, update, connection);
    if (doc.store.pendingStructs === null && doc.store.pendingDs === null) {
      connection.gaps = 0;
      return;
    }
    doc.store.pendingStructs = null;
    doc.store.pendingDs = null;
    connection.gaps += 1;
    if (connection.gaps > LIMITS.gapsPerConnection) {
      connection.close(CLOSE.tryAgainLater, `${connection.gaps} updates in a row did not fit. Connect again.`);
    } else connection.send(syncMessage(STEP.stateVector, encodeStateVector(doc)));
  };
  const applyIncoming = (): void => {
    isFlushDue = false;
    const updates = incoming;
    incoming = [];
    if (updates.length === 0) return;
    doc.transact(() => {
      for (const { connection, update } of updates) {
        try {
          applyOne(connection, update);
        } catch (error) {
          log.warn({ room: name, error: String(error) }, 'an update could not be applied');
          connection.close(CLOSE.refused, 'This update could not be applied.');
        }
      }
    });
  };
  const scheduleIncoming = (): void => {
    if (isFlushDue) return;
    isFlushDue = true;
    if (connections.size > WINDOW_READERS) clock.after(WINDOW_MS, applyIncoming);
    else setImmediate(applyIncoming);
  };

  /** The whole document for somebody who has nothing: made and compressed once per state of the document. */
  const joinMessage = (): Uint8Array => {
    const vector = encodeStateVector(doc);
    if (join === undefined) {
      const plain = syncMessage(STEP.state, encodeStateAsUpdate(doc));
      const isWorth = plain.byteLength > COMPRESS_BYTE_LENGTH;
      join = { message: isWorth ? compressedMessage(deflateRawSync(plain, { level: 1 })) : plain, isOf: vector };
    }
    return join.message;
  };

  const duties: ConnectionDuties = {
    doc,
    clock,
    log,
    onUpdate(connection, update) {
      checkUpdate(update);
      incoming.push({ connection, update: update.slice() });
      scheduleIncoming();
    },
    onQuestion(connection, stateVector) {
      applyIncoming();
      const hasNothing = stateVector.length === 1 && stateVector[0] === 0;
      if (hasNothing && connection.isOurs) connection.send(joinMessage());
      else connection.send(syncMessage(STEP.state, encodeStateAsUpdate(doc, stateVector)));
    },
    onAwareness: (connection, update) => people.take(update, connection.clientIds, connection),
    onBarrier(connection, id) {
      applyIncoming();
      void store.saved().then(
        (level) => connection.send(barrierMessage(id, level), true),
        (error: unknown) => connection.close(CLOSE.tryAgainLater, asCovalenceError(error, 'store/failed').message),
      );
    },
    onDrained: greet,
    onClosed(connection) {
      connections.delete(connection);
      people.leave(connection.clientIds);
      tellSession({ session: connection.session, event: 'closed' });
    },
  };

  /** Everything besides the shared document that somebody who joins or was away needs. */
  function greet(connection: SyncConnection): void {
    if (connection.isOurs) connection.send(syncMessage(STEP.state, ledger.state(), MESSAGE.ledger));
    const everybody = people.everybody();
    if (everybody !== undefined) connection.send(awarenessMessage(everybody));
  }

  const serve = (socket: WebSocket, isOurs: boolean): void => {
    const connection = new SyncConnection(socket, { session: makeId(), isOurs }, duties);
    connections.add(connection);
    tellSession({ session: connection.session, event: 'open' });
    if (isOurs) {
      const session: SessionMessage = {
        session: connection.session,
        epoch: store.epoch,
        protocol: PROTOCOL_VERSION,
        durability: docStore.durability,
        capabilities: ['read', 'write', 'present', 'create'],
      };
      connection.send(jsonMessage(MESSAGE.session, session));
    }
    connection.send(syncMessage(STEP.stateVector, encodeStateVector(doc)));
    greet(connection);
  };

  return {
    name,
    epoch: store.epoch,
    doc,
    awareness: people.awareness,
    ledger,
    get ledgerDoc() {
      return ledger.doc;
    },
    get connectionCount() {
      return connections.size + mirrors;
    },
    onSession(listener) {
      sessionListeners.add(listener);
      return () => sessionListeners.delete(listener);
    },
    onLedger(listener) {
      ledgerListeners.add(listener);
      return () => ledgerListeners.delete(listener);
    },
    async saved() {
      applyIncoming();
      return store.saved();
    },
    connect(socket, { isLedger, isOurClient }) {
      if (!isLedger) {
        serve(socket, isOurClient);
        return;
      }
      mirrors += 1;
      serveLedgerMirror(socket, { ledger, clock, log });
      socket.once('close', () => (mirrors -= 1));
    },
    async close(code, reason) {
      applyIncoming();
      for (const connection of connections) connection.close(code, reason);
      await store.close();
      ledger.close();
      people.awareness.destroy();
      doc.destroy();
    },
  };
}
