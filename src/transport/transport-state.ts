import { CovalenceError } from '../protocol/errors.ts';
import { listeners } from './listeners.ts';
import type { TransportStatus, TransportStatusEvent } from './transport.ts';

/** The status of a transport, whom it is told, and the promise of the first exchange. */
export interface TransportState {
  readonly status: TransportStatus;
  readonly synced: Promise<void>;
  readonly onStatus: (listener: (event: TransportStatusEvent) => void) => () => void;
  /** Changes the status and tells it, unless it is the present one or a final one was reached. */
  become(status: TransportStatus, error?: CovalenceError): void;
  /** Called when everything the other side had is here. */
  completeSync(): void;
}

/** A state that begins as `connecting`. */
export function transportState(): TransportState {
  const told = listeners<TransportStatusEvent>();
  let status: TransportStatus = 'connecting';
  let settle: { resolve: () => void; reject: (error: CovalenceError) => void } | undefined;
  const synced = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  synced.catch(() => undefined); // whoever waits for it is told; nobody has to wait

  return {
    get status() {
      return status;
    },
    synced,
    onStatus: told.add,
    become(next, error) {
      if (status === 'closed' || (status === 'denied' && next !== 'closed') || status === next) return;
      status = next;
      if (next === 'denied' || next === 'closed') {
        settle?.reject(
          error ?? new CovalenceError('room/closed', 'The room was closed before everything of it was here.'),
        );
      }
      told.tell({ status, ...(error === undefined ? {} : { error }) });
      if (next === 'closed') told.clear();
    },
    completeSync() {
      settle?.resolve();
    },
  };
}
