import type { PlaybackPosition } from '../../protocol/presence.ts';
import type { FrameRange, PlayPlan } from './play-plan.ts';
import type { Player } from './player.ts';

/** What a player does, as others are told. */
export function positionOf(player: Player, bookmark: string | undefined): Omit<PlaybackPosition, 'fence'> {
  const { loop, framesPerSecond, skip, frames } = player.plan;
  return {
    frame_index: player.index,
    playing: player.isPlaying,
    frames_per_second: framesPerSecond,
    ...(loop === 'loop' ? {} : { loop }),
    ...(skip === 1 ? {} : { skip }),
    ...(player.direction === 1 ? {} : { direction: player.direction }),
    ...(bookmark === undefined ? {} : { bookmark }),
    ...(frames === undefined || 'length' in frames ? {} : { range: [frames.first, frames.last] }),
  };
}

/** What to do to show what somebody else's player shows. */
export function planOf(
  position: PlaybackPosition,
  framesOf: ((bookmark: string) => FrameRange | readonly number[] | undefined) | undefined,
): PlayPlan {
  const { bookmark, range } = position;
  const named = bookmark === undefined ? undefined : framesOf?.(bookmark);
  return {
    loop: position.loop ?? 'loop',
    framesPerSecond: position.frames_per_second,
    skip: position.skip ?? 1,
    frames: named ?? (range === undefined ? undefined : { first: range[0], last: range[1] }),
  };
}
