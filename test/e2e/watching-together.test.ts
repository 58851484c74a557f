import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shown, together } from './frames.ts';
import { meet, type Meeting } from './meeting.ts';
import { until } from './people.ts';

const WINDOW = { viewport: { width: 900, height: 620 } };

let meeting: Meeting;
let ada: Page;
let bob: Page;

const lead = (page: Page) => page.locator('co-timeline [part=lead]');
const menu = (page: Page) => page.locator('co-timeline .menu');

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var leads: string[];
}

/** Keeps everything that the line over the timeline says: who scrubbed leads for moments only. */
const listen = (page: Page) =>
  page.evaluate(() => {
    globalThis.leads = [];
    const line = document.querySelector('co-timeline')!.shadowRoot!.querySelector('[part=lead]')!;
    const watch = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => globalThis.leads.push(line.textContent.trim())).observe(line, watch);
  });
const said = (page: Page) => page.evaluate(() => globalThis.leads);

/** Drags the slider from one part of its width to another. */
async function scrub(page: Page, from: number, to: number, shift = false): Promise<void> {
  const box = await page.locator('co-timeline input[type=range]').boundingBox();
  if (box === null) throw new Error('no slider');
  if (shift) await page.keyboard.down('Shift');
  await page.mouse.move(box.x + 6 + from * (box.width - 12), box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 6 + to * (box.width - 12), box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  if (shift) await page.keyboard.up('Shift');
}

beforeAll(async () => {
  meeting = await meet('demo/data/droplets.xyz.gz', WINDOW);
  ({ ada, bob } = meeting);
});
afterAll(() => meeting?.close());

describe('watching together in two browsers', () => {
  it('[C220] scrubbing leads the other browser, which says who leads; the other scrubs and leads in turn', async () => {
    await until(() => ada.locator('co-people [aria-label^="Bob"]').count()).toBe(1);
    for (const page of [ada, bob]) await listen(page);
    await scrub(ada, 0, 0.5);
    await together(ada, bob);
    expect(await shown(ada)).toBeGreaterThan(0);
    await until(() => said(bob)).toContainEqual(expect.stringContaining('Ada leads'));
    expect(await said(ada)).toEqual([]);
    await scrub(bob, 0.5, 0.8);
    await until(() => said(ada)).toContainEqual(expect.stringContaining('Bob leads'));
    await together(bob, ada);
    await until(() => lead(ada).innerText()).toBe('');
  });

  it('[C221] presented on purpose, the other looks around on their own, comes back, asks, and is handed the lead', async () => {
    await ada.getByRole('button', { name: 'Playing and bookmarks' }).click();
    await menu(ada).getByRole('button', { name: 'Present to everyone' }).click();
    await ada.keyboard.press('Escape');
    await until(() => lead(bob).innerText()).toContain('Ada presents');
    await scrub(bob, 0.8, 0.1);
    await until(() => lead(bob).innerText()).toContain('On your own');
    await until(async () => (await shown(bob)) === (await shown(ada))).toBe(false);
    await lead(bob).getByRole('button', { name: 'Back to Ada' }).click();
    await together(ada, bob);
    await lead(bob).getByRole('button', { name: 'Ask to present' }).click();
    await until(() => lead(ada).innerText()).toContain('Bob asks to present');
    await lead(ada).getByRole('button', { name: 'Hand over' }).click();
    await until(() => lead(bob).innerText()).toContain('You present');
    await until(() => lead(ada).innerText()).toContain('Bob presents');
  });

  it('[C222] whoever presents takes the view along; turning it by hand lets go of it', async () => {
    const camera = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.camera?.position);
    await bob
      .locator('co-viewer')
      .evaluate((viewer) => (viewer as HTMLElementTagNameMap['co-viewer']).scene?.orbit(160, 40));
    const there = await camera(bob);
    await until(async () => (await camera(ada))?.map((x) => Math.round(x * 10))).toEqual(
      there?.map((x) => Math.round(x * 10)),
    );
    await ada.locator('co-viewer [part=stage]').press('ArrowLeft');
    const own = await camera(ada);
    await bob
      .locator('co-viewer')
      .evaluate((viewer) => (viewer as HTMLElementTagNameMap['co-viewer']).scene?.orbit(-90, 10));
    await bob.waitForTimeout(300);
    expect(await camera(ada)).toEqual(own);
    await lead(bob).getByRole('button', { name: 'Stop' }).click();
    await until(() => lead(ada).innerText()).toBe('');
  });

  it('[C223] one click on a person shows what they look at, frame and view, the next comes back', async () => {
    await bob.locator('co-people [aria-label^="Ada"]').click();
    await until(() => lead(bob).innerText()).toContain('Following Ada');
    await scrub(ada, 0.2, 0.3);
    await together(ada, bob);
    const camera = (page: Page) =>
      page.evaluate(() => document.querySelector('co-viewer')?.camera?.target.map(Math.round));
    await until(() => camera(bob)).toEqual(await camera(ada));
    await bob.locator('co-people [aria-label^="Ada"]').click();
    await until(() => bob.locator('co-people [aria-label^="Ada"]').getAttribute('aria-pressed')).toBe('false');
  });

  it('[P75] the list of people says by name what each looks at; one click follows, the next comes back', async () => {
    await ada.locator('co-people button.avatar').first().click();
    const row = ada.locator('co-people button.person');
    await until(() => row.count()).toBe(1);
    await until(() => row.innerText()).toContain('Bob');
    await until(async () => (await row.innerText()).includes(`frame ${await shown(bob)}`)).toBe(true);
    await row.click();
    await until(() => row.getAttribute('aria-pressed')).toBe('true');
    await until(() => lead(ada).innerText()).toContain('Following Bob');
    if (process.env['SCREENSHOTS'] !== undefined)
      await ada.screenshot({ path: `${process.env['SCREENSHOTS']}/people.png` });
    await row.click();
    await until(() => lead(ada).innerText()).not.toContain('Following');
    await ada.keyboard.press('Escape');
  });

  it('[C224] B marks a frame for both; a range drawn with shift is played by both, and can be kept', async () => {
    await ada.locator('co-timeline input[type=range]').focus();
    await ada.keyboard.press('b');
    await until(() => bob.locator('co-timeline .flag').count()).toBe(1);
    await scrub(ada, 0.2, 0.4, true);
    await ada.getByRole('button', { name: 'Playing and bookmarks' }).click();
    await menu(ada).getByRole('button', { name: 'Keep' }).click();
    await ada.keyboard.press('Escape');
    await until(() => bob.locator('co-timeline .flag').count()).toBe(2);
    await ada.locator('co-timeline').getByRole('button', { name: 'Play', exact: true }).click();
    const range = () => bob.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.range);
    await until(range).toEqual(
      await ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.range),
    );
    expect(await range()).toBeDefined();
    await until(() => bob.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.isPlaying)).toBe(
      true,
    );
    await ada.getByRole('button', { name: 'Pause' }).click();
    await together(ada, bob);
  });

  it('[C227] [C232] a click in the plot goes to the frame, a drag over a line or points keeps frames, in both browsers', async () => {
    const plot = ada.locator('co-plot');
    await plot.scrollIntoViewIfNeeded();
    await plot.locator('.u-over').waitFor();
    /** Where it is, once what is above it has grown to its size: facts of the frame arrive when they are read. */
    const area = async () => {
      const places: unknown[] = [];
      let box = await plot.locator('.u-over').boundingBox();
      await until(async () => {
        await ada.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        box = await plot.locator('.u-over').boundingBox();
        places.unshift(JSON.stringify(box));
        return places.length > 3 && new Set(places.slice(0, 3)).size === 1;
      }).toBe(true);
      if (box === null) throw new Error('no plot');
      return box;
    };
    const box = await area();
    await ada.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const count = (await ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.count)) ?? 0;
    await until(async () => Math.abs(((await shown(ada)) ?? 0) - count / 2) < count / 20).toBe(true);
    await together(ada, bob);
    const drag = async () => {
      const { x, y, width, height } = await area();
      await ada.mouse.move(x + width * 0.2, y + height * 0.2);
      await ada.mouse.down();
      await ada.mouse.move(x + width * 0.6, y + height * 0.7, { steps: 4 });
      await ada.mouse.up();
    };
    const bookmarks = (page: Page) =>
      page.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.bookmarks.snapshot() ?? {});
    const before = Object.keys(await bookmarks(ada));
    const marks = async () => Object.entries(await bookmarks(bob)).filter(([key]) => !before.includes(key));
    await drag();
    await until(async () => (await marks()).length).toBe(1);
    const range = (await marks())[0]?.[1].range;
    expect(range?.[0]).toBeGreaterThan(0.15 * count);
    expect(range?.[1]).toBeGreaterThan(0.5 * count);
    expect(range?.[1]).toBeLessThan(0.7 * count);
    await plot.locator('select.x').selectOption({ index: 2 });
    await plot.locator('.now.point:not([hidden])').waitFor({ state: 'attached' });
    await drag();
    await until(async () => (await marks()).length).toBe(2);
    const indices = (await marks()).find(([, { display_name: name }]) => name === 'Set 1')?.[1].frame_indices ?? [];
    expect(indices.length).toBeGreaterThan(5);
    expect(indices.length).toBeLessThan(0.95 * count);
    const bookmark = (page: Page) =>
      page.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.bookmark);
    await until(async () => (await bookmark(ada)) === (await bookmark(bob))).toBe(true);
    if (process.env['SCREENSHOTS'] !== undefined)
      await ada.screenshot({ path: `${process.env['SCREENSHOTS']}/plot.png` });
  });

  it('[C233] a view that one saves is in the list of both, who go there, rename and delete it', async () => {
    const eye = (page: Page) =>
      page.evaluate(() => document.querySelector('co-viewer')?.camera?.position.map((x) => Math.round(x * 100)));
    const turn = (page: Page) =>
      page
        .locator('co-viewer')
        .evaluate((viewer) => (viewer as HTMLElementTagNameMap['co-viewer']).scene?.orbit(120, 30));
    const saved = await eye(ada);
    await ada.getByRole('button', { name: 'Save this view' }).click();
    await ada.keyboard.type('Front');
    await ada.keyboard.press('Enter');
    const row = bob.locator('co-views').getByRole('button', { name: 'Front', exact: true });
    await row.waitFor();
    await turn(bob);
    expect(await eye(bob)).not.toEqual(saved);
    await row.click();
    await until(() => eye(bob)).toEqual(saved);
    await row.press('F2');
    await bob.keyboard.type('Side');
    await bob.keyboard.press('Enter');
    const renamed = ada.locator('co-views').getByRole('button', { name: 'Side', exact: true });
    await turn(ada);
    await renamed.press('Enter');
    await until(() => eye(ada)).toEqual(saved);
    // With movement allowed it flies, and a hand on the picture ends that.
    await ada.emulateMedia({ reducedMotion: 'no-preference' });
    await turn(ada);
    await renamed.press('Enter');
    await until(() => eye(ada)).toEqual(saved);
    await ada.emulateMedia({ reducedMotion: 'reduce' });
    if (process.env['SCREENSHOTS'] !== undefined) {
      await ada.locator('co-views').scrollIntoViewIfNeeded();
      await ada.screenshot({ path: `${process.env['SCREENSHOTS']}/views.png` });
    }
    await renamed.press('Delete');
    await until(() => bob.locator('co-views li').count()).toBe(0);
  });

  it('[C225] whoever comes later lands where the room is', async () => {
    await until(() => lead(bob).innerText()).toBe('');
    const eve = await meeting.people.visit('Eve', meeting.covalence.url, {
      viewport: { width: 390, height: 640 },
      colorScheme: 'dark',
    });
    await together(ada, eve);
    if (process.env['SCREENSHOTS'] !== undefined) {
      const to = process.env['SCREENSHOTS'];
      await bob.screenshot({ path: `${to}/bob.png` });
      await ada.getByRole('button', { name: 'Playing and bookmarks' }).click();
      await menu(ada).getByRole('button', { name: 'Present to everyone' }).click();
      await until(() => lead(eve).innerText()).toContain('Ada presents');
      await ada.screenshot({ path: `${to}/ada.png` });
      await eve.screenshot({ path: `${to}/eve.png` });
      await bob.emulateMedia({ colorScheme: 'dark' });
      await bob.screenshot({ path: `${to}/bob-dark.png` });
      await eve.getByRole('button', { name: 'Playing and bookmarks' }).click();
      await eve.screenshot({ path: `${to}/eve-menu.png` });
    }
    await eve.close();
  });

  it('[C220] no page complained', () => {
    expect(meeting.people.complaints).toEqual([]);
  });
});
