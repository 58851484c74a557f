import { playbackSchema } from '../protocol/records/scene.ts';
import { SCENE_SETTINGS } from '../protocol/records/scene-settings.ts';
import { BUILT_IN_COLLECTIONS } from './collection-definition.ts';
import type { StandardSchema } from './standard-schema.ts';

const NONE: readonly StandardSchema<unknown>[] = [];
const BY_KEY = new Map<string, readonly StandardSchema<unknown>[]>([
  ['playback', [playbackSchema]],
  ...Object.entries(SCENE_SETTINGS).map(([key, schema]) => [key, [schema]] as const),
]);
const BY_PREFIX = new Map<string, readonly StandardSchema<unknown>[]>(
  BUILT_IN_COLLECTIONS.map(({ prefix, schema }) => [prefix, [schema]]),
);

/** The built-in schemas that hold for a key in every view. */
export function builtInSchemas(key: string): readonly StandardSchema<unknown>[] {
  const prefix = key.slice(0, key.indexOf('.') + 1);
  return BY_KEY.get(key) ?? BY_PREFIX.get(prefix) ?? NONE;
}
