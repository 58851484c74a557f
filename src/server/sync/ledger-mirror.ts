import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { CLOSE } from '../../protocol/messages.ts';
import { inspectUpdate } from './gate.ts';
import type { Ledger } from './ledger.ts';
import type { ConnectionDuties, SyncConnection } from './sync-connection.ts';
import { EMPTY_AWARENESS, frameOf, STEP, syncMessage } from './wire.ts';

/** The part of a connection's duties that all connections of a room share. */
export type CommonDuties = Pick<ConnectionDuties, 'clock' | 'log' | 'limits' | 'onRefused'>;

/** Serves one connection: what it hands over, and how its service begins. */
export interface Service {
  duties: ConnectionDuties;
  begin(connection: SyncConnection): void;
}

/** Facts a connection is told before it has to begin anew: Yjs never forgets an overwrite, and each has its own document. */
export const MAX_TOLD = 50_000;

/**
 * Serves the ledger to a stock client as a document of its own. What the client still has from an earlier server would
 * win against the truth in a merge, so the document is seeded with it first and then overwritten. It is read-only.
 */
export function ledgerMirror(ledger: Ledger, common: CommonDuties, onClosed: () => void): Service {
  const mirror = new Doc();
  const shown = mirror.getMap<Record<string, unknown>>('ledger');
  let isSeeded = false;
  let told = 0;
  let question: Uint8Array | undefined;
  let served: SyncConnection | undefined;
  let stop: (() => void) | undefined;

  const overwrite = (): void => {
    const truth = ledger.doc.getMap<Record<string, unknown>>('ledger');
    mirror.transact(() => {
      for (const key of shown.keys()) if (!truth.has(key)) shown.delete(key);
      for (const [key, value] of truth) {
        if (shown.get(key) === value) continue;
        shown.set(key, value);
        told += 1;
      }
    }, 'truth');
    if (told > MAX_TOLD) served?.close(CLOSE.tryAgainLater, 'server/behind: the ledger begins anew for this client.');
  };
  const answer = (): void => {
    if (!isSeeded || question === undefined || served === undefined) return;
    if (served.send(frameOf(syncMessage(STEP.state, encodeStateAsUpdate(mirror, question))))) question = undefined;
  };
  mirror.on('update', (update: Uint8Array, origin: unknown) => {
    if (isSeeded && origin === 'truth') served?.send(frameOf(syncMessage(STEP.update, update)));
  });

  const seed = (update: Uint8Array): void => {
    const verdict = inspectUpdate(update, {
      doc: mirror,
      root: 'ledger',
      isWholeState: true,
      mayExtend: (client) => client !== mirror.clientID,
    });
    if (verdict.kind === 'apply') applyUpdate(mirror, verdict.update, 'client');
    overwrite();
    isSeeded = true;
    answer();
  };

  return {
    begin(connection) {
      served = connection;
      ledger.flush();
      stop = ledger.onChange(() => {
        if (isSeeded) overwrite();
      });
      connection.send(frameOf(syncMessage(STEP.stateVector, encodeStateVector(mirror))));
    },
    duties: {
      ...common,
      sentVector: () => encodeStateVector(mirror),
      onQuestion(_connection, stateVector) {
        question = stateVector.slice();
        answer();
      },
      onUpdate(_connection, update, isWholeState) {
        if (isWholeState && !isSeeded) seed(update);
        else if (!isEmpty(update)) {
          throw new CovalenceError('auth/denied', 'The ledger is written by the server only. Change the thing itself.');
        }
      },
      onAwareness: () => undefined,
      onAwarenessQuestion: (connection) => void connection.send(frameOf(EMPTY_AWARENESS)),
      onBarrier: () => undefined,
      onDrained(connection, stateVector) {
        connection.send(frameOf(syncMessage(STEP.update, encodeStateAsUpdate(mirror, stateVector))));
        answer();
      },
      onClosed() {
        stop?.();
        mirror.destroy();
        onClosed();
      },
    },
  };
}

/** An update without structs and deletes, as a client sends that has nothing new. */
function isEmpty(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0;
}
