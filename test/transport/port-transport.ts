// The code of docs/write-a-transport.md, so that it is checked. Do not edit: run this test with COVALENCE_UPDATE=1.
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type { Awareness } from 'y-protocols/awareness';
import { applyUpdate, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Doc } from 'yjs';
import { CovalenceError } from 'covalence';
import type { Transport, TransportStatus, TransportStatusEvent } from 'covalence/transport';

type Message = { kind: 'question' | 'state' | 'update' | 'people'; bytes: Uint8Array } | { kind: 'bye' };

export interface PortTransportOptions {
  doc: Doc;
  awareness: Awareness;
  port: MessagePort;
}

export function portTransport({ doc, awareness, port }: PortTransportOptions): Transport {
  const listeners = new Set<(event: TransportStatusEvent) => void>();
  const theirs = new Set<number>();
  let status: TransportStatus = 'connecting';
  let isConnected = false;
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const synced = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  synced.catch(() => undefined);

  const become = (next: TransportStatus, error?: CovalenceError): void => {
    if (status === next || status === 'closed') return;
    status = next;
    for (const listener of listeners) listener(error === undefined ? { status } : { status, error });
  };
  const send = (message: Message): void => port.postMessage(message);
  const onUpdate = (bytes: Uint8Array, origin: unknown): void => {
    if (origin !== transport) send({ kind: 'update', bytes });
  };
  const onPeople = (changed: Record<'added' | 'updated' | 'removed', number[]>, origin: unknown): void => {
    const ids = [...changed.added, ...changed.updated, ...changed.removed];
    if (origin !== transport) send({ kind: 'people', bytes: encodeAwarenessUpdate(awareness, ids) });
    else for (const id of changed.added) theirs.add(id);
  };
  const ask = (): void => send({ kind: 'question', bytes: encodeStateVector(doc) });
  const leave = (): void => {
    removeAwarenessStates(awareness, [...theirs], transport);
    theirs.clear();
  };
  const read = (message: Message): void => {
    switch (message.kind) {
      case 'question':
        // Whoever asks has just connected: what was asked of them before got no answer.
        if (status === 'connecting') ask();
        send({ kind: 'state', bytes: encodeStateAsUpdate(doc, message.bytes) });
        send({ kind: 'people', bytes: encodeAwarenessUpdate(awareness, [...awareness.getStates().keys()]) });
        return;
      case 'state':
      case 'update':
        applyUpdate(doc, message.bytes, transport);
        if (message.kind === 'update') return;
        settle?.resolve();
        become('online');
        return;
      case 'people':
        applyAwarenessUpdate(awareness, message.bytes, transport);
        return;
      case 'bye':
        leave();
        become('offline', new CovalenceError('server/unreachable', 'The other side has closed the port.'));
    }
  };
  const onMessage = ({ data }: MessageEvent<Message>): void => {
    try {
      read(data);
    } catch {
      // Somebody else uses the port too, or speaks another version: not ours to throw about.
    }
  };

  const transport: Transport = {
    doc,
    awareness,
    synced,
    get status() {
      return status;
    },
    get isSynced() {
      return status === 'online';
    },
    connect() {
      if (isConnected || status === 'closed') return;
      isConnected = true;
      doc.on('update', onUpdate);
      awareness.on('update', onPeople);
      port.addEventListener('message', onMessage as (event: Event) => void);
      port.start();
      ask();
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (status === 'closed') return;
      become('closed');
      listeners.clear();
      doc.off('update', onUpdate);
      awareness.off('update', onPeople);
      port.removeEventListener('message', onMessage as (event: Event) => void);
      if (isConnected) send({ kind: 'bye' });
      leave();
      settle?.reject(new CovalenceError('room/closed', 'The room was closed before it was synced.'));
    },
  };
  return transport;
}
