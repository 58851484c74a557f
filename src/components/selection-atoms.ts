import type { SelectionRecord } from '../protocol/records/selection.ts';

const cache = new WeakMap<object, Uint32Array>();
const NONE = new Uint32Array(0);

/** Atoms a selection holds, ascending; indices beyond `atomCount` are left out. Cached per record. */
export function selectionAtoms(record: SelectionRecord | undefined, atomCount: number): Uint32Array {
  if (record === undefined || record.particle_ids === undefined) return NONE;
  let atoms = cache.get(record);
  if (atoms === undefined) cache.set(record, (atoms = Uint32Array.from(record.particle_ids).sort()));
  let length = atoms.length;
  while (length > 0 && atoms[length - 1] >= atomCount) length--;
  return length === atoms.length ? atoms : atoms.subarray(0, length);
}
