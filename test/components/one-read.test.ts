import { expect, it } from 'vitest';
import { CovalenceError, type Frame, type Room } from 'covalence';
import { FrameController } from '../../src/components/controllers/frame-controller.ts';
import { DRAWN_KEYS } from '../../src/components/viewer/scene-frame.ts';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { ReadOptions } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';
import { frameServer } from '../data/frame-server.ts';
import { sampleData } from '../data/sample-frames.ts';

const FRAMES = 200;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A page of a room over the network: what a viewer and an inspector follow, and what they ask the server for. */
async function openPage() {
  const server = frameServer(memoryProvider({ frames: Array.from({ length: FRAMES }, (_, i) => sampleData(i, 300)) }));
  const provider = withPrefetch(
    withCache(httpProvider({ url: 'https://host.example/base', room: 'r', fetch: server.fetch })),
  );
  const trajectory = await provider.info();
  const seekers = new Set<() => void>();
  let frameIndex = 0;
  const nothing = (): (() => void) => () => undefined;
  const room = {
    playback: {
      get frameIndex() {
        return frameIndex;
      },
      onChange(listener: () => void) {
        seekers.add(listener);
        return () => seekers.delete(listener);
      },
    },
    frames: { trajectory, count: FRAMES, onChange: nothing, read: provider.read },
    onStatus: nothing,
  } as unknown as Room;
  const shown: Record<'viewer' | 'inspector', Frame | undefined> = { viewer: undefined, inspector: undefined };
  const viewer = new FrameController({ keys: DRAWN_KEYS, onFrame: (frame) => (shown.viewer = frame) });
  const inspector = new FrameController({ onFrame: (frame) => (shown.inspector = frame) });
  const undo = [viewer.connect(room), inspector.connect(room)];
  await settled();
  server.requests.length = 0;
  return {
    shown,
    provider,
    requests: server.requests,
    async seek(index: number) {
      frameIndex = index;
      for (const each of seekers) each();
      await settled();
    },
    async close() {
      for (const each of undo) each();
      await provider.close();
    },
  };
}

it('[C392] a viewer and an inspector on one page ask once for each frame they both show', async () => {
  const page = await openPage();
  const jumps = [150, 20, 90, 199, 3, 60, 120, 33, 170, 77];
  for (const index of jumps) {
    await page.seek(index);
    expect(page.shown.viewer?.index).toBe(index);
    expect(page.shown.inspector?.index).toBe(index);
    // One array for both, and no more for each than it asked for.
    expect(page.shown.viewer?.data['positions']).toBe(page.shown.inspector?.data['positions']);
    expect(Object.keys(page.shown.viewer?.data ?? {})).not.toContain('energy');
    expect(Object.keys(page.shown.inspector?.data ?? {})).toContain('energy');
  }
  expect(page.requests).toHaveLength(jumps.length);
  await page.close();
});

it('[C392] stepping from frame to frame reads ahead though two elements ask for different keys', async () => {
  const page = await openPage();
  for (let index = 1; index <= 40; index += 1) await page.seek(index);
  expect(page.shown.viewer?.index).toBe(40);
  expect(page.shown.inspector?.index).toBe(40);
  // Alone, two elements would ask twice for each of 40 frames; what is read ahead comes several frames at a time.
  expect(page.requests.length).toBeLessThan(60);
  const lengths = page.requests.map(({ searchParams }) => {
    const [start, stop] = (searchParams.get('index') ?? '0:0').split(':').map(Number);
    return stop - start;
  });
  expect(Math.max(...lengths)).toBeGreaterThan(4);
  await page.close();
});

it('[C392] who asks for a key that does not exist is told, and who asked for the others with them is not', async () => {
  const memory = memoryProvider({ frames: [sampleData(0, 30)] });
  const asked: (readonly string[] | undefined)[] = [];
  const strict = withCache({
    ...memory,
    async read(index: number, options: ReadOptions = {}) {
      asked.push(options.data);
      if (options.data?.includes('postions') === true)
        throw new CovalenceError('frame/key-unknown', 'There is no "postions".', { key: 'postions' });
      return await memory.read(index, options);
    },
  });
  const [good, bad] = await Promise.allSettled([
    strict.read(0, { data: ['positions'] }),
    strict.read(0, { data: ['postions'] }),
  ]);
  expect(good.status === 'fulfilled' && Object.keys(good.value.data)).toEqual(['positions']);
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'frame/key-unknown' } });
  expect(asked[0]).toEqual(['positions', 'postions']);
});
