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
 * So is one that took the place of the file while it was open (`isOtherFile`), whatever its time says.
 */
export async function compareSource(
  source: FileSource,
  known: SourceIdentity,
  checksum?: SourceChecksum,
  isOtherFile = false,
): Promise<SourceChange> {
  if (source.byteLength < known.byteLength) return 'changed';
  const now = await identify(source, known.byteLength);
  if (now.head !== known.head || now.tail !== known.tail) return 'changed';
  const verdict = source.byteLength > known.byteLength ? 'grown' : 'same';
  if (known.byteLength <= 2 * SAMPLE_BYTE_LENGTH) return verdict;
  if (!isOtherFile && (verdict === 'grown' || source.modifiedMs === known.modifiedMs)) return verdict;
  // Touched, or another file under the same name, with equal ends: the middle may be another one.
  if (checksum?.byteLength !== known.byteLength) return 'changed';
  return (await source.sumTo(checksum.byteLength)) === checksum.crc32 ? verdict : 'changed';
}

/** Throws `file/changed` unless the file may stand behind a room that was opened on `known`. */
export async function assertSourceUnchanged(source: FileSource, known: SourceIdentity): Promise<SourceChange> {
  const change = await compareSource(source, known);
  if (change !== 'changed') return change;
  throw new CovalenceError(
    'file/changed',
    `"${source.name}" is not the file this room was opened on: it had ${known.byteLength} bytes and was last written ` +
      `${new Date(known.modifiedMs).toISOString()}, now it has ${source.byteLength} bytes of ` +
      `${new Date(source.modifiedMs).toISOString()}. Put the old file back, or give this one another name: its room ` +
      'bears it, too.',
    { file: source.name, byte_length: source.byteLength, known_byte_length: known.byteLength },
  );
}

/** Watches a file between reads. */
export interface SourceGuard {
  /** What the file was when it was last accepted. */
  readonly identity: SourceIdentity;
  /**
   * Throws `frame/source-changed` once earlier bytes may have been altered, or while the file is gone. Bytes added at the
   * end are no alteration.
   */
  check(): Promise<void>;
  /** From now on the file is what `source` is now: frames up to its end were seen. */
  accept(source: FileSource): Promise<void>;
}

/** Watches the file open in `source`, which was recognised as `identity`. */
export function sourceGuard(source: FileSource, identity: SourceIdentity): SourceGuard {
  const { path, name } = source;
  let known = identity;
  let sum: SourceChecksum | undefined;
  let { inode } = source;
  let accepted = `${known.byteLength} ${known.modifiedMs} ${inode}`;
  let refused: { seen: string; error: CovalenceError } | undefined;
  const refusal = (what: string): CovalenceError =>
    new CovalenceError(
      'frame/source-changed',
      `"${name}" was ${what} while the room stood on it. Edits are kept; put the old file back and open the room again.`,
      {},
    );
  const look = async (): Promise<string> => {
    try {
      const now = await stat(path);
      return `${now.size} ${now.mtimeMs} ${now.ino}`;
    } catch {
      return 'missing';
    }
  };
  return {
    get identity() {
      return known;
    },
    async check() {
      const seen = await look();
      if (seen === accepted) return;
      if (seen === 'missing') throw refusal('removed');
      if (seen === refused?.seen) throw refused.error;
      const now = await fileSource(path);
      try {
        const { checksum } = source;
        const known32 = sum?.byteLength === known.byteLength ? sum : checksum;
        if ((await compareSource(now, known, known32, now.inode !== inode)) !== 'changed') {
          accepted = seen;
          return;
        }
      } finally {
        await now.close();
      }
      refused = { seen, error: refusal('changed') };
      throw refused.error;
    },
    async accept(grown) {
      known = await identify(grown);
      sum = grown.checksum;
      ({ inode } = grown);
      accepted = `${known.byteLength} ${known.modifiedMs} ${inode}`;
    },
  };
}
