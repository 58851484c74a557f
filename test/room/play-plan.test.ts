import { describe, expect, it } from 'vitest';
import { advance, frameAt, placeCount, placeOf, type PlayPlan } from '../../src/room/playback/play-plan.ts';
import { createPlayer } from '../../src/room/playback/player.ts';
import { PresenterRoom, seeded } from './presenter-world.ts';

const plan = (patch: Partial<PlayPlan> = {}): PlayPlan => ({ loop: 'loop', framesPerSecond: 10, skip: 1, ...patch });

/** The frames shown at each tick of 100 ms, 10 frames a second. */
function shown(how: PlayPlan, ticks: number, count: number, from = 0): number[] {
  let anchor = { place: placeOf(how, from, count), direction: 1 as 1 | -1, timeMs: 0 };
  return Array.from({ length: ticks }, (_, tick) => {
    ({ anchor } = advance(how, anchor, (tick + 1) * 100, count));
    return frameAt(how, anchor.place, count);
  });
}

describe('what is played', () => {
  it('[P11] stops, begins again or goes back at the end', () => {
    expect(shown(plan({ loop: 'loop' }), 5, 3)).toEqual([1, 2, 0, 1, 2]);
    expect(shown(plan({ loop: 'once' }), 5, 3)).toEqual([1, 2, 2, 2, 2]);
    expect(shown(plan({ loop: 'bounce' }), 9, 4)).toEqual([1, 2, 3, 2, 1, 0, 1, 2, 3]);
    expect(shown(plan({ loop: 'bounce' }), 3, 1)).toEqual([0, 0, 0]);
  });

  it('[P11] a range, a set of frames and a skip are kept to', () => {
    expect(shown(plan({ frames: { first: 4, last: 6 } }), 5, 100, 5)).toEqual([6, 4, 5, 6, 4]);
    expect(shown(plan({ frames: { first: 4, last: 6 } }), 2, 100, 50)).toEqual([5, 6]);
    expect(shown(plan({ frames: [2, 3, 50, 99] }), 5, 100, 3)).toEqual([50, 99, 2, 3, 50]);
    expect(shown(plan({ skip: 3 }), 4, 10)).toEqual([3, 6, 9, 2]);
    // What the trajectory does not have is left out.
    expect(placeCount(plan({ frames: [2, 3, 50, 99] }), 10)).toBe(2);
    expect(placeCount(plan({ frames: { first: 4, last: 600 } }), 10)).toBe(6);
  });

  it('[P11] pressed at the end of what plays once, it plays again', async () => {
    const { world } = new PresenterRoom(seeded(1), 1);
    const player = createPlayer({ clock: world, count: () => 4, onChange: () => undefined });
    player.setPlan({ loop: 'once', framesPerSecond: 10 });
    player.play();
    await world.pass(1_000);
    expect([player.index, player.isPlaying]).toEqual([3, false]);
    player.play();
    await world.pass(150);
    expect([player.index, player.isPlaying]).toEqual([1, true]);
  });

  it('[P12] a tick looks at a handful of frames of a million, also when it comes an hour late', () => {
    let looks = 0;
    const frames = new Proxy(
      Array.from({ length: 1_000_000 }, (_, i) => 2 * i),
      {
        get(target, key, receiver) {
          looks += 1;
          return Reflect.get(target, key, receiver) as unknown;
        },
      },
    );
    for (const loop of ['once', 'loop', 'bounce'] as const) {
      const how = plan({ frames, loop });
      const { anchor } = advance(how, { place: 10, direction: 1, timeMs: 0 }, 3_600_000, 2_000_000);
      expect(frameAt(how, anchor.place, 2_000_000)).toBe(2 * 36_010);
    }
    expect(looks).toBeLessThan(200);
  });
});
