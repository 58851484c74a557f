import { stat } from 'node:fs/promises';
import { CovalenceError } from '../../protocol/errors.ts';
import type { SourceIdentity } from './commit-record.ts';
import { fileSource, type FileSource, type SourceChecksum } from './file-source.ts';
import { sha256 } from './stored-values.ts';

const SAMPLE_BYTE_LENGTH = 64 * 1024;

/** How a file is recognised: length, time, and the bytes at both ends of its first `byteLength` bytes. */
export async function identify(source: FileSource, byteLength: number = source.byteLength): Promise<SourceIdentity> {
  const tailStart = Math.max(0, byteLength - SAMPLE_BYTE_LENGTH);
  return {
    path: source.path,
    byteLength,
    modifiedMs: source.modifiedMs,
    head: sha256(await source.read(0, Math.min(SAMPLE_BYTE_LENGTH, byteLength))),
    tail: sha256(await source.read(tailStart, byteLength - tailStart)),
  };
}

/** `same`, `grown` when bytes were only added at the end, or `changed`. */
export type SourceChange = 'same' | 'grown' | 'changed';

/**
 * How the file open in `source` differs from the one that was recognised as `known`. A file that was written again with
 * equal length and ends is the same when all its bytes have the `checksum` they had; without one it counts as changed.
 */
export async function compareSource(
  source: FileSource,
  known: SourceIdentity,
  checksum?: SourceChecksum,
): Promise<SourceChange> {
  if (source.byteLength < known.byteLength) return 'changed';
  const now = await identify(source, known.byteLength);
  if (now.head !== known.head || now.tail !== known.tail) return 'changed';
  if (source.byteLength > known.byteLength) return 'grown';
  if (known.byteLength <= 2 * SAMPLE_BYTE_LENGTH) return 'same';
  if (source.modifiedMs === known.modifiedMs) return 'same';
  // Touched without other length or ends: the middle may have been edited in place.
  if (checksum?.byteLength !== known.byteLength) return 'changed';
  return (await source.sumTo(checksum.byteLength)) === checksum.crc32 ? 'same' : 'changed';
}

/** Throws `file/changed` unless the file may stand behind a room that was opened on `known`. */
export async function assertSourceUnchanged(source: FileSource, known: SourceIdentity): Promise<SourceChange> {
  const change = await compareSource(source, known);
  if (change !== 'changed') return change;
  throw new CovalenceError(
    'file/changed',
    `"${source.name}" is not the file this room was opened on: it had ${known.byteLength} bytes and was last written ` +
      `${new Date(known.modifiedMs).toISOString()}, now it has ${source.byteLength} bytes of ` +
      `${new Date(source.modifiedMs).toISOString()}. Open it under another room name, or put the old file back.`,
    { file: source.name, byte_length: source.byteLength, known_byte_length: known.byteLength },
  );
}

/**
 * Watches the file between reads: throws `frame/source-changed` once its earlier bytes may have been altered. Bytes
 * added at the end are no alteration.
 */
export function sourceGuard(
  known: SourceIdentity,
  checksum: () => SourceChecksum | undefined = () => undefined,
): () => Promise<void> {
  let accepted = `${known.byteLength} ${known.modifiedMs}`;
  return async () => {
    let seen = '';
    try {
      const now = await stat(known.path);
      seen = `${now.size} ${now.mtimeMs}`;
    } catch {
      seen = 'missing';
    }
    if (seen === accepted) return;
    if (seen !== 'missing') {
      const source = await fileSource(known.path);
      try {
        if ((await compareSource(source, known, checksum())) !== 'changed') {
          accepted = seen;
          return;
        }
      } finally {
        await source.close();
      }
    }
    throw new CovalenceError(
      'frame/source-changed',
      `"${known.path.split(/[\\/]/).at(-1)}" was ${seen === 'missing' ? 'removed' : 'changed'} while the room stood on it. ` +
        'Edits are kept; put the old file back and open the room again.',
      {},
    );
  };
}
