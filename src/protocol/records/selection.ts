import * as v from 'valibot';

/** `selection.<id>`: a named set of atoms, by index or by expression. */
export const selectionSchema = v.looseObject({
  display_name: v.optional(v.string()),
  /** 0-based atom indices, ascending; stored coded (see id-list.ts). */
  particle_ids: v.optional(v.array(v.pipe(v.number(), v.integer(), v.minValue(0)))),
  /** Expression evaluated per frame; used when `particle_ids` is absent. */
  select: v.optional(v.string()),
  /** CSS colour in which the selection is outlined. */
  color: v.optional(v.string()),
});
/** See {@link selectionSchema}. */
export type SelectionRecord = v.InferOutput<typeof selectionSchema>;
