import * as v from 'valibot';
import type { StateValue } from '../values.ts';

/** `scene.<name>`: one property of the picture that everybody shares. */
export type SceneSetting = StateValue;

/** Any value: settings of newer versions and of programs, such as `scene.box`, pass. */
export const sceneSettingSchema: v.GenericSchema<SceneSetting> = v.custom<SceneSetting>(() => true);

const strength = v.union([v.boolean(), v.pipe(v.number(), v.minValue(0), v.maxValue(1))]);

/** The settings that Covalence itself reads, by key. */
export const SCENE_SETTINGS: Readonly<Record<string, v.GenericSchema<SceneSetting>>> = {
  /** CSS colour. */
  'scene.background': v.string(),
  'scene.projection': v.picklist(['perspective', 'orthographic']),
  /** Whether the unit cell is drawn. */
  'scene.cell': v.boolean(),
  /** Whether every atom is drawn inside the cell. */
  'scene.wrap': v.boolean(),
  /** Whether molecules are drawn in one piece, their middle inside the cell; wins over `scene.wrap`. */
  'scene.molecules': v.boolean(),
  /** What is drawn in the middle of the cell: true or `all` for all atoms, else the key of a selection. */
  'scene.center': v.union([v.boolean(), v.string()]),
  /** How often the cell is drawn along each of its vectors. */
  'scene.copies': v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20))), v.length(3)),
  /** Strength from 0, none, to 1. */
  'scene.ambient_occlusion': strength,
  /** Lines where one thing stands in front of another; the same strengths. */
  'scene.outline': strength,
  /** How far what is behind fades; the same strengths. */
  'scene.depth_cue': strength,
};
