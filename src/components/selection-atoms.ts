import { isCovalenceError } from '../protocol/errors.ts';
import type { SelectionRecord } from '../protocol/records/selection.ts';
import type { Room } from '../room/room.ts';
import { roomExpressions } from './room-expressions.ts';

const cache = new WeakMap<object, Uint32Array>();
const NONE = new Uint32Array(0);

/** The selection that a record or a setting names; undefined when there is none, also for what can be no key. */
export function selectionOf(room: Room, key: string): SelectionRecord | undefined {
  try {
    return room.selections.get(key);
  } catch (error) {
    // Other programs and pages write what they like there.
    if (isCovalenceError(error, 'key/invalid')) return undefined;
    throw error;
  }
}

/**
 * Atoms a selection of `room` holds, ascending, or means by its expression in the frame shown; indices beyond
 * `atomCount` are left out. Cached per record.
 */
export function selectionAtoms(room: Room, record: SelectionRecord | undefined, atomCount: number): Uint32Array {
  if (record === undefined) return NONE;
  const { particle_ids: ids, select } = record;
  if (ids === undefined && select === undefined) return NONE;
  let atoms = ids === undefined ? roomExpressions(room).atoms(select ?? '') : cache.get(record);
  if (atoms === undefined) cache.set(record, (atoms = Uint32Array.from(ids ?? []).sort()));
  let length = atoms.length;
  while (length > 0 && atoms[length - 1] >= atomCount) length--;
  return length === atoms.length ? atoms : atoms.subarray(0, length);
}
