import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { fileDocStore } from '../../../src/server/sync/file-doc-store.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { docStoreContract } from '../../../src/testing/doc-store-contract.ts';
import { faultyDisk, type FaultyDisk } from './faulty-disk.ts';
import { handClock } from '../../hand-clock.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['SEED'] ?? 5);
const directoryOf = new WeakMap<DocStore, string>();
const openFile = async (directory: string): Promise<DocStore> => {
  const store = await fileDocStore({ directory, syncDelayMs: 0 });
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
const on = (disk: FaultyDisk): Promise<DocStore> => fileDocStore({ directory: 'data', disk, syncDelayMs: 0 });
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

  it('[T195] a last record of full length without its checksum is kept aside, whichever byte is altered', async () => {
    const whole = (await filled(3)).file(PATH) ?? Buffer.alloc(0);
    const before = ((await filled(2)).file(PATH) ?? Buffer.alloc(0)).byteLength;
    let keptAside = 0;
    for (let at = before; at < whole.byteLength; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] ^= 0x40;
      const disk = faultyDisk(new Map([[PATH, altered]]));
      const levels: string[] = [];
      const log = { info() {}, warn: () => void levels.push('warn'), error: () => void levels.push('error') };
      const store = await fileDocStore({ directory: 'data', disk, syncDelayMs: 0, log });
      expect(await numbers(store)).toEqual([1, 2]);
      const kept = disk.file(`${PATH}.cut-1`);
      // Where the length is altered upwards it looks as a write that broke off does.
      if (kept === undefined) expect([levels, at - before >= 4 && at - before < 8]).toEqual([['warn'], true]);
      else {
        keptAside += 1;
        expect([levels, kept]).toEqual([['error'], altered.subarray(before)]);
      }
      expect(await store.list()).toEqual(['argon']);
      await store.remove('argon');
      expect(disk.file(`${PATH}.cut-1`)).toBe(undefined);
    }
    expect(keptAside).toBeGreaterThanOrEqual(whole.byteLength - before - 4);
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
        const found = ((await numbers(await on(disk))) ?? []).flatMap((number) =>
          number === 100 ? [1, 2, 3] : [number],
        );
        const where = `operation ${failAt} ${code}`;
        expect(found, where).toEqual(expect.arrayContaining([...acknowledged.filter((number) => number !== 4), 7]));
        expect(found, where).toEqual([...new Set(found)].sort((a, b) => a - b));
      }
    }
  });

  it(`[T94] 1,000 losses of power at any operation, after failures of others (seed ${SEED}): all acknowledged is there`, async () => {
    const random = seeded(SEED);
    const someTurns = async (): Promise<void> => {
      for (let turn = Math.floor(random() * 12); turn > 0; turn -= 1) await Promise.resolve();
    };
    let compactions = 0;
    for (let round = 0; round < 1_000; round += 1) {
      const where = `seed ${SEED} round ${round}`;
      const disk = faultyDisk();
      const powerAt = 1 + Math.floor(random() * 80);
      disk.failAt(powerAt, 'POWER');
      if (random() < 0.5) disk.failAt(1 + Math.floor(random() * 60), random() < 0.5 ? 'EIO' : 'ENOSPC');
      const acknowledged = new Set<number>();
      let covered = 0;
      let next = 1;
      const store = await on(disk);
      const append = async (): Promise<void> => {
        const number = next;
        next += 1;
        await store.append('argon', { update: Uint8Array.of(number, 7, 7, 7, 7, 7, 7) });
        acknowledged.add(number);
      };
      const compact = async (): Promise<void> => {
        const end = next - 1;
        await store.compact('argon', { update: Uint8Array.of(200, end) });
        covered = Math.max(covered, end);
        compactions += 1;
      };
      let isCreated = false;
      for (let attempt = 0; attempt < 3 && !isCreated; attempt += 1) {
        isCreated = await store.create('argon', 'e').then(
          () => true,
          () => false,
        );
      }
      for (let turn = 0; disk.operations < powerAt && turn < 36; turn += 1) {
        const work: Promise<void>[] = random() < 0.3 ? [compact()] : [];
        for (let count = 1 + Math.floor(random() * 5); count > 0; count -= 1) {
          await someTurns();
          work.push(append());
        }
        await Promise.allSettled(work);
      }
      const found = disk.afterPowerCut(random);
      const loaded = await (await on(found)).load('argon');
      if (!isCreated) continue;
      expect(loaded?.epoch, where).toBe('e');
      const [first] = loaded?.updates ?? [];
      const base = first?.[0] === 200 ? first[1] : 0;
      const rest = (loaded?.updates ?? []).slice(first?.[0] === 200 ? 1 : 0).map(([number]) => number);
      expect(base, where).toBeGreaterThanOrEqual(covered);
      expect(rest, where).toEqual([...new Set(rest)].sort((a, b) => a - b));
      for (const number of acknowledged) {
        expect(number <= base || rest.includes(number), `${where}: ${number} of ${base}, ${rest.join()}`).toBe(true);
      }
    }
    expect(compactions).toBeGreaterThan(1_000);
  });

  it('[T96] appends are with the system at once, and durable after a moment or as soon as somebody waits', async () => {
    const disk = faultyDisk();
    const clock = handClock();
    const store = await fileDocStore({ directory: 'data', disk, clock });
    await store.create('argon', 'e');
    const before = disk.syncs;
    let durable = 0;
    const append = (number: number): void =>
      void store.append('argon', { update: Uint8Array.of(number) }).then(() => (durable += 1));
    append(1);
    expect(disk.file(PATH)?.includes(Buffer.of(2, 1, 1))).toBe(true);
    append(2);
    clock.advance(99);
    await new Promise((resolve) => setImmediate(resolve));
    expect([durable, disk.syncs - before]).toEqual([0, 0]);
    clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect([durable, disk.syncs - before]).toEqual([2, 1]);
    append(3);
    store.flush?.('argon');
    await new Promise((resolve) => setImmediate(resolve));
    expect([durable, disk.syncs - before]).toEqual([3, 2]);
    append(4);
    await store.close();
    expect(durable).toBe(4);
  });

  it('[T95] appends that wait for one sync share the next', async () => {
    const disk = faultyDisk();
    const store = await on(disk);
    await store.create('argon', 'e');
    const before = disk.syncs;
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => store.append('argon', { update: Uint8Array.of(index) })),
    );
    expect(disk.syncs - before).toBeLessThanOrEqual(2);
  });
});
