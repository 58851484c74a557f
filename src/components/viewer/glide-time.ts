import type { Frame } from '../../protocol/frames.ts';
import type { RoomPlayback } from '../../room/room.ts';

/** Frames a second that need nothing in between. */
export const FAST_ENOUGH = 40;
/** Longer than this nothing is made up. */
const LONGEST_MS = 1_000;

/**
 * How long atoms may move from the frame shown before to this one, so that slow playing looks even, milliseconds; 0
 * where the one does not follow the other while playing: after a jump, at the end of a loop, when paused.
 */
export function glideTime(
  { isPlaying, framesPerSecond, skip, loop, bookmark, range }: RoomPlayback,
  before: Pick<Frame, 'index'> | undefined,
  now: Pick<Frame, 'index'> | undefined,
): number {
  if (!isPlaying || before === undefined || now === undefined || framesPerSecond >= FAST_ENOUGH) return 0;
  const step = now.index - before.index;
  if (step === 0 || (step < 0 && loop !== 'bounce')) return 0;
  // Frames of a set follow one another whatever their numbers.
  const isSet = bookmark !== undefined && range === undefined;
  const ms = ((isSet ? 1 : Math.abs(step) / skip) * 1000) / framesPerSecond;
  return ms <= LONGEST_MS ? ms : 0;
}
