import { describe, expect, it, vi } from 'vitest';
import { CovalenceError, type Frame, type Room } from 'covalence';
import { FrameController } from '../../src/components/controllers/frame-controller.ts';

interface Read {
  index: number;
  data: readonly string[] | undefined;
  signal: AbortSignal;
  resolve(): void;
  reject(error: Error): void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function frameAt(index: number, version = 1): Frame {
  return { id: `f${index}`, index, version, hashes: {}, data: { energy: index } };
}

/** A room whose reads are answered by hand, in any order. */
function roomByHand(keys: readonly string[] = ['positions', 'energy']) {
  const reads: Read[] = [];
  const seekers = new Set<() => void>();
  const changers = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const listeners = new Set<(event: { status: string }) => void>();
  const listen =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => set.delete(listener);
    };
  const state = { frameIndex: 0, version: 1, count: 10, isPlaying: false };
  const room = {
    playback: {
      get frameIndex() {
        return state.frameIndex;
      },
      get isPlaying() {
        return state.isPlaying;
      },
      onChange: listen(seekers),
    },
    frames: {
      trajectory: { keys: keys.map((name) => ({ name })) },
      get count() {
        return state.count;
      },
      onChange: listen(changers),
      read: (index: number, { data, signal }: { data?: readonly string[]; signal: AbortSignal }) =>
        new Promise<Frame>((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          reads.push({ index, data, signal, resolve: () => resolve(frameAt(index, state.version)), reject });
        }),
    },
    onStatus: listen(listeners),
  } as unknown as Room;
  return {
    room,
    reads,
    state,
    seek(index: number) {
      state.frameIndex = index;
      for (const each of seekers) each();
    },
    change: (ids: readonly string[] | undefined) => changers.forEach((each) => each({ ids })),
    online: () => listeners.forEach((each) => each({ status: 'online' })),
    listenerCount: () => seekers.size + changers.size + listeners.size,
  };
}

function follow(keys?: readonly string[]) {
  const shown: (number | undefined)[] = [];
  const onError = vi.fn<(error: CovalenceError | undefined) => void>();
  const controller = new FrameController({
    ...(keys === undefined ? {} : { keys }),
    onFrame: (frame) => shown.push(frame?.index),
    onError,
  });
  return { controller, shown, onError };
}

