import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import type { SourceIdentity } from './commit-record.ts';
import type { FileSource, SourceChecksum } from './file-source.ts';
import { compareSource } from './source-identity.ts';

const INDEX_FILE = 'source.index';
/** Before the index: a place that is wrong by one bit would be read as another frame. */
const CRC_BYTE_LENGTH = 4;
const CONTENT_FILE = 'source.content';

/** What a pass over a file found out, for the next opening. */
export interface SourceIndex {
  of: SourceIdentity;
  index: Uint8Array;
  /** Of the whole file, when the pass read all of it. */
  checksum?: SourceChecksum;
  /** Bytes of the content of a compressed file, which is kept beside the index. */
  contentByteLength?: number;
  /** CRC-32 of that content: it is what frames are read from. */
  contentCrc?: number;
}

/** What an earlier pass left, over whatever file; undefined when it left nothing. */
export async function readSourceIndex(directory: string): Promise<SourceIndex | undefined> {
  try {
    const bytes = await readFile(join(directory, INDEX_FILE));
    const index = bytes.subarray(CRC_BYTE_LENGTH);
    if (bytes.readUInt32LE(0) !== crc32(index)) return undefined;
    return decodeMsgpack(index) as SourceIndex;
  } catch {
    // Without an index, or with one that was altered, the file is read once more.
    return undefined;
  }
}

/** Whether the index is of this file, or of this file before it grew. */
export async function isIndexOf(saved: SourceIndex, source: FileSource): Promise<boolean> {
  return (await compareSource(source, saved.of, saved.checksum)) !== 'changed';
}

/** Keeps the index for the next opening; a half-written one is never seen. */
export async function writeSourceIndex(directory: string, index: SourceIndex): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, INDEX_FILE);
  const bytes = encodeMsgpack(index);
  const crc = Buffer.alloc(CRC_BYTE_LENGTH);
  crc.writeUInt32LE(crc32(bytes));
  await writeFile(`${path}.new`, [crc, bytes]);
  await rename(`${path}.new`, path);
}

/** Where the content of a compressed file is kept. */
export function contentPath(directory: string): string {
  return join(directory, CONTENT_FILE);
}

/** Whether the content that the index speaks of is there and as it was written: all of it is read for that. */
export async function hasContent(directory: string, { contentByteLength, contentCrc }: SourceIndex): Promise<boolean> {
  if (contentByteLength === undefined) return false;
  const size = await stat(contentPath(directory)).then(
    (found) => found.size,
    () => -1,
  );
  if (size !== contentByteLength) return false;
  let crc = 0;
  for await (const piece of createReadStream(contentPath(directory), { highWaterMark: 1024 * 1024 })) {
    crc = crc32(piece as Buffer, crc);
  }
  return crc === contentCrc;
}
