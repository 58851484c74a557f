import type { Clock } from '../../protocol/clock.ts';
import type { SyncConnection } from './sync-connection.ts';

/** Answers questions for the document's state, each at most once a second: every answer may be the whole document. */
export interface QuestionQueue {
  ask(connection: SyncConnection, stateVector: Uint8Array): void;
  /** Called when the connection takes messages again. */
  resume(connection: SyncConnection): void;
  forget(connection: SyncConnection): void;
}

const INTERVAL_MS = 1_000;

interface Asked {
  /** The newest question that has no answer yet. */
  stateVector: Uint8Array | undefined;
  answeredMs: number;
  cancel: (() => void) | undefined;
}

/** A queue of one question per connection; `answer` is false when the connection took nothing. */
export function questionQueue(
  clock: Clock,
  answer: (connection: SyncConnection, stateVector: Uint8Array) => boolean,
): QuestionQueue {
  const asked = new Map<SyncConnection, Asked>();

  const tryAnswer = (connection: SyncConnection, question: Asked): void => {
    if (question.stateVector === undefined || question.cancel !== undefined) return;
    const waitMs = question.answeredMs + INTERVAL_MS - clock.now();
    // More than the whole time is left only where the wall clock was set back.
    if (waitMs > 0 && waitMs <= INTERVAL_MS) {
      question.cancel = clock.after(waitMs, () => {
        question.cancel = undefined;
        tryAnswer(connection, question);
      });
      return;
    }
    // While the connection takes nothing the question stays; `resume` comes back to it.
    if (connection.isBehind || !answer(connection, question.stateVector)) return;
    question.stateVector = undefined;
    question.answeredMs = clock.now();
  };

  return {
    ask(connection, stateVector) {
      const question = asked.get(connection) ?? {
        stateVector: undefined,
        answeredMs: Number.NEGATIVE_INFINITY,
        cancel: undefined,
      };
      question.stateVector = stateVector.slice();
      asked.set(connection, question);
      tryAnswer(connection, question);
    },
    resume(connection) {
      const question = asked.get(connection);
      if (question !== undefined) tryAnswer(connection, question);
    },
    forget(connection) {
      asked.get(connection)?.cancel?.();
      asked.delete(connection);
    },
  };
}
