import { assertMsgpack, decodeKnownMsgpack, decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import type { CommitRecord, RecordOp } from './commit-record.ts';
import { endOfValue, openAt, textAt } from './msgpack-walk.ts';
import { PackedFrames } from './packed-frames.ts';
import { PackedInsert } from './packed-insert.ts';
import { packKeys, type PackedKeys, unpackKeys } from './stored-keys-codec.ts';

/** Records longer than this are taken apart; of shorter ones objects are made at once. */
const LARGE_BYTE_LENGTH = 16 * 1024;
/** Insertions of fewer frames become objects. */
const MANY_FRAMES = 64;

type PackedRecord = Omit<CommitRecord, 'ops'> & { ops: unknown[] };

/** Records as the bytes of a log. */
export function packRecords(records: readonly CommitRecord[]): Uint8Array<ArrayBuffer> {
  return encodeMsgpack(records.map((record) => ({ ...record, ops: record.ops.map(packOp) })));
}

/**
 * Reads records back; the frames of a large insertion stay as they are until somebody asks for them. Throws
 * `request/invalid` for bytes that are none.
 */
export function unpackRecords(bytes: Uint8Array): CommitRecord[] {
  if (bytes.byteLength <= LARGE_BYTE_LENGTH) return (decodeMsgpack(bytes) as PackedRecord[]).map(unpackRecord);
  assertMsgpack(bytes);
  const records: CommitRecord[] = [];
  const { count, at } = openAt(bytes, 0);
  for (let i = 0, offset = at; i < count; i += 1) {
    const end = endOfValue(bytes, offset);
    const part = bytes.subarray(offset, end);
    records.push(
      part.byteLength <= LARGE_BYTE_LENGTH
        ? unpackRecord(decodeKnownMsgpack(part) as PackedRecord)
        : unpackLargeRecord(part),
    );
    offset = end;
  }
  return records;
}

function unpackRecord(record: PackedRecord): CommitRecord {
  return { ...record, ops: record.ops.map(unpackOp) };
}

/** A record whose large insertions stay packed. */
function unpackLargeRecord(bytes: Uint8Array): CommitRecord {
  const record: Record<string, unknown> = {};
  for (const [name, value] of fieldsOf(bytes)) {
    record[name] = name === 'ops' ? [...itemsOf(value)].map(unpackLargeOp) : decodeKnownMsgpack(value);
  }
  return record as unknown as CommitRecord;
}

function unpackLargeOp(bytes: Uint8Array): RecordOp {
  const fields = new Map(fieldsOf(bytes));
  const frames = fields.get('frames');
  if (
    frames !== undefined &&
    decodeKnownMsgpack(fields.get('op') ?? bytes) === 'insert' &&
    openAt(frames, 0).count >= MANY_FRAMES
  ) {
    // A copy, so that a room does not keep what else was read with it.
    const packed = PackedFrames.of(frames.slice());
    const after = fields.get('after');
    if (packed !== undefined) {
      return new PackedInsert(packed, after === undefined ? undefined : (decodeKnownMsgpack(after) as string | null));
    }
  }
  return unpackOp(decodeKnownMsgpack(bytes));
}

function* fieldsOf(bytes: Uint8Array): Generator<[name: string, value: Uint8Array]> {
  const { count, at } = openAt(bytes, 0);
  for (let i = 0, offset = at; i < count; i += 1) {
    const start = endOfValue(bytes, offset);
    const end = endOfValue(bytes, start);
    yield [textAt(bytes, offset), bytes.subarray(start, end)];
    offset = end;
  }
}

function* itemsOf(bytes: Uint8Array): Generator<Uint8Array> {
  const { count, at } = openAt(bytes, 0);
  for (let i = 0, offset = at; i < count; i += 1) {
    const end = endOfValue(bytes, offset);
    yield bytes.subarray(offset, end);
    offset = end;
  }
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
