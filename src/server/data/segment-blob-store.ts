import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CovalenceError } from '../../protocol/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { GroupWriter } from './group-writer.ts';
import { readAt } from './read-at.ts';
import { recentBytes } from './recent-bytes.ts';
import { salvagedEntries } from './salvage-segment.ts';
import {
  HEADER_BYTE_LENGTH,
  headerOf,
  type SegmentFile,
  segmentName,
  segmentNumber,
  writePieces,
} from './segment-file.ts';
import { storeError } from './store-errors.ts';
import { sha256 } from './stored-values.ts';
import { syncDirectory } from './sync-directory.ts';
import { touchTable } from './touch-table.ts';

/** A segment is closed and the next begun above this many bytes. */
const SEGMENT_BYTE_LENGTH = 256 * 1024 * 1024;
const MAX_BLOB_BYTE_LENGTH = 0xffffffff;
/** Segments kept open for reading. */
const OPEN_SEGMENTS = 64;
/** A segment is written anew without its garbage when less than this part of it is still needed. */
const WORTH_KEEPING = 0.5;
/** Bytes of a segment that are moved with one write. */
const MOVED_BYTE_LENGTH = 8 * 1024 * 1024;

/** Bytes of blobs that were read last and stay in memory: several people play the same frames. */
const KEPT_BYTE_LENGTH = 64 * 1024 * 1024;

/** Options of {@link openSegmentBlobStore}. */
export interface SegmentBlobStoreOptions {
  openFile?: (path: string, flags: 'r' | 'wx+') => Promise<SegmentFile>;
  removeFile?: (path: string) => Promise<void>;
  segmentByteLength?: number;
}

interface Place {
  segment: number;
  /** Where the bytes begin. */
  offset: number;
  byteLength: number;
  /**
   * CRC-32 of the bytes once they were compared with their hash, or written by this process: what tells from then on
   * whether the disk still has them, for a third of what their hash costs.
   */
  crc: number | undefined;
}

/**
 * Opens the blobs in `directory`, making it when it is not there; the caller sees to it that one process has it open.
 * Writing always begins in a new segment, so that nothing is ever changed that an earlier process wrote.
 */
