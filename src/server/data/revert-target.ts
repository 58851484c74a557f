import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord } from './commit-record.ts';
import type { RevertRequest } from './room-data.ts';
import { idsOf, type RoomState } from './room-state.ts';

/** The newest own commit that `kind` can work on, or the one asked for. Throws `undo/nothing` when there is none. */
export function revertTarget(
  { records, undone }: RoomState,
  { seq, session, author }: RevertRequest,
  kind: 'undo' | 'redo',
): CommitRecord {
  if (seq !== undefined) {
    const asked = records[seq - 1] as CommitRecord | undefined;
    if (asked === undefined) throw nothingToRevert(kind, `There is no commit ${seq}; the newest is ${records.length}.`);
    // A redo may be asked by the number of the commit or by that of its undo.
    return kind === 'redo' && asked.undo !== undefined ? records[asked.undo - 1] : asked;
  }
  const isOwn = (record: CommitRecord): boolean =>
    session === undefined
      ? record.author === author && (author !== undefined || record.session === undefined)
      : record.session === session;
  const isEdit = (record: CommitRecord): boolean =>
    record.undo === undefined && record.redo === undefined && record.ops.some((op) => idsOf(op).length > 0);
  const own = records.filter((record) => isOwn(record) && isEdit(record));
  const found =
    kind === 'undo'
      ? own.findLast((record) => !undone.has(record.seq))
      : own.filter((record) => undone.has(record.seq)).sort((a, b) => undoneAt(undone, b) - undoneAt(undone, a))[0];
  if (found === undefined) throw nothingToRevert(kind, `There is no commit of yours to ${kind}.`);
  return found;
}

function undoneAt(undone: ReadonlyMap<number, number>, record: CommitRecord): number {
  return undone.get(record.seq) ?? 0;
}

/** `undo/nothing`, and why. */
export function nothingToRevert(kind: string, reason: string): CovalenceError {
  return new CovalenceError('undo/nothing', reason, { asked: kind });
}
