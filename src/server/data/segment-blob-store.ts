import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';
import { fromHex, toHex } from '../../data/hash.ts';
import type { BlobStore } from './blob-store.ts';
import { GroupWriter } from './group-writer.ts';
import { recentBytes } from './recent-bytes.ts';
import { storeError } from './store-errors.ts';
import { sha256 } from './stored-values.ts';
import { syncDirectory } from './sync-directory.ts';

/*
 * A segment is a file of entries: "BLOB" (4 bytes), length of the bytes (u32), sha256 (32 bytes), the bytes. A write
 * that broke off leaves an entry whose bytes are not those of its hash; as every entry is checked against its hash when
 * it is first used, such an entry is found out, and what it should have been is written anew.
 */
const MARK = new TextEncoder().encode('BLOB');
const HEADER_BYTE_LENGTH = 40;
/** Name of a segment. */
export const SEGMENT: RegExp = /^(\d{8})\.seg$/;
/** A segment is closed and the next begun above this many bytes. */
const SEGMENT_BYTE_LENGTH = 256 * 1024 * 1024;
const SCAN_BYTE_LENGTH = 256 * 1024;
const MAX_BLOB_BYTE_LENGTH = 0xffffffff;
/** Segments kept open for reading. */
const OPEN_SEGMENTS = 64;

/** What of a file's functions is used, so that tests can let them fail. */
export type SegmentFile = Pick<FileHandle, 'read' | 'write' | 'datasync' | 'stat' | 'close'>;

/** Bytes of blobs that were read last and stay in memory: several people play the same frames. */
const KEPT_BYTE_LENGTH = 64 * 1024 * 1024;

/** Options of {@link openSegmentBlobStore}. */
export interface SegmentBlobStoreOptions {
  openFile?: (path: string, flags: 'r' | 'wx+') => Promise<SegmentFile>;
  segmentByteLength?: number;
}

interface Place {
  segment: number;
  /** Where the bytes begin. */
  offset: number;
  byteLength: number;
  /** True once the bytes were compared with their hash, or written by this process. */
  isSound: boolean;
}

/**
 * Opens the blobs in `directory`, making it when it is not there; the caller sees to it that one process has it open.
 * Writing always begins in a new segment, so that nothing is ever changed that an earlier process wrote.
 */
