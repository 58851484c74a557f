import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../../data/formats/format.ts';
import { CovalenceError } from '../../protocol/errors.ts';

const PIECE_BYTE_LENGTH = 1024 * 1024;

/** The CRC-32 of the first bytes of a file. */
export interface SourceChecksum {
  byteLength: number;
  crc32: number;
}

/** A file on disk, open for reading. */
export interface FileSource extends ByteSource {
  readonly path: string;
  /** Modification time in milliseconds since 1970 when it was opened. */
  readonly modifiedMs: number;
  /** CRC-32 of the first bytes, as many as were streamed from the beginning on without a gap. */
  readonly checksum: SourceChecksum;
  /** CRC-32 of the first `byteLength` bytes; reads what was not streamed yet. */
  sumTo(byteLength: number): Promise<number>;
  /** Goes on from a checksum that was found before. */
  resumeFrom(checksum: SourceChecksum): void;
  /** Tells a file from another one that took its name. */
  readonly inode: number;
  /** Makes bytes visible that were added since, also where a longer file took the place of this one. */
  grow(): Promise<void>;
}

/**
 * Opens the file at `path`, called `name` in sentences, for reading anywhere; its length is that at opening until `grow`. Rejects with
 * `file/not-found` when it is missing, unreadable or no file.
 */
export async function fileSource(path: string, name: string = basename(path)): Promise<FileSource> {
  let handle: FileHandle;
  try {
    // Opening a named pipe would wait for somebody who writes into it, for ever.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : (error as Error).message;
    throw new CovalenceError('file/not-found', `"${path}" cannot be opened: ${reason}.`, { path }, { cause: error });
  }
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new CovalenceError('file/not-found', `"${path}" cannot be opened: ${noFile(path, stat.isDirectory())}`, {
      path,
    });
  }
  let byteLength = stat.size;
  let modifiedMs = stat.mtimeMs;
  let inode = stat.ino;
  let isClosed = false;
  let summed: SourceChecksum = { byteLength: 0, crc32: 0 };

  /** Whoever streams the file from its beginning pays for the checksum on the way. */
  const sum = (piece: Uint8Array, at: number): void => {
    const end = at + piece.byteLength;
    if (at > summed.byteLength || end <= summed.byteLength) return;
    summed = { byteLength: end, crc32: crc32(piece.subarray(summed.byteLength - at), summed.crc32) };
  };

  const fill = async (target: Uint8Array, offset: number): Promise<number> => {
    let filled = 0;
    while (filled < target.byteLength) {
      const { bytesRead } = await handle.read(target, filled, target.byteLength - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  };

  return {
    path,
    name,
    get byteLength() {
      return byteLength;
    },
    get modifiedMs() {
      return modifiedMs;
    },
    get inode() {
      return inode;
    },
    get checksum() {
      return summed;
    },
    async sumTo(end) {
      if (summed.byteLength > end) summed = { byteLength: 0, crc32: 0 };
      const piece = new Uint8Array(PIECE_BYTE_LENGTH);
      while (summed.byteLength < end) {
        const at = summed.byteLength;
        const filled = await fill(piece.subarray(0, Math.min(piece.byteLength, end - at)), at);
        if (filled === 0) break;
        sum(piece.subarray(0, filled), at);
      }
      return summed.crc32;
    },
    resumeFrom(checksum) {
      summed = checksum;
    },
    async grow() {
      const former = handle;
      const next = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      const now = await next.stat();
      if (isClosed || !now.isFile()) return next.close();
      handle = next;
      ({ size: byteLength, mtimeMs: modifiedMs, ino: inode } = now);
      // Reads that are under way end first.
      await former.close();
    },
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      const target = new Uint8Array(Math.max(0, Math.min(length, byteLength - offset)));
      return target.subarray(0, await fill(target, offset));
    },
    async *stream(offset, signal) {
      const piece = new Uint8Array(PIECE_BYTE_LENGTH);
      for (let at = offset; at < byteLength;) {
        signal?.throwIfAborted();
        const filled = await fill(piece.subarray(0, Math.min(piece.byteLength, byteLength - at)), at);
        if (filled === 0) return;
        sum(piece.subarray(0, filled), at);
        yield piece.subarray(0, filled);
        at += filled;
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await handle.close();
    },
  };
}

function noFile(path: string, isFolder: boolean): string {
  if (!isFolder) return 'it is not a file.';
  if (!/\.zarr(md)?\/?$/i.test(path))
    return `it is a folder. Name the files in it, such as ${path.replace(/\/$/, '')}/*.xyz.`;
  return 'it is a Zarr store. A page reads one from any web server: <co-viewer src="https://host/name.zarr">.';
}
