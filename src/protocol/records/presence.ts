import * as v from 'valibot';
import type { PresenceState } from '../presence.ts';
import { isRecord } from '../values.ts';

const finite = v.pipe(v.number(), v.finite());
const vector = v.tuple([finite, finite, finite]);
const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const shortText = v.pipe(v.string(), v.maxLength(1_000));

const FIELDS = {
  user: v.looseObject({ name: shortText, color: shortText }),
  session: shortText,
  hover: v.nullable(v.looseObject({ frame_id: v.string(), atom: index })),
  camera: v.nullable(
    v.looseObject({
      position: vector,
      target: vector,
      up: vector,
      fov: v.optional(finite),
      height: v.optional(finite),
      aspect: v.optional(finite),
    }),
  ),
  frame: v.nullable(v.looseObject({ id: v.string(), index })),
  playback: v.nullable(
    v.looseObject({
      fence: finite,
      frame_index: index,
      playing: v.boolean(),
      frames_per_second: v.pipe(finite, v.minValue(0.001)),
      loop: v.optional(v.picklist(['once', 'loop', 'bounce'])),
      skip: v.optional(v.pipe(index, v.minValue(1))),
      direction: v.optional(v.picklist([1, -1])),
      range: v.optional(v.tuple([index, index])),
      bookmark: v.optional(v.string()),
      presenting: v.optional(v.boolean()),
      next: v.optional(index),
    }),
  ),
  asks: v.nullable(v.looseObject({ fence: finite })),
};

/** The state of a client as far as it makes sense: a field of the wrong form is left out, an unknown one is kept. */
export function readPresence(state: unknown): PresenceState {
  if (!isRecord(state)) return {};
  const read: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(state)) {
    if (Object.hasOwn(FIELDS, field) && !v.is(FIELDS[field as keyof typeof FIELDS], value)) continue;
    read[field] = value;
  }
  return read;
}
