import { emptyRecord } from '../../data/frame-key.ts';
import type { ValueType } from '../../data/hash.ts';
import type { StoredKeys, StoredValue } from './commit-record.ts';
import { pooledCopy, sharedShape } from './pooled.ts';

/** A stored value on disk: hashes as bytes, inline values without their length. */
export type PackedValue =
  | null
  | [type: ValueType, shape: readonly number[], hash: Uint8Array, bytes: number | Uint8Array];
/** Values by key on disk. */
export type PackedKeys = Record<string, PackedValue>;

/** Values by key as they are written. */
export function packKeys(keys: StoredKeys): PackedKeys {
  const packed = emptyRecord<PackedValue>();
  for (const [key, value] of Object.entries(keys)) packed[key] = value === null ? null : packValue(value);
  return packed;
}

function packValue({ type, shape, hash, byteLength, inline }: StoredValue): PackedValue {
  return [type, shape, Buffer.from(hash, 'hex'), inline ?? byteLength];
}

/** Reads what {@link packKeys} made. */
export function unpackKeys(packed: PackedKeys): StoredKeys {
  // A plain object, which takes a third of one without prototype; the names were checked before they were written.
  const keys: Record<string, StoredValue | null> = {};
  for (const [key, value] of Object.entries(packed)) keys[key] = value === null ? null : unpackValue(value);
  return keys;
}

/** Reads one value of {@link packKeys}. */
export function unpackValue([type, shape, hash, bytes]: NonNullable<PackedValue>): StoredValue {
  const stored = {
    type,
    shape: sharedShape(shape),
    hash: Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex'),
  };
  if (typeof bytes === 'number') return { ...stored, byteLength: bytes };
  // A copy, so that the few bytes do not keep the block of the log in memory that they were read with.
  return { ...stored, byteLength: bytes.byteLength, inline: pooledCopy(bytes) };
}
