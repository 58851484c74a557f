import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { gatherPeople, hasPicture, type People, until } from './people.ts';

let covalence: CovalenceProcess;
let people: People;

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  people = await gatherPeople();
});
afterAll(async () => {
  await people?.close();
  await covalence?.close();
});

/** How bright the backgrounds of the page's parts are, 0 to 255. */
const brightness = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    [document.querySelector('header'), document.querySelector('#panel'), document.body].map((part) => {
      for (let at: Element | null = part; at !== null; at = at.parentElement) {
        const [red, green, blue, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
        if (alpha > 0) return (red + green + blue) / 3;
      }
      return Number.NaN;
    }),
  );

/** Requests like `pattern` break off until the line is whole. */
async function brokenLine(page: Page, pattern: string): Promise<{ isBroken: boolean; refused: number }> {
  const line = { isBroken: true, refused: 0 };
  await page.route(pattern, (route) => {
    if (!line.isBroken) return route.continue();
    line.refused += 1;
    return route.abort('connectionreset');
  });
  return line;
}

describe('the page of a room', () => {
  it('[C98] its switch between light and dark reaches header, panel and page, whatever the system says, and is remembered', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await people.visit('Ada', covalence.url, { colorScheme });
      const isLight = (level: number): boolean => level > 200;
      const isDark = (level: number): boolean => level < 60;
      const [before, after] = colorScheme === 'light' ? [isLight, isDark] : [isDark, isLight];
      expect((await brightness(page)).every(before)).toBe(true);
      await page.getByRole('button', { name: 'Light or dark' }).click();
      await until(async () => (await brightness(page)).every(after)).toBe(true);
      await page.reload();
      await hasPicture(page);
      expect((await brightness(page)).every(after)).toBe(true);
      await page.context().close();
    }
  });

  it('[C99] a history that could not be read is read again with the next news, without a reload', async () => {
    await using room = await openRoom(covalence.url, { user: { name: 'Script' } });
    const frame = await room.frames.read(0);
    await room.frames.edit(frame, ({ positions }) => {
      positions.data[0] += 0.5;
    });
    const page = await (await people.person('Bob')).newPage();
    const line = await brokenLine(page, '**/log?**');
    await page.goto(covalence.url);
    await hasPicture(page);
    await until(() => line.refused).toBeGreaterThan(0);
    // It does not say that nothing was changed, which it cannot know.
    await page.locator('co-history').getByText('once they are read').waitFor({ state: 'attached' });
    // The news is the connection: not one frame was changed since.
    await covalence.kill();
    await page.locator('co-status').getByText('Reconnecting').waitFor();
    line.isBroken = false;
    await covalence.restart();
    await until(() => page.locator('co-history li').allInnerTexts()).toEqual([
      expect.stringContaining('Script moved atoms in frame 0'),
    ]);
    expect(await page.locator('co-history .failed').count()).toBe(0);
  });

  it('[C454] [C457] [C458] a room that gets another name takes the people in it along; one that is deleted says so', async () => {
    const ask = (path: string, method: string, body: object) =>
      fetch(`${covalence.base}/v1/rooms${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await ask('', 'POST', { name: 'draft', base: { room: 'droplets' } });
    const page = await people.visit('Ada', `${covalence.base}/r/draft`);
    const refused: string[] = [];
    page.on('response', (response) => response.status() >= 400 && refused.push(response.url()));
    const removed = await fetch(`${covalence.base}/v1/rooms/draft/frames/f5`, {
      method: 'DELETE',
      headers: { 'if-match': '"v1"' },
    });
    expect(removed.status).toBe(200);
    await page.locator('co-history').getByText('removed a frame').waitFor({ state: 'attached' });
    expect(refused).toEqual([]);
    await page.evaluate(async () => {
      const room = document.querySelector('co-viewer')?.activeRoom;
      room?.selections.add({ display_name: 'kept', particle_ids: [1] });
      await room?.state.whenSaved();
    });
    expect((await ask('/draft', 'PATCH', { name: 'final' })).status).toBe(200);
    await page.waitForURL('**/r/final*');
    await hasPicture(page);
    await page.locator('co-selections').getByText('kept', { exact: true }).waitFor();
    expect(await page.title()).toBe('final · Covalence');
    await fetch(`${covalence.base}/v1/rooms/final`, { method: 'DELETE' });
    const said = page.locator('co-status').getByText('This room was deleted.');
    await said.waitFor();
    await page.setViewportSize({ width: 390, height: 780 });
    expect(
      await said.evaluate((line) => line.scrollWidth <= line.clientWidth && line.scrollHeight <= line.clientHeight),
    ).toBe(true);
    await page.context().close();
  });

  it('[C457] a page whose code is still on its way says that it is loading', async () => {
    const page = await (await people.person('Bob')).newPage();
    let release = (): void => undefined;
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/assets/*.js', async (route) => {
      await isReleased;
      await route.continue();
    });
    const sign = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.querySelector('app-room') ?? document.body, '::before').content);
    await page.goto(covalence.url, { waitUntil: 'commit' });
    await until(sign).toBe('"Loading…"');
    release();
    await hasPicture(page);
    expect(await sign()).toBe('none');
    await page.context().close();
  });

  it('[C459] a plot whose code does not arrive says so, and is drawn when asked again or with the next connection', async () => {
    for (const again of ['by hand', 'by the connection']) {
      const page = await (await people.person('Bob')).newPage();
      const line = await brokenLine(page, '**/assets/uPlot*.js');
      await page.goto(covalence.url);
      await hasPicture(page);
      const plot = page.locator('co-plot');
      await plot.scrollIntoViewIfNeeded();
      await plot.getByText('What draws the plot did not arrive.').waitFor();
      expect(line.refused).toBeGreaterThan(0);
      line.isBroken = false;
      if (again === 'by hand') await plot.getByRole('button', { name: 'Try again' }).click();
      else {
        await covalence.kill();
        await page.locator('co-status').getByText('Reconnecting').waitFor();
        await covalence.restart();
      }
      await plot.locator('.u-over').waitFor();
      expect(await plot.getByRole('alert').count()).toBe(0);
      await page.context().close();
    }
  });

  it('[C480] code that does not arrive is a sentence, never a rejection nobody hears, and what was tried works when tried again', async () => {
    const page = await (await people.person('Bob')).newPage();
    const [refused, fetched] = [new Set<string>(), new Set<string>()];
    let isRefusing = true;
    let isPicture = false;
    await page.route('**/assets/*.js', (route) => {
      const name = /([^/]+)-[\w-]{8}\.js$/.exec(route.request().url())?.[1] ?? '';
      // Some come right after the picture, and some of those even before it.
      if (!isRefusing || !(isPicture || /^(tools|chart|frame-history)$/.test(name))) {
        fetched.add(name);
        return route.continue();
      }
      refused.add(name);
      return route.abort('connectionreset');
    });
    await page.addInitScript(() => {
      const told: string[] = [];
      Object.assign(globalThis, { told });
      addEventListener('co-error', ({ error }) => told.push(`${error.code} ${error.message}`));
    });
    const told = () => page.evaluate(() => (globalThis as unknown as { told: string[] }).told.splice(0));
    await page.goto(covalence.url);
    await hasPicture(page);
    isPicture = true;
    const [plot, history, viewer] = ['co-plot', 'co-history', 'co-viewer'].map((tag) => page.locator(tag));
    const press = async (key: string): Promise<void> => {
      await page.evaluate(() => document.querySelector('co-viewer')?.focus());
      await page.keyboard.press(key);
    };
    const set = (key: string, value: unknown) => (): Promise<void> =>
      page.evaluate(
        ([at, to]) => {
          document.querySelector('co-viewer')?.activeRoom?.state.set(at, to as never);
        },
        [key, value] as const,
      );
    const shown = () => page.evaluate(() => document.querySelector('co-viewer')?.sceneFrame?.atomCount ?? 0);
    const version = (): Promise<number> =>
      page.evaluate(() => document.querySelector('co-viewer')?.frame?.version ?? 0);
    const before = await version();
    /** What each needs, how it is begun, and how one sees that it worked. */
    const tries: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      ['panels', () => press('?'), () => viewer.locator('.help').waitFor()],
      ['expression-box', () => page.keyboard.press('/'), () => page.locator('.expression-text').waitFor()],
      [
        'tools',
        async () => {
          await page.evaluate(() => document.querySelector('co-viewer')?.hand.select([0], 'replace'));
          await press('Alt+ArrowRight');
        },
        () => until(version).toBe(before + 1),
      ],
      ['data-looks', set('visualiser.all', { color: 'charges' }), () => until(() => fetched).toContain('data-looks')],
      ['repeated-picture', set('scene.copies', [2, 1, 1]), () => until(() => fetched).toContain('repeated-picture')],
      [
        'open-privately',
        () =>
          page.evaluate(() => document.querySelector('co-viewer')?.openFiles([new File(['1\n\nH 0 0 0\n'], 'a.xyz')])),
        () => until(shown).toBe(1),
      ],
    ];
    await plot.getByRole('button', { name: 'Try again' }).waitFor();
    await history.getByRole('button', { name: 'Try again' }).waitFor({ state: 'attached' });
    await told();
    for (const [part, begin] of tries) {
      await begin();
      await until(() => refused).toContain(part);
      const sentence = 'server/unreachable A part of this page did not arrive. Try again, or load the page again.';
      await until(told).toContain(sentence);
    }
    await page.getByText('A part of this page did not arrive').first().waitFor();
    isRefusing = false;
    for (const at of [plot, history]) await at.getByRole('button', { name: 'Try again' }).click();
    await plot.locator('.u-over').waitFor();
    await until(() => history.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await set('scene.copies', [1, 1, 1])();
    for (const [, begin, works] of tries) {
      await begin();
      await works();
      await page.keyboard.press('Escape');
    }
    expect(people.complaints).toEqual([]);
    await page.context().close();
  });

  it('[C98] no page complained', () => {
    expect(people.complaints).toEqual([]);
  });
});
