import type { Clock } from '../protocol/clock.ts';
import { type FrameAnswer, frameAnswer } from './frame-answer.ts';
import type { FrameWorkerPort, FromFrameWorker, ToFrameWorker } from './frame-worker-messages.ts';
import type { PlatformGet } from './open-answer.ts';

/** Reads frames by a worker, as long as there is one. */
export interface FrameChannel {
  /** Rejects as `fetch` does; undefined when the worker is gone or goes before the answer began. */
  readonly get: PlatformGet;
  /** The worker is gone: no answer waits for it any longer. */
  lose(): void;
}

/** Milliseconds without a word while an answer is open, after which the worker is asked whether it lives. */
const PATIENCE_MS = 2000;
/** Milliseconds it has for saying so. */
const LAST_PATIENCE_MS = 3000;

/** The page's side of the line to a worker that runs `serveFrames`; `onLost` is told once. */
export function frameChannel(port: FrameWorkerPort, clock: Clock, onLost?: () => void): FrameChannel {
  const open = new Map<number, FrameAnswer>();
  let last = 0;
  let isLost = false;
  let heard = false;
  let undoWatch: (() => void) | undefined;

  const tell = (message: ToFrameWorker): void => port.postMessage(message, []);
  const lose = (): void => {
    if (isLost) return;
    isLost = true;
    undoWatch?.();
    for (const answer of open.values()) answer.lose();
    open.clear();
    onLost?.();
  };
  const watch = (): void => {
    heard = false;
    undoWatch = clock.after(PATIENCE_MS, () => {
      if (heard) return watch();
      tell({ ping: true });
      undoWatch = clock.after(LAST_PATIENCE_MS, () => (heard ? watch() : lose()));
    });
  };
  const forget = (of: number): void => {
    open.delete(of);
    if (open.size > 0) return;
    undoWatch?.();
    undoWatch = undefined;
  };

  port.addEventListener('message', ({ data }) => {
    const message = data as FromFrameWorker;
    heard = true;
    if ('of' in message) open.get(message.of)?.hear(message.news);
  });
  return {
    lose,
    async get(url, { headers, signal }) {
      if (isLost) return undefined;
      signal.throwIfAborted();
      last += 1;
      const of = last;
      const answer = frameAnswer({
        onTaken: () => tell({ taken: of }),
        onOver(isWhole) {
          signal.removeEventListener('abort', onAbort);
          if (!open.has(of)) return;
          if (!isWhole) tell({ cancel: of });
          forget(of);
        },
      });
      const onAbort = (): void => answer.abort(signal.reason);
      open.set(of, answer);
      if (undoWatch === undefined) watch();
      signal.addEventListener('abort', onAbort);
      tell({ ask: of, url, headers: [...headers] });
      return answer.opened;
    },
  };
}
