import type { DataProvider, FrameWriter } from '../data/provider.ts';
import type { Frame, FrameData } from '../protocol/frames.ts';
import { type ContractCase, check, checkEqual, checkRefused } from './contract.ts';
import { checkData, checkHashes, checkValue, contractFrames } from './contract-frames.ts';
import { frameWriterContract } from './frame-writer-contract.ts';

/** What the author of a provider hands to {@link dataProviderContract}. */
export interface DataProviderHarness {
  /**
   * A fresh provider that holds `frames`, and what it really holds where its means cannot hold them all. At least three
   * frames, each with positions and numbers. Each call is independent of the others.
   */
  open(frames: readonly FrameData[]): Promise<{ provider: DataProvider; frames: readonly FrameData[] }>;
  /** True when the provider is a FrameWriter; a reader passes by having no write methods at all. */
  isWritable: boolean;
}

/** The promises every provider keeps, as named cases for any test framework. */
export function dataProviderContract(harness: DataProviderHarness): ContractCase[] {
  const reading = (
    title: string,
    run: (provider: DataProvider, frames: readonly FrameData[]) => Promise<void>,
  ): ContractCase => ({
    title,
    async run() {
      const { provider, frames } = await harness.open(contractFrames());
      try {
        check(frames.length >= 3, 'the harness opens at least three frames');
        await run(provider, frames);
      } finally {
        await provider.close();
      }
    },
  });
  const cases = [
    reading('info tells the number of frames and the keys of the first', async (provider, frames) => {
      const info = await provider.info();
      checkEqual(info.count, frames.length, 'count');
      checkEqual(info.keys.map(({ name }) => name).sort(), Object.keys(frames[0]).sort(), 'keys');
      const positions = info.keys.find(({ name }) => name === 'positions');
      checkEqual(positions?.shape, [null, 3], 'shape of positions');
    }),
    reading(
      'a frame is read to the bit, with identity, version and the sha256 of each value',
      async (provider, frames) => {
        const ids = new Set<string>();
        for (const [index, data] of frames.entries()) {
          const frame = await provider.read(index);
          checkEqual(frame.index, index, 'index');
          checkEqual(frame.version, 1, 'version');
          checkData(frame, data);
          await checkHashes(frame);
          ids.add(frame.id);
          checkEqual((await provider.read(index)).id, frame.id, 'id at the second read');
        }
        checkEqual(ids.size, frames.length, 'different ids');
      },
    ),
    reading('only the keys asked for are read, aliases resolved, absent ones left out', async (provider, frames) => {
      const frame = await provider.read(0, {
        data: ['species', 'positions', 'arrays.absent', '__proto__', 'constructor'],
      });
      checkData(frame, { numbers: frames[0]['numbers'], positions: frames[0]['positions'] });
      checkData(await provider.read(0, { data: [] }), {});
    }),
    reading('an index outside the trajectory is frame/not-found', async (provider, frames) => {
      for (const index of [frames.length, 1_000_000, -1, 0.5, Number.NaN]) {
        await checkRefused(provider.read(index), 'frame/not-found', `read(${index})`);
      }
    }),
    reading('a range comes in order, cut to the frames that exist', async (provider, frames) => {
      const read = async (start: number, stop: number): Promise<Frame[]> => collect(provider.readRange(start, stop));
      for (const [start, stop] of [
        [0, frames.length],
        [1, 3],
        [2, frames.length + 10],
        [0, 0],
      ] as const) {
        const found = await read(start, stop);
        const expected = frames.slice(start, stop);
        checkEqual(
          found.map(({ index }) => index),
          expected.map((_, i) => start + i),
          `indices of ${start}:${stop}`,
        );
        for (const [i, frame] of found.entries()) checkData(frame, expected[i]);
      }
      checkEqual(await read(frames.length + 5, frames.length + 9), [], 'range beyond the end');
      for (const [start, stop] of [
        [2, 1],
        [-1, 2],
        [0.5, 2],
      ] as const) {
        await checkRefused(read(start, stop), 'frame/range-invalid', `range ${start}:${stop}`);
      }
    }),
    reading('a range gives only the keys asked for, and may be left early', async (provider, frames) => {
      for await (const frame of provider.readRange(0, frames.length, { data: ['numbers'] })) {
        checkData(frame, { numbers: frames[0]['numbers'] });
        break;
      }
      checkData(await provider.read(2), frames[2]);
    }),
    reading('a read that was aborted rejects with the reason, the next one works', async (provider, frames) => {
      const reason = new Error('scrubbed away');
      const signal = AbortSignal.abort(reason);
      await checkReason(provider.read(0, { signal }), reason);
      await checkReason(collect(provider.readRange(0, 2, { signal })), reason);
      await checkReason(provider.info({ signal }), reason);
      await checkReason(provider.scalars(undefined, { signal }), reason);
      const aborting = new AbortController();
      const range = collect(provider.readRange(0, frames.length, { signal: aborting.signal }), () =>
        aborting.abort(reason),
      );
      await checkReason(range, reason);
      checkData(await provider.read(0), frames[0]);
    }),
    reading('scalars have one number a frame, NaN where a frame has none', async (provider, frames) => {
      const { energy } = await provider.scalars(['energy']);
      checkEqual(energy.length, frames.length, 'length of energy');
      for (const [i, data] of frames.entries()) checkValue(energy[i], data['energy'] ?? Number.NaN, `energy of ${i}`);
      checkEqual(
        Object.keys(await provider.scalars(['energy', 'positions', '__proto__'])).includes('energy'),
        true,
        'energy among others',
      );
    }),
    reading('reads at the same time do not disturb each other', async (provider, frames) => {
      const indices = frames.flatMap((_, index) => [index, index]).reverse();
      const found = await Promise.all(indices.map((index) => provider.read(index)));
      for (const [i, frame] of found.entries()) checkData(frame, frames[indices[i]]);
    }),
  ];
  if (harness.isWritable) {
    const openWriter = async (): Promise<{ provider: DataProvider & FrameWriter; frames: readonly FrameData[] }> => {
      const { provider, frames } = await harness.open(contractFrames());
      check('patch' in provider, 'a writable provider has patch');
      return { provider: provider as DataProvider & FrameWriter, frames };
    };
    return [...cases, ...frameWriterContract(openWriter)];
  }
  return [
    ...cases,
    reading('a provider that cannot write has no write methods', async (provider) => {
      for (const method of ['patch', 'replace', 'insert', 'remove', 'undo', 'redo']) {
        check(!(method in provider), `"${method}" is there although the provider cannot write`);
      }
    }),
  ];
}

async function collect(range: AsyncIterable<Frame>, onFrame?: () => void): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of range) {
    frames.push(frame);
    onFrame?.();
  }
  return frames;
}

async function checkReason(task: Promise<unknown>, reason: unknown): Promise<void> {
  const outcome: unknown = await task.then(
    () => 'success',
    (error: unknown) => error,
  );
  check(outcome === reason, `expected the signal's reason, found ${String(outcome)}`);
}
