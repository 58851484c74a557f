import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitRecord } from './commit-record.ts';
import { RoomState } from './room-state.ts';

/** Reads the log of a room that another began from. */
export type BaseLog = () => AsyncIterable<CommitRecord>;

/**
 * What a log adds up to. A room that began from another one stands on what that one was: `bases` are the logs of the
 * room it began from, of the room that one began from, and so on. Rejects with `store/failed` when one is missing.
 */
export async function foldLog(
  records: AsyncIterable<CommitRecord>,
  bases: readonly BaseLog[],
  untilSeq: number = Number.POSITIVE_INFINITY,
): Promise<RoomState> {
  const state = new RoomState();
  for await (const record of records) {
    if (record.seq > untilSeq) break;
    const [first] = record.ops;
    if (first?.op === 'room' && first.base !== undefined) {
      const [base, ...further] = bases;
      if (base === undefined) throw lost(first.base.room);
      const ground = await foldLog(base(), further, first.base.seq);
      if (ground.epoch !== first.base.epoch || ground.seq !== first.base.seq) throw lost(first.base.room);
      state.standOn(ground);
    }
    state.apply(record);
  }
  return state;
}

function lost(room: string): CovalenceError {
  return new CovalenceError('store/failed', `The log of "${room}", from which this room began, is not there any more.`);
}
