import type { Browser, Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { launchChromium } from './chromium.ts';
import { startCovalence } from './covalence-process.ts';
import { startNginx } from './nginx.ts';

const status = (page: Page) => page.locator('co-status [role=status]');

it('[V243] two people meet behind the documented nginx, below a path, and no log has their token', async () => {
  const covalence = await startCovalence([
    'demo/data/droplets.xyz.gz',
    '--base-path',
    '/molecules',
    '--trust-proxy',
    '--log-level',
    'info',
  ]);
  onTestFinished(() => covalence.close());
  const inner = new URL(covalence.url);
  const nginx = await startNginx(Number(inner.port));
  onTestFinished(() => nginx.close());
  expect(inner.pathname).toBe('/molecules/r/droplets');
  const token = new URLSearchParams(inner.hash.slice(1)).get('token') ?? '';
  expect(token.length).toBeGreaterThan(15);
  const base = `http://127.0.0.1:${nginx.port}/molecules`;
  const link = `${base}/r/droplets${inner.hash}`;

  const browser: Browser = await launchChromium();
  onTestFinished(() => browser.close());
  const complaints: string[] = [];
  const asked: string[] = [];
  const visit = async (url: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 900, height: 700 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined, undefined, {
      timeout: 60_000,
    });
    return page;
  };
  const ada = await visit(link);
  const bob = await visit(link);
  await expect.poll(() => ada.locator('co-people [aria-label]').count(), { timeout: 20_000 }).toBeGreaterThan(1);

  // A third one, a program, edits through the proxy; both see it.
  await using room = await openRoom(link, { user: { name: 'Program' } });
  room.selections.add({ display_name: 'through the proxy', particle_ids: [1, 2] });
  await room.state.whenSaved();
  for (const page of [ada, bob]) {
    await expect
      .poll(() => page.locator('co-selections li').allInnerTexts(), { timeout: 20_000 })
      .toEqual([expect.stringContaining('through the proxy')]);
    expect(await status(page).innerText()).toBe('');
  }

  // Links lead where the proxy is, and a reload needs no token in the address.
  const home = await ada.locator('a.home').getAttribute('href');
  expect(home?.startsWith(`${base}/`)).toBe(true);
  expect(ada.url()).toBe(`${base}/r/droplets`);
  await ada.reload();
  await ada.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined, undefined, {
    timeout: 60_000,
  });
  await ada.goto(`${base}/`);
  await ada.locator('a.card').click();
  await ada.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined, undefined, {
    timeout: 60_000,
  });
  expect(new URL(ada.url()).pathname).toBe('/molecules/r/droplets');
  const another = await ada.context().newPage();
  await another.goto(`${base}/r/droplets`);
  await another.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined, undefined, {
    timeout: 60_000,
  });

  // Whoever has no token sees the page and why it stays empty.
  const stranger = await browser.newPage();
  await stranger.goto(`${base}/r/droplets`);
  await stranger.getByText('asks for a token').waitFor({ timeout: 20_000 });
  expect(await (await fetch(`${base}/v1/rooms`)).json()).toMatchObject({ code: 'auth/required' });

  expect(complaints).toEqual([]);
  expect(asked.filter((line) => line.includes(token))).toEqual([]);
  const lines = await nginx.accessLog();
  expect(lines).toContain('/molecules/v1/sync/droplets');
  expect(lines).not.toContain(token);
  // What is printed once is the link for the person; the log on standard error never has it.
  expect(covalence.errors()).toContain('/molecules/v1/rooms/droplets');
  expect(covalence.errors()).not.toContain(token);
});
