import { type Frame, type FrameData, frameArray } from '../protocol/frames.ts';
import { type ContractCase, check, checkEqual, checkRefused } from './contract.ts';
import { checkData, checkHashes } from './contract-frames.ts';
import { frameCommitCases } from './frame-commit-contract.ts';
import type { WritableProvider } from './writable-provider.ts';

/** The promises of a provider that can be written to; `open` gives a fresh one with at least three frames. */
export function frameWriterContract(
  open: () => Promise<{ provider: WritableProvider; frames: readonly FrameData[] }>,
): ContractCase[] {
  const writing = (
    title: string,
    run: (provider: WritableProvider, frames: readonly FrameData[]) => Promise<void>,
  ): ContractCase => ({
    title,
    async run() {
      const { provider, frames } = await open();
      try {
        await run(provider, frames);
      } finally {
        await provider.close();
      }
    },
  });
  return [
    ...frameCommitCases.map(({ title, run }) => writing(title, run)),
    writing(
      'a patch makes the next version, keeps other keys and answers with hashes that are then read',
      async (provider, frames) => {
        const before = await provider.read(0);
        const energy = -123.25;
        const result = await provider.patch(before.id, { energy }, { baseVersion: 1 });
        const after = await provider.read(0);
        checkEqual([after.id, after.version], [before.id, 2], 'identity');
        checkData(after, { ...frames[0], energy });
        await checkHashes(after);
        checkEqual(result.frames[after.id].version, 2, 'version in the answer');
        for (const [key, hash] of Object.entries(result.frames[after.id].hashes))
          checkEqual(hash, after.hashes[key], `hash of ${key}`);
        check((await provider.info()).seq >= result.seq, 'info is not behind the answer');
      },
    ),
    writing('a patch by null takes a key away', async (provider) => {
      const { id } = await provider.read(0);
      await provider.patch(id, { energy: null }, { baseVersion: 1 });
      check(!('energy' in (await provider.read(0)).data), 'energy is still there');
    }),
    writing('rows of an array give the same hash as the whole array', async (provider, frames) => {
      const [first, second] = [await provider.read(0), await provider.read(2)];
      for (const frame of [first, second]) {
        const data = Float32Array.from({ length: 6 }, (_, i) => i + 0.5);
        const index = frameArray(Uint32Array.of(4, 1));
        await provider.patch(frame.id, { positions: { index, values: frameArray(data, [2, 3]) } }, { baseVersion: 1 });
        const found = await provider.read(frame.index);
        const whole = frames[frame.index]['positions'];
        check(typeof whole === 'object' && whole.data instanceof Float32Array, 'the frames have f4 positions');
        const expected = whole.data.slice();
        expected.set(data.subarray(0, 3), 12);
        expected.set(data.subarray(3, 6), 3);
        checkData(found, { ...frames[frame.index], positions: { ...whole, data: expected } });
        await checkHashes(found);
      }
    }),
    writing('a write on an old version is frame/conflict and changes nothing', async (provider) => {
      const { id } = await provider.read(0);
      await provider.patch(id, { energy: 1 }, { baseVersion: 1 });
      const before = await provider.read(0);
      await checkRefused(provider.patch(id, { energy: 2 }, { baseVersion: 1 }), 'frame/conflict', 'patch');
      await checkRefused(provider.replace(id, { energy: 2 }, { baseVersion: 1 }), 'frame/conflict', 'replace');
      await checkRefused(provider.remove(id, { baseVersion: 1 }), 'frame/conflict', 'remove');
      await checkRefused(
        provider.patch('no-such-frame', { energy: 2 }, { baseVersion: 1 }),
        'frame/not-found',
        'unknown id',
      );
      checkSame(await provider.read(0), before);
    }),
    writing('of two writes on one version exactly one is accepted', async (provider) => {
      const { id } = await provider.read(0);
      const writes = Array.from({ length: 8 }, async (_, energy) => provider.patch(id, { energy }, { baseVersion: 1 }));
      const outcomes = await Promise.allSettled(writes);
      const accepted = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
      checkEqual(accepted.length, 1, 'accepted writes');
      const frame = await provider.read(0);
      checkEqual([frame.version, frame.data['energy']], [2, accepted[0]], 'the frame after');
    }),
    writing('replace leaves only what was given', async (provider, frames) => {
      const { id } = await provider.read(0);
      const { positions, numbers } = frames[0];
      await provider.replace(id, { positions, species: numbers }, { baseVersion: 1 });
      checkData(await provider.read(0), { positions, numbers });
    }),
    writing(
      'frames are inserted at the end, after and before a frame; every other frame stays as it is',
      async (provider, frames) => {
        const before = await all(provider);
        const data = frames[0];
        const atEnd = await provider.insert([data, data]);
        const after = await provider.insert([data], { after: before[0].id });
        const first = await provider.insert([data], { before: before[0].id });
        checkEqual([atEnd.ids.length, after.ids.length, first.ids.length], [2, 1, 1], 'new ids');
        const now = await all(provider);
        const expected = [
          first.ids[0],
          before[0].id,
          after.ids[0],
          ...before.slice(1).map(({ id }) => id),
          ...atEnd.ids,
        ];
        checkEqual(
          now.map(({ id }) => id),
          expected,
          'order',
        );
        for (const frame of before)
          checkSame(
            now.find(({ id }) => id === frame.id),
            frame,
          );
        checkData(now[0], data);
        checkEqual((await provider.info()).count, before.length + 4, 'count');
        await checkRefused(provider.insert([data], { after: 'no-such-frame' }), 'frame/not-found', 'unknown place');
      },
    ),
    writing('a removed frame is gone, the others stay as they are', async (provider) => {
      const before = await all(provider);
      await provider.remove(before[1].id, { baseVersion: 1 });
      const now = await all(provider);
      checkEqual(
        now.map(({ id }) => id),
        before.toSpliced(1, 1).map(({ id }) => id),
        'order',
      );
      for (const frame of now)
        checkSame(
          before.find(({ id }) => id === frame.id),
          frame,
        );
    }),
    writing('wrong content is refused with its code and nothing of it is stored', async (provider, frames) => {
      const before = await all(provider);
      const { id } = before[0];
      const short = frameArray(new Float32Array(3), [1, 3]);
      const how = { baseVersion: 1 };
      await checkRefused(provider.patch(id, { positions: short }, how), 'frame/shape-invalid', 'other number of atoms');
      await checkRefused(provider.patch(id, { energy: 'low' }, how), 'frame/shape-invalid', 'energy as text');
      await checkRefused(provider.patch(id, { energy: Number.NaN }, how), 'frame/not-finite', 'NaN');
      const inserted = provider.insert([frames[0], { ...frames[0], numbers: short }]);
      await checkRefused(inserted, 'frame/shape-invalid', 'second of two frames');
      const now = await all(provider);
      checkEqual(now.length, before.length, 'number of frames');
      for (const [i, frame] of now.entries()) checkSame(frame, before[i]);
    }),
    writing(
      'a write repeated with its idempotency key gets the first answer and happens once',
      async (provider, frames) => {
        const { id } = await provider.read(0);
        const how = { baseVersion: 1, idempotencyKey: 'contract-1' };
        const first = await provider.patch(id, { energy: 5 }, how);
        const again = await provider.patch(id, { energy: 5 }, how);
        checkEqual([again.seq, again.frames[id].version], [first.seq, first.frames[id].version], 'answer');
        checkEqual((await provider.read(0)).version, 2, 'version');
        const added = await provider.insert([frames[0]], { idempotencyKey: 'contract-2' });
        const addedAgain = await provider.insert([frames[0]], { idempotencyKey: 'contract-2' });
        checkEqual(addedAgain.ids, added.ids, 'ids');
        checkEqual((await provider.info()).count, frames.length + 1, 'count');
      },
    ),
    writing('undo and redo give identical bytes as new versions', async (provider) => {
      const before = await provider.read(0);
      await checkRefused(provider.undo(), 'undo/nothing', 'undo of nothing');
      await provider.patch(before.id, { energy: 7 }, { baseVersion: 1 });
      const edited = await provider.read(0);
      await provider.undo();
      const undone = await provider.read(0);
      checkEqual([undone.version, sorted(undone.hashes)], [3, sorted(before.hashes)], 'after undo');
      await provider.redo();
      const redone = await provider.read(0);
      checkEqual([redone.version, sorted(redone.hashes)], [4, sorted(edited.hashes)], 'after redo');
      await checkRefused(provider.redo(), 'undo/nothing', 'redo of nothing');
    }),
    writing('undo takes back insert and remove, and refuses what was changed since', async (provider, frames) => {
      const before = await all(provider);
      const added = await provider.insert([frames[0]], { before: before[0].id });
      await provider.undo(added.seq);
      const removed = await provider.remove(before[1].id, { baseVersion: 1 });
      await provider.undo(removed.seq);
      const now = await all(provider);
      checkEqual(
        now.map(({ id }) => id),
        before.map(({ id }) => id),
        'order',
      );
      check(now[1].version > 1, 'the frame that came back has a new version');
      checkEqual(sorted(now[1].hashes), sorted(before[1].hashes), 'values of the frame that came back');
      const first = await provider.patch(before[0].id, { energy: 1 }, { baseVersion: 1 });
      await provider.patch(before[0].id, { energy: 2 }, { baseVersion: 2 });
      await checkRefused(provider.undo(first.seq), 'undo/conflict', 'undo below a newer edit');
      checkEqual((await provider.read(0)).version, 3, 'version after the refusal');
    }),
    writing('an aborted write rejects with the reason', async (provider) => {
      const { id } = await provider.read(0);
      const reason = new Error('closed');
      const signal = AbortSignal.abort(reason);
      const outcome: unknown = await provider
        .patch(id, { energy: 1 }, { baseVersion: 1, signal })
        .catch((error: unknown) => error);
      check(outcome === reason, `expected the signal's reason, found ${JSON.stringify(outcome)}`);
      checkEqual((await provider.read(0)).version, 1, 'version');
    }),
  ];
}

async function all(provider: WritableProvider): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of provider.readRange(0, (await provider.info()).count)) frames.push(frame);
  return frames;
}

function checkSame(found: Frame | undefined, expected: Frame): void {
  checkEqual([found?.id, found?.version], [expected.id, expected.version], 'identity');
  checkEqual(sorted(found?.hashes ?? {}), sorted(expected.hashes), `values of ${expected.id}`);
}

function sorted(hashes: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1));
}
