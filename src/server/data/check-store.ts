import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asCovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord, RecordOp, StoredKeys, StoredValue } from './commit-record.ts';
import type { LogTail } from './file-commit-log.ts';
import { foldLog } from './fold-log.ts';
import { FOREIGN_NOTE } from './room-note.ts';
import { readAt } from './read-at.ts';
import { salvagedEntries, type SegmentGap } from './salvage-segment.ts';
import { segmentNumber } from './segment-file.ts';
import type { RoomStorage, SleepingRooms } from './room-storage.ts';
import { sha256 } from './stored-values.ts';

/** What a check found. */
export interface StoreReport {
  rooms: number;
  commits: number;
  blobs: number;
  /** Bytes of all arrays that were compared with their hashes. */
  byteLength: number;
  /** Arrays that no version of any frame names. */
  unreferenced: number;
  /** What is wrong, a sentence each. */
  problems: string[];
  /** What looks odd and is harmless, a sentence each. */
  remarks: string[];
}

/** Named problems of one room; further ones are counted. */
const NAMED_PROBLEMS = 20;

/**
 * Reads everything in a data directory and compares it with its checksums and hashes: every block of every log, every
 * array, every value that a version of a frame names. Changes nothing. `directory` is that of `storage`.
 */
export async function checkStore(
  directory: string,
  storage: RoomStorage & { sleeping: SleepingRooms },
): Promise<StoreReport> {
  const report: StoreReport = {
    rooms: 0,
    commits: 0,
    blobs: 0,
    byteLength: 0,
    unreferenced: 0,
    problems: [],
    remarks: [],
  };
  const sound = await checkBlobs(join(directory, 'blobs'), report);
  const referenced = new Set<string>();
  for (const name of await storage.list()) {
    report.rooms += 1;
    const before = report.problems.length;
    try {
      await checkRoom(name, storage, { report, sound, referenced, seen: new Set() });
    } catch (error) {
      report.problems.push(`${name}: ${asCovalenceError(error, 'store/failed').message}`);
    }
    const more = report.problems.length - before - NAMED_PROBLEMS;
    if (more <= 0) continue;
    report.problems.length = before + NAMED_PROBLEMS;
    report.problems.push(`${name}: and ${more} further problems`);
  }
  for (const hash of sound.keys()) if (!referenced.has(hash)) report.unreferenced += 1;
  return report;
}

/** Lengths of the arrays whose bytes are those of their hash. */
async function checkBlobs(directory: string, report: StoreReport): Promise<Map<string, number>> {
  const sound = new Map<string, number>();
  const names = (await readdir(directory)).filter((name) => segmentNumber(name) !== undefined).sort();
  for (const name of names) {
    const file = await open(join(directory, name), 'r');
    try {
      let unsound = 0;
      const { size } = await file.stat();
      const entries = salvagedEntries(file);
      for (;;) {
        const next = await entries.next();
        if (next.done === true) {
          for (const gap of next.value) report.remarks.push(`${name}: ${gapText(gap, size)}`);
          break;
        }
        const { hash, offset, byteLength } = next.value;
        const bytes = await readAt(file, offset, byteLength);
        if (sha256(bytes) !== hash) {
          unsound += 1;
          continue;
        }
        report.blobs += 1;
        report.byteLength += byteLength;
        sound.set(hash, byteLength);
      }
      if (unsound > 0) report.remarks.push(`${name}: ${unsound} arrays do not have the bytes of their hash`);
    } finally {
      await file.close();
    }
  }
  return sound;
}

function gapText({ offset, byteLength }: SegmentGap, size: number): string {
  const isEnd = offset + byteLength === size;
  const why = isEnd ? 'a write that broke off' : 'altered; the arrays behind them are still found';
  return `${byteLength} bytes after byte ${offset} are no array (${why})`;
}

interface Checked {
  report: StoreReport;
  sound: ReadonlyMap<string, number>;
  referenced: Set<string>;
  /** Hashes that were met in this room. */
  seen: Set<string>;
}

async function checkRoom(name: string, { sleeping }: { sleeping: SleepingRooms }, checked: Checked): Promise<void> {
  const { records, bases } = await sleeping.read(name);
  const problems = new Set<string>();
  const state = await foldLog(watched(records, name, checked, problems), bases);
  const { note, fault } = await sleeping.note(name);
  if (fault === 'altered') problems.add(`${name}: summary.json was altered; remove it, it is written anew`);
  if (fault === 'foreign') problems.add(`${name}: ${FOREIGN_NOTE}`);
  const acknowledged = typeof note?.['seq'] === 'number' ? note['seq'] : 0;
  if (acknowledged > state.seq) {
    problems.add(
      `${name}: the log has ${state.seq} sound commits; ${acknowledged} were stored when the room was closed`,
    );
  }
  for (const file of await sleeping.cutTails(name)) {
    checked.report.remarks.push(
      `${name}: ${file} has what was cut off the end of the log when a server found it unsound`,
    );
  }
  for (const value of state.values()) need(name, value, 'a frame of the room it began from', checked, problems);
  checked.report.commits += state.seq;
  checked.report.problems.push(...problems);
}

async function* watched(
  records: AsyncIterable<CommitRecord>,
  name: string,
  checked: Checked,
  problems: Set<string>,
): AsyncGenerator<CommitRecord> {
  let seq = 0;
  const source = records[Symbol.asyncIterator]() as AsyncIterator<CommitRecord, LogTail | undefined>;
  try {
    for (;;) {
      const next = await source.next();
      if (next.done === true) {
        const { byteLength, isAltered } = next.value ?? { byteLength: 0, isAltered: false };
        if (isAltered) {
          problems.add(
            `${name}: the last ${byteLength} bytes of the log do not have their checksum: a commit that was altered, or one ` +
              'that a loss of power broke off',
          );
        } else if (byteLength > 0)
          checked.report.remarks.push(`${name}: the last ${byteLength} bytes of the log are a write that broke off`);
        return;
      }
      const record = next.value;
      seq += 1;
      if (record.seq !== seq) problems.add(`${name}: commit ${seq} is numbered ${record.seq}`);
      for (const op of record.ops) {
        for (const { id, version, keys } of settingsOf(op)) {
          for (const [key, value] of Object.entries(keys)) {
            if (value !== null) need(name, value, `"${key}" of frame ${id} in version ${version}`, checked, problems);
          }
        }
      }
      yield record;
    }
  } finally {
    // A log that cannot be added up is not read to its end.
    await source.return?.(undefined);
  }
}

function settingsOf(op: RecordOp): { id: string; version: number; keys: StoredKeys }[] {
  if (op.op === 'insert') return [...op.frames];
  return op.op === 'set' ? [op] : [];
}

/** Notes that `value` is needed, and what is wrong with it. */
function need(
  name: string,
  { hash, byteLength, inline }: StoredValue,
  what: string,
  { sound, referenced, seen }: Checked,
  problems: Set<string>,
): void {
  if (inline !== undefined) {
    if (sha256(inline) !== hash) problems.add(`${name}: ${what} is damaged in the log (sha256 ${hash})`);
    return;
  }
  if (seen.has(hash)) return;
  seen.add(hash);
  referenced.add(hash);
  const found = sound.get(hash);
  if (found === undefined) problems.add(`${name}: ${what} is lost or damaged (sha256 ${hash})`);
  else if (found !== byteLength)
    problems.add(`${name}: ${what} has ${found} bytes where the log says ${byteLength} (sha256 ${hash})`);
}
