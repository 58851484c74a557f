import { createDecoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import type { Decoder } from 'lib0/decoding';
import { createEncoder, length, toUint8Array, writeVarUint } from 'lib0/encoding';
import { messageYjsSyncStep1, messageYjsSyncStep2, writeSyncStep1 } from 'y-protocols/sync';
import type { WebsocketProvider } from 'y-websocket';
import { applyUpdate, Doc } from 'yjs';
import { MESSAGE, type NoticeMessage, type SessionMessage } from '../protocol/messages.ts';
import type { Barrier } from './barrier.ts';
import { inflate } from './inflate.ts';

/** What messages 100-104 lead to. */
export interface OurMessages {
  barrier: Barrier;
  onLedger(ledger: Doc): void;
  onSession(session: SessionMessage): void;
  onNotice(notice: NoticeMessage): void;
  /** A message that could not be read: the connection is not worth keeping. */
  onUnreadable: (error: unknown) => void;
}

/** Sends one message if the socket is open. */
export function send(provider: WebsocketProvider, message: Uint8Array): void {
  const { ws } = provider;
  if (ws !== null && provider.wsconnected && ws.readyState === ws.OPEN) ws.send(message as Uint8Array<ArrayBuffer>);
}

/** Reads messages 100-104 on this provider only, and keeps every handler from throwing into the socket. */
export function readOurMessages(provider: WebsocketProvider, first: Doc, ours: OurMessages): void {
  const handlers = provider.messageHandlers;
  let ledger: Doc | undefined = first;
  let isFirst = true;

  const readLedger = (decoder: Decoder): void => {
    const step = readVarUint(decoder);
    const update = readVarUint8Array(decoder);
    if (step === messageYjsSyncStep2) {
      // A whole ledger: it belongs to a server process that knows nothing of the document we had.
      ledger = isFirst ? first : new Doc();
      applyUpdate(ledger, update, provider);
      if (!isFirst) ours.onLedger(ledger);
      isFirst = false;
    } else if (ledger !== undefined) applyUpdate(ledger, update, provider);
  };

  const readCompressed = async (deflated: Uint8Array, socket: unknown): Promise<void> => {
    const message = await inflate(deflated);
    if (provider.ws !== socket) return;
    const decoder = createDecoder(message);
    const encoder = createEncoder();
    const type = readVarUint(decoder);
    handlers[type]?.(encoder, decoder, provider, true, type);
    if (length(encoder) > 1) send(provider, toUint8Array(encoder));
  };

  const readSync = handlers[MESSAGE.sync];
  handlers[MESSAGE.sync] = (encoder, decoder, ...rest) => {
    const isQuestion = decoder.arr[decoder.pos] === messageYjsSyncStep1;
    readSync(encoder, decoder, ...rest);
    if (!isQuestion) {
      // An update was lost, or could not be read: without it the later ones would wait for ever.
      if (provider.synced && provider.doc.store.pendingStructs !== null) writeSyncStep1(encoder, provider.doc);
      return;
    }
    // Our answer, with everything the server lacks, leaves when this handler returns; barriers may follow it.
    const { ws } = provider;
    queueMicrotask(() => {
      if (provider.ws === ws) ours.barrier.open((id) => send(provider, barrierMessage(id)));
    });
  };
  handlers[MESSAGE.ledger] = (_encoder, decoder) => readLedger(decoder);
  handlers[MESSAGE.barrier] = (_encoder, decoder) => {
    const id = readVarUint(decoder);
    ours.barrier.answered(id, readVarString(decoder));
  };
  handlers[MESSAGE.session] = (_encoder, decoder) =>
    ours.onSession(JSON.parse(readVarString(decoder)) as SessionMessage);
  handlers[MESSAGE.notice] = (_encoder, decoder) => ours.onNotice(JSON.parse(readVarString(decoder)) as NoticeMessage);
  handlers[MESSAGE.compressed] = (_encoder, decoder) => {
    readCompressed(readVarUint8Array(decoder), provider.ws).catch(ours.onUnreadable);
  };
  for (const [type, handler] of handlers.entries()) {
    if (handler === undefined) continue;
    handlers[type] = (...message) => {
      try {
        handler(...message);
      } catch (error) {
        ours.onUnreadable(error);
      }
    };
  }
}

function barrierMessage(id: number): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, MESSAGE.barrier);
  writeVarUint(encoder, id);
  return toUint8Array(encoder);
}
