import type { FrameArchive, FrameCommit } from '../data/frame-archive.ts';
import type { HistoryEntry, HistoryOptions } from './room-frames.ts';

const PAGE = 200;

/** The commits that changed frames, newest first, page by page as they are asked for. */
export async function* frameHistory(
  archive: FrameArchive,
  newestSeq: () => Promise<number>,
  { since = 0, limit = Number.POSITIVE_INFINITY, signal }: HistoryOptions = {},
): AsyncGenerator<HistoryEntry> {
  /** Whether the newest word about a commit was that it is undone. */
  const undone = new Map<number, boolean>();
  let given = 0;
  let stop = await newestSeq();
  while (stop > since && given < limit) {
    const start = Math.max(since, stop - PAGE);
    const { commits } = await archive.history(start, stop - start, signal === undefined ? {} : { signal });
    for (const commit of commits.toReversed()) {
      if (given >= limit) return;
      note(commit, undone);
      if (commit.changes.length === 0) continue;
      given += 1;
      yield { ...commit, isUndone: undone.get(commit.seq) ?? false };
    }
    stop = start;
  }
}

function note({ undo, redo }: FrameCommit, undone: Map<number, boolean>): void {
  if (undo !== undefined && !undone.has(undo)) undone.set(undo, true);
  if (redo !== undefined && !undone.has(redo)) undone.set(redo, false);
}
