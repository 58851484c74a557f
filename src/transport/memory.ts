import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { CovalenceError } from '../protocol/errors.ts';
import type { MemoryLink, MemoryLinkEnds } from './memory-link.ts';
import { type PeerExchange, peerExchange } from './peer-exchange.ts';
import type { Transport } from './transport.ts';
import { transportState } from './transport-state.ts';

/** What a memory transport joins. */
export interface MemoryTransportOptions {
  doc: Doc;
  awareness: Awareness;
  /** Made by `memoryLink()`; every transport made with it is another end. */
  link: MemoryLink;
}

/** A room between replicas of one process: for tests, and for pages that show several views of one private room. */
export function memoryTransport({ doc, awareness, link }: MemoryTransportOptions): Transport {
  const ends = link as MemoryLinkEnds;
  const state = transportState();
  /** Peers whose whole state is still to come. */
  const owed = new Set<number>();
  let end: number | undefined;
  let exchange: PeerExchange | undefined;
  let isSynced = false;

  const send = (to: number, messages: readonly Uint8Array[]): void => {
    if (end !== undefined) for (const message of messages) ends.send(end, to, message);
  };
  const settle = (): void => {
    if (isSynced || owed.size > 0 || end === undefined) return;
    isSynced = true;
    state.completeSync();
    state.become('online');
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
      if (end !== undefined || state.status === 'closed') return;
      exchange = peerExchange({
        doc,
        awareness,
        origin: transport,
        broadcast(message) {
          if (end !== undefined) for (const peer of ends.peersOf(end)) send(peer, [message]);
        },
        onState(peer) {
          owed.delete(peer);
          settle();
        },
      });
      end = ends.join({
        onMessage: (from, message) => send(from, exchange?.read(from, message) ?? []),
        onPeer(peer) {
          // Whoever is here already has what this end is to wait for; a newcomer has nothing that was asked for.
          if (!isSynced) owed.add(peer);
          send(peer, exchange?.greeting() ?? []);
        },
        onPeerGone(peer) {
          exchange?.forget(peer);
          owed.delete(peer);
          if (end !== undefined && ends.peersOf(end).length > 0) settle();
        },
        onMet: settle,
        onCut(isCut) {
          if (isCut) {
            isSynced = false;
            owed.clear();
            state.become('offline', new CovalenceError('server/unreachable', 'The link is cut.'));
          } else state.become('connecting');
        },
      });
      ends.meet(end);
    },
    async close() {
      if (state.status === 'closed') return;
      exchange?.stop();
      if (end !== undefined) {
        const leaving = end;
        end = undefined;
        ends.leave(leaving);
      }
      exchange = undefined;
      isSynced = false;
      state.become('closed');
    },
  };
  return transport;
}
