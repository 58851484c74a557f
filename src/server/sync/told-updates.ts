import { applyUpdate, type Doc, encodeStateAsUpdate, encodeStateVector, type Transaction } from 'yjs';

/** What a change of the document is told as. */
export interface ToldUpdate {
  /** Everything the change brought, in the first encoding of Yjs. */
  update: Uint8Array;
  /** What the change was made with. */
  origin: unknown;
}

/** Changes of a document, each as one update for those who have what was before. */
export interface ToldUpdates {
  /**
   * Applies a checked update that stands alone: others are told its bytes as they came, which spares Yjs encoding the
   * same again. Throws what Yjs throws; what went in by then is told all the same, since the document has it.
   */
  readonly applyAlone: (update: Uint8Array, origin: unknown) => void;
  /** The state vector of everything told so far; while a change is under way, of what was before it. */
  readonly toldVector: () => Uint8Array;
}

/** Throws when the update just applied did not fit the document; what waits for what is missing is let go. */
export function assertFits({ store }: Doc): void {
  if (store.pendingStructs === null && store.pendingDs === null) return;
  store.pendingStructs = null;
  store.pendingDs = null;
  throw new TypeError('an update passed the gate but did not fit the document');
}

/** Tells the changes of a document in their order. */
export function toldUpdates(doc: Doc, tell: (told: ToldUpdate) => void): ToldUpdates {
  let isAloneNext = false;
  let alone: Transaction | undefined;
  /** The bytes of the lone update, once they are in the document as a whole. */
  let whole: Uint8Array | undefined;
  let isListening = false;
  /** Set while the document may have more than was told. */
  let told: Map<number, number> | undefined;

  const onUpdate = (update: Uint8Array, origin: unknown, _doc: Doc, transaction: Transaction): void => {
    if (transaction === alone) return;
    told = transaction.afterState;
    tell({ update, origin });
  };
  doc.on('beforeTransaction', (transaction) => {
    told ??= transaction.beforeState;
    if (isAloneNext) {
      isAloneNext = false;
      alone = transaction;
    }
    // Yjs encodes every change for as long as anybody listens.
    if ((transaction !== alone) === isListening) return;
    isListening = !isListening;
    if (isListening) doc.on('update', onUpdate);
    else doc.off('update', onUpdate);
  });
  doc.on('afterTransactionCleanup', (transaction) => {
    if (transaction !== alone) return;
    const update = whole ?? encodeStateAsUpdate(doc, encodeStateVector(transaction.beforeState));
    whole = undefined;
    told = transaction.afterState;
    if (hasChanged(transaction)) tell({ update, origin: transaction.origin });
  });
  doc.on('afterAllTransactions', () => {
    told = undefined;
    alone = undefined;
  });

  return {
    applyAlone(update, origin) {
      // Inside somebody else's change it is part of that.
      const isAlone = doc._transaction === null;
      isAloneNext = isAlone;
      doc.transact(() => {
        applyUpdate(doc, update, origin);
        assertFits(doc);
        if (isAlone) whole = update;
      }, origin);
    },
    toldVector: () => encodeStateVector(told ?? doc),
  };
}

function hasChanged({ deleteSet, beforeState, afterState }: Transaction): boolean {
  if (deleteSet.clients.size > 0) return true;
  for (const [client, clock] of afterState) if (beforeState.get(client) !== clock) return true;
  return false;
}
