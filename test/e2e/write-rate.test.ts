import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { hasPicture } from './people.ts';

let covalence: CovalenceProcess;
let browser: Browser;
let page: Page;

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var writes: { key: string; atMs: number }[];
}

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(covalence.url);
  await hasPicture(page);
  await page.waitForFunction(() => document.querySelector('co-viewer')?.activeRoom?.status === 'online');
  await page.evaluate(() => {
    globalThis.writes = [];
    document.querySelector('co-viewer')?.activeRoom?.state.onChange(({ origin, added, updated, removed }) => {
      if (origin === 'remote') return;
      for (const key of [...added.keys(), ...updated.keys(), ...removed])
        globalThis.writes.push({ key, atMs: performance.now() });
    });
  });
});
afterAll(async () => {
  await browser?.close();
  await covalence?.close();
});

/** What was written since the last call, and the most often that one key was within one second. */
async function written(): Promise<{ keys: string[]; most: number }> {
  const writes = await page.evaluate(() => globalThis.writes.splice(0));
  const most = writes.map(
    ({ key, atMs }) =>
      writes.filter((other) => other.key === key && other.atMs >= atMs && other.atMs < atMs + 1000).length,
  );
  return { keys: writes.map(({ key }) => key), most: Math.max(0, ...most) };
}

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 1; step <= 20; step += 1) {
    await page.mouse.move(from.x + ((to.x - from.x) * step) / 20, from.y + ((to.y - from.y) * step) / 20);
  }
  await page.mouse.up();
}

describe('keys of the shared document', () => {
  it('[S132] are written at most twice a second: dragging, selecting, scrubbing, playing, naming, moving atoms', async () => {
    const canvas = await page.locator('co-viewer canvas').boundingBox();
    if (canvas === null) throw new Error('no canvas');
    const [corner, middle] = [
      { x: canvas.x + 60, y: canvas.y + 60 },
      { x: canvas.x + canvas.width / 2, y: canvas.y + canvas.height / 2 },
    ];
    await drag(corner, middle);
    await page.mouse.wheel(0, 400);
    expect(await written()).toEqual({ keys: [], most: 0 });

    await page.keyboard.down('Shift');
    await drag(corner, middle);
    await page.keyboard.up('Shift');
    await page.locator('co-selections li').first().waitFor();
    const selecting = await written();
    expect(selecting.most).toBeGreaterThan(0);
    expect(selecting.most).toBeLessThanOrEqual(2);

    const slider = await page.locator('co-timeline input[type=range]').boundingBox();
    if (slider === null) throw new Error('no timeline');
    const y = slider.y + slider.height / 2;
    await drag({ x: slider.x + 5, y }, { x: slider.x + slider.width - 5, y });
    await drag({ x: slider.x + slider.width - 5, y }, { x: slider.x + 5, y });
    expect((await written()).most).toBeLessThanOrEqual(2);

    await page.locator('co-timeline').getByLabel('Play', { exact: true }).click();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    await page.locator('co-timeline').getByLabel('Pause', { exact: true }).click();
    expect((await written()).most).toBeLessThanOrEqual(2);

    await page.locator('co-selections li').first().hover();
    await page
      .locator('co-selections')
      .getByLabel(/^Rename/)
      .first()
      .click();
    await page.keyboard.type('a name of many letters', { delay: 20 });
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('co-selections li').first().innerText()).toContain('many letters');
    const naming = await written();
    expect(naming.keys.filter((key) => key.startsWith('selection.'))).toHaveLength(1);

    await page.locator('co-viewer').focus();
    for (let press = 0; press < 20; press += 1) await page.keyboard.press('Alt+ArrowRight');
    expect((await written()).most).toBeLessThanOrEqual(2);
  });
});
