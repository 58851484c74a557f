import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitLog } from './commit-log.ts';
import type { CommitRecord } from './commit-record.ts';
import { GroupWriter } from './group-writer.ts';
import { keepAside } from './keep-aside.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { readAt } from './read-at.ts';
import { packRecords, unpackRecords } from './record-codec.ts';
import { storeError } from './store-errors.ts';
import { syncDirectory } from './sync-directory.ts';

/*
 * File: "COVLOG1\n", then blocks: "CVBK", length of payload (u32), CRC-32 of payload (u32), payload = sha256 of the payload
 * before it (32 bytes, zeros first), records in msgpack. A block is what one sync made durable, so a sound block proves
 * that everything before it was acknowledged: an unsound one before it is damage, only at the end is it a torn write.
 */
const MAGIC = new TextEncoder().encode('COVLOG1\n');
const BLOCK_MARK = new TextEncoder().encode('CVBK');
const HEADER_BYTE_LENGTH = 12;
const LINK_BYTE_LENGTH = 32;
const MAX_BLOCK_BYTE_LENGTH = 1024 * 1024 * 1024;
const WINDOW_BYTE_LENGTH = 1024 * 1024;

/** A log in one file; the caller sees to it that one process has it open. */
export interface FileCommitLog extends CommitLog {
  /** Bytes of an unfinished write that were found at the end when it was opened, and cut off. */
  readonly tornByteLength: number;
}

/** What is behind the last sound block of a log. */
export interface LogTail {
  byteLength: number;
  /**
   * It is as long as it says and not what its checksum says, or begins like no block at all, or has its checksum and not
   * its length: what a loss of power leaves of a write that was never acknowledged looks so, and what somebody altered.
   * A write that broke off is shorter.
   */
  isAltered: boolean;
}

/** The end of a log that was cut off when it was opened. */
export interface CutTail extends LogTail {
  /** The file that has it now, when it may have been acknowledged. */
  keptAs?: string;
}

/** Options of {@link openFileCommitLog}. */
export interface FileCommitLogOptions {
  /** Records that are known to have been acknowledged; a log with fewer is damaged, however sound its end looks. */
  acknowledged?: number;
  openFile?: (path: string) => Promise<LogFile>;
  /** Throws when another process has the log by now; called before anything is appended. */
  assertHeld?: () => void;
  /** Told when the end of the log was cut off. */
  onCut?: (tail: CutTail) => void;
}

type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

interface Append {
  records: readonly CommitRecord[];
}

/**
 * Opens the log at `path`, making it when it is not there. Rejects with `store/failed` naming the place when a block
 * that was acknowledged is damaged; nothing is changed then.
 */
export async function openFileCommitLog(path: string, options: FileCommitLogOptions = {}): Promise<FileCommitLog> {
  let file: LogFile | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    file = await (options.openFile ?? openLogFile)(path);
    return await replay(file, path, options);
  } catch (error) {
    await file?.close();
    throw storeError(error, `Opening the log of "${basename(dirname(path))}"`);
  }
}

/**
 * The records of a log that another handle may be appending to, up to where it is sound now. Nothing is changed. Returns
 * what is behind them. Rejects with `store/failed` when it cannot be read and
 * when a block that was acknowledged is damaged.
 */
export async function* readFileCommitLog(path: string): AsyncGenerator<CommitRecord, LogTail> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw storeError(error, `Reading the log "${path}"`);
  });
  try {
    const { size } = await file.stat();
    const read = windowOver(file);
    await assertMagic(read, path, size);
    let end = Math.min(size, MAGIC.byteLength);
    for await (const { payload, next } of blocksOf(read, size)) {
      yield* unpackRecords(payload.subarray(LINK_BYTE_LENGTH));
      end = next;
    }
    await assertTorn(read, path, end, size);
    return tailOf(read, end, size);
  } finally {
    await file.close();
  }
}

