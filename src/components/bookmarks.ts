import type { BookmarkRecord } from '../protocol/records/scene.ts';
import type { Room } from '../room/room.ts';
import type { FrameRange } from '../room/playback/play-plan.ts';

/** What a bookmark marks: one frame, a range, or a set. */
export type BookmarkKind = 'frame' | 'range' | 'set';

/** The kind of a bookmark. */
export function bookmarkKind(record: BookmarkRecord): BookmarkKind {
  if (record.range !== undefined) return 'range';
  return record.frame_indices === undefined ? 'frame' : 'set';
}

/** The first frame of a bookmark; undefined when its place is not known. */
export function bookmarkIndex(record: BookmarkRecord): number | undefined {
  return record.range?.[0] ?? record.frame_indices?.[0] ?? record.frame_index;
}

/** Marks the frame that is shown; everybody sees it. Returns its key. */
export function bookmarkFrame(room: Room, frame: { id?: string | undefined; index: number }): string {
  const { color } = room.presence.self.user ?? {};
  return room.bookmarks.add({
    display_name: `Frame ${frame.index}`,
    frame_index: frame.index,
    ...(frame.id === undefined ? {} : { frame_id: frame.id }),
    ...(color === undefined ? {} : { color }),
  }).key;
}

/** Keeps a range of frames under a name. Returns its key. */
export function bookmarkRange(room: Room, { first, last }: FrameRange): string {
  return room.bookmarks.add({ display_name: `Frames ${first} to ${last}`, range: [first, last] }).key;
}

/** Goes to a bookmark; ranges and sets are played from now on, a single frame ends that. */
export function goToBookmark(room: Room, key: string): void {
  const record: BookmarkRecord | undefined = room.bookmarks.get(key);
  const index = record === undefined ? undefined : bookmarkIndex(record);
  if (record === undefined || index === undefined) return;
  room.playback.setFrames(bookmarkKind(record) === 'frame' ? undefined : key);
  room.playback.seek(index);
}

function nextName(room: Room, word: string): string {
  const taken = new Set(Object.values(room.bookmarks.snapshot()).map((record) => record.display_name));
  for (let number = 1; ; number += 1) if (!taken.has(`${word} ${number}`)) return `${word} ${number}`;
}

/** Keeps a set of frames under a name. Indices ascend. Returns its key. */
export function bookmarkSet(room: Room, indices: readonly number[]): string {
  return room.bookmarks.add({ display_name: nextName(room, 'Set'), frame_indices: [...indices] }).key;
}
