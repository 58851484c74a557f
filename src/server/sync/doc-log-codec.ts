import { createDecoder, hasContent, readUint8, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding';
import {
  createEncoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding';
import { crc32 } from '../../data/crc32.ts';
import type { ClientOwner, DocEntry, StoredDoc } from './doc-store.ts';

/** First byte of an item in a record. */
const ITEM = { epoch: 1, update: 2, owner: 3 } as const;
/** Begins every record; finds whole records behind one that is not. */
const MAGIC = Buffer.from('\u0000Cov');
/** Magic; then little-endian u32 length of the payload, its CRC-32, and how much of the file was durable before. */
const HEAD_BYTE_LENGTH = 16;

/** What a record holds. */
export function encodePayload({ update, owners = [] }: DocEntry, epoch?: string): Uint8Array {
  const encoder = createEncoder();
  if (epoch !== undefined) {
    writeUint8(encoder, ITEM.epoch);
    writeVarString(encoder, epoch);
  }
  for (const [clientId, subject] of owners) {
    writeUint8(encoder, ITEM.owner);
    writeVarUint(encoder, clientId);
    writeVarString(encoder, subject);
  }
  if (update !== undefined) {
    writeUint8(encoder, ITEM.update);
    writeVarUint8Array(encoder, update);
  }
  return toUint8Array(encoder);
}

/** Reads what {@link encodePayload} made; an update takes part in `updates`. Throws on anything else. */
export function decodePayload(payload: Uint8Array): { epoch?: string; updates: Uint8Array[]; owners: ClientOwner[] } {
  const decoder = createDecoder(payload);
  const updates: Uint8Array[] = [];
  const owners: ClientOwner[] = [];
  let epoch: string | undefined;
  while (hasContent(decoder)) {
    const item = readUint8(decoder);
    if (item === ITEM.epoch) epoch = readVarString(decoder);
    else if (item === ITEM.update) updates.push(readVarUint8Array(decoder));
    else owners.push([readVarUint(decoder), readVarString(decoder)]);
  }
  return { ...(epoch === undefined ? {} : { epoch }), updates, owners };
}

/** A record of a log of which `durableByteLength` bytes survive anything. */
export function encodeRecord(payload: Uint8Array, durableByteLength: number): Uint8Array {
  const record = Buffer.alloc(HEAD_BYTE_LENGTH + payload.byteLength);
  MAGIC.copy(record);
  record.writeUInt32LE(payload.byteLength, 4);
  record.writeUInt32LE(durableByteLength, 12);
  record.set(payload, HEAD_BYTE_LENGTH);
  record.writeUInt32LE(crc32(record.subarray(12)), 8);
  return record;
}

interface FoundRecord {
  payload: Buffer;
  durableByteLength: number;
}

/** The record at `at`, or undefined when none is whole there. */
function recordAt(bytes: Buffer, at: number): FoundRecord | undefined {
  const start = at + HEAD_BYTE_LENGTH;
  if (start > bytes.byteLength || !bytes.subarray(at, at + MAGIC.byteLength).equals(MAGIC)) return undefined;
  const end = start + bytes.readUInt32LE(at + 4);
  if (end > bytes.byteLength || crc32(bytes.subarray(at + 12, end)) !== bytes.readUInt32LE(at + 8)) return undefined;
  return { payload: bytes.subarray(start, end), durableByteLength: bytes.readUInt32LE(at + 12) };
}

/** What a log says. */
export interface DecodedLog {
  stored: StoredDoc | undefined;
  /** Bytes up to the end of the last whole record without a gap before it. */
  wholeByteLength: number;
  /**
   * What follows those bytes had been durable once, as a later record says: it was damaged. Otherwise it is what a loss
   * of power left of writes that were never acknowledged, in whatever order the disk took them.
   */
  isDamaged: boolean;
  /**
   * What follows those bytes is as long as it says and not what its checksum says, or begins like no record: a write that
   * broke off with its process is shorter. A loss of power, or somebody, leaves such an end.
   */
  isAltered: boolean;
}

/** True for a record that ends before its length, as a write that broke off does; not when only its length is wrong. */
function isShortRecord(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, MAGIC.byteLength);
  if (!mark.equals(MAGIC.subarray(0, mark.byteLength))) return false;
  if (bytes.byteLength < HEAD_BYTE_LENGTH) return true;
  return (
    HEAD_BYTE_LENGTH + bytes.readUInt32LE(4) > bytes.byteLength && crc32(bytes.subarray(12)) !== bytes.readUInt32LE(8)
  );
}

/** Reads a log. Never throws. */
export function decodeLog(bytes: Buffer): DecodedLog {
  const updates: Uint8Array[] = [];
  const owners = new Map<number, string>();
  let epoch: string | undefined;
  let at = 0;
  for (let record = recordAt(bytes, 0); record !== undefined; record = recordAt(bytes, at)) {
    const found = decodePayload(record.payload);
    epoch = found.epoch ?? epoch;
    for (const update of found.updates) updates.push(update);
    for (const [clientId, subject] of found.owners) owners.set(clientId, subject);
    at += HEAD_BYTE_LENGTH + record.payload.byteLength;
  }
  let isDamaged = false;
  for (let next = bytes.indexOf(MAGIC, at + 1); next !== -1 && !isDamaged; next = bytes.indexOf(MAGIC, next + 1)) {
    isDamaged = (recordAt(bytes, next)?.durableByteLength ?? 0) > at;
  }
  return {
    stored: epoch === undefined ? undefined : { epoch, updates, owners: [...owners] },
    wholeByteLength: at,
    isDamaged,
    isAltered: at < bytes.byteLength && !isShortRecord(bytes.subarray(at)),
  };
}
