import type { BookmarkRecord } from '../../protocol/records/scene.ts';
import type { FrameRange } from './play-plan.ts';

/** The frames that a bookmark stands for as something to play: a range or a set; undefined for a single frame. */
export function framesOfBookmark(
  record: Pick<BookmarkRecord, 'range' | 'frame_indices'> | undefined,
): FrameRange | readonly number[] | undefined {
  if (record === undefined) return undefined;
  if (record.range !== undefined) return { first: record.range[0], last: record.range[1] };
  return record.frame_indices !== undefined && record.frame_indices.length > 0 ? record.frame_indices : undefined;
}
