import { describe, expect, it } from 'vitest';
import type { RoomPlayback } from '../../src/room/room.ts';
import { glideTime } from '../../src/components/viewer/glide-time.ts';

function time(patch: Partial<RoomPlayback>, from: number | undefined, to: number): number {
  const playback = { isPlaying: true, framesPerSecond: 10, skip: 1, loop: 'loop', ...patch } as RoomPlayback;
  return glideTime(playback, from === undefined ? undefined : { index: from }, { index: to });
}

describe('the time between two frames', () => {
  it('[P61] is what passes until the next one, also where frames are skipped or come late', () => {
    expect(time({}, 4, 5)).toBe(100);
    expect(time({ skip: 5 }, 5, 10)).toBe(100);
    expect(time({}, 4, 7)).toBe(300);
    expect(time({ framesPerSecond: 1 }, 0, 1)).toBe(1000);
    expect(time({ bookmark: 'bookmark.a' }, 3, 900)).toBe(100);
    expect(time({ loop: 'bounce' }, 5, 4)).toBe(100);
  });

  it('[P61] is none after a jump, at the end of a loop, when paused, for the first frame and for a new version', () => {
    expect(time({}, 4, 500)).toBe(0);
    expect(time({}, 9, 0)).toBe(0);
    expect(time({ loop: 'once' }, 5, 4)).toBe(0);
    expect(time({ isPlaying: false }, 4, 5)).toBe(0);
    expect(time({}, undefined, 0)).toBe(0);
    expect(time({}, 4, 4)).toBe(0);
    expect(time({ framesPerSecond: 60 }, 4, 5)).toBe(0);
  });
});
