import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import type { SourceIdentity } from './commit-record.ts';
import type { FileSource } from './file-source.ts';
import { compareSource } from './source-identity.ts';

const INDEX_FILE = 'source.index';

/** The index of an earlier pass over the same file, or over the file before it grew; undefined when there is none. */
export async function readSourceIndex(directory: string, source: FileSource): Promise<Uint8Array | undefined> {
  try {
    const saved = decodeMsgpack(await readFile(join(directory, INDEX_FILE))) as {
      of: SourceIdentity;
      index: Uint8Array;
    };
    return (await compareSource(source, saved.of)) === 'changed' ? undefined : saved.index;
  } catch {
    // Without an index the file is read once more.
    return undefined;
  }
}

/** Keeps the index for the next opening; a half-written one is never seen. */
export async function writeSourceIndex(directory: string, of: SourceIdentity, index: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, INDEX_FILE);
  await writeFile(`${path}.new`, encodeMsgpack({ of, index }));
  await rename(`${path}.new`, path);
}
