import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { systemClock } from '../../../src/protocol/clock.ts';
import { asCovalenceError } from '../../../src/protocol/errors.ts';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { createSyncHub, type SyncHub, type SyncHubOptions } from '../../../src/server/sync/sync-hub.ts';
import type { ConnectionOptions } from '../../../src/server/sync/sync-room.ts';
import { webSocketTransport, type WebSocketTransportOptions } from '../../../src/transport/websocket.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { Awareness } from 'y-protocols/awareness';

/** A real server with nothing but the control channel. */
export interface HubServer {
  hub: SyncHub;
  store: DocStore;
  port: number;
  /** `ws://127.0.0.1:<port>/v1/sync`. */
  base: string;
  /** The server's side of all open sockets. */
  sockets: Set<Socket>;
  /** What was logged as an error. */
  faults: string[];
  /** Ends the hub and the sockets at once, as a crash does, and begins again on the same port and store. */
  restart(): Promise<void>;
  /** The two halves of `restart`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface HubServerOptions extends Partial<Omit<SyncHubOptions, 'docStore'>> {
  store?: DocStore;
  /** What the server knows about a connection besides the address. */
  connection?: (url: URL) => Partial<ConnectionOptions>;
}

/** Starts a server; it ends with the test. */
export async function startHub(options: HubServerOptions = {}): Promise<HubServer> {
  const { store = memoryDocStore(), connection, ...hubOptions } = options;
  const faults: string[] = [];
  const log = { info() {}, warn() {}, error: (_fields: object, text: string) => void faults.push(text) };
  const sockets = new Set<Socket>();
  let http: Server;

  const open = async (port: number): Promise<void> => {
    const hub = createSyncHub({ docStore: store, clock: systemClock, log, ...hubOptions });
    server.hub = hub;
    http = createServer();
    http.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    });
    http.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const asked = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
      const isLedger = asked.endsWith('~ledger');
      const known = { isLedger, isOurClient: url.searchParams.has('z'), ...connection?.(url) };
      hub.handleUpgrade(request, socket, head, asked.replace('~ledger', ''), known).catch((error: unknown) => {
        socket.end(`HTTP/1.1 ${asCovalenceError(error).status} refused\r\nconnection: close\r\n\r\n`);
      });
    });
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    server.port = (http.address() as AddressInfo).port;
    server.base = `ws://127.0.0.1:${server.port}/v1/sync`;
  };
  const crash = async (): Promise<void> => {
    if (!http.listening) return;
    http.close();
    for (const socket of sockets) socket.destroy();
    await once(http, 'close');
  };
  const server: HubServer = {
    hub: undefined as unknown as SyncHub,
    store,
    port: 0,
    base: '',
    sockets,
    faults,
    async restart() {
      await server.stop();
      await server.start();
    },
    stop: () => crash(),
    start: () => open(server.port),
  };
  await open(0);
  onTestFinished(async () => {
    await crash();
    await server.hub.close();
  });
  return server;
}

/** The content of a map as text that is equal when the content is. */
export function contentOf(map: Y.Map<unknown>): string {
  return JSON.stringify(Object.entries(map.toJSON()).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A y-websocket client as it comes out of the box. */
export interface StockClient {
  doc: Y.Doc;
  state: Y.Map<unknown>;
  provider: WebsocketProvider;
  /** The close code after which it gave up, once it did. */
  closed: Promise<{ code: number; reason: string }>;
}

export async function stockClient(
  server: HubServer,
  room: string,
  { doc = new Y.Doc(), root = 'state', isSynced = true } = {},
): Promise<StockClient> {
  const provider = new WebsocketProvider(server.base, room, doc, {
    WebSocketPolyfill: WebSocket as never,
    disableBc: true,
  });
  onTestFinished(() => provider.destroy());
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    provider.on('closed', resolve);
  });
  if (isSynced && !provider.synced) await new Promise<void>((resolve) => provider.once('sync', () => resolve()));
  return { doc, state: doc.getMap(root), provider, closed };
}

/** A client of ours over the real transport. */
export interface OurClient {
  doc: Y.Doc;
  state: Y.Map<unknown>;
  awareness: Awareness;
  transport: Transport;
}

export async function ourClient(
  server: HubServer,
  room: string,
  { doc = new Y.Doc(), isSynced = true, ...options }: Partial<WebSocketTransportOptions> & { isSynced?: boolean } = {},
): Promise<OurClient> {
  const awareness = options.awareness ?? new Awareness(doc);
  const transport = webSocketTransport({ url: `${server.base}/${room}`, doc, awareness, ...options });
  onTestFinished(async () => {
    await transport.close();
    awareness.destroy();
  });
  transport.connect();
  if (isSynced) await transport.synced;
  return { doc, state: doc.getMap('state'), awareness, transport };
}
