import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ScratchFile } from '../../data/formats/source/scratch-file.ts';
import { storeError } from './store-errors.ts';

/** Room on disk for the content of a compressed file. */
export interface FileScratch extends ScratchFile {
  /** Bytes that were appended so far; 0 when nobody needed it. */
  readonly byteLength: number;
  /** CRC-32 of what was appended. */
  readonly crc: number;
  /** Lets the content stay as the file `path` when this is closed. */
  keepAs(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Scratch room in the file `path`, which is made when first needed and removed when this is closed. */
export function fileScratch(path: string): FileScratch {
  let opening: Promise<FileHandle> | undefined;
  let byteLength = 0;
  let crc = 0;
  let isKept = false;
  const file = (): Promise<FileHandle> => (opening ??= open(path, 'w+'));
  return {
    get byteLength() {
      return byteLength;
    },
    get crc() {
      return crc;
    },
    async append(bytes) {
      try {
        const handle = await file();
        for (let written = 0; written < bytes.byteLength;) {
          const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, byteLength + written);
          written += bytesWritten;
        }
        byteLength += bytes.byteLength;
        crc = crc32(bytes, crc);
      } catch (error) {
        throw storeError(error, 'The content of a compressed file');
      }
    },
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const handle = await file();
      for (let filled = 0; filled < length;) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) return bytes.subarray(0, filled);
        filled += bytesRead;
      }
      return bytes;
    },
    async keepAs(target) {
      await (await file()).datasync();
      await rename(path, target);
      isKept = true;
    },
    async close() {
      if (opening === undefined) return;
      const handle = opening;
      opening = undefined;
      await (await handle).close();
      if (!isKept) await rm(path, { force: true });
    },
  };
}
