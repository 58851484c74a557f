import { describe, expect, it } from 'vitest';
import type { Frame, FrameData } from '../../src/protocol/frames.ts';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';
import { frameServer } from './frame-server.ts';
import { sampleData } from './sample-frames.ts';

function sample(count = 20, atomCount = 200): FrameData[] {
  return Array.from({ length: count }, (_, index) => sampleData(index, atomCount));
}

/** A cache over the network over memory; `writer` is somebody else who edits. */
function open(frames: readonly FrameData[] = sample(), byteLength?: number) {
  const writer = memoryProvider({ frames });
  const server = frameServer(writer);
  const http = httpProvider({ url: 'https://host.example/base', room: 'r', fetch: server.fetch });
  const provider = withCache(http, byteLength === undefined ? {} : { byteLength });
  return { writer, server, provider, asked: () => server.requests.map(({ search }) => search) };
}

async function range(provider: DataProvider, start: number, stop: number, data?: string[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of provider.readRange(start, stop, data === undefined ? {} : { data })) frames.push(frame);
  return frames;
}

/** The same over a network that answers only when it is released; notes the signal of each request. */
function openSlow(how: { answersBeforeGate?: boolean } = {}) {
  const writer = memoryProvider({ frames: sample() });
  const { fetch } = frameServer(writer);
  const signals: AbortSignal[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow: typeof globalThis.fetch = async (input, init) => {
    signals.push(init?.signal as AbortSignal);
    const early = how.answersBeforeGate === true ? await fetch(input, init) : undefined;
    await gate;
    return early ?? fetch(input, init);
  };
  const provider = withCache(httpProvider({ url: 'https://host.example/base', room: 'r', fetch: slow }));
  return { provider, writer, signals, release };
}

/** Lets everything that does not wait for us run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('withCache', () => {
  const cases = [undefined, 4000].flatMap((byteLength) =>
    dataProviderContract({
      open: async (frames) => ({
        provider: withCache(memoryProvider({ frames }), byteLength === undefined ? {} : { byteLength }),
        frames,
      }),
      isWritable: true,
    }).map(({ title, run }) => ({
      title: `${title}${byteLength === undefined ? '' : `, with ${byteLength} bytes`}`,
      run,
    })),
  );
  for (const { title, run } of cases) it(`[D70] ${title}`, run);

  it('[D71] a frame seen is never fetched twice, alone or in a range, whole or by key', async () => {
    const { provider, server } = open();
    const whole = await provider.read(3);
    const again = await provider.read(3);
    expect(again).toEqual(whole);
    expect(again.data['positions']).toBe(whole.data['positions']);
    expect(Object.keys((await provider.read(3, { data: ['species', 'absent'] })).data)).toEqual(['numbers']);
    expect(server.requests).toHaveLength(1);
    await range(provider, 0, 20);
    const after = server.requests.length;
    await range(provider, 0, 20);
    await range(provider, 5, 15, ['positions', 'energy']);
    for (let index = 0; index < 20; index += 1) await provider.read(index, { data: ['positions'] });
    expect(server.requests).toHaveLength(after);
  });

  it('[D71] only the keys that are not here yet are fetched', async () => {
    const { provider, asked, writer } = open();
    await range(provider, 0, 8, ['positions', 'numbers']);
    await range(provider, 0, 8, ['positions', 'energy', 'cell']);
    expect(asked().at(-1)).toMatch(/^\?index=0:8&data=energy,cell/);
    const frame = await provider.read(2, { data: ['positions', 'energy', 'info.label'] });
    expect(asked().at(-1)).toMatch(/^\?index=2:3&data=info.label/);
    expect(frame).toEqual(await writer.read(2, { data: ['positions', 'energy', 'info.label'] }));
  });

  it('[D231] whoever asks for all of a frame is sent the rest of it: what is here is named, what is coming is waited for', async () => {
    const { provider, server, writer } = open(sample(4, 1000));
    const sent: number[] = [];
    server.faults.bytes = (bytes) => {
      sent.push(bytes.byteLength);
      return bytes;
    };
    const { hashes } = await provider.read(1, { data: ['positions'] });
    expect(await provider.read(1)).toEqual(await writer.read(1));
    expect(server.requests.at(-1)?.searchParams.get('have')?.split(',')).toContain(hashes['positions']);
    const [part, whole] = await Promise.all([range(provider, 2, 3, ['positions', 'numbers']), provider.read(2)]);
    expect(whole).toEqual(await writer.read(2));
    expect(whole.data['positions']).toBe(part[0].data['positions']);
    const positions = 12_000;
    for (const [i, byteLength] of sent.entries()) {
      if (i % 2 === 0) expect(byteLength).toBeGreaterThan(positions);
      else expect(byteLength, `answer ${i}`).toBeLessThan(positions);
    }
    expect(sent).toHaveLength(4);
  });

  it('[D231] what was named is at hand when it is referred to, also when it was forgotten meanwhile', async () => {
    const writer = memoryProvider({ frames: sample(4, 1000) });
    const { fetch } = frameServer(writer);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const late: typeof globalThis.fetch = async (input, init) => {
      if (new URL(new Request(input).url).searchParams.get('index') === '0:1' && isHeld) await gate;
      return fetch(input, init);
    };
    let isHeld = false;
    const http = httpProvider({ url: 'https://host.example/base', room: 'r', fetch: late });
    const provider = withCache(http, { byteLength: 20_000 });
    await provider.read(0, { data: ['positions'] });
    isHeld = true;
    const whole = provider.read(0);
    await settled();
    await range(provider, 1, 4, ['positions']);
    expect(provider.isCached(0, ['positions'])).toBe(false);
    release();
    expect(await whole).toEqual(await writer.read(0));
  });

  it('[D71] equal values are one object in every frame', async () => {
    const { provider } = open();
    const frames = await range(provider, 0, 20);
    expect(new Set(frames.map(({ data }) => data['numbers'])).size).toBe(1);
    expect(new Set(frames.map(({ data }) => data['positions'])).size).toBe(20);
  });

  it('[D72] those who ask at the same time share one request, also for a frame of a range that is coming', async () => {
    const { provider, server } = open();
    const frames = await Promise.all(Array.from({ length: 10 }, () => provider.read(4)));
    expect(server.requests).toHaveLength(1);
    for (const frame of frames) expect(frame).toEqual(frames[0]);
    const [all, one] = await Promise.all([range(provider, 6, 12), provider.read(7)]);
    expect(all[1]).toEqual(one);
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it('[D72] one who gives up does not take the answer from the others; when all have, the request is aborted', async () => {
    const { provider, signals, release } = openSlow();
    const [first, second] = [new AbortController(), new AbortController()];
    const reads = [provider.read(0, { signal: first.signal }), provider.read(0, { signal: second.signal })];
    const alone = provider.read(1, { signal: first.signal });
    await settled();
    expect(signals).toHaveLength(2);
    first.abort(new Error('first'));
    await expect(reads[0]).rejects.toThrow('first');
    await expect(alone).rejects.toThrow('first');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    release();
    expect((await reads[1]).index).toBe(0);
    expect((await provider.read(1)).index).toBe(1);
  });

  it('[D73] an answer that crosses invalidate is not remembered', async () => {
    const { provider, writer, release } = openSlow({ answersBeforeGate: true });
    const { id } = await writer.read(0);
    const [reading, ranging] = [provider.read(0), range(provider, 0, 2)];
    await settled();
    await writer.patch(id, { energy: 9 }, { baseVersion: 1 });
    provider.invalidate([id]);
    release();
    expect((await reading).version).toBe(1);
    await ranging;
    expect((await provider.read(0)).version).toBe(2);
  });

  it('[D73] a changed frame is read anew after invalidate, and only what changed of it travels', async () => {
    const { provider, writer, server, asked } = open(sample(4, 2000));
    await range(provider, 0, 4);
    const before = await provider.read(1);
    await writer.patch(before.id, { energy: 9 }, { baseVersion: 1 });
    expect((await provider.read(1)).version).toBe(1);
    let byteLength = 0;
    server.faults.bytes = (bytes) => {
      byteLength = bytes.byteLength;
      return bytes;
    };
    provider.invalidate([before.id]);
    const after = await provider.read(1);
    expect(after).toEqual(await writer.read(1));
    expect(after.data['positions']).toBe(before.data['positions']);
    expect(byteLength).toBeLessThan(1000);
    const requests = asked().length;
    await range(provider, 0, 4);
    expect(asked()).toHaveLength(requests);
  });

  it('[D73] parts of two versions of a frame are never mixed', async () => {
    const { provider, writer } = open();
    const before = await provider.read(0, { data: ['positions'] });
    await writer.patch(
      before.id,
      { energy: 9, positions: (await writer.read(5)).data['positions'] },
      { baseVersion: 1 },
    );
    const mixed = await provider.read(0, { data: ['positions', 'energy'] });
    expect(mixed).toEqual(await writer.read(0, { data: ['positions', 'energy'] }));
    const ranged = await range(provider, 0, 1, ['positions', 'energy', 'cell']);
    expect(ranged[0]).toEqual(await writer.read(0, { data: ['positions', 'energy', 'cell'] }));
  });

  it('[D74] memory stays within the limit, and what was forgotten is fetched again', async () => {
    const limit = 10 * 200 * 12;
    const { provider, writer, server } = open(sample(40), limit);
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 40; index += 1) {
        expect(await provider.read(index)).toEqual(await writer.read(index));
        expect(provider.cachedByteLength).toBeLessThanOrEqual(limit);
      }
    }
    expect(server.requests).toHaveLength(80);
  });

  it('[D74] a reader within the loop over a range does not wait for that loop', async () => {
    const { provider } = open();
    const seen: number[] = [];
    for await (const frame of provider.readRange(0, 5))
      seen.push(frame.index, (await provider.read(frame.index + 1)).index);
    expect(seen).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
  });

  it('[D74] a corrupt frame is not remembered', async () => {
    const { provider, server, writer } = open();
    server.faults.bytes = (bytes) => {
      const copy = bytes.slice();
      copy[Math.floor(bytes.byteLength / 2)] ^= 1;
      return copy;
    };
    await expect(provider.read(0)).rejects.toMatchObject({ code: 'frame/corrupt' });
    await expect(range(provider, 0, 5)).rejects.toMatchObject({ code: 'frame/corrupt' });
    server.faults = {};
    expect(await provider.read(0)).toEqual(await writer.read(0));
  });
});