async function replay(file: LogFile, path: string, options: FileCommitLogOptions): Promise<FileCommitLog> {
  const { size } = await file.stat();
  /** What was read at opening, until somebody asked for it. */
  let known: CommitRecord[] | undefined = [];
  let link: Uint8Array = new Uint8Array(LINK_BYTE_LENGTH);
  let end = MAGIC.byteLength;
  const read = windowOver(file);
  await assertMagic(read, path, size);
  for await (const { payload, next } of blocksOf(read, size)) {
    known.push(...unpackRecords(payload.subarray(LINK_BYTE_LENGTH)));
    link = linkTo(payload);
    end = next;
  }
  await assertTorn(read, path, end, size);
  assertComplete(path, known.length, options.acknowledged ?? 0);
  const tail = await tailOf(read, end, size);
  let head = known.length;
  let queued = head;
  if (tail.byteLength > 0) {
    const cut = tail.isAltered ? { ...tail, keptAs: await keepAside(path, await read(end, tail.byteLength)) } : tail;
    await file.truncate(end);
    options.onCut?.(cut);
  }
  if (size < MAGIC.byteLength) {
    await file.write(MAGIC, 0, MAGIC.byteLength, 0);
    end = MAGIC.byteLength;
  }
  await file.datasync();
  await syncDirectory(dirname(path));

  let isUnsound = false;
  const writer = new GroupWriter<Append>(async (batch) => {
    const records = batch.flatMap((append) => append.records);
    const payload = Buffer.concat([link, packRecords(records)]);
    const header = Buffer.alloc(HEADER_BYTE_LENGTH);
    header.set(BLOCK_MARK);
    header.writeUInt32LE(payload.byteLength, 4);
    header.writeUInt32LE(crc32(payload), 8);
    const block = Buffer.concat([header, payload]);
    try {
      // After a failed write nobody knows what is on disk; the end is made sound before anything else is tried.
      if (isUnsound) {
        await file.truncate(end);
        await file.datasync();
        isUnsound = false;
      }
      await writeAll(file, block, end);
      await file.datasync();
      if ((await file.stat()).nlink === 0) throw removed(path);
    } catch (error) {
      isUnsound = true;
      queued = head;
      const failure = storeError(error, 'The commit');
      writer.rejectWaiting(failure);
      throw failure;
    }
    end += block.byteLength;
    link = linkTo(payload);
    head += records.length;
  });

  return {
    durability: 'fsync',
    tornByteLength: tail.byteLength,
    get head() {
      return head;
    },
    async append(expectedSeq, records) {
      options.assertHeld?.();
      if (expectedSeq !== queued) return false;
      queued += records.length;
      await writer.add({ records });
      return true;
    },
    async *read(since) {
      const replayed = known;
      known = undefined;
      if (replayed !== undefined && head === replayed.length) {
        yield* replayed.slice(since);
        return;
      }
      // Only what was acknowledged: the end of the file may be a write that failed.
      const last = head;
      for await (const record of readFileCommitLog(path)) {
        if (record.seq > last) return;
        if (record.seq > since) yield record;
      }
    },
    async close() {
      await writer.idle();
      await file.close();
    },
  };
}

async function assertMagic(read: ReadAt, path: string, size: number): Promise<void> {
  const magic = await read(0, Math.min(size, MAGIC.byteLength));
  if (Buffer.from(magic).equals(MAGIC.subarray(0, magic.byteLength))) return;
  throw new CovalenceError('store/failed', `"${path}" is not a log of Covalence.`, { path });
}

/** The sound blocks from the beginning on, each linked to the one before. */
async function* blocksOf(read: ReadAt, size: number): AsyncGenerator<{ payload: Uint8Array; next: number }> {
  let link: Uint8Array = new Uint8Array(LINK_BYTE_LENGTH);
  for (let at = MAGIC.byteLength; ;) {
    const payload = await blockAt(read, at, size);
    if (payload === undefined || !Buffer.from(payload.subarray(0, LINK_BYTE_LENGTH)).equals(link)) return;
    link = linkTo(payload);
    at += HEADER_BYTE_LENGTH + payload.byteLength;
    yield { payload, next: at };
  }
}

