import { asCovalenceError } from '../../protocol/errors.ts';
import type { SyncConnection } from './sync-connection.ts';
import { barrierMessage, frameOf } from './wire.ts';

/**
 * Tells clients when what they sent is stored. As long as a connection owes its whole state (at first, and again after a
 * gap), the server may lack what a barrier stands behind: the barrier waits for that state.
 */
export interface Barriers {
  /** Called when the connection owes a whole state. */
  hold(connection: SyncConnection): void;
  /** Called when its whole state is in the document. */
  release(connection: SyncConnection): void;
  ask(connection: SyncConnection, id: number): void;
  /** Called when a reader that was behind takes messages again. */
  resume(connection: SyncConnection): void;
  forget(connection: SyncConnection): void;
}

/** Makes the barriers of a room; `saved` resolves with the durability once everything in the document is stored. */
export function barriers(saved: () => Promise<string>): Barriers {
  /** Connections that owe a state, with the newest barrier that waits for it: it covers all before it. */
  const held = new Map<SyncConnection, number | undefined>();
  /** Answers that a connection did not take because it was behind. */
  const late = new Map<SyncConnection, { id: number; level: string }>();

  const tell = (connection: SyncConnection, id: number, level: string): void => {
    const isTaken = connection.send(frameOf(barrierMessage(id, level)));
    if (!isTaken && connection.isBehind) late.set(connection, { id, level });
  };
  const answer = (connection: SyncConnection, id: number): void => {
    saved().then(
      (level) => tell(connection, id, level),
      (error: unknown) => connection.refuse(asCovalenceError(error, 'store/failed')),
    );
  };

  return {
    hold(connection) {
      if (!held.has(connection)) held.set(connection, undefined);
    },
    release(connection) {
      const id = held.get(connection);
      held.delete(connection);
      if (id !== undefined) answer(connection, id);
    },
    ask(connection, id) {
      if (held.has(connection)) held.set(connection, id);
      else answer(connection, id);
    },
    resume(connection) {
      const answered = late.get(connection);
      late.delete(connection);
      if (answered !== undefined) tell(connection, answered.id, answered.level);
    },
    forget(connection) {
      held.delete(connection);
      late.delete(connection);
    },
  };
}
