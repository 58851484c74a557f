import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { applyUpdate, type Doc, encodeStateAsUpdate } from 'yjs';
import { CAPABILITIES, type Capability } from '../../protocol/capabilities.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { ErrorCode } from '../../protocol/errors.ts';
import {
  CLOSE,
  MESSAGE,
  type NoticeMessage,
  PROTOCOL_VERSION,
  type SessionMessage,
  STORED_AGAIN,
} from '../../protocol/messages.ts';
import { documentSize } from '../../state/document-size.ts';
import { barriers } from './barriers.ts';
import type { DocStore } from './doc-store.ts';
import { askFor, documentDuties } from './document-service.ts';
import { joinState } from './join-state.ts';
import { createLedger } from './ledger.ts';
import { type CommonDuties, ledgerMirror } from './ledger-mirror.ts';
import { loadRoom } from './load-room.ts';
import type { PeerChannel } from './peer-channel.ts';
import { peerPeople } from './peer-people.ts';
import { roomAwareness } from './room-awareness.ts';
import { CLIENTS, roomIntake } from './room-intake.ts';
import { roomLog } from './room-log.ts';
import { SyncConnection } from './sync-connection.ts';
import type { SyncLimits } from './sync-limits.ts';
import type { SyncLog } from './sync-log.ts';
import type { ConnectionOptions, SessionEvent, SyncRoom } from './sync-room.ts';
import { toldUpdates } from './told-updates.ts';
import { awarenessMessage, frameOf, jsonMessage, STEP, syncMessage, updateFrame } from './wire.ts';

/** What a room is opened with. */
export interface OpenSyncRoomOptions {
  name: string;
  docStore: DocStore;
  clock: Clock;
  makeId: () => string;
  log: SyncLog;
  limits: SyncLimits;
  onRefused?: ((code: ErrorCode) => void) | undefined;
  /** The document was found damaged in memory: the room is to be closed and loaded anew. */
  onPoisoned: () => void;
  /** Another server removed the room. */
  onRemoved: () => void;
  /** To the other servers that serve the room, where there are any. */
  peers?: PeerChannel | undefined;
}

/** A room as the hub handles it. */
export interface OpenedRoom extends SyncRoom {
  /** Nobody is connected, and no program holds it. */
  readonly isIdle: boolean;
  /** Serves a socket until it closes. */
  serve(webSocket: WebSocket, socket: Duplex, options: ConnectionOptions & { subject: string }): void;
  /** Closes every socket and stores what is left; rejects with `store/failed` when that is not possible. */
  close(code: number, reason: string): Promise<void>;
}

const TEND_MS = 5_000;
/** Origin of what another server stored. */
const STORE = 'store';