describe('following the frame', () => {
  it('[C52] scrubbing keeps the oldest and the newest read in flight and aborts those between', async () => {
    const hand = roomByHand();
    const { controller, shown } = follow();
    controller.connect(hand.room);
    for (const index of [1, 2, 3, 4]) hand.seek(index);
    expect(hand.reads.map(({ signal }) => signal.aborted)).toEqual([false, true, true, true, false]);
    hand.reads[0].resolve();
    await turn();
    hand.reads[4].resolve();
    await turn();
    expect(shown).toEqual([0, 4]);
  });

  it('[C456] playing, two reads are let finish, what passes by meanwhile is left out, and nothing is given up', async () => {
    const hand = roomByHand();
    const { controller, shown } = follow();
    controller.connect(hand.room);
    hand.state.isPlaying = true;
    for (let index = 1; index <= 9; index += 1) hand.seek(index);
    expect(hand.reads.map(({ index }) => index)).toEqual([0, 1]);
    hand.reads[0].resolve();
    await turn();
    expect(hand.reads.map(({ index }) => index)).toEqual([0, 1, 9]);
    // One that fails leaves its place to the next, too.
    hand.seek(3);
    hand.reads[1].reject(new Error('no'));
    await turn();
    hand.reads[3].resolve();
    await turn();
    expect(hand.reads.map(({ index }) => index)).toEqual([0, 1, 9, 3]);
    expect(shown).toEqual([0, 3]);
    expect(hand.reads.some(({ signal }) => signal.aborted)).toBe(false);
    // Where somebody goes when it stands still is not made to wait.
    for (const index of [4, 5]) hand.seek(index);
    hand.state.isPlaying = false;
    hand.seek(6);
    expect(hand.reads.map(({ index, signal }) => [index, signal.aborted]).slice(4)).toEqual([
      [4, true],
      [6, false],
    ]);
  });

  it('[C52] an answer that comes late never replaces a newer one', async () => {
    const hand = roomByHand();
    const { controller, shown } = follow();
    controller.connect(hand.room);
    hand.seek(7);
    hand.reads[1].resolve();
    await turn();
    hand.reads[0].resolve();
    await turn();
    expect(shown).toEqual([7]);
  });

  it('[C52] a frame that somebody changed is read again, another one is not', async () => {
    const hand = roomByHand();
    const { controller, shown } = follow();
    controller.connect(hand.room);
    hand.reads[0].resolve();
    await turn();
    hand.change(['f3']);
    expect(hand.reads).toHaveLength(1);
    hand.state.version = 2;
    hand.change(['f0']);
    hand.reads[1].resolve();
    await turn();
    expect(shown).toEqual([0, 0]);
    expect(controller.frame?.version).toBe(2);
  });

  it('[C52] the same frame in the same version is not shown twice', async () => {
    const hand = roomByHand();
    const { controller, shown } = follow();
    controller.connect(hand.room);
    hand.reads[0].resolve();
    await turn();
    hand.change(undefined);
    hand.reads[1].resolve();
    await turn();
    expect(shown).toEqual([0]);
  });

  it('[C52] only keys the trajectory has are asked for', () => {
    const hand = roomByHand(['positions', 'charges']);
    follow(['positions', 'cell']).controller.connect(hand.room);
    expect(hand.reads[0].data).toEqual(['positions']);
  });

  it('[C52] a frame without one of the keys is read whole', async () => {
    const hand = roomByHand(['positions', 'cell']);
    const { controller, shown } = follow(['positions', 'cell']);
    controller.connect(hand.room);
    hand.reads[0].reject(new CovalenceError('frame/key-unknown', 'no cell'));
    await turn();
    expect(hand.reads[1].data).toBeUndefined();
    hand.reads[1].resolve();
    await turn();
    expect(shown).toEqual([0]);
  });

  it('[C53] a frame that cannot be read takes the old picture away and says why', async () => {
    const hand = roomByHand();
    const { controller, shown, onError } = follow();
    controller.connect(hand.room);
    hand.reads[0].resolve();
    await turn();
    hand.seek(5);
    hand.reads[1].reject(new CovalenceError('frame/corrupt', 'The bytes of frame 5 are not those announced.'));
    await turn();
    expect(shown).toEqual([0, undefined]);
    expect(onError.mock.lastCall?.[0]?.code).toBe('frame/corrupt');
  });

  it('[C53] while the server cannot be reached the old picture stays, and the frame is read once it can', async () => {
    const hand = roomByHand();
    const { controller, shown, onError } = follow();
    controller.connect(hand.room);
    hand.reads[0].resolve();
    await turn();
    hand.seek(5);
    hand.reads[1].reject(new CovalenceError('server/unreachable', 'away'));
    await turn();
    expect(shown).toEqual([0]);
    hand.online();
    hand.reads[2].resolve();
    await turn();
    expect(shown).toEqual([0, 5]);
    expect(onError.mock.lastCall).toEqual([undefined]);
  });

  it('[C53] a room without frames is no error', async () => {
    const hand = roomByHand();
    hand.state.count = 0;
    const { controller, onError } = follow();
    controller.connect(hand.room);
    hand.reads[0].reject(new CovalenceError('frame/not-found', 'none'));
    await turn();
    expect(onError).not.toHaveBeenCalled();
  });

  it('[C51] leaving a room aborts what is read and leaves no listener behind', async () => {
    const hand = roomByHand();
    const { controller, shown, onError } = follow();
    const leave = controller.connect(hand.room);
    expect(hand.listenerCount()).toBe(3);
    leave();
    await turn();
    expect(hand.listenerCount()).toBe(0);
    expect(hand.reads[0].signal.aborted).toBe(true);
    expect(shown).toEqual([]);
    expect(onError).not.toHaveBeenCalled();
  });
});
