import { describe, expect, it } from 'vitest';
import type { Frame, Room } from 'covalence';
import { FrameController } from '../../src/components/controllers/frame-controller.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';

const COUNT = 100_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Request {
  first: number;
  last: number;
  answer(): void;
}

/** A trajectory of 10^5 frames whose every request waits until it is answered, or is given up. */
function slowTrajectory() {
  const open = new Set<Request>();
  const versions = new Map<number, number>();
  let most = 0;
  let total = 0;
  const request = (first: number, last: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const own: Request = {
        first,
        last,
        answer() {
          open.delete(own);
          resolve();
        },
      };
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal?.addEventListener('abort', () => {
        open.delete(own);
        reject(signal.reason as Error);
      });
      open.add(own);
      total += 1;
      most = Math.max(most, open.size);
    });
  const frameAt = (index: number): Frame => {
    const version = versions.get(index) ?? 1;
    const positions = {
      dtype: '<f4' as const,
      shape: [1000, 3],
      data: new Float32Array(3000).fill(index + version / 10),
    };
    return { id: `f${index}`, index, version, hashes: { positions: `${index}-${version}` }, data: { positions } };
  };
  const provider = {
    info: () => Promise.resolve({ count: COUNT }),
    scalars: () => Promise.resolve({}),
    async read(index: number, { signal }: { signal?: AbortSignal } = {}) {
      await request(index, index, signal);
      return frameAt(index);
    },
    async *readRange(start: number, stop: number, { signal }: { signal?: AbortSignal } = {}) {
      await request(start, stop - 1, signal);
      for (let index = start; index < stop; index += 1) yield frameAt(index);
    },
    close: () => Promise.resolve(),
  } as unknown as DataProvider;
  const frames = withPrefetch(withCache(provider));
  const seekers = new Set<() => void>();
  const changers = new Set<(change: { ids: readonly string[] }) => void>();
  let frameIndex = 0;
  const listen =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => set.delete(listener);
    };
  const room = {
    playback: {
      get frameIndex() {
        return frameIndex;
      },
      onChange: listen(seekers),
    },
    frames: {
      trajectory: { keys: [{ name: 'positions' }] },
      count: COUNT,
      onChange: listen(changers),
      read: frames.read,
    },
    onStatus: () => () => undefined,
  } as unknown as Room;
  return {
    room,
    open,
    get most() {
      return most;
    },
    get total() {
      return total;
    },
    seek(index: number) {
      frameIndex = index;
      for (const each of seekers) each();
    },
    edit(index: number) {
      versions.set(index, (versions.get(index) ?? 1) + 1);
      frames.invalidate([`f${index}`]);
      for (const each of changers) each({ ids: [`f${index}`] });
    },
    async answerAll() {
      await turn();
      for (let rounds = 0; rounds < 200 && open.size > 0; rounds += 1) {
        for (const each of open) each.answer();
        await turn();
      }
      await turn();
    },
  };
}

describe('scrubbing and playing over the network', () => {
  it('[P56] a scrub across 10^5 frames has at most 3 requests in flight, none stale where it ends', async () => {
    const world = slowTrajectory();
    const shown: (number | undefined)[] = [];
    const controller = new FrameController({ keys: ['positions'], onFrame: (frame) => shown.push(frame?.index) });
    const undo = controller.connect(world.room);
    await world.answerAll();
    // As a hand drags: far, fast, to and fro; now and then the line answers.
    let at = 0;
    for (let step = 1; step <= 2000; step += 1) {
      at = (at + 37 + ((step * 7919) % 211)) % COUNT;
      world.seek(at);
      await turn();
      expect(world.open.size).toBeLessThanOrEqual(3);
      if (step % 10 === 0) {
        for (const each of world.open) each.answer();
        await turn();
      }
    }
    expect([...world.open].filter(({ first, last }) => at < first || at > last).length).toBeLessThanOrEqual(1);
    expect([...world.open].some(({ first, last }) => at >= first && at <= last) || shown.at(-1) === at).toBe(true);
    await world.answerAll();
    expect(shown.at(-1)).toBe(at);
    expect(world.open.size).toBe(0);
    expect(world.most).toBeLessThanOrEqual(3);
    expect(shown.length).toBeGreaterThan(200);
    undo();
  });

  it('[P57] an edit of the shown frame that arrives while playing shows its new version; other edits read nothing', async () => {
    const world = slowTrajectory();
    const shown: (Frame | undefined)[] = [];
    const controller = new FrameController({ keys: ['positions'], onFrame: (frame) => shown.push(frame) });
    const undo = controller.connect(world.room);
    await world.answerAll();
    for (const index of [1, 2, 3, 4]) {
      world.seek(index);
      await world.answerAll();
    }
    expect(shown.map((frame) => frame?.index)).toEqual([0, 1, 2, 3, 4]);
    world.edit(4);
    await turn();
    // No flicker: the old picture stands until the new one is here.
    expect(shown).toHaveLength(5);
    await world.answerAll();
    expect(shown.at(-1)).toMatchObject({ index: 4, version: 2 });
    expect(shown.every((frame) => frame !== undefined)).toBe(true);
    const before = world.total;
    world.edit(50_000);
    await turn();
    expect(world.total).toBe(before);
    world.seek(5);
    world.edit(5);
    await world.answerAll();
    expect(shown.at(-1)).toMatchObject({ index: 5, version: 2 });
    undo();
  });
});
