import { emptyRecord } from '../../data/frame-key.ts';
import type { ValueType } from '../../data/hash.ts';
import { decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import { pooledCopy, sharedShape } from './pooled.ts';
import type { CommitRecord, RecordOp, StoredKeys, StoredValue } from './commit-record.ts';

/** A stored value on disk: hashes as bytes, inline values without their length. */
type PackedValue = null | [type: ValueType, shape: readonly number[], hash: Uint8Array, bytes: number | Uint8Array];
type PackedKeys = Record<string, PackedValue>;

/** Records as the bytes of a log. */
export function packRecords(records: readonly CommitRecord[]): Uint8Array<ArrayBuffer> {
  return encodeMsgpack(records.map((record) => ({ ...record, ops: record.ops.map(packOp) })));
}

/** Reads records back. Throws `request/invalid` for bytes that are none. */
export function unpackRecords(bytes: Uint8Array): CommitRecord[] {
  const records = decodeMsgpack(bytes) as (Omit<CommitRecord, 'ops'> & { ops: unknown[] })[];
  return records.map((record) => ({ ...record, ops: record.ops.map(unpackOp) }));
}

function packOp(op: RecordOp): unknown {
  if (op.op === 'set') return { ...op, keys: packKeys(op.keys) };
  if (op.op !== 'insert') return op;
  return { ...op, frames: op.frames.map(({ id, version, keys }) => [id, version, packKeys(keys)]) };
}

function unpackOp(packed: unknown): RecordOp {
  const op = packed as RecordOp;
  if (op.op === 'set') return { ...op, keys: unpackKeys(op.keys as unknown as PackedKeys) };
  if (op.op !== 'insert') return op;
  const frames = op.frames as unknown as [id: string, version: number, keys: PackedKeys][];
  return { ...op, frames: frames.map(([id, version, keys]) => ({ id, version, keys: unpackKeys(keys) })) };
}

function packKeys(keys: StoredKeys): PackedKeys {
  const packed = emptyRecord<PackedValue>();
  for (const [key, value] of Object.entries(keys)) packed[key] = value === null ? null : packValue(value);
  return packed;
}

function packValue({ type, shape, hash, byteLength, inline }: StoredValue): PackedValue {
  return [type, shape, Buffer.from(hash, 'hex'), inline ?? byteLength];
}

function unpackKeys(packed: PackedKeys): StoredKeys {
  // A plain object, which takes a third of one without prototype; the names were checked before they were written.
  const keys: Record<string, StoredValue | null> = {};
  for (const [key, value] of Object.entries(packed)) keys[key] = value === null ? null : unpackValue(value);
  return keys;
}

function unpackValue([type, shape, hash, bytes]: NonNullable<PackedValue>): StoredValue {
  const stored = {
    type,
    shape: sharedShape(shape),
    hash: Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex'),
  };
  if (typeof bytes === 'number') return { ...stored, byteLength: bytes };
  // A copy, so that the few bytes do not keep the block of the log in memory that they were read with.
  return { ...stored, byteLength: bytes.byteLength, inline: pooledCopy(bytes) };
}
