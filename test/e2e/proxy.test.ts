import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { startCovalence } from './covalence-process.ts';
import { startNginx } from './nginx.ts';
import { gatherPeople, hasPicture, until } from './people.ts';

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

  const people = await gatherPeople();
  onTestFinished(() => people.close());
  const asked: string[] = [];
  const visit = async (name: string): Promise<Page> => {
    const page = await (await people.person(name)).newPage();
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
    await page.goto(link);
    await hasPicture(page);
    return page;
  };
  const ada = await visit('Ada');
  const bob = await visit('Bob');
  await until(() => ada.locator('co-people [aria-label]').count()).toBeGreaterThan(1);

  // A third one, a program, edits through the proxy; both see it.
  await using room = await openRoom(link, { user: { name: 'Program' } });
  room.selections.add({ display_name: 'through the proxy', particle_ids: [1, 2] });
  await room.state.whenSaved();
  for (const page of [ada, bob]) {
    await until(() => page.locator('co-selections li').allInnerTexts()).toEqual([
      expect.stringContaining('through the proxy'),
    ]);
    await until(() => status(page).innerText()).toBe('');
  }

  // Links lead where the proxy is, and a reload needs no token in the address.
  const home = await ada.locator('a.home').getAttribute('href');
  expect(home?.startsWith(`${base}/`)).toBe(true);
  expect(ada.url()).toBe(`${base}/r/droplets`);
  await ada.reload();
  await hasPicture(ada);
  await ada.goto(`${base}/`);
  await ada.locator('a.card').click();
  await hasPicture(ada);
  expect(new URL(ada.url()).pathname).toBe('/molecules/r/droplets');
  const another = await ada.context().newPage();
  await another.goto(`${base}/r/droplets`);
  await hasPicture(another);

  // Whoever has no token sees the page and why it stays empty.
  const stranger = await people.browser.newPage();
  await stranger.goto(`${base}/r/droplets`);
  await stranger.getByText('asks for a token').waitFor({ timeout: 90_000 });
  expect(await (await fetch(`${base}/v1/rooms`)).json()).toMatchObject({ code: 'auth/required' });

  expect(people.complaints).toEqual([]);
  expect(asked.filter((line) => line.includes(token))).toEqual([]);
  const lines = await nginx.accessLog();
  expect(lines).toContain('/molecules/v1/sync/droplets');
  expect(lines).not.toContain(token);
  // What is printed once is the link for the person; the log on standard error never has it.
  expect(covalence.errors()).toContain('/molecules/v1/rooms/droplets');
  expect(covalence.errors()).not.toContain(token);
});
