import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { docStoreContract } from '../../../src/testing/doc-store-contract.ts';
import { faultyDisk, type FaultyDisk } from './faulty-disk.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['SEED'] ?? 5);
const directoryOf = new WeakMap<DocStore, string>();
const openFile = async (directory: string): Promise<DocStore> => {
  const store = await fileDocStore({ directory });
  directoryOf.set(store, directory);
  return store;
};

describe('the memory store', () => {
  const cases = docStoreContract({ open: async () => memoryDocStore() });
  it.each(cases)('[T90] $title', async ({ run }) => await run());
});

describe('the file store', () => {
  const cases = docStoreContract({
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'covalence-docs-'));
      onTestFinished(() => rm(directory, { recursive: true }));
      return openFile(directory);
    },
    reopen: (store) => openFile(directoryOf.get(store) ?? ''),
  });
  it.each(cases)('[T90] $title', async ({ run }) => await run());
});

const PATH = 'data/argon.ydoc';
const on = (disk: FaultyDisk): Promise<DocStore> => fileDocStore({ directory: 'data', disk });
const numbers = async (store: DocStore): Promise<number[] | undefined> =>
  (await store.load('argon'))?.updates.map(([first]) => first);
/** A room with updates 1 to `count`, each synced by itself. */
async function filled(count: number): Promise<FaultyDisk> {
  const disk = faultyDisk();
  const store = await on(disk);
  await store.create('argon', 'e');
  for (let each = 1; each <= count; each += 1) await store.append('argon', { update: Uint8Array.of(each, 5, 5, 5) });
  await store.close();
  return disk;
}

describe('the file store on a bad day', () => {
  it('[T91] a last write torn at any byte is cut off; what was acknowledged before it stays, and writing goes on', async () => {
    const whole = (await filled(3)).file(PATH) ?? Buffer.alloc(0);
    const before = ((await filled(2)).file(PATH) ?? Buffer.alloc(0)).byteLength;
    for (let end = before; end < whole.byteLength; end += 1) {
      for (const filler of [0, 3]) {
        const disk = faultyDisk(new Map([[PATH, Buffer.concat([whole.subarray(0, end), Buffer.alloc(filler)])]]));
        const store = await on(disk);
        expect(await numbers(store)).toEqual([1, 2]);
        await store.append('argon', { update: Uint8Array.of(9) });
        expect(await numbers(await on(disk))).toEqual([1, 2, 9]);
      }
    }
  });

  it('[T92] damage before the end is refused, names the place, and nothing is overwritten', async () => {
    const disk = await filled(3);
    const { byteLength } = disk.file(PATH) ?? Buffer.alloc(0);
    const lastRecord = ((await filled(2)).file(PATH) ?? Buffer.alloc(0)).byteLength;
    for (let at = 0; at < lastRecord; at += 1) {
      const damaged = await filled(3);
      damaged.damage(PATH, (bytes) => {
        bytes[at] ^= 0x40;
        return bytes;
      });
      const store = await on(damaged);
      await expect(store.load('argon'), `byte ${at}`).rejects.toMatchObject({
        code: 'store/failed',
        message: expect.stringMatching(/damaged at byte \d+ of .*left untouched/),
      });
      await expect(store.append('argon', { update: Uint8Array.of(9) })).rejects.toMatchObject({ code: 'store/failed' });
      await expect(store.create('argon', 'other')).rejects.toMatchObject({ code: 'store/failed' });
      expect(damaged.file(PATH)?.byteLength).toBe(byteLength);
      expect((await store.health()).isWritable).toBe(false);
    }
    const nothing = faultyDisk(new Map([[PATH, Buffer.alloc(0)]]));
    await expect((await on(nothing)).load('argon')).rejects.toMatchObject({ code: 'store/failed' });
  });

  it('[T93] a failure at any operation loses nothing acknowledged, and the next write succeeds', async () => {
    for (let failAt = 1; failAt <= 14; failAt += 1) {
      for (const code of ['ENOSPC', 'EIO']) {
        const disk = await filled(1);
        const store = await on(disk);
        await store.load('argon');
        const acknowledged = [1];
        disk.failAt(failAt, code);
        const write = async (number: number): Promise<void> => {
          try {
            // Stands for everything before it, 1 to 3.
            if (number === 4) await store.compact('argon', { update: Uint8Array.of(100) });
            else await store.append('argon', { update: Uint8Array.of(number) });
            acknowledged.push(number);
          } catch (error) {
            expect(error).toMatchObject({ code: code === 'ENOSPC' ? 'store/full' : 'store/failed' });
          }
        };
        for (let number = 2; number <= 6; number += 1) await write(number);
        disk.failAt(0); // the disk is well again
        await store.append('argon', { update: Uint8Array.of(7) });
        expect((await store.health()).isWritable).toBe(true);
        await store.close();
        const found = ((await numbers(await on(disk))) ?? []).flatMap((number) => (number === 100 ? [1, 2, 3] : [number]));
        const where = `operation ${failAt} ${code}`;
        expect(found, where).toEqual(expect.arrayContaining([...acknowledged.filter((number) => number !== 4), 7]));
        expect(found, where).toEqual([...new Set(found)].sort());
      }
    }
  });

  it(`[T94] 500 losses of power at any operation (seed ${SEED}): everything acknowledged is there, whole and in order`, async () => {
    const random = seeded(SEED);
    for (let round = 0; round < 500; round += 1) {
      const disk = faultyDisk();
      const stopAt = 1 + Math.floor(random() * 60);
      disk.failAt(stopAt, 'POWER');
      const acknowledged: number[] = [];
      let snapshotEnd = 0;
      let isCreated = false;
      let next = 1;
      try {
        const store = await on(disk);
        await store.create('argon', 'e');
        isCreated = true;
        for (;;) {
          const count = 1 + Math.floor(random() * 4);
          const batch = Array.from({ length: count }, () => next++);
          await Promise.all(
            batch.map(async (number) => {
              await store.append('argon', { update: Uint8Array.of(number, 7, 7, 7, 7, 7, 7) });
              acknowledged.push(number);
            }),
          );
          if (random() < 0.2) {
            const end = next - 1;
            await store.compact('argon', { update: Uint8Array.of(200, end) });
            snapshotEnd = end;
          }
        }
      } catch {
        // the power is gone
      }
      const found = disk.afterPowerCut(random);
      const loaded = await (await on(found)).load('argon');
      if (!isCreated) continue;
      const where = `seed ${SEED} round ${round}`;
      expect(loaded?.epoch, where).toBe('e');
      const [first] = loaded?.updates ?? [];
      const base = first?.[0] === 200 ? first[1] : 0;
      expect(base, where).toBeGreaterThanOrEqual(snapshotEnd);
      const rest = (loaded?.updates ?? []).slice(base === 0 ? 0 : 1).map(([number]) => number);
      expect(rest, where).toEqual(rest.map((_, index) => base + 1 + index));
      const last = acknowledged.at(-1) ?? 0;
      expect(base + rest.length, where).toBeGreaterThanOrEqual(last);
    }
  });

  it('[T95] appends that wait for one sync share the next', async () => {
    const disk = faultyDisk();
    const store = await on(disk);
    await store.create('argon', 'e');
    const before = disk.operations;
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.append('argon', { update: Uint8Array.of(index) })));
    expect(disk.operations - before).toBeLessThanOrEqual(4);
  });
});
