import { crc32 } from '../../data/crc32.ts';
import type { ClientOwner, DocEntry, StoredDoc } from './doc-store.ts';

/** First byte of a record's payload. */
const KIND = { begin: 1, update: 2, owners: 3 } as const;
/** u32 length and u32 CRC-32 of the payload, little-endian. */
const HEAD_BYTE_LENGTH = 8;

function record(kind: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTE_LENGTH + 1 + payload.byteLength);
  bytes.writeUInt32LE(1 + payload.byteLength, 0);
  bytes[HEAD_BYTE_LENGTH] = kind;
  bytes.set(payload, HEAD_BYTE_LENGTH + 1);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTE_LENGTH)), 4);
  return bytes;
}

/** The record that begins a log. */
export function beginRecord(epoch: string): Buffer {
  return record(KIND.begin, Buffer.from(JSON.stringify({ epoch })));
}

/** The records of one append. */
export function entryRecords({ update, owners }: DocEntry): Buffer {
  return Buffer.concat([
    ...(update === undefined ? [] : [record(KIND.update, update)]),
    ...(owners === undefined || owners.length === 0 ? [] : [record(KIND.owners, Buffer.from(JSON.stringify(owners)))]),
  ]);
}

/** What a log says, and how many of its bytes are whole records; what follows them is a torn end. */
export function readLog(bytes: Buffer): { stored: StoredDoc | undefined; wholeByteLength: number } {
  const updates: Uint8Array[] = [];
  const owners = new Map<number, string>();
  let epoch: string | undefined;
  let at = 0;
  while (at + HEAD_BYTE_LENGTH < bytes.byteLength) {
    const end = at + HEAD_BYTE_LENGTH + bytes.readUInt32LE(at);
    if (end > bytes.byteLength || end === at + HEAD_BYTE_LENGTH) break;
    const body = bytes.subarray(at + HEAD_BYTE_LENGTH, end);
    if (crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    const payload = body.subarray(1);
    if (body[0] === KIND.begin) ({ epoch } = JSON.parse(payload.toString()) as { epoch: string });
    else if (body[0] === KIND.update) updates.push(payload);
    else if (body[0] === KIND.owners) {
      for (const [clientId, subject] of JSON.parse(payload.toString()) as ClientOwner[]) owners.set(clientId, subject);
    }
    at = end;
  }
  const stored = epoch === undefined ? undefined : { epoch, updates, owners: [...owners] };
  return { stored, wholeByteLength: at };
}
