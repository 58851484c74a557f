import type { CommitRecord } from './commit-record.ts';
import { foldLog } from './fold-log.ts';
import type { RoomData } from './room-data.ts';
import { FOREIGN_NOTE } from './room-note.ts';
import type { RoomStorage } from './room-storage.ts';

/** A room in a list. What needs the room to be open is left out while it is not and nobody remembers it. */
export interface RoomSummary {
  name: string;
  epoch?: string;
  seq?: number;
  count?: number;
  source?: string;
  /** While the file behind it is read, so that `count` is what was found so far. */
  is_reading?: true;
  /** The room it began from, as that was called then. */
  base?: string;
  /** Bytes of its log and of the arrays it names; arrays that rooms share count in each. */
  disk_bytes?: number;
  /** Why the room cannot be opened, if it was tried. */
  problem?: { code: string; detail: string };
}

/** Logs up to this many bytes are read for a list when nothing was kept about them. */
const READ_FOR_A_LIST = 16 * 1024 * 1024;

/** What is known of a room that is open. */
export async function summaryOf(room: RoomData, storage: RoomStorage): Promise<RoomSummary> {
  const { name, epoch, seq, count, source, blobByteLength } = room;
  const log = (await storage.sleeping?.logByteLength(name).catch(() => 0)) ?? 0;
  const reading = room.info().indexing === undefined ? {} : { is_reading: true as const };
  const began = { ...(source === undefined ? {} : { source }), ...baseOf(room.log(0, 1)) };
  return { name, epoch, seq, count, ...reading, ...began, disk_bytes: log + blobByteLength };
}

/** The room that a log begins from. */
function baseOf([first]: readonly CommitRecord[]): { base?: string } {
  const op = first?.ops[0];
  return op?.op === 'room' && op.base !== undefined ? { base: op.base.room } : {};
}

/** Keeps what a list says of the room, for when it is not open; without its count where that is not all (`isPart`). */
export async function keepSummary(room: RoomData, storage: RoomStorage, isPart: boolean): Promise<void> {
  const { sleeping } = storage;
  if (sleeping === undefined) return;
  const { count, is_reading: _reading, ...summary } = await summaryOf(room, storage);
  const counted = isPart ? {} : { count };
  await sleeping.keepNote(room.name, { ...summary, ...counted, log_bytes: await sleeping.logByteLength(room.name) });
}

/**
 * What is known of a room that is not open: what was kept when it was closed, if nothing was committed since, or what
 * its log adds up to.
 */
export async function recallSummary(name: string, { sleeping }: RoomStorage): Promise<RoomSummary> {
  if (sleeping === undefined) return { name };
  try {
    const log = await sleeping.logByteLength(name);
    const { note, fault } = await sleeping.note(name);
    if (fault === 'foreign') return { name, disk_bytes: log, problem: problemOf(FOREIGN_NOTE) };
    if (note !== undefined && note['log_bytes'] === log) {
      const { log_bytes: _log, problem: _problem, ...summary } = note as unknown as RoomSummary & { log_bytes: number };
      return { ...summary, name };
    }
    if (log > READ_FOR_A_LIST) return { name, disk_bytes: log };
    const { records, bases } = await sleeping.read(name);
    const { epoch, seq, order, source, blobByteLength, records: known } = await foldLog(records, bases);
    const closedAt = typeof note?.['seq'] === 'number' ? note['seq'] : 0;
    if (seq < closedAt) {
      return { name, disk_bytes: log, problem: problemOf(`the log has ${seq} sound commits of ${closedAt}`) };
    }
    const size = { name, epoch, seq, ...baseOf(known), disk_bytes: log + blobByteLength };
    // How many frames the file has is not in the log.
    return source === undefined
      ? { ...size, count: order.count }
      : { ...size, source: source.path.replace(/^.*[\\/]/, '') };
  } catch {
    return { name };
  }
}

function problemOf(detail: string): NonNullable<RoomSummary['problem']> {
  return { code: 'store/failed', detail: `The room cannot be opened: ${detail}.` };
}
