import { applyUpdate, type Doc, encodeStateAsUpdate } from 'yjs';
import { asCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import type { DocStore } from './doc-store.ts';
import type { SyncLog } from './sync-log.ts';

/** A document that is kept by a store. */
export interface StoredDocument {
  readonly epoch: string;
  /** Takes an update to be stored; `saved` says when it is. */
  append(update: Uint8Array): void;
  /** Resolves with the durability once everything appended so far is stored. Rejects with `store/failed` or `store/full`. */
  saved(): Promise<string>;
  close(): Promise<void>;
}

/** What {@link storedDoc} is made from. */
export interface StoredDocumentOptions {
  name: string;
  /** Empty; filled from the store. */
  doc: Doc;
  docStore: DocStore;
  makeEpoch: () => string;
  log: SyncLog;
}

/** After this many appended updates everything is stored anew as one. */
const COMPACT_AFTER = 1_000;

/** Loads a document, or begins one, and keeps it stored. */
export async function storedDoc({
  name,
  doc,
  docStore,
  makeEpoch,
  log,
}: StoredDocumentOptions): Promise<StoredDocument> {
  const found = await docStore.load(name);
  const epoch = found?.epoch ?? makeEpoch();
  if (found === undefined) await docStore.create(name, epoch);
  else doc.transact(() => found.updates.forEach((update) => applyUpdate(doc, update, 'store')));

  let appended = found?.updates.length ?? 0;
  let failure: CovalenceError | undefined;
  let last: Promise<void> = Promise.resolve();

  const note = (work: Promise<void>): void => {
    last = Promise.all([last, work]).then(
      () => undefined,
      (error: unknown) => {
        failure ??= asCovalenceError(error, 'store/failed');
        log.error({ room: name, code: failure.code, error: failure.message }, 'the shared state could not be stored');
      },
    );
  };
  /** After a failure the store lacks something: the whole document is written until that succeeds. */
  const repair = async (): Promise<void> => {
    await docStore.compact(name, { update: encodeStateAsUpdate(doc) });
    failure = undefined;
  };

  return {
    epoch,
    append(update) {
      appended += 1;
      if (appended > COMPACT_AFTER) {
        appended = 0;
        note(docStore.compact(name, { update: encodeStateAsUpdate(doc) }));
      } else note(docStore.append(name, { update }));
    },
    async saved() {
      await last;
      if (failure !== undefined) await repair();
      return docStore.durability;
    },
    async close() {
      await last;
      if (failure !== undefined) await repair();
      await docStore.release?.(name);
    },
  };
}
