import type { KeyPrefix } from '../protocol/keys.ts';
import { cameraSchema, bookmarkSchema, chatSchema, figureSchema } from '../protocol/records/scene.ts';
import type { BookmarkRecord, CameraRecord, ChatRecord, FigureRecord } from '../protocol/records/scene.ts';
import { sceneSettingSchema } from '../protocol/records/scene-settings.ts';
import type { SceneSetting } from '../protocol/records/scene-settings.ts';
import { selectionSchema } from '../protocol/records/selection.ts';
import type { SelectionRecord } from '../protocol/records/selection.ts';
import { visualiserSchema } from '../protocol/records/visualiser.ts';
import type { VisualiserRecord } from '../protocol/records/visualiser.ts';
import type { StandardSchema } from './standard-schema.ts';

/** What makes a typed collection: where it is and what its values are. */
export interface CollectionDefinition<T, P extends KeyPrefix = KeyPrefix> {
  readonly prefix: P;
  readonly schema: StandardSchema<T>;
  /** True makes own changes in it part of undo. */
  readonly undo?: boolean;
}

/** Named sets of atoms. */
export const selectionCollection: CollectionDefinition<SelectionRecord, 'selection.'> = {
  prefix: 'selection.',
  schema: selectionSchema,
  undo: true,
};
/** How selections are drawn. */
export const visualiserCollection: CollectionDefinition<VisualiserRecord, 'visualiser.'> = {
  prefix: 'visualiser.',
  schema: visualiserSchema,
  undo: true,
};
/** Saved points of view. */
export const cameraCollection: CollectionDefinition<CameraRecord, 'camera.'> = {
  prefix: 'camera.',
  schema: cameraSchema,
  undo: true,
};
/** Frames worth returning to. */
export const bookmarkCollection: CollectionDefinition<BookmarkRecord, 'bookmark.'> = {
  prefix: 'bookmark.',
  schema: bookmarkSchema,
  undo: true,
};
/** What people said. */
export const chatCollection: CollectionDefinition<ChatRecord, 'chat.'> = { prefix: 'chat.', schema: chatSchema };
/** Plots over the trajectory. */
export const figureCollection: CollectionDefinition<FigureRecord, 'figure.'> = {
  prefix: 'figure.',
  schema: figureSchema,
};
/** What everybody's picture has in common, one key a setting. */
export const sceneCollection: CollectionDefinition<SceneSetting, 'scene.'> = {
  prefix: 'scene.',
  schema: sceneSettingSchema,
  undo: true,
};

/** The collections that Covalence itself reads; their schemas hold in every view. */
export const BUILT_IN_COLLECTIONS: readonly CollectionDefinition<unknown>[] = [
  selectionCollection,
  visualiserCollection,
  cameraCollection,
  bookmarkCollection,
  chatCollection,
  figureCollection,
  sceneCollection,
];
