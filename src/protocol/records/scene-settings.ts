import * as v from 'valibot';
import type { StateValue } from '../values.ts';

/** `scene.<name>`: one property of the picture that everybody shares. */
export type SceneSetting = StateValue;

/** Any value: settings of newer versions and of programs, such as `scene.box`, pass. */
export const sceneSettingSchema: v.GenericSchema<SceneSetting> = v.custom<SceneSetting>(() => true);

/** The settings that Covalence itself reads, by key. */
export const SCENE_SETTINGS: Readonly<Record<string, v.GenericSchema<SceneSetting>>> = {
  /** CSS colour. */
  'scene.background': v.string(),
  'scene.projection': v.picklist(['perspective', 'orthographic']),
  /** Whether the unit cell is drawn. */
  'scene.cell': v.boolean(),
  /** Strength from 0, none, to 1. */
  'scene.ambient_occlusion': v.union([v.boolean(), v.pipe(v.number(), v.minValue(0), v.maxValue(1))]),
};
