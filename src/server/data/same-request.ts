import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord } from './commit-record.ts';
import type { FrameEdit } from './frame-edit.ts';

/** What a request asks for: edits, or that a commit is taken back or done again. */
export type AskedChange = { edits: readonly FrameEdit[] } | { kind: 'undo' | 'redo'; seq?: number | undefined };

/**
 * Throws `request/invalid` when `record`, which has the idempotency key of the request, is no answer to it: it changed
 * other frames, other versions of them or in another way. The values themselves are not compared.
 */
export function assertSameRequest(record: CommitRecord, asked: AskedChange): void {
  if (isSame(record, asked)) return;
  throw new CovalenceError(
    'request/invalid',
    `The Idempotency-Key of this request is that of commit ${record.seq}, which is another change. Nothing was changed; take a new key for every change.`,
    { seq: record.seq },
  );
}

function isSame(record: CommitRecord, asked: AskedChange): boolean {
  if ('kind' in asked) {
    const target = record[asked.kind];
    return target !== undefined && (asked.kind === 'redo' || asked.seq === undefined || asked.seq === target);
  }
  if (record.undo !== undefined || record.redo !== undefined) return false;
  const made = record.ops.flatMap((op) => {
    if (op.op === 'set' || op.op === 'remove') return [`${op.op} ${op.version} ${op.id}`];
    return op.op === 'insert' ? ['insert'] : op.op === 'move' ? [`move ${op.id}`] : [];
  });
  const wanted = asked.edits.map((edit) => {
    if (edit.op === 'insert') return 'insert';
    if (edit.op === 'move') return `move ${edit.id}`;
    return `${edit.op === 'remove' ? 'remove' : 'set'} ${edit.baseVersion + 1} ${edit.id}`;
  });
  return made.length === wanted.length && made.every((change, i) => change === wanted[i]);
}
