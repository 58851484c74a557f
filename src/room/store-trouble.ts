import { CovalenceError } from '../protocol/errors.ts';
import { STORED_AGAIN } from '../protocol/messages.ts';
import type { Transport } from '../transport/transport.ts';

/** Whether the server of a room stores what it is sent. */
export interface StoreTrouble {
  readonly current: CovalenceError | undefined;
  /** Returns its own undo. */
  add(listener: (trouble: CovalenceError | undefined) => void): () => void;
}

/** What a transport's server says of its store; a room without a server has no trouble. */
export function storeTrouble(transport?: Pick<Transport, 'onNotice' | 'onStatus'>): StoreTrouble {
  const listeners = new Set<(trouble: CovalenceError | undefined) => void>();
  let current: CovalenceError | undefined;
  const become = (trouble: CovalenceError | undefined): void => {
    if (current === trouble) return;
    current = trouble;
    for (const listener of listeners) listener(trouble);
  };
  transport?.onNotice?.(({ code, text }) => {
    if (code === 'store/full' || code === 'store/failed') become(new CovalenceError(code, text));
    else if (code === STORED_AGAIN) become(undefined);
  });
  // The next connection is told anew, perhaps by another server.
  transport?.onStatus(({ status }) => {
    if (status !== 'online') become(undefined);
  });
  return {
    get current() {
      return current;
    },
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
