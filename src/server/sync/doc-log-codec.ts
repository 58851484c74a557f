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
import type { DocEntry, StoredDoc } from './doc-store.ts';

/** First byte of an item in a record. */
const ITEM = { epoch: 1, update: 2, owner: 3 } as const;
/** Begins every record; finds whole records behind a damaged one. */
const MAGIC = Buffer.from('\u0000Cov');
/** Magic, then u32 length and u32 CRC-32 of the payload, little-endian. */
const HEAD_BYTE_LENGTH = 12;

/** A record: what one write to the log made durable, whole or not at all. */
export function encodeRecord(entries: readonly DocEntry[], epoch?: string): Uint8Array {
  const encoder = createEncoder();
  if (epoch !== undefined) {
    writeUint8(encoder, ITEM.epoch);
    writeVarString(encoder, epoch);
  }
  for (const { update, owners = [] } of entries) {
    for (const [clientId, subject] of owners) {
      writeUint8(encoder, ITEM.owner);
      writeVarUint(encoder, clientId);
      writeVarString(encoder, subject);
    }
    if (update !== undefined) {
      writeUint8(encoder, ITEM.update);
      writeVarUint8Array(encoder, update);
    }
  }
  const payload = toUint8Array(encoder);
  const record = Buffer.alloc(HEAD_BYTE_LENGTH + payload.byteLength);
  MAGIC.copy(record);
  record.writeUInt32LE(payload.byteLength, 4);
  record.writeUInt32LE(crc32(payload), 8);
  record.set(payload, HEAD_BYTE_LENGTH);
  return record;
}

/** The payload of the record at `at`, or undefined when none is whole there. */
function payloadAt(bytes: Buffer, at: number): Buffer | undefined {
  const start = at + HEAD_BYTE_LENGTH;
  if (start > bytes.byteLength || !bytes.subarray(at, at + MAGIC.byteLength).equals(MAGIC)) return undefined;
  const end = start + bytes.readUInt32LE(at + 4);
  if (end > bytes.byteLength) return undefined;
  const payload = bytes.subarray(start, end);
  return crc32(payload) === bytes.readUInt32LE(at + 8) ? payload : undefined;
}

/** What a log says. */
export interface DecodedLog {
  stored: StoredDoc | undefined;
  /** Bytes up to the end of the last whole record; what follows is a write that was torn. */
  wholeByteLength: number;
  /** Whole records follow one that is not: no torn write, but damage. */
  isDamaged: boolean;
}

/** Reads a log. Never throws. */
export function decodeLog(bytes: Buffer): DecodedLog {
  const updates: Uint8Array[] = [];
  const owners = new Map<number, string>();
  let epoch: string | undefined;
  let at = 0;
  for (let payload = payloadAt(bytes, 0); payload !== undefined; payload = payloadAt(bytes, at)) {
    const decoder = createDecoder(payload);
    while (hasContent(decoder)) {
      const item = readUint8(decoder);
      if (item === ITEM.epoch) epoch = readVarString(decoder);
      else if (item === ITEM.update) updates.push(readVarUint8Array(decoder));
      else owners.set(readVarUint(decoder), readVarString(decoder));
    }
    at += HEAD_BYTE_LENGTH + payload.byteLength;
  }
  let next = bytes.indexOf(MAGIC, at + 1);
  while (next !== -1 && payloadAt(bytes, next) === undefined) next = bytes.indexOf(MAGIC, next + 1);
  return {
    stored: epoch === undefined ? undefined : { epoch, updates, owners: [...owners] },
    wholeByteLength: at,
    isDamaged: next !== -1,
  };
}
