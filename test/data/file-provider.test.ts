import { describe, expect, it } from 'vitest';
import type { FrameData } from '../../src/protocol/frames.ts';
import { fileProvider } from '../../src/data/file-provider.ts';
import type { ByteSource } from '../../src/data/formats/format.ts';
import { openTrajectory } from '../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../src/data/formats/source/memory-source.ts';
import type { ChangingProvider, DataProvider } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';

/** An extended XYZ file; the third frame has no energy. */
function extxyz(frames = 5, atoms = 6): Uint8Array<ArrayBuffer> {
  const lines: string[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const energy = frame === 2 ? '' : ` energy=${-1.5 - frame / 3}`;
    lines.push(
      `${atoms + frame}`,
      `Lattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3 pbc="T T F"${energy}`,
    );
    for (let atom = 0; atom < atoms + frame; atom += 1) {
      lines.push(`${atom % 2 === 0 ? 'O' : 'H'} ${atom / 7} ${frame + 0.25} ${(-atom).toFixed(3)}`);
    }
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

async function indexed(provider: DataProvider & ChangingProvider): Promise<void> {
  for (;;) {
    const changed = new Promise<void>((resolve) => provider.onChange(() => resolve()));
    if ((await provider.info()).indexing === undefined) return;
    await changed;
  }
}

/** Every frame as the reader itself gives it. */
async function framesOf(bytes: Uint8Array): Promise<FrameData[]> {
  const trajectory = await openTrajectory(memorySource('a.xyz', bytes));
  await trajectory.index();
  return Promise.all(Array.from({ length: trajectory.count }, (_, index) => trajectory.read(index)));
}

describe('fileProvider', () => {
  for (const [name, wrap] of [
    ['alone', (provider: DataProvider & ChangingProvider) => provider],
    ['cached', (provider: DataProvider & ChangingProvider) => withPrefetch(withCache(provider))],
  ] as const) {
    const cases = dataProviderContract({
      async open() {
        const bytes = extxyz();
        const provider = await fileProvider(new File([bytes], 'a.xyz'));
        await indexed(provider);
        return { provider: wrap(provider), frames: await framesOf(bytes) };
      },
      isWritable: false,
    });
    for (const { title, run } of cases) it(`[D82] ${name}: ${title}`, run);
  }

  it('[D83] frames are read while the file is still being indexed, and each listener is told of more', async () => {
    const bytes = extxyz(40);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const whole = memorySource('a.xyz', bytes);
    const half = Math.floor(bytes.byteLength / 2);
    const source: ByteSource = {
      ...whole,
      async *stream(offset) {
        yield bytes.slice(offset, half);
        await gate;
        yield bytes.slice(half);
      },
    };
    const provider = await fileProvider(source);
    const counts: number[] = [];
    provider.onChange(() => void provider.info().then(({ count }) => counts.push(count)));
    const first = await provider.read(0);
    const info = await provider.info();
    expect([first.index, info.indexing?.byteLength]).toEqual([0, bytes.byteLength]);
    expect(info.count).toBeLessThan(40);
    const last = provider.read(39);
    const beyond = provider.read(40);
    release();
    expect((await last).index).toBe(39);
    await expect(beyond).rejects.toMatchObject({ code: 'frame/not-found', fields: { count: 40 } });
    await indexed(provider);
    expect((await provider.info()).count).toBe(40);
    expect(counts.at(-1)).toBe(40);
    await provider.close();
  });

  it('[D83] whoever waits for a frame that is not found yet may give up', async () => {
    const whole = memorySource('a.xyz', extxyz());
    const provider = await fileProvider({
      ...whole,
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) }),
    });
    const giveUp = new AbortController();
    const reading = provider.read(3, { signal: giveUp.signal });
    giveUp.abort(new Error('scrubbed away'));
    await expect(reading).rejects.toThrow('scrubbed away');
  });

  it('[D84] a damaged file keeps the frames before the damage and says what is wrong', async () => {
    const text = new TextDecoder().decode(extxyz());
    const damaged = new TextEncoder().encode(`${text.slice(0, text.lastIndexOf('O '))}O 1.0 x 2.0\n`);
    const provider = await fileProvider(damaged, { name: 'a.xyz' });
    await indexed(provider);
    const { count, damage } = await provider.info();
    expect(count).toBeGreaterThanOrEqual(4);
    expect((await provider.read(3)).index).toBe(3);
    if (count === 4) expect(damage?.code).toBe('file/damaged');
    else await expect(provider.read(4)).rejects.toMatchObject({ code: 'file/damaged' });
  });
});
