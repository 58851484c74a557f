/** What happens at the last frame: stop there, begin again, or go back the way we came. */
export type LoopMode = 'once' | 'loop' | 'bounce';

/** Frames `first` to `last`, both included. */
export interface FrameRange {
  first: number;
  last: number;
}

/** Which frames are played, in which way. */
export interface PlayPlan {
  /** Frames to play: a range, or ascending indices. Everything when absent. */
  readonly frames?: FrameRange | readonly number[] | undefined;
  readonly loop: LoopMode;
  readonly framesPerSecond: number;
  /** Every how many frames one is shown; 1 shows all. */
  readonly skip: number;
}

/** Where playing stands: on a place of the plan since a moment. */
export interface PlayAnchor {
  /** Position in the plan's frames, from 0. */
  place: number;
  direction: 1 | -1;
  timeMs: number;
}

function isList(frames: PlayPlan['frames']): frames is readonly number[] {
  return Array.isArray(frames);
}

function rangeIn(frames: FrameRange | undefined, count: number): FrameRange {
  const end = Math.max(0, count - 1);
  if (frames === undefined) return { first: 0, last: end };
  const first = Math.min(Math.max(0, frames.first), end);
  return { first, last: Math.min(Math.max(first, frames.last), end) };
}

/** How many places a plan has in a trajectory of `count` frames. */
export function placeCount({ frames }: PlayPlan, count: number): number {
  if (count === 0) return 0;
  if (isList(frames)) return lowerBound(frames, count);
  const { first, last } = rangeIn(frames, count);
  return last - first + 1;
}

/** First position in ascending `list` whose value is not below `value`. */
function lowerBound(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The frame at a place. */
export function frameAt({ frames }: PlayPlan, place: number, count: number): number {
  if (isList(frames)) return frames[place] ?? 0;
  return rangeIn(frames, count).first + place;
}

/** The place of a frame, or of the next one in the plan; the first place when there is none behind it. */
export function placeOf({ frames }: PlayPlan, index: number, count: number): number {
  if (isList(frames)) {
    const place = lowerBound(frames, index);
    return place < lowerBound(frames, count) ? place : 0;
  }
  const { first, last } = rangeIn(frames, count);
  return index > last || index < first ? 0 : index - first;
}

/**
 * Where playing stands at `nowMs`. What a tick costs depends neither on the number of frames nor on how late it comes:
 * frames whose time has passed are left out.
 */
export function advance(
  plan: PlayPlan,
  anchor: PlayAnchor,
  nowMs: number,
  count: number,
): { anchor: PlayAnchor; isFinished: boolean } {
  const places = placeCount(plan, count);
  const steps = Math.floor(((nowMs - anchor.timeMs) * plan.framesPerSecond) / 1000 + 1e-6);
  if (steps <= 0 || places === 0) return { anchor, isFinished: false };
  const timeMs = anchor.timeMs + (steps * 1000) / plan.framesPerSecond;
  const way = steps * plan.skip;
  const last = places - 1;
  if (plan.loop === 'once') {
    const place = Math.min(anchor.place + way, last);
    return { anchor: { place, direction: 1, timeMs }, isFinished: place === last };
  }
  if (plan.loop === 'loop' || last === 0) {
    return { anchor: { place: (anchor.place + way) % places, direction: 1, timeMs }, isFinished: false };
  }
  // Unfolded, the way back lies behind the way there.
  const period = 2 * last;
  const unfolded = (anchor.direction === 1 ? anchor.place : period - anchor.place) + way;
  const at = unfolded % period;
  return {
    anchor: { place: at <= last ? at : period - at, direction: at < last ? 1 : -1, timeMs },
    isFinished: false,
  };
}
