import { CovalenceError } from '../protocol/errors.ts';
import { deferred } from './deferred.ts';
import type { FrameSource, SentFrame } from './frame-source.ts';
import type { AnswerFailure, AnswerNews } from './frame-worker-messages.ts';
import { AnswerLost, type OpenAnswer } from './open-answer.ts';

/** One answer that a worker reads, as the page sees it. */
export interface FrameAnswer {
  /** The answer once its head is here; undefined when the worker went before. */
  readonly opened: Promise<OpenAnswer | undefined>;
  hear(news: AnswerNews): void;
  /** Nobody waits for the rest. */
  abort(reason: unknown): void;
  /** The worker is gone. */
  lose(): void;
}

/** What happens to an answer. */
export interface FrameAnswerEvents {
  /** The page took a group of frames. */
  onTaken(): void;
  /** Once, at its end: whole, or given up. */
  onOver(isWhole: boolean): void;
}

/** An answer of which nothing is here yet. */
export function frameAnswer(events: FrameAnswerEvents): FrameAnswer {
  const opened = deferred<OpenAnswer | undefined>();
  const groups: SentFrame[][] = [];
  let group: SentFrame[] = [];
  let taken = 0;
  let end: { failure?: unknown } | undefined;
  let isOver = false;
  let wake: (() => void) | undefined;

  const over = (how: { failure?: unknown }, isWhole: boolean): void => {
    if (isOver) return;
    isOver = true;
    end = how;
    events.onOver(isWhole);
    wake?.();
  };
  const fail = (failure: unknown): void => {
    opened.reject(failure);
    over({ failure }, true);
  };
  const takeNow = (): SentFrame | undefined => {
    if (taken === group.length) {
      const next = groups.shift();
      if (next === undefined) return undefined;
      [group, taken] = [next, 0];
      if (!isOver) events.onTaken();
    }
    taken += 1;
    return group[taken - 1];
  };
  const frames: FrameSource = {
    async next() {
      for (;;) {
        const frame = takeNow();
        if (frame !== undefined) return { frame, checks: [] };
        if (end !== undefined && 'failure' in end) throw end.failure;
        if (end !== undefined) return undefined;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    get hasMore() {
      return taken < group.length || groups.length > 0;
    },
    cancel: async () => over({}, false),
  };
  // A failure is told where the answer is waited for, if anybody still does.
  opened.promise.catch(() => undefined);
  return {
    opened: opened.promise,
    hear(news) {
      if (isOver) return;
      if ('head' in news) {
        const { status, headers } = news.head;
        const body = news.body;
        let rest = body === undefined ? undefined : new Uint8Array(body);
        const read = async (): Promise<Uint8Array | undefined> => {
          const piece = rest;
          rest = undefined;
          return piece;
        };
        const answer = { status, headers: new Headers(headers), read, cancel: () => frames.cancel() };
        opened.resolve(body === undefined ? { ...answer, frames } : answer);
        if (body !== undefined) over({}, true);
      } else if ('frames' in news) {
        groups.push(news.frames);
        wake?.();
      } else if ('end' in news) over({}, true);
      else fail(errorOf(news.failure));
    },
    abort(reason) {
      groups.length = 0;
      [group, taken] = [[], 0];
      opened.reject(reason);
      over({ failure: reason }, false);
    },
    lose() {
      opened.resolve(undefined);
      over({ failure: new AnswerLost('The worker that read this answer is gone.') }, true);
    },
  };
}

/** Without a code it is what `fetch` rejected with. */
function errorOf({ code, message, fields }: AnswerFailure): Error {
  return code === undefined ? new TypeError(message) : new CovalenceError(code, message, fields);
}
