import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/protocol/frames.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { DataProvider, ReadOptions } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';
import { sampleData } from './sample-frames.ts';

/** 100 frames of 1,000 atoms behind a provider that notes what it was asked for. */
function open(count = 100) {
  const memory = memoryProvider({ frames: Array.from({ length: count }, (_, index) => sampleData(index, 1000)) });
  const asked: string[] = [];
  const aborted: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const source: DataProvider = {
    ...memory,
    read: (index: number, options?: ReadOptions): Promise<Frame> => {
      asked.push(`${index}`);
      return memory.read(index, options);
    },
    async *readRange(start, stop, options) {
      asked.push(`${start}:${stop}`);
      options?.signal?.addEventListener('abort', () => aborted.push(`${start}:${stop}`));
      await gate;
      yield* memory.readRange(start, stop, options);
    },
  };
  const provider = withPrefetch(withCache(source), { batchByteLength: 200_000 });
  const hold = (): (() => void) => {
    let release: () => void = () => undefined;
    gate = new Promise((resolve) => (release = resolve));
    return release;
  };
  return { provider, asked, aborted, hold };
}

/** Lets everything that does not wait for us run. */
const settled = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));

describe('withPrefetch', () => {
  const cases = dataProviderContract({
    open: async (frames) => ({ provider: withPrefetch(withCache(memoryProvider({ frames }))), frames }),
    isWritable: true,
  });
  for (const { title, run } of cases) it(`[D75] ${title}`, run);

  it('[D76] playing reads ahead in batches: after the first steps no frame is asked for alone', async () => {
    const { provider, asked } = open();
    await provider.info();
    for (let index = 0; index < 100; index += 1) {
      expect((await provider.read(index)).index).toBe(index);
      await settled();
    }
    expect(asked.filter((what) => !what.includes(':'))).toEqual(['0', '1']);
    expect(asked.length).toBeLessThanOrEqual(20);
    const ranges = asked.filter((what) => what.includes(':')).map((what) => what.split(':').map(Number));
    for (const [i, [start]] of ranges.entries()) expect(start).toBe(i === 0 ? 2 : ranges[i - 1][1]);
  });

  it('[D76] playing backwards reads ahead backwards', async () => {
    const { provider, asked } = open();
    for (let index = 99; index >= 0; index -= 1) {
      await provider.read(index);
      await settled();
    }
    expect(asked.filter((what) => !what.includes(':'))).toEqual(['99', '98']);
    expect(asked.at(-1)?.startsWith('0:')).toBe(true);
  });

  it('[D77] two batches are under way at a time, and a seek aborts them', async () => {
    const { provider, asked, aborted, hold } = open();
    await provider.read(0);
    const release = hold();
    await provider.read(1);
    await settled();
    const ahead = asked.filter((what) => what.includes(':'));
    expect(ahead).toHaveLength(2);
    expect(aborted).toEqual([]);
    const far = await provider.read(70);
    await settled();
    expect(far.index).toBe(70);
    expect(aborted).toEqual(ahead);
    release();
  });

  it('[D228] over a line too narrow for what is played, what comes too late is given up and frames are asked for alone', async () => {
    const memory = memoryProvider({ frames: Array.from({ length: 400 }, (_, index) => sampleData(index)) });
    const asked: string[] = [];
    const aborted: string[] = [];
    let step: () => void = () => undefined;
    const source: DataProvider = {
      ...memory,
      read(index, options) {
        asked.push(`${index}`);
        return memory.read(index, options);
      },
      // A frame of a batch comes when it is let through.
      async *readRange(start, stop, options) {
        asked.push(`${start}:${stop}`);
        options?.signal?.addEventListener('abort', () => aborted.push(`${start}:${stop}`));
        for await (const frame of memory.readRange(start, stop, options)) {
          await new Promise<void>((resolve) => (step = resolve));
          yield frame;
        }
      },
    };
    const provider = withPrefetch(withCache(source));
    const got: number[] = [];
    const read = (index: number) =>
      void provider.read(index, { signal: new AbortController().signal }).then((frame) => got.push(frame.index));
    read(0);
    await settled();
    // Nothing of the batches comes, and the player goes on.
    for (let index = 1; index <= 34; index += 1) read(index);
    await settled();
    expect(asked).toEqual(['0', '1', '2:66', '66:130']);
    expect(got).toEqual([0, 1]);
    read(35);
    await settled();
    expect(aborted.toSorted()).toEqual(['2:66', '66:130']);
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, index) => index));
    // Each frame alone for a while, then it is tried again.
    asked.length = 0;
    for (let index = 36; index <= 97; index += 1) read(index);
    await settled();
    expect(asked.filter((what) => what.includes(':'))).toEqual([]);
    read(98);
    await settled();
    expect(asked.filter((what) => what.includes(':'))).toEqual(['99:163', '163:227']);
    // A player that leaves frames out and finds the next among those that are coming has not jumped.
    read(120);
    await settled();
    expect(aborted).toHaveLength(2);
    step();
    await provider.close();
  });

  it('[D77] a jump alone reads nothing ahead, and the end of the trajectory is not passed', async () => {
    const { provider, asked } = open(30);
    await provider.info();
    for (const index of [20, 5, 29, 11]) await provider.read(index);
    expect(asked).toEqual(['20', '5', '29', '11']);
    for (const index of [24, 25, 26, 27, 28, 29]) {
      await provider.read(index);
      await settled();
    }
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((what) => Number(what.split(':')[1]) > 30)).toEqual([]);
  });

  it('[D77] a failure ahead is told only to whoever reads that frame', async () => {
    const memory = memoryProvider({ frames: Array.from({ length: 10 }, (_, index) => sampleData(index)) });
    const broken: DataProvider = {
      ...memory,
      readRange: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no ranges today')) }),
      }),
    };
    const provider = withPrefetch(withCache(broken));
    for (let index = 0; index < 10; index += 1) expect((await provider.read(index)).index).toBe(index);
    await settled();
  });
});
