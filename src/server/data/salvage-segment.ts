import { readAt } from './read-at.ts';
import { entriesOf, HEADER_BYTE_LENGTH, MARK, type SegmentEntry, type SegmentFile } from './segment-file.ts';
import { sha256 } from './stored-values.ts';

const WINDOW_BYTE_LENGTH = 1024 * 1024;

/** A stretch of a segment that is no entry. */
export interface SegmentGap {
  offset: number;
  byteLength: number;
}

/**
 * All entries of a segment, also those behind one whose header was altered, which alone would hide the rest of the file.
 * What is found behind a gap has the bytes of its hash; other entries are as announced. Returns the gaps, the last one
 * at the end of the file where a write broke off.
 */
export async function* salvagedEntries(file: SegmentFile): AsyncGenerator<SegmentEntry, SegmentGap[]> {
  const { size } = await file.stat();
  const gaps: SegmentGap[] = [];
  let end = 0;
  for (;;) {
    // A length that was altered may have led past what follows, so the search begins inside the last one.
    let searched = end + 1;
    for await (const entry of entriesOf(file, end)) {
      yield entry;
      searched = entry.offset;
      end = entry.offset + entry.byteLength;
    }
    if (end >= size) return gaps;
    const next = await soundEntryBehind(file, searched, size);
    const stop = next === undefined ? size : next.offset - HEADER_BYTE_LENGTH;
    if (stop > end) gaps.push({ offset: end, byteLength: stop - end });
    if (next === undefined) return gaps;
    yield next;
    end = next.offset + next.byteLength;
  }
}

/** The first entry from `from` on whose bytes have their hash. */
async function soundEntryBehind(file: SegmentFile, from: number, size: number): Promise<SegmentEntry | undefined> {
  const overlap = MARK.byteLength - 1;
  for (let at = from; at + HEADER_BYTE_LENGTH <= size; at += WINDOW_BYTE_LENGTH) {
    const part = Buffer.from(await readAt(file, at, Math.min(WINDOW_BYTE_LENGTH + overlap, size - at)));
    for (let mark = part.indexOf(MARK); mark !== -1; mark = part.indexOf(MARK, mark + 1)) {
      for await (const entry of entriesOf(file, at + mark)) {
        if (sha256(await readAt(file, entry.offset, entry.byteLength)) === entry.hash) return entry;
        break;
      }
    }
  }
  return undefined;
}
