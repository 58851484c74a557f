import * as v from 'valibot';
import { idsProblem } from '../id-list.ts';

/** `selection.<id>`: a named set of atoms, by index or by expression. */
export interface SelectionRecord {
  readonly display_name?: string | undefined;
  /** 0-based atom indices; a set, kept ascending; stored coded (see id-list.ts). */
  readonly particle_ids?: readonly number[] | undefined;
  /** Expression evaluated per frame; used when `particle_ids` is absent. */
  readonly select?: string | undefined;
  /** CSS colour in which the selection is outlined. */
  readonly color?: string | undefined;
  readonly [field: string]: unknown;
}

// A frozen list stays what it is, so that a change of another field does not look at every id again.
const sound = new WeakSet<object>();

function isIdList(value: unknown): boolean {
  if (typeof value === 'object' && value !== null && sound.has(value)) return true;
  if (idsProblem(value) !== undefined) return false;
  if (Object.isFrozen(value)) sound.add(value as object);
  return true;
}

const idList = v.custom<readonly number[]>(
  isIdList,
  (issue) => `a list of 0-based atom indices was expected: ${idsProblem(issue.input) ?? 'it cannot be used'}`,
);

/** Checks a {@link SelectionRecord}. */
export const selectionSchema: v.GenericSchema<SelectionRecord> = v.looseObject({
  display_name: v.optional(v.string()),
  particle_ids: v.optional(idList),
  select: v.optional(v.string()),
  color: v.optional(v.string()),
});
