import type { FrameArchive } from '../data/frame-archive.ts';
import type { FrameLocker } from '../data/frame-locker.ts';
import type { FrameData } from '../protocol/frames.ts';
import { check, checkEqual, checkRefused } from './contract.ts';
import { checkData } from './contract-frames.ts';
import type { WritableProvider } from './writable-provider.ts';

/** A promise of a writable provider: its title and how it is tried on a fresh one. */
export interface WritingCase {
  title: string;
  run: (provider: WritableProvider, frames: readonly FrameData[]) => Promise<void>;
}

/** The promises about several edits at once, history and locks; those a provider does not give are stated as absent. */
export const frameCommitCases: readonly WritingCase[] = [
  {
    title: 'several edits are one commit',
    run: async (provider, frames) => {
      const [first, second, third] = [await provider.read(0), await provider.read(1), await provider.read(2)];
      const { seq } = await provider.info();
      const result = await provider.commit([
        { op: 'patch', id: first.id, baseVersion: 1, data: { energy: 4.5 } },
        { op: 'remove', id: second.id, baseVersion: 1 },
        { op: 'insert', frames: [frames[0]], before: first.id },
        { op: 'replace', id: third.id, baseVersion: 1, data: frames[0] },
      ]);
      checkEqual(result.seq, seq + 1, 'one commit');
      checkEqual([result.frames[first.id].version, result.ids.length], [2, 1], 'the answer');
      checkEqual((await provider.read(0)).id, result.ids[0], 'the inserted frame is first');
      checkEqual((await provider.read(1)).data['energy'], 4.5, 'the changed value');
      checkData(await provider.read(2), frames[0]);
      checkEqual((await provider.info()).count, frames.length, 'count');
    },
  },
  {
    title: 'one refused edit refuses the whole commit and leaves nothing of it',
    run: async (provider, frames) => {
      const [first, second] = [await provider.read(0), await provider.read(1)];
      const { seq } = await provider.info();
      const half = provider.commit([
        { op: 'patch', id: first.id, baseVersion: 1, data: { energy: 4.5 } },
        { op: 'insert', frames: [frames[0]], before: first.id },
        { op: 'remove', id: second.id, baseVersion: 7 },
      ]);
      await checkRefused(half, 'frame/conflict', 'a commit with a stale edit');
      const twice = { op: 'patch', id: first.id, baseVersion: 1, data: { energy: 1 } } as const;
      await checkRefused(provider.commit([twice, twice]), 'request/invalid', 'a frame twice in one commit');
      await checkRefused(provider.commit([]), 'request/invalid', 'an empty commit');
      checkEqual([(await provider.read(0)).id, (await provider.read(0)).version], [first.id, 1], 'the first frame');
      const { seq: now, count } = await provider.info();
      checkEqual([now, count], [seq, frames.length], 'seq and count');
    },
  },
  {
    title: 'a moved frame keeps its id, version and bytes, and undo puts it back',
    run: async (provider) => {
      const before = [await provider.read(0), await provider.read(1), await provider.read(2)];
      const [a, b, c] = before.map(({ id }) => id);
      const moved = await provider.commit([{ op: 'move', id: a, after: c }]);
      const order = async (): Promise<string[]> => [
        (await provider.read(0)).id,
        (await provider.read(1)).id,
        (await provider.read(2)).id,
      ];
      checkEqual(await order(), [b, c, a], 'order after the move');
      const found = await provider.read(2);
      checkEqual([found.version, found.hashes['positions']], [1, before[0].hashes['positions']], 'the moved frame');
      await provider.undo(moved.seq);
      checkEqual(await order(), [a, b, c], 'order after undo');
    },
  },
  {
    title: 'a conflict names the keys that collide, none when they are disjoint',
    run: async (provider) => {
      const { id } = await provider.read(0);
      await provider.patch(id, { energy: 1 }, { baseVersion: 1 });
      const colliding = async (data: FrameData): Promise<unknown> =>
        (await checkRefused(provider.patch(id, data, { baseVersion: 1 }), 'frame/conflict', 'an old version')).fields[
          'conflicting_keys'
        ];
      checkEqual(await colliding({ energy: 2 }), ['energy'], 'the same key');
      checkEqual(await colliding({ 'info.note': 'x' }), [], 'another key');
    },
  },
  {
    title: 'a frame is read by its id, also at earlier versions, and the history says what happened',
    run: async (provider, frames) => {
      if (!isArchive(provider)) return;
      const { id, hashes } = await provider.read(0);
      const { seq } = await provider.info();
      const changed = await provider.patch(id, { energy: 8 }, { baseVersion: 1 });
      const removed = await provider.remove((await provider.read(1)).id, { baseVersion: 1 });
      await provider.undo(removed.seq);
      const now = await provider.readById(id);
      checkEqual([now.version, now.index, now.data['energy']], [2, 0, 8], 'the newest version');
      const old = await provider.readById(id, { version: 1 });
      checkEqual(old.version, 1, 'an earlier version');
      checkData(old, frames[0]);
      checkEqual(old.hashes['positions'], hashes['positions'], 'its hash');
      const part = await provider.readById(id, { data: ['energy', 'no-such-key'] });
      checkEqual(Object.keys(part.data), ['energy'], 'keys asked for');
      await checkRefused(provider.readById('no-such-frame'), 'frame/not-found', 'unknown id');
      await checkRefused(provider.readById(id, { version: 99 }), 'frame/not-found', 'unknown version');
      const page = await provider.history(seq, 10);
      checkEqual(
        page.commits.map((commit) => [commit.seq, commit.undo, commit.changes.map(({ op }) => op).join()]),
        [
          [changed.seq, undefined, 'set'],
          [removed.seq, undefined, 'remove'],
          [removed.seq + 1, removed.seq, 'restore'],
        ],
        'history',
      );
      checkEqual((await provider.history(seq, 1)).commits.length, 1, 'a page');
    },
  },
  {
    title: 'while a frame is locked only the holder commits, and the table shows the lock without its token',
    run: async (provider) => {
      if (!isLocker(provider)) return;
      const { id } = await provider.read(0);
      const lock = await provider.grantLock(id, { message: 'moving water', ttlMs: 20_000 });
      await checkRefused(provider.grantLock(id), 'lock/held', 'a second lock');
      await checkRefused(provider.patch(id, { energy: 1 }, { baseVersion: 1 }), 'lock/held', 'a write by another');
      await provider.patch(id, { energy: 2 }, { baseVersion: 1, lockToken: lock.token });
      const renewed = await provider.renewLock(id, lock.token);
      checkEqual([renewed.fence, renewed.token], [lock.fence, lock.token], 'the renewed lock');
      const [shown, ...more] = await provider.listLocks();
      checkEqual([shown.name, shown.message, shown.fence, more.length], [id, 'moving water', lock.fence, 0], 'table');
      check(!JSON.stringify(shown).includes(lock.token), 'the token is told to others');
      await provider.releaseLock(id, lock.token);
      await checkRefused(provider.renewLock(id, lock.token), 'lock/lost', 'renewing a released lock');
      const late = provider.patch(id, { energy: 3 }, { baseVersion: 2, lockToken: lock.token });
      await checkRefused(late, 'lock/lost', 'a write under a released lock');
      const next = await provider.grantLock(id);
      check(next.fence > lock.fence, 'fences grow');
      await provider.releaseLock(id, next.token);
    },
  },
];

function isArchive(provider: WritableProvider): provider is WritableProvider & FrameArchive {
  return 'readById' in provider;
}

function isLocker(provider: WritableProvider): provider is WritableProvider & FrameLocker {
  return 'grantLock' in provider;
}
