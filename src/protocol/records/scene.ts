import * as v from 'valibot';

const vector = v.tuple([v.number(), v.number(), v.number()]);

/** `camera.<id>`: a saved point of view; angstrom, degrees. */
export const cameraSchema = v.looseObject({
  display_name: v.optional(v.string()),
  position: vector,
  target: vector,
  up: vector,
  fov: v.optional(v.number()),
  height: v.optional(v.number()),
});
/** See {@link cameraSchema}. */
export type CameraRecord = v.InferOutput<typeof cameraSchema>;

/** `bookmark.<id>`: frames worth returning to. */
export const bookmarkSchema = v.looseObject({
  display_name: v.optional(v.string()),
  frame_id: v.optional(v.string()),
  frame_ids: v.optional(v.array(v.string())),
  camera: v.optional(v.string()),
});
/** See {@link bookmarkSchema}. */
export type BookmarkRecord = v.InferOutput<typeof bookmarkSchema>;

/** `chat.<id>`: one message. `sent_at_ms` is the sender's clock, milliseconds since 1970. */
export const chatSchema = v.looseObject({
  author: v.string(),
  text: v.string(),
  sent_at_ms: v.optional(v.number()),
});
/** See {@link chatSchema}. */
export type ChatRecord = v.InferOutput<typeof chatSchema>;

/** `figure.<id>`: a plot over the trajectory. */
export const figureSchema = v.looseObject({
  display_name: v.optional(v.string()),
  x: v.optional(v.string()),
  y: v.union([v.string(), v.array(v.string())]),
});
/** See {@link figureSchema}. */
export type FigureRecord = v.InferOutput<typeof figureSchema>;

/** `playback`: the last committed position, where a late joiner lands. */
export const playbackSchema = v.looseObject({
  frame_id: v.optional(v.string()),
  frame_index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  frames_per_second: v.optional(v.number()),
});
/** See {@link playbackSchema}. */
export type PlaybackRecord = v.InferOutput<typeof playbackSchema>;
