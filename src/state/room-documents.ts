import { Awareness } from 'y-protocols/awareness';
import { Doc } from 'yjs';

/** The documents of one room, as transports carry them. */
export interface RoomDocuments {
  /** The shared document. */
  readonly doc: Doc;
  /** The server's document of facts. */
  readonly ledger: Doc;
  readonly awareness: Awareness;
  /** Ends all of them. Safe to call twice. */
  readonly destroy: () => void;
}

/** New, empty documents of one room; with an awareness given, the same person goes on under the new client id. */
export function roomDocuments(present?: Awareness): RoomDocuments {
  const doc = new Doc();
  const ledger = new Doc();
  const awareness = present ?? new Awareness(new Doc());
  moveTo(awareness, doc.clientID);
  return {
    doc,
    ledger,
    awareness,
    destroy() {
      awareness.destroy();
      ledger.destroy();
      doc.destroy();
    },
  };
}

/**
 * An awareness ends with its document; the shared one may be replaced, so it has one of its own, and takes the client id
 * of the shared one, which is what y-websocket announces.
 */
function moveTo(awareness: Awareness, clientId: number): void {
  const state = awareness.getLocalState();
  awareness.setLocalState(null);
  awareness.clientID = clientId;
  awareness.setLocalState(state);
}
