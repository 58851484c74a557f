import { decodeIds, encodeIds, idsProblem, sortIds } from '../id-list.ts';
import type { StateValue } from '../values.ts';

/** How one field is stored, where that differs from what people read and write. */
export interface FieldCoding {
  /** Called with checked values; what it cannot code it returns as it is. */
  encode(value: StateValue): StateValue;
  /** Throws `value/invalid` for damaged bytes; a plain list, as a program without the coding writes it, passes. */
  decode(stored: StateValue): StateValue;
}

const idList: FieldCoding = {
  encode: (value) => (idsProblem(value) === undefined ? encodeIds(value as number[]) : value),
  decode(stored) {
    if (stored instanceof Uint8Array) return decodeIds(stored);
    return idsProblem(stored) === undefined ? [...sortIds(stored as number[])] : stored;
  },
};

const NONE: ReadonlyMap<string, FieldCoding> = new Map();
const SELECTION: ReadonlyMap<string, FieldCoding> = new Map([['particle_ids', idList]]);
const BOOKMARK: ReadonlyMap<string, FieldCoding> = new Map([['frame_indices', idList]]);

/** The coded fields of the record at `key`; coding belongs to the key, so that every view of it agrees. */
export function codedFields(key: string): ReadonlyMap<string, FieldCoding> {
  if (key.startsWith('selection.')) return SELECTION;
  return key.startsWith('bookmark.') ? BOOKMARK : NONE;
}
