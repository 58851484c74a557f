import type { FileHandle } from 'node:fs/promises';
import { fromHex, toHex } from '../../data/hash.ts';
import { readAt } from './read-at.ts';

/*
 * A segment is a file of entries: "BLOB" (4 bytes), length of the bytes (u32), sha256 (32 bytes), the bytes. A write
 * that broke off leaves an entry whose bytes are not those of its hash; as every entry is checked against its hash when
 * it is first used, such an entry is found out, and what it should have been is written anew.
 */
/** Begins every entry. */
export const MARK: Uint8Array = new TextEncoder().encode('BLOB');
/** Bytes before those of a blob. */
export const HEADER_BYTE_LENGTH = 40;
const SCAN_BYTE_LENGTH = 256 * 1024;
const SEGMENT = /^(\d{8})\.seg$/;

/** What of a file's functions is used, so that tests can let them fail. */
export type SegmentFile = Pick<FileHandle, 'read' | 'write' | 'datasync' | 'stat' | 'close'>;

/** A blob in a segment: its hash as announced, where its bytes begin, and how many they are. */
export interface SegmentEntry {
  hash: string;
  offset: number;
  byteLength: number;
}

/** Name of the file of a segment. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, '0')}.seg`;
}

/** Number of the segment of a file's name; undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = SEGMENT.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** The entries of a segment from `from` up to its end or to the first that is none. */
export async function* entriesOf(file: SegmentFile, from = 0): AsyncIterable<SegmentEntry> {
  const { size } = await file.stat();
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  for (let at = from; at + HEADER_BYTE_LENGTH <= size;) {
    if (at < start || at + HEADER_BYTE_LENGTH > start + window.byteLength) {
      window = await readAt(file, at, Math.min(SCAN_BYTE_LENGTH, size - at));
      start = at;
    }
    const header = Buffer.from(window.buffer, window.byteOffset + at - start, HEADER_BYTE_LENGTH);
    const byteLength = header.readUInt32LE(4);
    const offset = at + HEADER_BYTE_LENGTH;
    if (!header.subarray(0, 4).equals(MARK) || offset + byteLength > size) return;
    yield { hash: toHex(header.subarray(8)), offset, byteLength };
    at = offset + byteLength;
  }
}

/** What stands before the bytes of a blob. */
export function headerOf(hash: string, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTE_LENGTH);
  header.set(MARK);
  header.writeUInt32LE(bytes.byteLength, 4);
  header.set(fromHex(hash) ?? [], 8);
  return header;
}

/** Writes `pieces` one after the other from `start` on. */
export async function writePieces(file: SegmentFile, pieces: readonly Uint8Array[], start: number): Promise<void> {
  let offset = start;
  // Small arrays go out together; a large one is not copied.
  const large = 1024 * 1024;
  let small: Uint8Array[] = [];
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let written = 0; written < bytes.byteLength;) {
      const { bytesWritten } = await file.write(bytes, written, bytes.byteLength - written, offset);
      written += bytesWritten;
      offset += bytesWritten;
    }
  };
  const flush = async (): Promise<void> => {
    if (small.length > 0) await write(Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.byteLength < large) {
      small.push(piece);
      continue;
    }
    await flush();
    await write(piece);
  }
  await flush();
}
