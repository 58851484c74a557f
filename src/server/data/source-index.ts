import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import type { SourceIdentity } from './commit-record.ts';
import type { FileSource, SourceChecksum } from './file-source.ts';
import { compareSource } from './source-identity.ts';

const INDEX_FILE = 'source.index';
const CONTENT_FILE = 'source.content';

/** What a pass over a file found out, for the next opening. */
export interface SourceIndex {
  of: SourceIdentity;
  index: Uint8Array;
  /** Of the whole file, when the pass read all of it. */
  checksum?: SourceChecksum;
  /** Bytes of the content of a compressed file, which is kept beside the index. */
  contentByteLength?: number;
}

/** What an earlier pass left, over whatever file; undefined when it left nothing. */
export async function readSourceIndex(directory: string): Promise<SourceIndex | undefined> {
  try {
    return decodeMsgpack(await readFile(join(directory, INDEX_FILE))) as SourceIndex;
  } catch {
    // Without an index the file is read once more.
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
  await writeFile(`${path}.new`, encodeMsgpack(index));
  await rename(`${path}.new`, path);
}

/** Where the content of a compressed file is kept. */
export function contentPath(directory: string): string {
  return join(directory, CONTENT_FILE);
}

/** Whether the content that the index speaks of is there. */
export async function hasContent(directory: string, { contentByteLength }: SourceIndex): Promise<boolean> {
  if (contentByteLength === undefined) return false;
  const size = await stat(contentPath(directory)).then(
    (found) => found.size,
    () => -1,
  );
  return size === contentByteLength;
}