async function blockAt(read: ReadAt, offset: number, size: number): Promise<Uint8Array | undefined> {
  if (offset + HEADER_BYTE_LENGTH + LINK_BYTE_LENGTH > size) return undefined;
  const header = Buffer.from(await read(offset, HEADER_BYTE_LENGTH));
  const length = header.readUInt32LE(4);
  const start = offset + HEADER_BYTE_LENGTH;
  if (!header.subarray(0, 4).equals(BLOCK_MARK)) return undefined;
  if (length < LINK_BYTE_LENGTH || length > MAX_BLOCK_BYTE_LENGTH || start + length > size) return undefined;
  const payload = await read(start, length);
  return crc32(payload) === header.readUInt32LE(8) ? payload : undefined;
}

async function tailOf(read: ReadAt, end: number, size: number): Promise<LogTail> {
  const byteLength = Math.max(0, size - end);
  const header = Buffer.from(await read(end, Math.min(byteLength, HEADER_BYTE_LENGTH)));
  const mark = header.subarray(0, BLOCK_MARK.byteLength);
  const isBlock = mark.equals(BLOCK_MARK.subarray(0, mark.byteLength));
  if (header.byteLength < HEADER_BYTE_LENGTH) return { byteLength, isAltered: !isBlock };
  if (!isBlock || end + HEADER_BYTE_LENGTH + header.readUInt32LE(4) <= size) return { byteLength, isAltered: true };
  // All of the payload is there, so it is the length that is wrong.
  const rest = await read(end + HEADER_BYTE_LENGTH, byteLength - HEADER_BYTE_LENGTH);
  return { byteLength, isAltered: crc32(rest) === header.readUInt32LE(8) };
}

/** Throws when a sound block follows the first unsound one: then acknowledged records are damaged, not torn. */
async function assertTorn(read: ReadAt, path: string, end: number, size: number): Promise<void> {
  const overlap = BLOCK_MARK.byteLength - 1;
  for (let at = end; at < size; at += WINDOW_BYTE_LENGTH) {
    const part = Buffer.from(await read(at, Math.min(WINDOW_BYTE_LENGTH + overlap, size - at)));
    for (let mark = part.indexOf(BLOCK_MARK); mark !== -1; mark = part.indexOf(BLOCK_MARK, mark + 1)) {
      if ((await blockAt(read, at + mark, size)) === undefined) continue;
      throw new CovalenceError(
        'store/failed',
        `The log "${path}" is damaged at byte ${end}, before its end. Restore it from a copy; nothing was changed.`,
        { path, offset: end },
      );
    }
  }
}

/** Throws when the log has lost records at its end, which alone looks like a torn write. */
function assertComplete(path: string, found: number, acknowledged: number): void {
  if (found >= acknowledged) return;
  throw new CovalenceError(
    'store/failed',
    `The log "${path}" has ${found} sound commits; ${acknowledged} were stored when the room was last closed. Restore ` +
      `it from a copy together with the summary.json beside it; nothing was changed.`,
    { path, found, acknowledged },
  );
}

function removed(path: string): CovalenceError {
  return new CovalenceError(
    'store/failed',
    `"${path}" was removed while the server was using it. Put the data directory back and start the server anew.`,
    { path },
  );
}

/** Reads ahead, so that many short blocks cost few reads. */
function windowOver(file: LogFile): (offset: number, length: number) => Promise<Uint8Array> {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.byteLength) {
      window = await readAt(file, offset, Math.max(length, WINDOW_BYTE_LENGTH));
      start = offset;
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

async function writeAll(file: LogFile, bytes: Uint8Array, offset: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, written, bytes.byteLength - written, offset + written);
    written += bytesWritten;
  }
}

function linkTo(payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(payload).digest();
}
