import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import type { WebSocket } from 'ws';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Clock } from '../../protocol/clock.ts';
import { CLOSE, MESSAGE } from '../../protocol/messages.ts';
import type { Ledger } from './ledger.ts';
import type { SyncLog } from './sync-log.ts';
import { EMPTY_AWARENESS, STEP, syncMessage } from './wire.ts';

/** A stock client gives up after 30 s without a message. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Serves the ledger to a stock client as a document of its own. What the client still has from an earlier server would
 * win against the truth in a merge, so the document is seeded with it first and then overwritten. What the client
 * writes later stays with it alone.
 */
export function serveLedgerMirror(
  socket: WebSocket,
  { ledger, clock, log }: { ledger: Ledger; clock: Clock; log: SyncLog },
): void {
  const mirror = new Doc();
  const shown = mirror.getMap<Record<string, unknown>>('ledger');
  let isSeeded = false;
  let question: Uint8Array | undefined;
  let cancel = clock.after(KEEP_ALIVE_MS, keepAlive);

  function keepAlive(): void {
    socket.send(EMPTY_AWARENESS);
    cancel = clock.after(KEEP_ALIVE_MS, keepAlive);
  }
  const overwrite = (): void => {
    const truth = ledger.doc.getMap<Record<string, unknown>>('ledger');
    mirror.transact(() => {
      for (const key of shown.keys()) if (!truth.has(key)) shown.delete(key);
      for (const [key, value] of truth) if (shown.get(key) !== value) shown.set(key, value);
    }, 'truth');
  };
  const reply = (): void => {
    if (!isSeeded || question === undefined) return;
    socket.send(syncMessage(STEP.state, encodeStateAsUpdate(mirror, question)));
    question = undefined;
  };
  mirror.on('update', (update: Uint8Array, origin: unknown) => {
    if (isSeeded && origin === 'truth') socket.send(syncMessage(STEP.update, update));
  });
  const stop = ledger.onChange(overwrite);

  const read = (data: Buffer): void => {
    const decoder = createDecoder(data);
    if (readVarUint(decoder) !== MESSAGE.sync) return;
    const step = readVarUint(decoder);
    const payload = readVarUint8Array(decoder);
    if (step === STEP.stateVector) question = payload.slice();
    else if (step === STEP.state && !isSeeded) {
      applyUpdate(mirror, payload, 'client');
      overwrite();
      isSeeded = true;
    }
    reply();
  };
  socket.on('message', (data: Buffer) => {
    try {
      read(data);
    } catch (error) {
      log.info({ error: String(error) }, 'refused a message of a ledger reader');
      socket.close(CLOSE.refused, 'This message could not be read.');
    }
  });
  socket.on('error', (error) => log.info({ error: String(error) }, 'a socket failed'));
  socket.on('close', () => {
    cancel();
    stop();
    mirror.destroy();
  });
  ledger.flush();
  socket.send(syncMessage(STEP.stateVector, encodeStateVector(mirror)));
}
