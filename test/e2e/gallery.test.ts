import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';

let server: CovalenceProcess;
let browser: Browser;

beforeAll(async () => {
  server = await startCovalence(['demo/data/droplets.xyz.gz']);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var contexts: Set<unknown>;
}

async function open(colorScheme: 'light' | 'dark', viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.contexts = new Set();
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...given: unknown[]) {
      const made = (getContext as Function).apply(this, given) as RenderingContext | null;
      if (made instanceof WebGL2RenderingContext) globalThis.contexts.add(made);
      return made;
    } as typeof getContext;
  });
  return page;
}

const framed = (page: Page): Promise<boolean[]> =>
  page.evaluate(() => [...document.querySelectorAll('co-viewer')].map((viewer) => viewer.frame !== undefined));

/** How many colours each viewer's canvas has at least, up to 40. */
const colorCounts = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('co-viewer')].map((viewer) => {
      const canvas = viewer.shadowRoot?.querySelector('canvas');
      const context = new OffscreenCanvas(64, 64).getContext('2d');
      if (!canvas || !context) return 0;
      context.drawImage(canvas, 0, 0, 64, 64);
      return Math.min(40, new Set(new Uint32Array(context.getImageData(0, 0, 64, 64).data.buffer)).size);
    }),
  );

it('[C368] the gallery opens from the rooms page and draws twelve scenes, those in sight first, with one context', async () => {
  const page = await open('light', { width: 1000, height: 500 });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(server.base, { waitUntil: 'domcontentloaded' });
  await page.getByRole('link', { name: 'Gallery' }).click();
  await expect.poll(async () => (await framed(page))[0]).toBe(true);
  expect((await framed(page)).at(-1)).toBe(false);
  await page.setViewportSize({ width: 1000, height: 1900 });
  await expect.poll(async () => (await framed(page)).filter(Boolean).length).toBe(12);
  await expect.poll(async () => Math.min(...(await colorCounts(page)))).toBe(40);
  expect(await page.evaluate(() => contexts.size)).toBe(1);
  expect(await violationsOf(page)).toEqual([]);
  expect(errors).toEqual([]);
  await page.context().close();
});

it('[C368] the wheel scrolls the gallery over a picture until somebody works in it', async () => {
  const page = await open('dark', { width: 400, height: 700 });
  await page.goto(`${server.base}/gallery.html`, { waitUntil: 'domcontentloaded' });
  await expect.poll(async () => (await framed(page))[0]).toBe(true);
  const viewer = page.locator('co-viewer').first();
  const distance = (): Promise<number> =>
    viewer.evaluate((element: HTMLElementTagNameMap['co-viewer']) => Math.hypot(...(element.camera?.position ?? [])));
  const before = await distance();
  await viewer.hover();
  await page.mouse.wheel(0, 120);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  expect(await distance()).toBeCloseTo(before, 6);
  await page.evaluate(() => scrollTo(0, 0));
  await viewer.click();
  await page.mouse.wheel(0, -240);
  await expect.poll(distance).toBeLessThan(before);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});
