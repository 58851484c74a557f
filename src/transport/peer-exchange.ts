import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import {
  applyAwarenessUpdate,
  type Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync';
import { applyUpdate, type Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { MESSAGE } from '../protocol/messages.ts';

/** What equals say to each other about one document: everybody answers, nobody is the server. */
export interface PeerExchange {
  /** What to say to somebody new: the question for what they have, and who is here. */
  greeting(): Uint8Array[];
  /** Takes in a message of a peer; returns the answers to it. An unreadable message is answered with the question. */
  read(peer: number, message: Uint8Array): Uint8Array[];
  /** Called when a peer is gone: the people it spoke for leave. */
  forget(peer: number): void;
  /** Ends listening; everybody heard of here leaves. */
  stop(): void;
}

/** What an exchange is made from. */
export interface PeerExchangeOptions {
  doc: Doc;
  awareness: Awareness;
  /** Origin of everything applied here; changes with it are not sent again. */
  origin: object;
  /** Sends to all peers. */
  broadcast: (message: Uint8Array) => void;
  /** Called when a peer's whole state is here. */
  onState: (peer: number) => void;
}

function message(type: number, payload: Uint8Array, step?: number): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, type);
  if (step !== undefined) writeVarUint(encoder, step);
  writeVarUint8Array(encoder, payload);
  return toUint8Array(encoder);
}

type Changed = Record<'added' | 'updated' | 'removed', number[]>;

/** Begins to listen to the document and the awareness. */
export function peerExchange({ doc, awareness, origin, broadcast, onState }: PeerExchangeOptions): PeerExchange {
  const peopleOf = new Map<number, Set<number>>();
  const question = (): Uint8Array => message(MESSAGE.sync, encodeStateVector(doc), messageYjsSyncStep1);
  const onUpdate = (update: Uint8Array, from: unknown): void => {
    if (from !== origin) broadcast(message(MESSAGE.sync, update, messageYjsUpdate));
  };
  const onPeople = ({ added, updated, removed }: Changed, from: unknown): void => {
    if (from === origin) return;
    broadcast(message(MESSAGE.awareness, encodeAwarenessUpdate(awareness, [...added, ...updated, ...removed])));
  };
  doc.on('update', onUpdate);
  awareness.on('update', onPeople);

  const readSync = (peer: number, step: number, payload: Uint8Array): Uint8Array[] => {
    if (step === messageYjsSyncStep1) {
      return [message(MESSAGE.sync, encodeStateAsUpdate(doc, payload), messageYjsSyncStep2)];
    }
    applyUpdate(doc, payload, origin);
    if (step === messageYjsSyncStep2) onState(peer);
    // Something was lost on the way: without it the rest would wait for ever.
    return doc.store.pendingStructs === null ? [] : [question()];
  };
  const readPeople = (peer: number, update: Uint8Array): void => {
    const before = new Set(awareness.getStates().keys());
    applyAwarenessUpdate(awareness, update, origin);
    const people = peopleOf.get(peer) ?? new Set<number>();
    peopleOf.set(peer, people);
    for (const clientId of awareness.getStates().keys()) if (!before.has(clientId)) people.add(clientId);
  };

  const forget = (peer: number): void => {
    const people = [...(peopleOf.get(peer) ?? [])];
    peopleOf.delete(peer);
    removeAwarenessStates(awareness, people, origin);
    // Who comes back says the same clock as before, which would not count as news.
    for (const clientId of people) awareness.meta.delete(clientId);
  };

  return {
    greeting: () => [
      question(),
      message(MESSAGE.awareness, encodeAwarenessUpdate(awareness, [...awareness.getStates().keys()])),
    ],
    read(peer, bytes) {
      try {
        const decoder = createDecoder(bytes);
        const type = readVarUint(decoder);
        if (type === MESSAGE.sync) return readSync(peer, readVarUint(decoder), readVarUint8Array(decoder));
        if (type === MESSAGE.awareness) readPeople(peer, readVarUint8Array(decoder));
        return [];
      } catch {
        return [question()];
      }
    },
    forget,
    stop() {
      doc.off('update', onUpdate);
      awareness.off('update', onPeople);
      for (const peer of peopleOf.keys()) forget(peer);
    },
  };
}
