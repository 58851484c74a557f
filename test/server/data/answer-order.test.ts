import { expect, test } from 'vitest';
import { CovalenceError } from '../../../src/protocol/errors.ts';
import { memoryBlobStore, memoryLogStore, openRoomData } from '../../../src/server/data/index.ts';
import { water } from './channel-fixture.ts';
import { listOf, record } from './store-fixture.ts';

/** A room whose log writes at once and answers when told. */
async function slowAnswers() {
  const inner = memoryLogStore().open();
  const answers: ((isLost?: boolean) => void)[] = [];
  let isSlow = false;
  const room = await openRoomData({
    name: 'r',
    blobs: memoryBlobStore(),
    log: {
      durability: 'memory',
      get head() {
        return inner.head;
      },
      read: (since) => inner.read(since),
      close: () => inner.close(),
      append(expected, records) {
        const written = inner.append(expected, records);
        if (!isSlow) return written;
        return new Promise((resolve, reject) => {
          answers.push((isLost = false) => {
            if (isLost) reject(new CovalenceError('store/failed', 'The answer was lost.'));
            else resolve(written);
          });
        });
      },
    },
  });
  const { ids } = await room.commit([{ op: 'insert', frames: [water(), water()] }]);
  isSlow = true;
  const commits = ids.map((id, i) => room.commit([{ op: 'patch', id, baseVersion: 1, data: { energy: 10 + i } }]));
  for (const commit of commits) commit.catch(() => undefined);
  while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve));
  return { room, ids, answers, commits };
}

test('[D148] a commit is answered with what it made, also when the log answers the one behind it first', async () => {
  const { room, ids, answers, commits } = await slowAnswers();
  answers[1]();
  await new Promise((resolve) => setImmediate(resolve));
  expect(room.head(ids[1])?.version).toBe(1);
  answers[0]();
  const [first, second] = await Promise.all(commits);
  expect([first.frames[ids[0]].version, second.frames[ids[1]].version]).toEqual([2, 2]);
  await room.close();
});

test('[D148] the same when the answer of the one before is lost although it was written', async () => {
  const { room, ids, answers, commits } = await slowAnswers();
  answers[1]();
  answers[0](true);
  await expect(commits[0]).rejects.toMatchObject({ code: 'store/failed' });
  expect((await commits[1]).frames[ids[1]].version).toBe(2);
  expect((await room.frameById(ids[0])).data['energy']).toBe(10);
  await room.close();
});

test('[D149] a record queued behind another lands behind that one or not at all, whatever another writer adds', async () => {
  const store = memoryLogStore();
  const [ours, theirs] = [store.open(), store.open()];
  const before = await Promise.all([
    theirs.append(0, [record(1, 'eve')]),
    ours.append(0, [record(1)]),
    ours.append(1, [record(2)]),
  ]);
  expect(before).toEqual([true, false, false]);
  expect(store.records).toEqual([record(1, 'eve')]);
  // Nobody writes behind records that they have not read.
  expect(await ours.append(1, [record(2)])).toBe(false);
  expect(await listOf(ours.read(0))).toHaveLength(1);
  expect(await Promise.all([ours.append(1, [record(2)]), ours.append(2, [record(3)])])).toEqual([true, true]);
  expect(await theirs.append(3, [record(4, 'eve')])).toBe(false);
  await listOf(theirs.read(1));
  expect(await theirs.append(3, [record(4, 'eve')])).toBe(true);
});
