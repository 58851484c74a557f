import { describe, expect, it } from 'vitest';
import type { DocStore } from '../../../src/server/sync/doc-store.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { roomLog } from '../../../src/server/sync/room-log.ts';
import { silentLog } from '../../../src/server/sync/sync-log.ts';
import { handClock } from '../../hand-clock.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['SEED'] ?? 9);

/** Does one thing after the other, each when a test says so, and fails when it says so. */
function steppedStore(): DocStore & { step(isFailing?: boolean): Promise<boolean>; stored: number[] } {
  const queue: { work: () => void; resolve: () => void; reject: (error: Error) => void }[] = [];
  let stored: number[] = [];
  const queued = (work: () => void): Promise<void> =>
    new Promise((resolve, reject) => queue.push({ work, resolve, reject }));
  return {
    ...memoryDocStore(),
    append: (_room, { update }) => queued(() => stored.push(update?.[0] ?? -1)),
    compact: (_room, { update }) => queued(() => (stored = [...update])),
    async step(isFailing = false) {
      const next = queue.shift();
      if (next === undefined) return false;
      if (isFailing) next.reject(new Error('the disk is away'));
      else {
        next.work();
        next.resolve();
      }
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      return true;
    },
    get stored() {
      return stored;
    },
  };
}

describe('the log of a room', () => {
  it(`[T108] calls nothing saved that is not stored, whatever fails and succeeds behind it (300 runs, seed ${SEED})`, async () => {
    const random = seeded(SEED);
    const lies: string[] = [];
    for (let run = 0; run < 300; run += 1) {
      const store = steppedStore();
      const clock = handClock();
      const state: number[] = [];
      const log = roomLog({
        room: 'argon',
        store,
        clock,
        log: silentLog,
        loadedByteLength: 0,
        snapshot: () => ({ update: Uint8Array.from(state), owners: [] }),
      });
      let saves = 0;
      for (let turn = 0; turn < 60; turn += 1) {
        const roll = random();
        if (roll < 0.45 && state.length < 250) {
          state.push(state.length);
          log.append({ update: Uint8Array.of(state.length - 1) });
          const written = state.length;
          void log.saved().then(() => {
            saves += 1;
            const missing = state.slice(0, written).filter((each) => !store.stored.includes(each));
            if (missing.length > 0) lies.push(`run ${run} turn ${turn}: ${missing.join()}`);
          });
        } else if (roll < 0.9) await store.step(random() < 0.3);
        else clock.advance(1_000);
      }
      for (let turn = 0; turn < 20; turn += 1) {
        clock.advance(1_000);
        while (await store.step());
      }
      await log.saved();
      expect(saves).toBe(state.length);
    }
    expect(lies).toEqual([]);
  });

  it('[T109] is stored anew from time to time, so that a busy room does not grow on disk', async () => {
    const store = memoryDocStore();
    await store.create('argon', 'e');
    let compactions = 0;
    const log = roomLog({
      room: 'argon',
      store: { ...store, compact: (...given) => ((compactions += 1), store.compact(...given)) },
      clock: handClock(),
      log: silentLog,
      loadedByteLength: 0,
      snapshot: () => ({ update: Uint8Array.of(1), owners: [] }),
    });
    for (let index = 0; index < 2_000; index += 1) {
      log.append({ update: new Uint8Array(1_000) });
      await log.saved();
    }
    expect(compactions).toBeGreaterThan(4);
    expect((await store.load('argon'))?.updates.length).toBeLessThan(300);
    await log.close();
  });
});
