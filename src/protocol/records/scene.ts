import * as v from 'valibot';
import { idsProblem } from '../id-list.ts';

/** Three numbers: x, y, z. */
export type Vector = readonly [number, number, number];

const vector = v.tuple([v.number(), v.number(), v.number()]);

/** `camera.<id>`: a saved point of view; angstrom, degrees. */
export interface CameraRecord {
  readonly display_name?: string | undefined;
  readonly position: Vector;
  readonly target: Vector;
  readonly up: Vector;
  readonly fov?: number | undefined;
  readonly height?: number | undefined;
  /** Width over height of the picture it was chosen in; a narrower one steps back. */
  readonly aspect?: number | undefined;
  readonly [field: string]: unknown;
}

/** Checks a {@link CameraRecord}. */
export const cameraSchema: v.GenericSchema<CameraRecord> = v.looseObject({
  display_name: v.optional(v.string()),
  position: vector,
  target: vector,
  up: vector,
  fov: v.optional(v.number()),
  height: v.optional(v.number()),
  aspect: v.optional(v.number()),
});

/** `bookmark.<id>`: frames worth returning to. */
export interface BookmarkRecord {
  readonly display_name?: string | undefined;
  readonly frame_id?: string | undefined;
  readonly frame_ids?: readonly string[] | undefined;
  /** Where `frame_id` was when the bookmark was made. */
  readonly frame_index?: number | undefined;
  /** First and last frame of a range. */
  readonly range?: readonly [first: number, last: number] | undefined;
  /** Ascending 0-based indices of a set of frames; stored coded (see id-list.ts). */
  readonly frame_indices?: readonly number[] | undefined;
  /** CSS colour of its mark. */
  readonly color?: string | undefined;
  /** Key of a camera. */
  readonly camera?: string | undefined;
  readonly [field: string]: unknown;
}

/** Checks a {@link BookmarkRecord}. */
export const bookmarkSchema: v.GenericSchema<BookmarkRecord> = v.looseObject({
  display_name: v.optional(v.string()),
  frame_id: v.optional(v.string()),
  frame_ids: v.optional(v.array(v.string())),
  frame_index: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  range: v.optional(
    v.tuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.pipe(v.number(), v.integer(), v.minValue(0))]),
  ),
  frame_indices: v.optional(
    v.custom<readonly number[]>(
      (value) => idsProblem(value) === undefined,
      'a list of 0-based frame indices was expected',
    ),
  ),
  color: v.optional(v.string()),
  camera: v.optional(v.string()),
});

/** `chat.<id>`: one message. `sent_at_ms` is the sender's clock, milliseconds since 1970. */
export interface ChatRecord {
  readonly author: string;
  readonly text: string;
  readonly sent_at_ms?: number | undefined;
  readonly [field: string]: unknown;
}

/** Checks a {@link ChatRecord}. */
export const chatSchema: v.GenericSchema<ChatRecord> = v.looseObject({
  author: v.string(),
  text: v.string(),
  sent_at_ms: v.optional(v.number()),
});

/** `figure.<id>`: a plot over the trajectory. */
export interface FigureRecord {
  readonly display_name?: string | undefined;
  readonly x?: string | undefined;
  readonly y: string | readonly string[];
  readonly [field: string]: unknown;
}

/** Checks a {@link FigureRecord}. */
export const figureSchema: v.GenericSchema<FigureRecord> = v.looseObject({
  display_name: v.optional(v.string()),
  x: v.optional(v.string()),
  y: v.union([v.string(), v.array(v.string())]),
});

/** `playback`: the last committed position, where a late joiner lands. */
export interface PlaybackRecord {
  readonly frame_id?: string | undefined;
  readonly frame_index: number;
  readonly frames_per_second?: number | undefined;
  /** Fence of the presenter whose last position this is. */
  readonly fence?: number | undefined;
  readonly [field: string]: unknown;
}

/** Checks a {@link PlaybackRecord}. */
export const playbackSchema: v.GenericSchema<PlaybackRecord> = v.looseObject({
  frame_id: v.optional(v.string()),
  frame_index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  frames_per_second: v.optional(v.number()),
  fence: v.optional(v.number()),
});
