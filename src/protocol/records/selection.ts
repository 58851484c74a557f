import * as v from 'valibot';
import { idsProblem } from '../id-list.ts';

const idList = v.custom<number[]>(
  (value) => idsProblem(value) === undefined,
  (issue) => `a list of 0-based atom indices: ${idsProblem(issue.input) ?? 'it cannot be used'}`,
);

/** `selection.<id>`: a named set of atoms, by index or by expression. */
export const selectionSchema = v.looseObject({
  display_name: v.optional(v.string()),
  /** 0-based atom indices; a set, kept ascending; stored coded (see id-list.ts). */
  particle_ids: v.optional(idList),
  /** Expression evaluated per frame; used when `particle_ids` is absent. */
  select: v.optional(v.string()),
  /** CSS colour in which the selection is outlined. */
  color: v.optional(v.string()),
});
/** See {@link selectionSchema}. */
export type SelectionRecord = v.InferOutput<typeof selectionSchema>;
