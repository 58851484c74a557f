import { CovalenceError } from '../protocol/errors.ts';
import { codedFields } from '../protocol/records/coded-fields.ts';
import { copyValue, freezeValue, holdsBytes, isRecord } from '../protocol/values.ts';
import type { StateRecord, StateValue } from '../protocol/values.ts';

const decodedBytes = new WeakMap<Uint8Array, StateValue>();

/** One key and its value at one moment; a change makes another entry, so that everything derived can be kept by it. */
export class Entry {
  readonly key: string;
  /** As stored, coded fields coded. Frozen by whoever shows it, never edited. */
  readonly stored: StateValue;
  /** Why it cannot be shown at all, for what other programs wrote. */
  readonly problem: CovalenceError | undefined;
  #decoded: StateValue | undefined;

  constructor(key: string, stored: StateValue, problem?: CovalenceError) {
    this.key = key;
    this.stored = stored;
    this.problem = problem;
  }

  /** As people read it: frozen, coded fields decoded, bytes copied. Throws `value/invalid` for damaged codes. */
  get decoded(): StateValue {
    if (this.problem !== undefined) throw this.problem;
    this.#decoded ??= decodeStored(this.key, this.stored);
    return this.#decoded;
  }
}

function publish(value: StateValue): StateValue {
  // Bytes cannot be frozen, and these belong to the document.
  return freezeValue(holdsBytes(value) ? copyValue(value) : value);
}

function decodeStored(key: string, stored: StateValue): StateValue {
  if (!isRecord(stored)) return publish(stored);
  const coded = codedFields(key);
  const record: StateRecord = {};
  for (const field of Object.keys(stored)) {
    const value = stored[field];
    const coding = coded.get(field);
    if (coding === undefined) record[field] = publish(value);
    else {
      const known = value instanceof Uint8Array ? decodedBytes.get(value) : undefined;
      const decoded = known ?? freezeValue(coding.decode(value));
      if (value instanceof Uint8Array) decodedBytes.set(value, decoded);
      record[field] = decoded;
    }
  }
  return Object.freeze(record);
}

/** One checked field in the form in which it is stored. */
export function encodeField(key: string, field: string, value: StateValue): StateValue {
  const coding = codedFields(key).get(field);
  return coding === undefined ? value : coding.encode(value);
}

/** A checked value in the form in which it is stored. */
export function encodeValue(key: string, value: StateValue): StateValue {
  if (!isRecord(value)) return value;
  const stored: StateRecord = {};
  for (const field of Object.keys(value)) stored[field] = encodeField(key, field, value[field]);
  return stored;
}
