import { formatCount } from '../format-number.ts';

/** What is known about the frames of a room. */
interface FrameCount {
  count: number;
  /** Set while the file is still read. */
  indexing?: unknown;
}

/** Whether there is one frame and there will be no more: a picture, with nothing to play. */
export function isStill(frames: FrameCount | undefined): boolean {
  return frames?.count === 1 && frames.indexing === undefined;
}

/** How many frames there are, beside the number of the one shown or, where there is nothing to play, alone. */
export function countText(frames: FrameCount | undefined): string {
  if (frames === undefined || (frames.count === 0 && frames.indexing !== undefined)) return '';
  if (frames.count === 0) return 'No frames';
  return isStill(frames) ? '1 frame' : `of ${formatCount(frames.count)}`;
}

/** Why the last of 251 frames is number 250. */
export function countTitle(count: number): string {
  if (count < 2) return 'Frames are counted from 0';
  return `${formatCount(count)} frames, counted from 0: the first is 0, the last is ${formatCount(count - 1)}`;
}
