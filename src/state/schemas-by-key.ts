import { playbackSchema } from '../protocol/records/scene.ts';
import { BUILT_IN_COLLECTIONS } from './collection-definition.ts';
import type { StandardSchema } from './standard-schema.ts';

const NONE: readonly StandardSchema<unknown>[] = [];
const PLAYBACK: readonly StandardSchema<unknown>[] = [playbackSchema];
const BY_ROOT = new Map(BUILT_IN_COLLECTIONS.map(({ prefix, schema }) => [prefix, [schema]]));

/** The built-in schemas that hold for a key in every view. */
export function builtInSchemas(key: string): readonly StandardSchema<unknown>[] {
  const dot = key.indexOf('.');
  if (dot === -1) return key === 'playback' ? PLAYBACK : NONE;
  return BY_ROOT.get(key.slice(0, dot + 1) as `${string}.`) ?? NONE;
}
