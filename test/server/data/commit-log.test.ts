import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDataRooms, fileRoomStorage, memoryLogStore, openFileCommitLog } from '../../../src/server/data/index.ts';
import { listOf, record, scratchDirectory } from './store-fixture.ts';

const durable = async (): Promise<string> => join(await scratchDirectory(), 'room', 'frames.log');

test('[D7] every record that was acknowledged is there after opening again, in order and equal', async () => {
  const path = await durable();
  const log = await openFileCommitLog(path);
  expect(await log.append(0, [record(1)])).toBe(true);
  // Overlapping appends: all but the first share one sync.
  const answers = await Promise.all([2, 3, 4, 5].map((seq) => log.append(seq - 1, [record(seq, 'grace')])));
  expect(answers).toEqual([true, true, true, true]);
  await log.close();
  const again = await openFileCommitLog(path);
  expect(again.head).toBe(5);
  expect(await listOf(again.read(0))).toEqual([record(1), ...[2, 3, 4, 5].map((seq) => record(seq, 'grace'))]);
  await again.close();
});

test('[D43] an append that names another head than the present one writes nothing', async () => {
  const store = memoryLogStore();
  const [one, other] = [store.open(), store.open()];
  const answers = await Promise.all([one.append(0, [record(1, 'one')]), other.append(0, [record(1, 'other')])]);
  expect(answers).toEqual([true, false]);
  expect(store.records).toEqual([record(1, 'one')]);
  const log = await openFileCommitLog(await durable());
  expect(await Promise.all([log.append(0, [record(1)]), log.append(0, [record(1)])])).toEqual([true, false]);
  expect(log.head).toBe(1);
  await log.close();
});

test('[D8] a write torn at any byte is cut off and everything before it stays', async () => {
  const path = await durable();
  const log = await openFileCommitLog(path);
  for (const seq of [1, 2, 3]) await log.append(seq - 1, [record(seq)]);
  const whole = await readFile(path);
  await log.append(3, [record(4)]);
  await log.close();
  const longer = await readFile(path);
  let tried = 0;
  for (let length = whole.byteLength; length < longer.byteLength; length += 1) {
    await writeFile(path, longer.subarray(0, length));
    const torn = await openFileCommitLog(path);
    expect((await listOf(torn.read(0))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(torn.tornByteLength).toBe(length - whole.byteLength);
    expect((await stat(path)).size).toBe(whole.byteLength);
    // The next record goes where the torn one was.
    expect(await torn.append(3, [record(4)])).toBe(true);
    await torn.close();
    expect(await readFile(path)).toEqual(longer);
    tried += 1;
  }
  expect(tried).toBeGreaterThan(40);
});

test('[D8] damage before the end of the log is refused and nothing is cut', async () => {
  const path = await durable();
  const log = await openFileCommitLog(path);
  for (const seq of [1, 2, 3, 4]) await log.append(seq - 1, [record(seq)]);
  await log.close();
  const sound = await readFile(path);
  // Any bit of any record but the last: also of its length, so that the next one is not where it says.
  const first = sound.indexOf('CVBK');
  const last = sound.lastIndexOf('CVBK');
  for (let at = first; at < last; at += 3) {
    const damaged = Buffer.from(sound);
    damaged[at] ^= 1 << (at % 8);
    await writeFile(path, damaged);
    await expect(openFileCommitLog(path)).rejects.toMatchObject({ code: 'store/failed', fields: { path } });
    expect(await readFile(path)).toEqual(damaged);
  }
});

test('[D19] a full disk refuses the record and all behind it, and the next one succeeds in its place', async () => {
  const path = await durable();
  let isFull = false;
  const log = await openFileCommitLog(path, {
    async openFile(name) {
      const file = await open(name, 'wx+').catch(() => open(name, 'r+'));
      return new Proxy(file, {
        get(target, property) {
          if (property === 'write' && isFull) {
            return async (bytes: Uint8Array, offset: number, _length: number, position: number) => {
              // Half of it reaches the disk, as it does when the last block is taken.
              await target.write(bytes, offset, 20, position);
              throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            };
          }
          const value: unknown = Reflect.get(target, property);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  });
  await log.append(0, [record(1)]);
  isFull = true;
  const refused = await Promise.allSettled([log.append(1, [record(2)]), log.append(2, [record(3)])]);
  expect(refused).toMatchObject([
    { status: 'rejected', reason: { code: 'store/full' } },
    { status: 'rejected', reason: { code: 'store/full' } },
  ]);
  expect(log.head).toBe(1);
  isFull = false;
  expect(await log.append(1, [record(2, 'later')])).toBe(true);
  await log.close();
  const again = await openFileCommitLog(path);
  expect(await listOf(again.read(0))).toEqual([record(1), record(2, 'later')]);
  await again.close();
});

test('[D190] a log that lost acknowledged records at its end is refused and nothing is cut', async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'rooms', 'argon', 'frames.log');
  const storage = await fileRoomStorage({ directory });
  const rooms = createDataRooms({ storage });
  const room = await rooms.ensure('argon');
  await room.commit([{ op: 'insert', frames: [{ energy: 1 }] }]);
  await rooms.close();
  const whole = await readFile(path);
  const last = whole.lastIndexOf('CVBK');
  const flipped = Buffer.from(whole);
  flipped[last + 60] ^= 1;
  for (const damaged of [flipped, whole.subarray(0, last + 5), whole.subarray(0, last), Buffer.alloc(0)]) {
    await writeFile(path, damaged);
    const again = createDataRooms({ storage: await fileRoomStorage({ directory }) });
    await expect(again.get('argon')).rejects.toMatchObject({ code: 'store/failed', fields: { acknowledged: 2 } });
    await again.close();
    expect(await readFile(path)).toEqual(damaged);
  }
  await writeFile(path, whole);
  const restored = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  expect((await restored.get('argon')).count).toBe(1);
  await restored.close();
});
