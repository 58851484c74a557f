import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { isSaid, until } from './people.ts';

let covalence: CovalenceProcess;
let browser: Browser;
let context: BrowserContext;

const status = (page: Page) => page.locator('co-status [role=status]');

/** A tab of Ada's browser with the room in it. */
async function tab(url = covalence.url): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector('co-viewer')?.activeRoom?.status === 'online');
  await page.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.state.whenSaved());
  return page;
}
/** Adds a selection; resolves when the browser, which writes in the background, has kept what it can keep. */
const add = (page: Page, name: string): Promise<void> =>
  page.evaluate(async (given) => {
    document
      .querySelector('co-viewer')
      ?.activeRoom?.selections.set(given, { display_name: given, particle_ids: [1, 2] });
    const done = (request: IDBRequest): Promise<void> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve());
        request.addEventListener('error', () => reject(request.error));
      });
    for (const database of (await globalThis.indexedDB?.databases()) ?? []) {
      const opening = indexedDB.open(database.name ?? '');
      await done(opening);
      // Has its turn when those that write are over.
      const names = [...opening.result.objectStoreNames];
      if (names.length > 0) await done(opening.result.transaction(names, 'readwrite').objectStore(names[0]).count());
      opening.result.close();
    }
  }, name);
const names = (page: Page): Promise<unknown[]> =>
  page.evaluate(() =>
    Array.from(
      document.querySelector('co-viewer')?.activeRoom?.selections.values() ?? [],
      ({ value }) => value?.display_name,
    ),
  );
const isOffline = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('co-viewer')?.activeRoom?.status === 'offline');

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await covalence?.close();
});
beforeEach(async () => {
  await context?.close();
  context = await browser.newContext({ viewport: { width: 900, height: 600 }, reducedMotion: 'reduce' });
});

describe('a room without its server', () => {
  it('[S150] edits made offline, also in tabs since closed, are merged when the server is back', async () => {
    const [first, second] = [await tab(), await tab()];
    await covalence.kill();
    await Promise.all([isOffline(first), isOffline(second)]);
    await add(first, 'closed');
    await add(second, 'open');
    await first.close();
    // Said for seconds only.
    const news = isSaid(second, 'Nothing was lost');
    await covalence.restart();
    await until(() => names(second)).toEqual(['closed', 'open']);
    await news;
    await using bob = await openRoom(covalence.url);
    await until(() => [...bob.selections.keys()]).toEqual(['selection.closed', 'selection.open']);
  });

  it('[S150] a browser that was closed altogether sends what it kept when it comes back', async () => {
    const page = await tab();
    await covalence.kill();
    await isOffline(page);
    await add(page, 'night');
    await page.close();
    await covalence.restart();
    await using bob = await openRoom(covalence.url);
    expect(bob.selections.has('night')).toBe(false);
    await tab();
    await until(() => bob.selections.get('night')?.display_name).toBe('night');
  });

  it('[S151] a room that was kept opens without the server and can be edited', async () => {
    const page = await tab();
    await add(page, 'kept');
    await page.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.state.whenSaved());
    await covalence.kill();
    await isOffline(page);
    // The page cannot be loaded now, so a second room is opened in it, as a page of another server would.
    await page.evaluate(() => {
      const room = document.createElement('co-room');
      room.id = 'again';
      room.setAttribute('offline', '');
      room.setAttribute('href', location.pathname);
      document.body.append(room);
    });
    await page.waitForFunction(
      () => document.querySelector<HTMLElementTagNameMap['co-room']>('#again')?.activeRoom?.status === 'offline',
    );
    const seen = await page.evaluate(() => {
      const room = document.querySelector<HTMLElementTagNameMap['co-room']>('#again')?.activeRoom;
      room?.selections.set('cold', { display_name: 'cold' });
      return room?.selections.get('kept')?.display_name;
    });
    expect(seen).toBe('kept');
    await covalence.restart();
    await page.waitForFunction(
      () => document.querySelector<HTMLElementTagNameMap['co-room']>('#again')?.activeRoom?.status === 'online',
    );
    await until(() => names(page)).toContain('cold');
    const count = await page.evaluate(
      () => document.querySelector<HTMLElementTagNameMap['co-room']>('#again')?.activeRoom?.frames.count,
    );
    expect(count).toBeGreaterThan(1);
  });

  it('[S152] where IndexedDB is missing, deleted or full a notice says so and the room works on', async () => {
    const told = (page: Page): Promise<string> =>
      page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            setTimeout(() => resolve('nothing told'), 80_000);
            document.querySelector('co-viewer')?.activeRoom?.onNotice(({ code }) => resolve(code));
          }),
      );
    const failures: string[] = [];
    const full = await tab();
    full.on('pageerror', (error) => failures.push(error.message));
    await full.evaluate(() => {
      // What a full disk does: the request succeeds, its transaction does not.
      const { add: original } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.add = function (this: IDBObjectStore, value: unknown) {
        const request = original.call(this, value);
        request.addEventListener('success', () => this.transaction.abort());
        return request;
      };
      document.querySelector('co-viewer')?.activeRoom?.state.set('big.x', 'x');
    });
    expect(await told(full)).toBe('store/failed');
    await add(full, 'full');

    const page = await tab();
    page.on('pageerror', (error) => failures.push(error.message));
    await page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        await new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name ?? '');
          request.addEventListener('success', resolve);
          request.addEventListener('blocked', reject);
        });
      }
    });
    await add(page, 'deleted');
    expect(await told(page)).toBe('store/failed');
    await until(() => status(page).innerText()).toContain('no longer kept');
    await add(page, 'deleted-too');

    await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'indexedDB'));
    await context.addInitScript(() => Reflect.deleteProperty(Window.prototype, 'indexedDB'));
    const without = await tab();
    without.on('pageerror', (error) => failures.push(error.message));
    expect(await told(without)).toBe('store/failed');
    await add(without, 'missing');
    await using bob = await openRoom(covalence.url);
    for (const name of ['deleted', 'full', 'missing']) {
      await until(() => bob.selections.get(name)?.display_name).toBe(name);
    }
    expect(failures).toEqual([]);
  });

  it('[S153] what was kept of a room that was deleted and made anew does not come back', async () => {
    const url = `${covalence.base}/r/passing`;
    const page = await tab(url);
    await add(page, 'former');
    await page.close();
    expect((await fetch(`${covalence.base}/v1/rooms/passing`, { method: 'DELETE' })).ok).toBe(true);
    const anew = await tab(url);
    await add(anew, 'present');
    await using bob = await openRoom(url);
    await until(() => [...bob.selections.keys()]).toEqual(['selection.present']);
    expect(await names(anew)).toEqual(['present']);
    const kept = await anew.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(kept.filter((name) => name?.includes('/r/passing@'))).toHaveLength(1);
  });
});
