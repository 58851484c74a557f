import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CovalenceError, type Frame, type Room } from 'covalence';
import { followPassingFrames } from '../../src/components/inspector/passing-frames.ts';

/** A trajectory that plays at will; every read of it waits until it is answered. */
function playingRoom(isSeen: () => boolean = () => true) {
  const listeners = new Set<() => void>();
  const playback = { frameIndex: 0, isPlaying: false };
  const open: { index: number; answer: (error?: Error) => Promise<void> }[] = [];
  const reads: number[] = [];
  let most = 0;
  const read = (index: number, { signal }: { signal?: AbortSignal } = {}): Promise<Frame> =>
    new Promise((resolve, reject) => {
      reads.push(index);
      const drop = (): number => open.splice(open.indexOf(own), 1).length;
      const own = {
        index,
        async answer(error?: Error) {
          drop();
          if (error === undefined)
            resolve({ id: `f${index}`, index, version: 1, hashes: {}, data: { energy: -index, positions: -index } });
          else reject(error);
          await vi.advanceTimersByTimeAsync(0);
        },
      };
      open.push(own);
      most = Math.max(most, open.length);
      signal?.addEventListener('abort', () => {
        drop();
        reject(signal.reason as Error);
      });
    });
  const none = (): (() => void) => () => undefined;
  const room = {
    playback: {
      get frameIndex() {
        return playback.frameIndex;
      },
      get isPlaying() {
        return playback.isPlaying;
      },
      onChange(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    frames: { trajectory: undefined, count: 100_000, onChange: none, read },
    onStatus: none,
  } as unknown as Room;
  const shown: (number | undefined)[] = [];
  const moving: boolean[] = [];
  const stop = followPassingFrames(room, {
    onFrame: (frame) => {
      if (frame !== undefined) expect(frame.data['energy']).toBe(-frame.index);
      shown.push(frame?.index);
    },
    onMoving: (isMoving) => moving.push(isMoving),
    onError: () => undefined,
    isSeen,
  });
  const change = async (to: Partial<typeof playback>): Promise<void> => {
    Object.assign(playback, to);
    for (const listener of listeners) listener();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { open, reads, shown, moving, stop, change, most: () => most };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the frame panel while it plays', () => {
  it('[C440] follows with at most 4 reads a second, one at a time, always of the newest frame', async () => {
    const room = playingRoom();
    await room.open[0].answer();
    await room.change({ isPlaying: true });
    room.reads.length = 0;
    for (let index = 1; index <= 240; index += 1) {
      await room.change({ frameIndex: index });
      await room.open[0]?.answer();
      await vi.advanceTimersByTimeAsync(1000 / 60);
    }
    // Four seconds.
    expect(room.reads.length).toBeLessThanOrEqual(17);
    expect(room.reads.length).toBeGreaterThan(12);
    expect(room.most()).toBe(1);
    expect(room.shown.at(-1)).toBe(room.reads.at(-1));
    expect(room.shown.at(-1)).toBeGreaterThan(220);
    expect(room.moving.at(-1)).toBe(false);
    // A pause reads where it stopped, once.
    room.reads.length = 0;
    await room.change({ isPlaying: false, frameIndex: 241 });
    await vi.advanceTimersByTimeAsync(1000);
    await room.open[0].answer();
    expect(room.reads).toEqual([241]);
    expect(room.shown.at(-1)).toBe(241);
    room.stop();
  });

  it('[C440] over a slow line nothing is queued: while one read waits no other begins, and the next is of the newest', async () => {
    const room = playingRoom();
    await room.open[0].answer();
    await room.change({ isPlaying: true });
    room.reads.length = 0;
    for (let index = 1; index <= 300; index += 1) {
      await room.change({ frameIndex: index });
      await vi.advanceTimersByTimeAsync(1000 / 60);
    }
    expect(room.reads).toEqual([1]);
    await room.open[0].answer();
    await room.change({ frameIndex: 301 });
    expect(room.reads).toEqual([1, 301]);
    await room.open[0].answer(new CovalenceError('server/unreachable', 'The line is down.'));
    // The numbers are of frame 1 and stand under it, dimmed, until another can be read.
    expect(room.shown.at(-1)).toBe(1);
    expect(room.moving.at(-1)).toBe(true);
    await vi.advanceTimersByTimeAsync(250);
    await room.open[0].answer();
    expect(room.shown.at(-1)).toBe(301);
    expect(room.moving.at(-1)).toBe(false);
    await room.change({ frameIndex: 302 });
    room.stop();
    expect(room.open).toEqual([]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(room.reads.length).toBeLessThanOrEqual(4);
  });

  it('[C440] nothing is read of what plays while nobody sees the panel', async () => {
    let isSeen = false;
    const room = playingRoom(() => isSeen);
    await room.open[0].answer();
    await room.change({ isPlaying: true });
    room.reads.length = 0;
    for (let index = 1; index <= 60; index += 1) {
      await room.change({ frameIndex: index });
      await vi.advanceTimersByTimeAsync(1000 / 60);
    }
    expect(room.reads).toEqual([]);
    isSeen = true;
    await room.change({ frameIndex: 61 });
    expect(room.reads).toEqual([61]);
    room.stop();
  });

  it('[C440] of frames that people scrub past none is read before they rest', async () => {
    const room = playingRoom();
    await room.open[0].answer();
    room.reads.length = 0;
    for (let index = 1; index <= 60; index += 1) {
      await room.change({ frameIndex: index });
      await vi.advanceTimersByTimeAsync(25);
    }
    expect(room.reads).toEqual([]);
    expect(room.moving.at(-1)).toBe(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(room.reads).toEqual([60]);
    room.stop();
  });
});