export async function openSegmentBlobStore(
  directory: string,
  options: SegmentBlobStoreOptions = {},
): Promise<BlobStore> {
  const { openFile = open, removeFile = rm, segmentByteLength = SEGMENT_BYTE_LENGTH } = options;
  await mkdir(directory, { recursive: true });
  const segments = (await readdir(directory)).flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
  const places = new Map<string, Place>();
  /** Further copies of what a torn write or a broken off collection left twice. */
  const copies = new Map<string, Place[]>();
  const touched = touchTable();
  const retired: SegmentFile[] = [];
  const files = new Map<number, Promise<SegmentFile>>();
  const writing = new Map<string, Promise<void>>();
  const kept = recentBytes(KEPT_BYTE_LENGTH);
  const loading = new Map<string, Promise<Uint8Array | undefined>>();
  /** Reads under way. */
  let reading = 0;
  let stored = 0;
  let newest = 0;
  /** The segment that is being made, until it is the active one. */
  let beginning: number | undefined;
  let active: { segment: number; file: SegmentFile; end: number } | undefined;

  const pathOf = (segment: number): string => join(directory, segmentName(segment));

  const fileOf = (segment: number): Promise<SegmentFile> => {
    if (active?.segment === segment) return Promise.resolve(active.file);
    const known = files.get(segment);
    if (known !== undefined) return known;
    const file = openFile(pathOf(segment), 'r');
    files.set(segment, file);
    file.catch(() => files.delete(segment));
    return file;
  };

  for (const segment of segments) {
    newest = Math.max(newest, segment);
    const file = await openFile(pathOf(segment), 'r');
    try {
      for await (const entry of salvagedEntries(file)) {
        const { hash, offset, byteLength } = entry;
        const place: Place = { segment, offset, byteLength, crc: undefined };
        if (places.has(hash)) {
          copies.set(hash, [...(copies.get(hash) ?? []), place]);
          continue;
        }
        stored += byteLength;
        places.set(hash, place);
        copies.delete(hash);
      }
    } finally {
      await file.close();
    }
  }

  const closeRetired = async (): Promise<void> => {
    for (const file of retired.splice(0)) await file.close();
  };

  const loadFrom = async (hash: string, place: Place): Promise<Uint8Array | undefined> => {
    reading += 1;
    const bytes = await fileOf(place.segment)
      .then((file) => readAt(file, place.offset, place.byteLength))
      .finally(() => (reading -= 1));
    if (bytes.byteLength < place.byteLength) return undefined;
    const crc = crc32(bytes);
    if (place.crc === crc) return bytes;
    place.crc = undefined;
    if (sha256(bytes) !== hash) return undefined;
    place.crc = crc;
    return bytes;
  };

  /** The bytes from the first copy that is whole; it is the only one from then on. */
  const load = async (hash: string, place: Place): Promise<Uint8Array | undefined> => {
    const bytes = await loadFrom(hash, place);
    if (bytes !== undefined) return bytes;
    for (const copy of copies.get(hash) ?? []) {
      const copied = await loadFrom(hash, copy);
      if (copied === undefined) continue;
      places.set(hash, copy);
      return copied;
    }
    return undefined;
  };

  const begin = async (): Promise<{ segment: number; file: SegmentFile; end: number }> => {
    const segment = newest + 1;
    beginning = segment;
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
      active ??= await begin().finally(() => (beginning = undefined));
      const { segment, file } = active;
      const fresh: [string, Place][] = [];
      const pieces: Uint8Array[] = [];
      let end = active.end;
      for (const { hash, bytes } of batch) {
        pieces.push(headerOf(hash, bytes), bytes);
        fresh.push([
          hash,
          { segment, offset: end + HEADER_BYTE_LENGTH, byteLength: bytes.byteLength, crc: crc32(bytes) },
        ]);
        end += HEADER_BYTE_LENGTH + bytes.byteLength;
      }
      await writePieces(file, pieces, active.end);
      await file.datasync();
      active.end = end;
      for (const [hash, place] of fresh) {
        if (!places.has(hash)) stored += place.byteLength;
        places.set(hash, place);
      }
    } catch (error) {
      // What a failed write left is never written over nor trusted: the next one begins another segment.
      await closeActive();
      throw storeError(error, 'Storing an array');
    }
  });

  /** Writes what is needed of a segment that is mostly garbage once more, durably, and removes its file then. */
  const compact = async (): Promise<void> => {
    await closeRetired();
    // What is written from now on comes into these segments, and into none before them.
    const limit = active?.segment ?? beginning ?? newest + 1;
    const needed = new Map<number, [string, Place][]>();
    for (const [hash, place] of places) {
      const list = needed.get(place.segment);
      if (list === undefined) needed.set(place.segment, [[hash, place]]);
      else list.push([hash, place]);
    }
    for (const name of await readdir(directory)) {
      const segment = segmentNumber(name);
      if (segment === undefined || segment >= limit) continue;
      const live = needed.get(segment) ?? [];
      const bytes = live.reduce((sum, [, { byteLength }]) => sum + HEADER_BYTE_LENGTH + byteLength, 0);
      const { size } = await stat(pathOf(segment));
      if (bytes > WORTH_KEEPING * size || !(await move(segment, live))) continue;
      const file = files.get(segment);
      files.delete(segment);
      // While somebody may be reading it, it stays open until the next collection.
      if (file !== undefined) retired.push(await file);
      await removeFile(pathOf(segment));
      // The disk has its room back only then.
      if (reading === 0) await closeRetired();
    }
    await syncDirectory(directory);
  };

  /** False when something of it is damaged: then the segment is evidence and stays. */
  const move = async (segment: number, live: readonly [string, Place][]): Promise<boolean> => {
    let moving: Promise<void>[] = [];
    let length = 0;
    for (const [hash, place] of live) {
      if (places.get(hash) !== place) continue;
      const bytes = await load(hash, place);
      if (bytes === undefined) return false;
      moving.push(writer.add({ hash, bytes }));
      length += bytes.byteLength;
      if (length < MOVED_BYTE_LENGTH) continue;
      await Promise.all(moving);
      moving = [];
      length = 0;
    }
    await Promise.all(moving);
    // Another copy may have been found good meanwhile.
    for (const place of places.values()) if (place.segment === segment) return false;
    return true;
  };

  return {
    get byteLength() {
      return stored;
    },
    has: (hash) => places.has(hash),
    async put(hash, bytes) {
      if (bytes.byteLength > MAX_BLOB_BYTE_LENGTH) {
        throw new CovalenceError('value/too-large', `An array has at most ${MAX_BLOB_BYTE_LENGTH} bytes.`);
      }
      touched.touch(hash);
      const present = writing.get(hash);
      if (present !== undefined) return present;
      const place = places.get(hash);
      const put = async (): Promise<void> => {
        if (place !== undefined && (place.crc !== undefined || (await load(hash, place)) !== undefined)) return;
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
      // Who asks while it is read shares it.
      let running = loading.get(hash);
      if (running === undefined) {
        running = load(hash, place).finally(() => loading.delete(hash));
        loading.set(hash, running);
      }
      const bytes = await running;
      if (bytes !== undefined) {
        if (kept.get(hash) === undefined) kept.add(hash, bytes);
        return bytes;
      }
      throw new CovalenceError(
        'frame/corrupt',
        `The stored bytes with sha256 ${hash} are damaged. Restore "blobs/${segmentName(place.segment)}" of the data directory from a copy.`,
        { hash },
      );
    },
    garbage: {
      hold: () => touched.hold(),
      mark: () => touched.mark(),
      async collect(isReferenced, mark) {
        const isDead = touched.isOlder(mark);
        let removed = 0;
        // In one turn with the question, so that nobody can find a blob here that is about to go.
        for (const [hash, { byteLength }] of places) {
          if (writing.has(hash) || !isDead(hash) || isReferenced(hash)) continue;
          places.delete(hash);
          copies.delete(hash);
          kept.remove(hash);
          stored -= byteLength;
          removed += 1;
        }
        touched.trim(mark);
        await compact();
        return removed;
      },
    },
    async close() {
      await writer.idle();
      await closeActive();
      for (const file of [...retired, ...(await Promise.all(files.values()))]) await file.close();
      files.clear();
    },
  };
}