/** Opens a room from the store. Rejects with `store/failed`, and then nothing stored was touched. */
export async function openSyncRoom(options: OpenSyncRoomOptions): Promise<OpenedRoom> {
  const { name, docStore, clock, makeId, log, limits, onPoisoned, onRemoved } = options;
  const { doc, owners, epoch, byteLength } = await loadRoom(name, docStore, makeId, log);
  const common: CommonDuties = { clock, log, limits, onRefused: options.onRefused };
  const store = roomLog({
    room: name,
    store: docStore,
    clock,
    log,
    loadedByteLength: byteLength,
    onTrouble(error) {
      trouble = error === undefined ? undefined : troubleNotice(error.code);
      notify(trouble ?? { code: STORED_AGAIN, text: 'Everything is stored again.' });
    },
    snapshot: () => ({ update: encodeStateAsUpdate(doc), owners: owners.used(doc) }),
  });
  const ledger = createLedger(clock);
  const join = joinState(doc);
  const readers = new Set<SyncConnection>();
  const mirrors = new Set<SyncConnection>();
  const holds = new Set<symbol>();
  const closedListeners = new Set<() => void>();
  const sessionListeners = new Set<(event: SessionEvent) => void>();
  const ledgerListeners = new Set<(ledger: Doc) => void>();
  /** What everybody is told while nothing can be stored. */
  let trouble: NoticeMessage | undefined;
  const notify = (notice: NoticeMessage): void => {
    const frame = frameOf(jsonMessage(MESSAGE.notice, notice));
    for (const reader of readers) if (reader.identity.isOurs) reader.send(frame);
  };
  let arePeopleDue = false;
  let isClosed = false;

  const saved = async (): Promise<string> => {
    intake.flush();
    await store.saved();
    return docStore.durability;
  };
  const acks = barriers(saved);
  const told = toldUpdates(doc, ({ update, origin }) => {
    join.forget();
    if (origin !== STORE) store.append({ update, owners: owners.takeUnsaved() });
    const frame = updateFrame(update);
    const sender = origin === CLIENTS ? intake.onlySender : undefined;
    const nowMs = clock.now();
    for (const reader of readers) if (reader !== sender) reader.send(frame, nowMs);
  });
  const intake = roomIntake({
    room: name,
    doc,
    applyAlone: told.applyAlone,
    owners,
    clock,
    log,
    limits,
    readerCount: () => readers.size,
    onGap(connection) {
      acks.hold(connection);
      askFor(doc, connection);
    },
    onWholeState: (connection) => acks.release(connection),
    onPoisoned(error) {
      log.error({ room: name, err: error }, 'the document can no longer be sent to anybody; the room is loaded anew');
      onPoisoned();
    },
  });
  const people = roomAwareness({
    doc,
    limits,
    mayBe(clientId, subject) {
      // Claimed before anybody else can have seen the id: nobody continues the history of somebody who is here.
      owners.claim(clientId, subject);
      return owners.mayExtend(clientId, subject);
    },
    mayPresent: (session) => ledger.get('lock.presenter')?.['session'] === session,
    onChanged() {
      if (arePeopleDue) return;
      arePeopleDue = true;
      setImmediate(tellPeople);
    },
  });

  const others = options.peers === undefined ? undefined : peerPeople(options.peers, name, people);
  function tellPeople(): void {
    arePeopleDue = false;
    if (!isClosed) others?.tell();
    const changed = people.takeChanged();
    if (changed.length === 0 || isClosed) return;
    const toAll = frameOf(awarenessMessage(people.encode(changed)));
    for (const reader of readers) {
      const echoed = changed.filter((clientId) => people.mayEcho(reader, clientId));
      if (echoed.length === changed.length) reader.send(toAll);
      else if (echoed.length > 0) reader.send(frameOf(awarenessMessage(people.encode(echoed))));
    }
  }
  const ledgerFrame = (): Buffer => frameOf(syncMessage(STEP.state, ledger.state(), MESSAGE.ledger));
  const tellSession = (event: SessionEvent): void => {
    for (const listener of sessionListeners) listener(event);
  };

  const stopWatching = docStore.watch?.(name, {
    onEntry({ update, owners: learnt = [] }) {
      owners.learn(learnt);
      if (update === undefined || isClosed) return;
      applyUpdate(doc, update, STORE);
      // What something is missing for comes again, with what is missing.
      doc.store.pendingStructs = null;
      doc.store.pendingDs = null;
    },
    onGap: () => store.storeAgain(),
    onRemoved,
  });
  ledger.onUpdate = (update, isFresh) => {
    const frame = frameOf(syncMessage(isFresh ? STEP.state : STEP.update, update, MESSAGE.ledger));
    for (const reader of readers) if (reader.identity.isOurs) reader.send(frame);
    if (isFresh) for (const listener of ledgerListeners) listener(ledger.doc);
  };

  const duties = documentDuties({
    doc,
    intake,
    people,
    barriers: acks,
    join,
    common,
    sentVector: told.toldVector,
    ledgerFrame,
    onClosed(connection) {
      readers.delete(connection);
      tellSession({ session: connection.identity.session, event: 'closed' });
      if (!isClosed) others?.ask();
    },
  });
  const welcome = (connection: SyncConnection, capabilities: readonly Capability[], person?: string): void => {
    const { session, isOurs } = connection.identity;
    readers.add(connection);
    acks.hold(connection);
    tellSession({ session, event: 'open' });
    if (isOurs) {
      const { durability } = docStore;
      const told: SessionMessage = { session, epoch, protocol: PROTOCOL_VERSION, durability, capabilities };
      const message = person === undefined ? told : { ...told, name: person };
      connection.send(frameOf(jsonMessage(MESSAGE.session, message)));
      connection.send(ledgerFrame());
      if (trouble !== undefined) connection.send(frameOf(jsonMessage(MESSAGE.notice, trouble)));
    }
    askFor(doc, connection);
    const everybody = people.everybody();
    if (everybody.length > 0) connection.send(frameOf(awarenessMessage(people.encode(everybody))));
  };

  let cancelTending = clock.after(TEND_MS, tend);
  function tend(): void {
    for (const connection of [...readers, ...mirrors]) connection.tend();
    cancelTending = clock.after(TEND_MS, tend);
  }

  return {
    name,
    epoch,
    doc,
    awareness: people.awareness,
    ledger,
    get ledgerDoc() {
      return ledger.doc;
    },
    get connectionCount() {
      return readers.size + mirrors.size;
    },
    get peopleCount() {
      return people.everybody().length;
    },
    onSession(listener) {
      sessionListeners.add(listener);
      return () => sessionListeners.delete(listener);
    },
    hold() {
      const held = Symbol(name);
      holds.add(held);
      return () => holds.delete(held);
    },
    get isIdle() {
      return readers.size + mirrors.size + holds.size === 0;
    },
    onClosed(listener) {
      closedListeners.add(listener);
      return () => closedListeners.delete(listener);
    },
    onLedger(listener) {
      ledgerListeners.add(listener);
      return () => ledgerListeners.delete(listener);
    },
    saved,
    nameOf: (session) => people.nameOf(session),
    stats() {
      const byteLength = join.byteLength();
      return {
        keys: doc.getMap('state').size,
        byteLength,
        ...documentSize(doc, byteLength),
        ledgerStructs: documentSize(ledger.doc, 0).structs,
        connections: readers.size + mirrors.size,
      };
    },
    notify,
    serve(webSocket, socket, { isLedger, isOurClient, subject, capabilities = CAPABILITIES, ...known }) {
      const { canWrite = true, canInflate = false, expiresMs = Number.POSITIVE_INFINITY, name: person } = known;
      const isOurs = isOurClient;
      const identity = { session: makeId(), subject, isOurs, canInflate, canWrite, expiresMs };
      if (isLedger) {
        const service = ledgerMirror(ledger, common, () => mirrors.delete(connection));
        const connection = new SyncConnection(webSocket, socket, identity, service.duties);
        mirrors.add(connection);
        service.begin(connection);
      } else welcome(new SyncConnection(webSocket, socket, identity, duties), capabilities, person);
    },
    async close(code, reason) {
      if (isClosed) return;
      intake.flush();
      isClosed = true;
      cancelTending();
      stopWatching?.();
      for (const listener of closedListeners) listener();
      for (const connection of [...readers, ...mirrors]) connection.close(code, reason);
      for (const connection of readers) people.leave(connection);
      others?.tell();
      others?.close();
      try {
        await store.close();
      } finally {
        ledger.close();
        people.awareness.destroy();
        doc.destroy();
      }
    },
  };
}

/** What people are told when the store refuses: the operator's own text names paths and is in the log. */
function troubleNotice(code: ErrorCode): NoticeMessage {
  const why = code === 'store/full' ? "the server's disk is full" : 'the server cannot write';
  return {
    code: code === 'store/full' ? code : 'store/failed',
    text: `Nothing is being stored at the moment: ${why}. You can go on; it is stored as soon as that is possible.`,
  };
}

/** The close frame of a server that stops in an orderly way. */
export const CLOSING: readonly [code: number, reason: string] = [
  CLOSE.goingAway,
  'server/closing: the server is restarting.',
];
