import { type Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import type { Barriers } from './barriers.ts';
import type { JoinState } from './join-state.ts';
import type { CommonDuties } from './ledger-mirror.ts';
import { questionQueue } from './question-queue.ts';
import type { RoomAwareness } from './room-awareness.ts';
import type { RoomIntake } from './room-intake.ts';
import type { ConnectionDuties, SyncConnection } from './sync-connection.ts';
import { awarenessMessage, frameOf, STEP, syncMessage } from './wire.ts';

/** The parts of a room that serve its shared document. */
export interface DocumentParts {
  doc: Doc;
  intake: RoomIntake;
  people: RoomAwareness;
  barriers: Barriers;
  join: JoinState;
  common: CommonDuties;
  /** State vector of everything that was sent to all. */
  sentVector: () => Uint8Array;
  /** The ledger as a frame, for our clients. */
  ledgerFrame: () => Buffer;
  onClosed: (connection: SyncConnection) => void;
}

/** The duties of a room towards the connections of its shared document. */
export function documentDuties(parts: DocumentParts): ConnectionDuties {
  const { doc, intake, people, barriers, join, common, sentVector, ledgerFrame, onClosed } = parts;

  const answer = (connection: SyncConnection, stateVector: Uint8Array): boolean => {
    intake.flush();
    const hasNothing = stateVector.length === 1 && stateVector[0] === 0;
    return connection.send(
      hasNothing
        ? join.frame(connection.identity.canInflate)
        : frameOf(syncMessage(STEP.state, encodeStateAsUpdate(doc, stateVector))),
    );
  };
  const questions = questionQueue(common.clock, answer);

  return {
    ...common,
    sentVector,
    onUpdate: (connection, update, isWholeState) => intake.take(connection, update, isWholeState),
    onQuestion: (connection, stateVector) => questions.ask(connection, stateVector),
    onAwareness: (connection, update, isOpening) => people.take(connection, update, isOpening),
    onAwarenessQuestion(connection) {
      connection.send(frameOf(awarenessMessage(people.encode(people.everybody()))));
    },
    onBarrier(connection, id) {
      intake.flush();
      barriers.ask(connection, id);
    },
    onDrained(connection, stateVector) {
      intake.flush();
      if (stateVector.length > 0) {
        connection.send(frameOf(syncMessage(STEP.update, encodeStateAsUpdate(doc, stateVector))));
      }
      if (connection.identity.isOurs) connection.send(ledgerFrame());
      connection.send(frameOf(awarenessMessage(people.encode(people.known()))));
      barriers.resume(connection);
      questions.resume(connection);
    },
    onClosed(connection) {
      questions.forget(connection);
      barriers.forget(connection);
      people.leave(connection);
      onClosed(connection);
    },
  };
}

/** Asks a connection for everything that the document lacks. */
export function askFor(doc: Doc, connection: SyncConnection): void {
  connection.send(frameOf(syncMessage(STEP.stateVector, encodeStateVector(doc))));
}
