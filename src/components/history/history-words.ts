import type { HistoryEntry } from '../../room/room-frames.ts';
import { formatPlural } from '../format-number.ts';

/** Names a frame by its present place where that is known. */
export type FrameNamer = (id: string) => string;

/** What a commit did, in few words: "moved atoms in frame 3". */
export function commitWords({ changes, undo, redo }: HistoryEntry, nameOf: FrameNamer): string {
  const ids = new Set(changes.flatMap((change) => ('id' in change ? [change.id] : change.frames.map(({ id }) => id))));
  const [first] = changes;
  const frames = ids.size === 1 ? nameOf([...ids][0]) : formatPlural(ids.size, 'frame');
  if (undo !== undefined) return `took back a change of ${frames}`;
  if (redo !== undefined) return `did a change of ${frames} again`;
  if (changes.some(({ op }) => op !== first.op)) return `edited ${frames}`;
  if (first.op === 'insert') return `added ${frames}`;
  if (first.op === 'remove') return `removed ${ids.size === 1 ? 'a frame' : frames}`;
  if (first.op === 'restore') return `brought back ${frames}`;
  if (first.op === 'move') return `put ${frames} elsewhere`;
  const keys = new Set(changes.flatMap((change) => (change.op === 'set' ? Object.keys(change.hashes) : [])));
  if (keys.size === 1 && keys.has('positions')) return `moved atoms in ${frames}`;
  const names = [...keys].map((key) => key.replace(/^(arrays|info)\./, ''));
  return `changed ${names.length > 3 ? `${names.length} values` : names.join(', ')} of ${frames}`;
}