export async function openSegmentBlobStore(
  directory: string,
  options: SegmentBlobStoreOptions = {},
): Promise<BlobStore> {
  const { openFile = open, segmentByteLength = SEGMENT_BYTE_LENGTH } = options;
  await mkdir(directory, { recursive: true });
  const names = (await readdir(directory)).filter((name) => SEGMENT.test(name)).sort();
  const places = new Map<string, Place>();
  const files = new Map<number, Promise<SegmentFile>>();
  const writing = new Map<string, Promise<void>>();
  const kept = recentBytes(KEPT_BYTE_LENGTH);
  let stored = 0;
  let newest = 0;
  let active: { segment: number; file: SegmentFile; end: number } | undefined;

  const pathOf = (segment: number): string => join(directory, `${String(segment).padStart(8, '0')}.seg`);

  const fileOf = (segment: number): Promise<SegmentFile> => {
    if (active?.segment === segment) return Promise.resolve(active.file);
    const known = files.get(segment);
    if (known !== undefined) return known;
    const file = openFile(pathOf(segment), 'r');
    files.set(segment, file);
    file.catch(() => files.delete(segment));
    return file;
  };

  for (const name of names) {
    const segment = Number(SEGMENT.exec(name)?.[1]);
    newest = Math.max(newest, segment);
    const file = await openFile(pathOf(segment), 'r');
    try {
      for await (const entry of entriesOf(file)) {
        stored += entry.byteLength;
        if (!places.has(entry.hash)) places.set(entry.hash, { segment, ...entry, isSound: false });
      }
    } finally {
      await file.close();
    }
  }

  const load = async (hash: string, place: Place): Promise<Uint8Array | undefined> => {
    const bytes = await readAt(await fileOf(place.segment), place.offset, place.byteLength);
    if (bytes.byteLength < place.byteLength) return undefined;
    if (place.isSound) return bytes;
    if (sha256(bytes) !== hash) return undefined;
    place.isSound = true;
    return bytes;
  };

  const begin = async (): Promise<{ segment: number; file: SegmentFile; end: number }> => {
    const segment = newest + 1;
    const file = await openFile(pathOf(segment), 'wx+');
    newest = segment;
    await syncDirectory(directory);
    return { segment, file, end: 0 };
  };

  const closeActive = async (): Promise<void> => {
    if (active === undefined) return;
    files.set(active.segment, Promise.resolve(active.file));
    active = undefined;
    // Segments that are only read may be closed; they are opened again when needed.
    for (const [segment, file] of files) {
      if (files.size <= OPEN_SEGMENTS) break;
      files.delete(segment);
      await (await file).close();
    }
  };

  const writer = new GroupWriter<{ hash: string; bytes: Uint8Array }>(async (batch) => {
    try {
      if (active !== undefined && active.end >= segmentByteLength) await closeActive();
      active ??= await begin();
      const { segment, file } = active;
      const fresh: [string, Place][] = [];
      const pieces: Uint8Array[] = [];
      let end = active.end;
      for (const { hash, bytes } of batch) {
        pieces.push(headerOf(hash, bytes), bytes);
        fresh.push([hash, { segment, offset: end + HEADER_BYTE_LENGTH, byteLength: bytes.byteLength, isSound: true }]);
        end += HEADER_BYTE_LENGTH + bytes.byteLength;
      }
      await writePieces(file, pieces, active.end);
      await file.datasync();
      active.end = end;
      for (const [hash, place] of fresh) {
        places.set(hash, place);
        stored += place.byteLength;
      }
    } catch (error) {
      // What a failed write left is never written over nor trusted: the next one begins another segment.
      await closeActive();
      throw storeError(error, 'Storing an array');
    }
  });

  return {
    get byteLength() {
      return stored;
    },
    has: (hash) => places.has(hash),
    async put(hash, bytes) {
      if (bytes.byteLength > MAX_BLOB_BYTE_LENGTH) {
        throw new CovalenceError('value/too-large', `An array has at most ${MAX_BLOB_BYTE_LENGTH} bytes.`);
      }
      const present = writing.get(hash);
      if (present !== undefined) return present;
      const place = places.get(hash);
      const put = async (): Promise<void> => {
        if (place !== undefined && (place.isSound || (await load(hash, place)) !== undefined)) return;
        await writer.add({ hash, bytes });
      };
      const running = put().finally(() => writing.delete(hash));
      writing.set(hash, running);
      return running;
    },
    async get(hash) {
      const known = kept.get(hash);
      if (known !== undefined) return known;
      const place = places.get(hash);
      if (place === undefined) return undefined;
      const bytes = await load(hash, place);
      if (bytes !== undefined) {
        kept.add(hash, bytes);
        return bytes;
      }
      throw new CovalenceError(
        'frame/corrupt',
        `The stored bytes with sha256 ${hash} are damaged. Restore "${pathOf(place.segment)}" from a copy.`,
        { hash },
      );
    },
    async close() {
      await writer.idle();
      await closeActive();
      for (const file of files.values()) await (await file).close();
      files.clear();
    },
  };
}

/** The entries of a segment from `from` up to its end or to the first that is none. */
export async function* entriesOf(
  file: SegmentFile,
  from = 0,
): AsyncIterable<{ hash: string; offset: number; byteLength: number }> {
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

function headerOf(hash: string, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTE_LENGTH);
  header.set(MARK);
  header.writeUInt32LE(bytes.byteLength, 4);
  header.set(fromHex(hash) ?? [], 8);
  return header;
}

async function writePieces(file: SegmentFile, pieces: readonly Uint8Array[], start: number): Promise<void> {
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

/** Bytes of a file; fewer where it ends. */
export async function readAt(file: SegmentFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
