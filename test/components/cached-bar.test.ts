import { describe, expect, it } from 'vitest';
import type { Room } from 'covalence';
import { CachedBar } from '../../src/components/timeline/cached-bar.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { sampleData } from '../data/sample-frames.ts';
import { handClock } from '../hand-clock.ts';

const COUNT = 1_000_000;

/** A trajectory of any length whose frames are made when asked for. */
function endless(count: number): DataProvider {
  const frameAt = (index: number) => {
    const positions = { dtype: '<f4' as const, shape: [1, 3], data: Float32Array.of(index, 0, 0) };
    return { id: `f${index}`, index, version: 1, hashes: { positions: `h${index}` }, data: { positions } };
  };
  return {
    info: () => Promise.resolve({ count }),
    read: (index: number) => Promise.resolve(frameAt(index)),
    async *readRange(start: number, stop: number) {
      for (let index = start; index < stop; index += 1) yield frameAt(index);
    },
    scalars: () => Promise.resolve({}),
    close: () => Promise.resolve(),
  } as unknown as DataProvider;
}

function bar(count = COUNT, widthPixels = 500) {
  const provider = withCache(endless(count));
  const clock = handClock();
  const columns = new Map<number, number>();
  let drawings = 0;
  const context = {
    fillStyle: '',
    globalAlpha: 1,
    clearRect() {
      columns.clear();
      drawings += 1;
    },
    fillRect(x: number) {
      columns.set(x, this.globalAlpha);
    },
  };
  const canvas = { width: 1, clientWidth: widthPixels, getContext: () => context };
  const room = {
    frames: {
      count,
      cachedParts: (parts: number) => provider.cachedParts(parts, count, 'positions'),
      onCached: (listener: () => void) => provider.onCached(listener),
      onChange: () => () => undefined,
    },
  } as unknown as Room;
  const own = new CachedBar(() => ({ canvas, color: 'grey' }), clock);
  const undo = own.connect(room);
  return {
    provider,
    clock,
    columns,
    undo,
    canvas,
    get drawings() {
      return drawings;
    },
  };
}

async function drain(frames: AsyncIterable<unknown>): Promise<void> {
  for await (const frame of frames) void frame;
}

describe('the frames that are here', () => {
  it('[P60] are drawn like the buffered part of a film, of 10^6 frames too', async () => {
    const { provider, clock, columns } = bar();
    await drain(provider.readRange(200_000, 204_000, { data: ['positions'] }));
    await provider.read(999_999, { data: ['positions'] });
    await clock.pass(300);
    expect([...columns.keys()]).toEqual([100, 101, 499]);
    expect(columns.get(100)).toBeCloseTo(1);
    expect(columns.get(499)).toBeLessThan(0.3);
    expect(columns.get(499)).toBeGreaterThan(0.2);
  });

  it('[P60] are drawn a few times a second however many arrive, more seldom where it takes long, and never at rest', async () => {
    const one = bar();
    await one.clock.pass(300);
    expect(one.drawings).toBe(1);
    for (let index = 0; index < 1000; index += 1) {
      await one.provider.read(index, { data: ['positions'] });
      await one.clock.pass(1);
    }
    expect(one.drawings).toBeLessThanOrEqual(5);
    await one.clock.pass(300);
    const before = one.drawings;
    await one.clock.pass(60_000);
    expect(one.drawings).toBe(before);
    one.undo();
    // A machine on which one drawing takes 50 ms draws every two seconds.
    const slow = bar();
    slow.canvas.getContext = new Proxy(slow.canvas.getContext, {
      apply(target, self, args) {
        slow.clock.sleep(50);
        return Reflect.apply(target, self, args) as ReturnType<typeof target>;
      },
    });
    for (let ms = 0; ms < 10_000; ms += 100) {
      await slow.provider.read(ms, { data: ['positions'] });
      await slow.clock.pass(100);
    }
    expect(slow.drawings).toBeLessThanOrEqual(6);
  });

  it('[P60] are gone from it when they are forgotten or the room is left', async () => {
    const { provider, clock, columns, undo } = bar(10);
    await drain(provider.readRange(0, 10, { data: ['positions'] }));
    await clock.pass(300);
    expect([...columns.values()]).toEqual(Array.from({ length: 10 }, () => 1));
    provider.invalidate(['f3']);
    await clock.pass(20_000);
    expect([...columns.keys()]).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    undo();
    expect(columns.size).toBe(0);
  });

  it('[P60] are those whose values are still kept', async () => {
    const provider = withCache(memoryProvider({ frames: Array.from({ length: 20 }, (_, i) => sampleData(i, 200)) }), {
      byteLength: 8_000,
    });
    let told = 0;
    const undo = provider.onCached(() => (told += 1));
    await drain(provider.readRange(0, 20));
    expect(told).toBeGreaterThanOrEqual(20);
    undo();
    const shares = Array.from(provider.cachedParts(20, 20, 'positions'));
    expect(shares.at(-1)).toBe(1);
    expect(shares[0]).toBe(0);
    for (const [index, share] of shares.entries())
      expect(provider.isCached(index, ['positions']), `${index}`).toBe(share === 1);
    expect(Array.from(provider.cachedParts(3, 20, 'positions')).every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(Array.from(provider.cachedParts(5, 0, 'positions'))).toEqual([0, 0, 0, 0, 0]);
  });
});
