import { createDecoder, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { type Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { type Random, systemRandom } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import {
  CLOSE,
  MESSAGE,
  type NoticeMessage,
  type SessionMessage,
  SYNC_PROTOCOL,
  TOKEN_PROTOCOL_PREFIX,
} from '../protocol/messages.ts';
import type { TokenSource } from '../protocol/token-source.ts';
import { PlatformWebSocket } from '#websocket';
import { backoffMs } from './backoff.ts';
import { barrier } from './barrier.ts';
import { browserSecret } from './browser-secret.ts';
import { closeError, isFinalClose } from './close-error.ts';
import { canInflate } from './inflate.ts';
import { listeners } from './listeners.ts';
import { readOurMessages, send } from './our-messages.ts';
import { serverAddresses } from './server-addresses.ts';
import type { Transport } from './transport.ts';
import { transportState } from './transport-state.ts';

/** How to reach a room of a server. */
export interface WebSocketTransportOptions {
  /**
   * `ws://host/base/v1/sync/room`; `http` and `https` are understood as well. Of several, all of the same room, one is used
   * until it is lost or turns clients away for the moment; then the next.
   */
  url: string | readonly string[];
  doc: Doc;
  awareness: Awareness;
  /** Receives the server's facts at the first connect; later ones come through `onLedger`. */
  ledger?: Doc;
  /** The token of the room, where the server asks for one; sent so that logs of proxies do not have it. */
  token?: TokenSource;
  /** Further parameters of the address. A function is asked before every attempt. */
  params?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Spreads the return of many clients after a restart. */
  random?: Random;
  /** Longest wait between two attempts, in milliseconds. */
  maxBackoffMs?: number;
  /** Ties the histories written here to this browser; by default shared by its tabs. */
  secret?: string;
  /** What opens sockets, e.g. a class that goes through a proxy; by default that of the browser, and `ws` in Node. */
  webSocket?: typeof globalThis.WebSocket;
}

/** Times in a row that a server may say, before anything of a room is here, that it cannot read what it stored. */
const MAX_STORE_FAILURES = 3;
/** Closes that tell of this client, not of the server: another one would say the same. */
const OWN_FAULTS: ReadonlySet<number> = new Set([CLOSE.tooSlow, CLOSE.rate]);

/** Tokens in a row that may be refused before nobody is asked for another one. */
const MAX_REFUSALS = 3;

/**
 * A room over a WebSocket, in the protocol of y-websocket with Covalence's own messages beside it. Reconnects by itself
 * until the server refuses for good.
 */
export function webSocketTransport(options: WebSocketTransportOptions): Transport {
  const { doc, awareness, random = systemRandom, maxBackoffMs = 5_000, secret = browserSecret() } = options;
  const addresses = serverAddresses(typeof options.url === 'string' ? [options.url] : options.url);
  const z = canInflate() ? '1' : '0';
  /** The address in use, as y-websocket takes it. */
  const target = (): { server: string; room: string; fixed: Record<string, string> } => {
    const url = new URL(addresses.current.replace(/^http/, 'ws'));
    const cut = url.pathname.lastIndexOf('/');
    return {
      server: url.origin + url.pathname.slice(0, cut),
      room: url.pathname.slice(cut + 1),
      fixed: Object.fromEntries(url.searchParams),
    };
  };
  const params = (): Record<string, string> => {
    const { fixed } = target();
    const own = typeof options.params === 'function' ? options.params() : options.params;
    return { ...fixed, ...own, s: secret, z };
  };
  /** The token of the next attempt, and that of the present one: requests may renew it while a socket is open. */
  let offered: string | undefined;
  let shown: string | undefined;
  const protocols = (): string[] => {
    const token = options.token?.current();
    offered = token;
    return token === undefined ? [] : [SYNC_PROTOCOL, TOKEN_PROTOCOL_PREFIX + token];
  };
  const { server, room } = target();
  const provider = new WebsocketProvider(server, room, doc, {
    connect: false,
    awareness,
    disableBc: true,
    WebSocketPolyfill: options.webSocket ?? PlatformWebSocket,
    params: params(),
    protocols: protocols(),
    shouldReconnect: ({ code }) => !isFinalClose(code),
  });
  // In Node each provider would listen for the end of the process, to say goodbye to a socket that ends with it.
  globalThis.process?.off?.('exit', provider._exitHandler);
  const state = transportState();
  const sessionListeners = listeners<SessionMessage>();
  const noticeListeners = listeners<NoticeMessage>();
  const ledgerListeners = listeners<Doc>();
  const saved = barrier();
  let ledger = options.ledger ?? new Doc();
  let session: SessionMessage | undefined;
  /** Tokens that were refused since the last one that was not. */
  let refusals = 0;
  let storeFailures = 0;
  let wasSynced = false;
  const deny = (error: CovalenceError): void => {
    saved.close(error);
    state.become('denied', error);
  };
  /** Why the connection is about to be closed from here. */
  let fault: CovalenceError | undefined;

  const onUnreadable = (cause: unknown): void => {
    fault = new CovalenceError('server/failed', 'The server sent what cannot be read; connecting anew.', {}, { cause });
    provider.ws?.close();
  };
  readOurMessages(provider, ledger, {
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
    onUnreadable,
  });
  const stopPeople = sendOwnPeople(provider, awareness);
  provider.on('status', ({ status }) => {
    if (status === 'connecting') {
      shown = offered;
      guardMessages(provider, onUnreadable);
    }
    if (status === 'disconnected') forgetOthers(awareness);
  });
  provider.on('sync', (isSynced: boolean) => {
    if (!isSynced) return;
    refusals = 0;
    wasSynced = true;
    state.completeSync();
    state.become('online');
  });
  provider.on('connection-close', (event) => {
    saved.shut();
    // y-websocket waits for the smaller of its own doubled time, which is longer, and this.
    provider.maxBackoffTime = backoffMs(provider.wsUnsuccessfulReconnects + 1, maxBackoffMs, random);
    const isFinal = event !== null && isFinalClose(event.code);
    if (!isFinal && !OWN_FAULTS.has(event?.code ?? 0)) addresses.failed(addresses.current);
    ({ server: provider.serverUrl, room: provider.roomname } = target());
    provider.params = params();
    provider.protocols = protocols();
    if (isFinal) return;
    const error = fault ?? closeError(event?.code ?? 1006, event?.reason ?? '');
    fault = undefined;
    // Until a person looks at the stored room nobody gets anything of it; one that is open already waits for that.
    storeFailures = error.code === 'store/failed' ? storeFailures + 1 : 0;
    if (storeFailures >= MAX_STORE_FAILURES && !wasSynced) {
      provider.shouldConnect = false;
      deny(error);
    } else state.become('offline', error);
  });
  provider.on('closed', ({ code, reason }) => {
    const error = closeError(code, reason);
    refusals += 1;
    if (code !== CLOSE.authRequired || options.token === undefined || refusals > MAX_REFUSALS) return deny(error);
    void options.token.renew(shown).then((isNew) => {
      if (state.status === 'closed') return;
      if (!isNew) return deny(error);
      state.become('offline', error);
      provider.protocols = protocols();
      provider.connect();
    });
  });

  return {
    doc,
    awareness,
    get status() {
      return state.status;
    },
    get isSynced() {
      return provider.synced;
    },
    synced: state.synced,
    connect() {
      if (state.status !== 'closed' && state.status !== 'denied') provider.connect();
    },
    onStatus: state.onStatus,
    async close() {
      if (state.status === 'closed') return;
      for (const all of [sessionListeners, noticeListeners, ledgerListeners]) all.clear();
      saved.close();
      state.become('closed');
      provider.destroy();
      stopPeople();
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

/**
 * Takes the place of the provider's own listener, which sends back what the server just sent: with a hundred people in a
 * room that is a hundred times the traffic.
 */
function sendOwnPeople(provider: WebsocketProvider, awareness: Awareness): () => void {
  awareness.off('update', provider._awarenessUpdateHandler);
  const onUpdate = (changed: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown): void => {
    if (origin === provider) return;
    const encoder = createEncoder();
    writeVarUint(encoder, MESSAGE.awareness);
    const clientIds = [...changed.added, ...changed.updated, ...changed.removed];
    writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, clientIds));
    send(provider, toUint8Array(encoder));
  };
  awareness.on('update', onUpdate);
  return () => awareness.off('update', onUpdate);
}

/** Everybody has left with the connection. Who is there after it says the clock of before, which would be no news. */
function forgetOthers(awareness: Awareness): void {
  for (const clientId of awareness.meta.keys()) {
    if (clientId !== awareness.clientID) awareness.meta.delete(clientId);
  }
}

/** Keeps what y-websocket does not expect (texts, empty messages, unknown types) from throwing into the socket. */
function guardMessages(provider: WebsocketProvider, onUnreadable: (error: unknown) => void): void {
  const socket = provider.ws;
  const read = socket?.onmessage;
  if (socket === null || socket === undefined || read === null || read === undefined) return;
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the provider's own handler is to be wrapped
  socket.onmessage = (event: MessageEvent<unknown>) => {
    try {
      const bytes = new Uint8Array(event.data as ArrayBuffer);
      if (!(event.data instanceof ArrayBuffer) || bytes.length === 0) throw new TypeError('not a message of a room');
      // Types of later versions are passed over.
      if (readVarUint(createDecoder(bytes)) in provider.messageHandlers) read.call(socket, event);
    } catch (error) {
      onUnreadable(error);
    }
  };
}
