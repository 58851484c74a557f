import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violationsInBoth, violationsOf } from './axe.ts';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';

let server: CovalenceProcess;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  server = await startCovalence(['demo/data/droplets.xyz.gz']);
  await fetch(`${server.base}/v1/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'empty' }),
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
// Pages that draw in software starve those that open beside them.
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});

async function openAt(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 700 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await page.goto(server.base + path, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Until every viewer of the page has a frame. */
async function drawn(page: Page): Promise<void> {
  const hasFrames = (): boolean => {
    const viewers = [...document.querySelectorAll('co-viewer')];
    return viewers.length > 0 && viewers.every((viewer) => 'frame' in viewer && viewer.frame !== undefined);
  };
  // By time and not by drawn picture: a page that loads while another draws in software is not repainted for long.
  await page.waitForFunction(hasFrames, undefined, { polling: 250 }).catch(async (error: unknown) => {
    throw new Error(`No frame in ${page.url()}: ${await page.locator('body').innerText()}`, { cause: error });
  });
}

describe('axe, forced colours', () => {
  it('[C375] a room with its help open, and the page without a server', async () => {
    const page = await openAt('/r/droplets', { forcedColors: 'active' });
    await drawn(page);
    expect.soft(await page.evaluate(() => matchMedia('(forced-colors: active)').matches)).toBe(true);
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.evaluate(() => document.querySelector('co-viewer')?.toggleHelp(true));
    await page.locator('co-viewer .help').waitFor();
    expect.soft(await violationsOf(page)).toEqual([]);
    await page.context().close();
    const next = await openAt('/static.html', { forcedColors: 'active' });
    await drawn(next);
    expect.soft(await violationsOf(next)).toEqual([]);
    // What has the keyboard has a ring, in colours the person chose.
    await next.evaluate(() => document.querySelector('co-viewer')?.focus());
    await next.keyboard.press('Tab');
    const ring = await next.evaluate(() => {
      const active = document.querySelector('co-viewer')?.shadowRoot?.activeElement;
      return active?.localName === 'button' ? getComputedStyle(active).outlineStyle : active?.outerHTML;
    });
    expect.soft(ring).toBe('solid');
  });
});

describe('axe, light and dark', () => {
  it('[C280] [C482] the rooms page, its menu, a name that is refused, and the question before a room is deleted', async () => {
    const page = await openAt('/');
    await page.locator('.cards').waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 700 });
    await page.getByRole('button', { name: 'More for droplets' }).click();
    await page.getByRole('menuitem').first().waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.keyboard.type('empty');
    await page.keyboard.press('Enter');
    await page.getByText('There is a room "empty" already').waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Delete');
    await page.getByRole('dialog', { name: 'Delete “droplets”?' }).waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
  });

  it('[C280] a room, with atoms selected, its dialogs and menus open', async () => {
    const page = await openAt('/r/droplets');
    await drawn(page);
    expect.soft(await violationsInBoth(page)).toEqual([]);

    await page.locator('co-viewer').focus();
    for (const key of [']', 'Enter', ']', 'Shift+Enter']) await page.keyboard.press(key);
    await page.locator('co-selections li').first().waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.locator('co-selections .color').first().click();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.locator('#save').click();
    await page.getByRole('menuitem').first().waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Keys and gestures' }).first().click();
    await page.locator('co-viewer .help').waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.keyboard.press('Escape');

    for (const key of ['m', 's']) await page.keyboard.press(key);
    await page.getByRole('dialog', { name: 'Select' }).waitFor();
    await page.getByRole('group', { name: 'Tool' }).waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const key of ['g', 'p']) await page.keyboard.press(key);
    await page.getByRole('dialog', { name: 'Cell and copies' }).waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
  });

  it('[C280] a room on a narrow screen', async () => {
    const page = await openAt('/r/droplets', { viewport: { width: 360, height: 700 } });
    await drawn(page);
    expect.soft(await violationsInBoth(page)).toEqual([]);
  });

  it('[C280] an empty room, and one that is not there', async () => {
    const page = await openAt('/r/empty');
    await page.locator('co-viewer .notice').waitFor();
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.context().close();
    const next = await openAt('/r/no..room');
    await next.locator('co-viewer .notice').waitFor();
    expect.soft(await violationsInBoth(next)).toEqual([]);
  });

  it('[C280] the embed page and the page without a server', async () => {
    const page = await openAt('/embed.html?room=droplets');
    await drawn(page);
    expect.soft(await violationsInBoth(page)).toEqual([]);
    await page.context().close();
    const next = await openAt('/static.html');
    await drawn(next);
    expect.soft(await violationsInBoth(next)).toEqual([]);
  });
});
