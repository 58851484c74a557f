/**
 * The shared state: a typed dictionary that merges.
 *
 * ```ts
 * import * as Y from 'yjs';
 * import { createSharedState, selectionCollection } from 'covalence/state';
 *
 * const state = createSharedState({ doc: new Y.Doc() });
 * const selections = state.collection(selectionCollection);
 * const ring = selections.add({ display_name: 'Ring', particle_ids: [0, 1, 2, 3, 4, 5] });
 * ring.update({ color: 'gold' });
 * ```
 */
export { createSharedState } from './create-shared-state.ts';
export type { SharedStateOptions } from './create-shared-state.ts';
export type {
  InvalidRecord,
  RevertOptions,
  SharedState,
  StateStats,
  TransactOptions,
  UndoGroup,
} from './shared-state.ts';
export type { KeyBelow, StateCollection, StateView } from './state-view.ts';
export type { Draft, StateRef } from './state-ref.ts';
export type { ChangeOrigin, ListenOptions, RefChange, StateChange, UpdatedValue } from './state-change.ts';
export type {
  DeepReadonly,
  Input,
  KeyHolder,
  Patch,
  ReadonlyStateRecord,
  ReadonlyStateValue,
  Synchronous,
  Writable,
} from './value-types.ts';
export type { UnsentChanges } from './unsent-changes.ts';
export { KeyNotFoundError, isKeyNotFoundError } from './key-not-found-error.ts';
export type { StandardSchema } from './standard-schema.ts';
export {
  bookmarkCollection,
  cameraCollection,
  chatCollection,
  figureCollection,
  sceneCollection,
  selectionCollection,
  visualiserCollection,
} from './collection-definition.ts';
export type { CollectionDefinition } from './collection-definition.ts';
export { exportState, importState } from './state-export.ts';
export type { ImportOptions, Json, StateExport } from './state-export.ts';
export { deleteOfflineStore, openOfflineStore } from './offline-store.ts';
export type { OfflineStore, OfflineStoreOptions } from './offline-store.ts';
export { roomDocuments } from './room-documents.ts';
export type { RoomDocuments } from './room-documents.ts';
export { createPresence } from './presence.ts';
export type { Peer, Presence, PresenceChange, PresenceOptions } from './presence.ts';
