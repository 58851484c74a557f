import { CovalenceError } from '../protocol/errors.ts';

/** Asks the server to say when everything sent so far is stored. */
export interface Barrier {
  /** Resolves with the durability level; survives reconnects. */
  whenSaved(options?: { signal?: AbortSignal }): Promise<string>;
  /** Called when a connection may carry barriers: what came before has been sent on it. */
  open(send: (id: number) => void): void;
  /** Called when the connection is gone: what was not answered is asked again on the next. */
  shut(): void;
  /** Called with an answer. */
  answered(id: number, level: string): void;
  /** Rejects whoever still waits, and whoever asks later. */
  close(reason?: CovalenceError): void;
}

interface Waiting {
  resolve: (level: string) => void;
  reject: (error: unknown) => void;
}

/**
 * The waiting side of the barrier. A barrier is sent only once the connection has carried our own missing updates: an
 * answer that came sooner would acknowledge what the server never got.
 */
export function barrier(): Barrier {
  const waiting = new Map<number, Waiting>();
  let send: ((id: number) => void) | undefined;
  let next = 1;
  let ended: CovalenceError | undefined;

  return {
    whenSaved({ signal } = {}) {
      if (ended !== undefined) return Promise.reject(ended);
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      const id = next;
      next += 1;
      const saved = new Promise<string>((resolve, reject) => waiting.set(id, { resolve, reject }));
      signal?.addEventListener(
        'abort',
        () => {
          waiting.get(id)?.reject(signal.reason);
          waiting.delete(id);
        },
        { once: true },
      );
      send?.(id);
      return saved;
    },
    open(sender) {
      send = sender;
      // One barrier covers all earlier ones, so the newest is enough.
      const newest = [...waiting.keys()].at(-1);
      if (newest !== undefined) sender(newest);
    },
    shut() {
      send = undefined;
    },
    answered(id, level) {
      for (const [earlier, { resolve }] of waiting) {
        if (earlier > id) continue;
        waiting.delete(earlier);
        resolve(level);
      }
    },
    close(reason = closed()) {
      ended ??= reason;
      send = undefined;
      for (const { reject } of waiting.values()) reject(ended);
      waiting.clear();
    },
  };
}

function closed(): CovalenceError {
  return new CovalenceError('room/closed', 'The room was closed before the server said that everything is stored.');
}
