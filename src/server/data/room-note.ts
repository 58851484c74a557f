import { createHash } from 'node:crypto';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../data/frame-codec.ts';
import { readFileCommitLog } from './file-commit-log.ts';
import { readAt } from './read-at.ts';

const NOTE_FILE = 'summary.json';
/** Magic, mark, length and checksum of the first block, which has the epoch of the room: no other log begins so. */
const LOG_HEAD_BYTE_LENGTH = 20;

/** What a note that was kept of another log means, for people. */
export const FOREIGN_NOTE: string =
  'the log is not the one that summary.json beside it was kept of: files of two rooms were exchanged. Put them back; if ' +
  'the log is the right one, remove summary.json';

/** What was kept beside a log when its room was last closed. */
export interface RoomNote {
  /** Undefined when there is none, and when it cannot be believed. */
  note?: Record<string, unknown>;
  /** Why it is not believed: somebody changed it, or it was kept of another log. */
  fault?: 'altered' | 'foreign';
}

/** Keeps `note` beside the log at `logPath` in `directory`, with its checksum and what log it is of. */
export async function keepRoomNote(directory: string, logPath: string, note: object): Promise<void> {
  const text = JSON.stringify({ ...note, log_head: await headOf(logPath) });
  const path = join(directory, NOTE_FILE);
  await writeFile(`${path}.new`, JSON.stringify({ ...(JSON.parse(text) as object), sha256: digest(text) }));
  await rename(`${path}.new`, path);
}

/** Reads what {@link keepRoomNote} kept. Notes of before they had a checksum are believed. Never rejects. */
export async function readRoomNote(directory: string, logPath: string): Promise<RoomNote> {
  const text = await readFile(join(directory, NOTE_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const parsed = parsedOf(text);
  if (!isRecord(parsed)) return { fault: 'altered' };
  const { sha256, ...note } = parsed;
  if (sha256 === undefined && note['log_head'] === undefined) return { note };
  if (sha256 !== digest(JSON.stringify(note))) return { fault: 'altered' };
  const { log_head: head, ...rest } = note;
  const isOther = head !== (await headOf(logPath).catch(() => undefined)) && (await beginsSound(logPath));
  return isOther ? { fault: 'foreign' } : { note: rest };
}

/** A log whose first block is damaged has another head too, and the note is needed to see what is lost. */
async function beginsSound(logPath: string): Promise<boolean> {
  try {
    for await (const _first of readFileCommitLog(logPath)) return true;
    return false;
  } catch {
    return false;
  }
}

async function headOf(logPath: string): Promise<string> {
  const file = await open(logPath, 'r');
  try {
    return Buffer.from(await readAt(file, 0, LOG_HEAD_BYTE_LENGTH)).toString('hex');
  } finally {
    await file.close();
  }
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
