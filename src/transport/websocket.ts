import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type { Doc } from 'yjs';
import { type Random, systemRandom } from '../protocol/clock.ts';
import { CovalenceError, type ErrorCode } from '../protocol/errors.ts';
import { CLOSE, type NoticeMessage, type SessionMessage } from '../protocol/messages.ts';
import { PlatformWebSocket } from '#websocket';
import { barrier } from './barrier.ts';
import { listeners } from './listeners.ts';
import { readOurMessages } from './our-messages.ts';
import type { Transport, TransportStatus, TransportStatusEvent } from './transport.ts';

/** How to reach a room of a server. */
export interface WebSocketTransportOptions {
  /** `ws://host/base/v1/sync/room`. */
  url: string;
  doc: Doc;
  awareness: Awareness;
  /** Receives the server's facts at the first connect; later ones come through `onLedger`. */
  ledger: Doc;
  /** Further parameters of the address, e.g. `token`. */
  params?: Readonly<Record<string, string>>;
  /** Spreads the return of many clients after a restart. */
  random?: Random;
}

/** Longest wait between two attempts, before the spread. */
const MAX_BACKOFF_MS = 2_500;

const CODES: Readonly<Record<number, ErrorCode>> = {
  [CLOSE.refused]: 'sync/refused',
  [CLOSE.authRequired]: 'auth/required',
  [CLOSE.denied]: 'auth/denied',
  [CLOSE.notFound]: 'room/not-found',
  [CLOSE.tooLarge]: 'sync/too-large',
  [CLOSE.poisoned]: 'sync/refused',
  [CLOSE.tooSlow]: 'sync/too-slow',
  [CLOSE.rate]: 'request/rate',
};

/** A room over a WebSocket, in the protocol of y-websocket with Covalence's own messages beside it. Reconnects by itself. */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  const { doc, awareness, random = systemRandom } = options;
  const cut = options.url.lastIndexOf('/');
  const provider = new WebsocketProvider(options.url.slice(0, cut), options.url.slice(cut + 1), doc, {
    connect: false,
    awareness,
    disableBc: true,
    WebSocketPolyfill: PlatformWebSocket,
    maxBackoffTime: MAX_BACKOFF_MS,
    params: { ...options.params, z: '1' },
  });
  const statusListeners = listeners<TransportStatusEvent>();
  const sessionListeners = listeners<SessionMessage>();
  const noticeListeners = listeners<NoticeMessage>();
  const ledgerListeners = listeners<Doc>();
  const saved = barrier();
  let status: TransportStatus = 'connecting';
  let ledger = options.ledger;
  let session: SessionMessage | undefined;
  let settle: { resolve: () => void; reject: (error: CovalenceError) => void } | undefined;
  const synced = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  synced.catch(() => undefined); // whoever waits for it is told; nobody has to wait

  const become = (next: TransportStatus, error?: CovalenceError): void => {
    if (status === 'closed' || status === 'denied' || (status === next && error === undefined)) return;
    status = next;
    statusListeners.tell({ status, ...(error === undefined ? {} : { error }) });
  };
  const unreachable = (cause?: unknown): CovalenceError =>
    new CovalenceError('server/unreachable', 'The server cannot be reached; trying again.', {}, { cause });

  readOurMessages(provider, options.ledger, {
    barrier: saved,
    onLedger(fresh) {
      ledger = fresh;
      ledgerListeners.tell(fresh);
    },
    onSession(told) {
      session = told;
      sessionListeners.tell(told);
    },
    onNotice: (notice) => noticeListeners.tell(notice),
    onUnreadable(error) {
      become(
        'offline',
        new CovalenceError(
          'sync/refused',
          'The server sent something that cannot be read; connecting anew.',
          {},
          { cause: error },
        ),
      );
      provider.ws?.close();
    },
  });
  provider.on('sync', (isSynced: boolean) => {
    if (!isSynced) return;
    become('online');
    settle?.resolve();
  });
  provider.on('connection-close', () => {
    saved.shut();
    provider.maxBackoffTime = MAX_BACKOFF_MS * (0.5 + random());
    if (status === 'online') become('offline', unreachable());
  });
  provider.on('connection-error', (event) => {
    if (status === 'connecting') become('offline', unreachable(event));
  });
  provider.on('closed', ({ code, reason }: { code: number; reason: string }) => {
    const error = new CovalenceError(
      CODES[code] ?? 'sync/refused',
      reason === '' ? 'The server ended the connection for good.' : reason,
      {
        closeCode: code,
      },
    );
    become('denied', error);
    settle?.reject(error);
  });

  return {
    doc,
    awareness,
    get status() {
      return status;
    },
    get isSynced() {
      return provider.synced;
    },
    synced,
    connect() {
      if (status !== 'closed') provider.connect();
    },
    onStatus: statusListeners.add,
    async close() {
      if (status === 'closed') return;
      become('closed');
      for (const all of [statusListeners, sessionListeners, noticeListeners, ledgerListeners]) all.clear();
      saved.close();
      settle?.reject(new CovalenceError('room/closed', 'The room was closed before it was synced.'));
      provider.destroy();
    },
    get ledger() {
      return ledger;
    },
    onLedger: ledgerListeners.add,
    get session() {
      return session;
    },
    onSession: sessionListeners.add,
    onNotice: noticeListeners.add,
    whenSaved: (how) => saved.whenSaved(how),
  };
}
