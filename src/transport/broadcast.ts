import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { type Clock, type Random, systemClock, systemRandom } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { type PeerExchange, peerExchange } from './peer-exchange.ts';
import type { Transport } from './transport.ts';
import { transportState } from './transport-state.ts';

/** How tabs find each other. */
export interface BroadcastTransportOptions {
  doc: Doc;
  awareness: Awareness;
  /** Tabs of one origin with the same name share the room. */
  name: string;
  clock?: Clock;
  random?: Random;
}

/** What travels between tabs. Other pages of the origin may use the same channel: anything else is ignored. */
interface Envelope {
  kind: 'hello' | 'message' | 'bye';
  from: number;
  /** Everybody when undefined. */
  to?: number;
  message?: Uint8Array;
}

/** So long a tab waits for others before it takes itself for the first. */
const ALONE_MS = 250;

/** A room between the tabs of one browser, without a server. Nothing is kept when the last tab closes. */
export function broadcastTransport(options: BroadcastTransportOptions): Transport {
  const { doc, awareness, name, clock = systemClock, random = systemRandom } = options;
  const state = transportState();
  const self = Math.floor(random() * 2 ** 48);
  const peers = new Set<number>();
  let channel: BroadcastChannel | undefined;
  let exchange: PeerExchange | undefined;
  let cancelAlone: (() => void) | undefined;
  let isSynced = false;

  const post = (envelope: Omit<Envelope, 'from'>): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, a window has not
    channel?.postMessage({ ...envelope, from: self });
  };
  const settle = (): void => {
    cancelAlone?.();
    cancelAlone = undefined;
    if (isSynced || channel === undefined) return;
    isSynced = true;
    state.completeSync();
    state.become('online');
  };
  const greet = (peer: number): void => {
    for (const message of exchange?.greeting() ?? []) post({ kind: 'message', to: peer, message });
  };
  const receive = (data: unknown): void => {
    if (!isEnvelope(data) || data.from === self || (data.to !== undefined && data.to !== self)) return;
    const { kind, from, message } = data;
    if (kind === 'bye') {
      peers.delete(from);
      exchange?.forget(from);
      return;
    }
    if (!peers.has(from)) {
      peers.add(from);
      greet(from);
    }
    if (kind !== 'message' || message === undefined) return;
    for (const answer of exchange?.read(from, message) ?? []) post({ kind: 'message', to: from, message: answer });
  };

  const transport: Transport = {
    doc,
    awareness,
    get status() {
      return state.status;
    },
    get isSynced() {
      return isSynced;
    },
    synced: state.synced,
    onStatus: state.onStatus,
    connect() {
      if (channel !== undefined || state.status !== 'connecting') return;
      if (typeof BroadcastChannel === 'undefined') {
        const text = 'This platform has no BroadcastChannel; tabs cannot find each other. Open the room from a server.';
        state.become('denied', new CovalenceError('server/unreachable', text));
        return;
      }
      channel = new BroadcastChannel(`covalence:${name}`);
      // In Node an open channel would keep the process alive.
      (channel as { unref?: () => void }).unref?.();
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data));
      exchange = peerExchange({
        doc,
        awareness,
        origin: transport,
        broadcast: (message) => post({ kind: 'message', message }),
        onState: settle,
      });
      post({ kind: 'hello' });
      cancelAlone = clock.after(ALONE_MS, settle);
    },
    async close() {
      if (state.status === 'closed') return;
      cancelAlone?.();
      exchange?.stop();
      exchange = undefined;
      post({ kind: 'bye' });
      channel?.close();
      channel = undefined;
      isSynced = false;
      state.become('closed');
    },
  };
  return transport;
}

function isEnvelope(data: unknown): data is Envelope {
  if (typeof data !== 'object' || data === null) return false;
  const { kind, from, message } = data as Partial<Envelope>;
  return (
    (kind === 'hello' || kind === 'message' || kind === 'bye') &&
    typeof from === 'number' &&
    (message === undefined || message instanceof Uint8Array)
  );
}
