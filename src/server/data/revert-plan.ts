import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord, RecordOp, StoredValue } from './commit-record.ts';
import { labelOf, type RoomState } from './room-state.ts';

/**
 * Operations that take back what `record` did to frames: the earlier values under new versions. Throws `undo/conflict`
 * when a value that the record set has another one now, or when a frame or its place is gone.
 */
export function planRevert(state: RoomState, record: CommitRecord): RecordOp[] {
  const ops: RecordOp[] = [];
  for (const op of [...record.ops].reverse()) {
    switch (op.op) {
      case 'set':
        assertPresent(state, op.id, record.seq);
        ops.push(revertSet(state, op, record.seq));
        break;
      case 'insert':
        for (const frame of [...op.frames].reverse()) {
          assertPresent(state, frame.id, record.seq);
          assertUntouched(state, frame.id, frame.version, record.seq);
          ops.push({
            op: 'remove',
            id: frame.id,
            version: (state.version(frame.id) as number) + 1,
            after: state.order.before(frame.id) ?? null,
          });
        }
        break;
      case 'restore':
        assertPresent(state, op.id, record.seq);
        assertUntouched(state, op.id, op.version, record.seq);
        ops.push({
          op: 'remove',
          id: op.id,
          version: (state.version(op.id) as number) + 1,
          after: state.order.before(op.id) ?? null,
        });
        break;
      case 'remove':
        if (state.has(op.id)) throw changed(op.id, record.seq, 'it is back already');
        ops.push({ op: 'restore', id: op.id, version: (state.version(op.id) as number) + 1, after: op.after });
        break;
      case 'move':
        assertPresent(state, op.id, record.seq);
        if ((state.order.before(op.id) ?? null) !== op.after) throw changed(op.id, record.seq, 'it was moved again');
        ops.push({ op: 'move', id: op.id, after: op.from, from: op.after });
        break;
      default:
    }
  }
  if (ops.length === 0) {
    throw new CovalenceError('undo/nothing', `Commit ${record.seq} changed no frame.`, { seq: record.seq });
  }
  assertPlaces(state, ops, record.seq);
  return ops;
}

function revertSet(state: RoomState, op: RecordOp & { op: 'set' }, seq: number): RecordOp {
  const now = state.head(op.id);
  const after = state.head(op.id, op.version);
  const before = state.head(op.id, op.version - 1);
  if (now === undefined || after === undefined || before === undefined) throw changed(op.id, seq, 'it is gone');
  const isWhole = op.ground !== undefined;
  const names = isWhole ? new Set([...before.keys.keys(), ...after.keys.keys()]) : new Set(Object.keys(op.keys));
  for (const key of names) {
    if (labelOf(now, key) !== labelOf(after, key)) throw changed(op.id, seq, `"${key}" changed since`);
  }
  if (isWhole && now.hasSource !== after.hasSource) throw changed(op.id, seq, 'it was replaced since');
  const keys: Record<string, StoredValue | null> = {};
  if (before.hasSource) {
    // Values of the file show through again where nothing was stored in front of them, so the set names all others.
    for (const [key, value] of now.keys) if (!names.has(key)) keys[key] = value;
    for (const key of names) {
      const value = before.keys.get(key);
      if (value !== undefined) keys[key] = value;
    }
    return { op: 'set', id: op.id, version: now.version + 1, keys, ground: 'source' };
  }
  for (const key of names) keys[key] = before.keys.get(key) ?? null;
  if (!isWhole) return { op: 'set', id: op.id, version: now.version + 1, keys };
  for (const [key, value] of now.keys) if (!names.has(key)) keys[key] = value;
  return { op: 'set', id: op.id, version: now.version + 1, keys, ground: 'empty' };
}

function assertPresent(state: RoomState, id: string, seq: number): void {
  if (!state.has(id)) throw changed(id, seq, 'it was removed since');
}

function assertUntouched(state: RoomState, id: string, version: number, seq: number): void {
  const now = state.head(id);
  const then = state.head(id, version);
  if (now === undefined || then === undefined) throw changed(id, seq, 'it is gone');
  const names = new Set([...now.keys.keys(), ...then.keys.keys()]);
  const isSame =
    now.hasSource === then.hasSource && [...names].every((key) => labelOf(now, key) === labelOf(then, key));
  if (!isSame) throw changed(id, seq, 'it was changed since');
}

/** Frames come back after frames that are there when their turn comes; the record was made in the same order. */
function assertPlaces(state: RoomState, ops: readonly RecordOp[], seq: number): void {
  const isThere = new Map<string, boolean>();
  for (const op of ops) {
    if (op.op === 'remove') isThere.set(op.id, false);
    if (op.op !== 'restore' && op.op !== 'move') continue;
    if (op.after !== null && !(isThere.get(op.after) ?? state.has(op.after))) {
      throw changed(op.id, seq, `the frame before it, "${op.after}", was removed`);
    }
    isThere.set(op.id, true);
  }
}

function changed(id: string, seq: number, what: string): CovalenceError {
  return new CovalenceError(
    'undo/conflict',
    `Commit ${seq} cannot be taken back: frame "${id}": ${what}. It stays in the history: take back the later change first, or change the frame anew.`,
    { frame: id, seq },
  );
}
