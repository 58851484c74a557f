import type { CovalenceError } from '../protocol/errors.ts';
import { CLOSE, type NoticeMessage, type SessionMessage } from '../protocol/messages.ts';
import { type RoomDocuments, roomDocuments } from '../state/index.ts';
import type { Transport, TransportStatusEvent } from '../transport/transport.ts';

type Doc = RoomDocuments['doc'];

/** A transport that survives the refusal of its document. */
export interface RenewableTransport extends Transport {
  /** True while an empty document waits to take the place of the present one. */
  readonly isRenewing: boolean;
  /** Goes on with an empty document, which takes the place of the present one once it has what the server has. */
  renew(reason: CovalenceError): void;
  /** Called with the complete new document, before `online` is told. Returns its own undo. */
  onRenewed(listener: (renewed: { doc: Doc; ledger: Doc; reason: CovalenceError }) => void): () => void;
}

/** More would be a quarrel. */
const MAX_RENEWALS = 10;

/** A document that waits for what the server has. */
interface Renewal {
  doc: Doc;
  ledger: Doc;
  reason: CovalenceError;
}

/**
 * Carries a room whose document the server may refuse (`sync/refused`): it then connects anew with an empty one instead
 * of being denied. A document that is refused before it was complete is not tried again.
 */
export function renewableTransport(
  make: (documents: RoomDocuments) => Transport,
  documents: RoomDocuments,
): RenewableTransport {
  const listeners = {
    status: new Set<(event: TransportStatusEvent) => void>(),
    session: new Set<(session: SessionMessage) => void>(),
    notice: new Set<(notice: NoticeMessage) => void>(),
    ledger: new Set<(ledger: Doc) => void>(),
    renewed: new Set<(renewed: Renewal) => void>(),
  };
  const tell = <T>(all: Set<(event: T) => void>, event: T): void => {
    for (const listener of all) listener(event);
  };
  const add = <T>(all: Set<(event: T) => void>, listener: (event: T) => void): (() => void) => {
    all.add(listener);
    return () => all.delete(listener);
  };
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  const synced = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  synced.catch(() => undefined); // whoever waits for it is told; nobody has to wait
  let renewal: Renewal | undefined;
  let renewals = 0;
  let isSwapping = false;
  let inner = make(documents);
  let current = documents.doc;
  watch(inner);

  function watch(transport: Transport): void {
    const isCurrent = (): boolean => transport === inner && !isSwapping;
    void transport.synced.then(
      () => isCurrent() && settle?.resolve(),
      () => undefined, // told as a status
    );
    transport.onStatus((event) => {
      if (!isCurrent()) return;
      if (event.status === 'denied' && isRefusedDocument(event.error) && mayRenew()) return renew(event.error);
      if (event.status === 'online') takeOver();
      if (event.status === 'denied' || event.status === 'closed') settle?.reject(event.error);
      tell(listeners.status, event);
    });
    transport.onSession?.((session) => isCurrent() && tell(listeners.session, session));
    transport.onNotice?.((notice) => isCurrent() && tell(listeners.notice, notice));
    transport.onLedger?.((ledger) => {
      if (isCurrent() && renewal === undefined) tell(listeners.ledger, ledger);
    });
  }
  /** A document that was empty and is refused all the same will be again. */
  function mayRenew(): boolean {
    return renewal === undefined && renewals < MAX_RENEWALS;
  }
  function renew(reason: CovalenceError): void {
    const old = inner;
    renewals += 1;
    isSwapping = true;
    // Closed first: it takes its leave with the client id that is about to change.
    void old.close();
    isSwapping = false;
    const fresh = roomDocuments(documents.awareness);
    if (renewal !== undefined) renewal.doc.destroy();
    renewal = { doc: fresh.doc, ledger: fresh.ledger, reason };
    inner = make(fresh);
    watch(inner);
    tell(listeners.status, { status: 'offline', error: reason });
    inner.connect();
  }
  /** The new document is complete: whoever shows the old one goes over to it. */
  function takeOver(): void {
    if (renewal === undefined) return;
    const done = { ...renewal, ledger: inner.ledger ?? renewal.ledger };
    const old = current;
    renewal = undefined;
    current = done.doc;
    tell(listeners.renewed, done);
    old.destroy();
  }

  return {
    get doc() {
      return current;
    },
    awareness: documents.awareness,
    get status() {
      return inner.status;
    },
    get isSynced() {
      return renewal === undefined && inner.isSynced;
    },
    synced,
    connect: () => inner.connect(),
    onStatus: (listener) => add(listeners.status, listener),
    async close() {
      await inner.close();
      for (const all of Object.values(listeners)) all.clear();
      renewal?.doc.destroy();
      current.destroy();
    },
    get ledger() {
      return inner.ledger;
    },
    onLedger: (listener) => add(listeners.ledger, listener),
    get session() {
      return inner.session;
    },
    onSession: (listener) => add(listeners.session, listener),
    onNotice: (listener) => add(listeners.notice, listener),
    ...(inner.whenSaved === undefined
      ? {}
      : {
          // What was written into the refused document is not saved when the new one is.
          whenSaved: async (how?: { signal?: AbortSignal }) => {
            if (renewal !== undefined) throw renewal.reason;
            return (await inner.whenSaved?.(how)) ?? 'none';
          },
        }),
    get isRenewing() {
      return renewal !== undefined;
    },
    renew,
    onRenewed: (listener) => add(listeners.renewed, listener),
  };
}

function isRefusedDocument(error: CovalenceError | undefined): error is CovalenceError {
  // A message that is too large is so again from the same document: what it has and the server lacks is one message.
  if (error?.code === 'sync/too-large') return true;
  return error?.code === 'sync/refused' && error.fields['closeCode'] === CLOSE.poisoned;
}
