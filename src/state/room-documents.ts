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

/** New, empty documents of one room. */
export function roomDocuments(): RoomDocuments {
  const doc = new Doc();
  const ledger = new Doc();
  const awareness = new Awareness(doc);
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
