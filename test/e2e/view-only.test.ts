import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { signToken } from '../../src/server/access/signed-token.ts';
import { startCovalence } from './covalence-process.ts';
import { gatherPeople, until } from './people.ts';

const SECRET = 'a secret of at least thirty-two bytes';

it('[V244] [C337] [C351] [C482] a page opened by a link for looking follows everything and offers no editing', async () => {
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz'], { env: { COVALENCE_AUTH_SECRET: SECRET } });
  onTestFinished(() => covalence.close());
  const expiresMs = Date.now() + 3_600_000;
  const edit = await signToken(SECRET, { room: 'droplets', can: ['read', 'write', 'present'], expiresMs });
  const look = await signToken(SECRET, { room: 'droplets', can: ['read'], expiresMs });
  expect(covalence.output()).toContain('covalence token ROOM');
  expect(covalence.output()).not.toContain('#token');

  await using ada = await openRoom(covalence.url, { token: edit, user: { name: 'Ada' } });
  const { key } = ada.selections.add({ display_name: 'first', particle_ids: [0, 1] });
  const people = await gatherPeople();
  onTestFinished(() => people.close());
  const page = await people.visit('Bob', `${covalence.url}#token=${look}`);
  const rows = page.locator('co-selections li');
  await until(() => rows.allInnerTexts()).toEqual([expect.stringContaining('first')]);
  await page.locator('co-status').getByText('View only').waitFor();
  expect(await rows.locator('.actions').count()).toBe(0);
  await rows.hover();
  expect(await rows.locator('.count').isVisible()).toBe(true);
  expect(await rows.locator('button.color').isDisabled()).toBe(true);

  // Clicks, double clicks and keys that edit elsewhere change nothing here and break nothing.
  const box = await page.locator('co-viewer').boundingBox();
  if (box === null) throw new Error('no viewer');
  for (const [x, y] of [
    [0.5, 0.5],
    [0.45, 0.55],
    [0.55, 0.45],
  ]) {
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  }
  await rows.locator('button.name').dblclick();
  for (const pressed of ['F2', 'Delete', 'h', 'Escape', 'Control+z', 'ArrowRight', 'g'])
    await page.keyboard.press(pressed);
  expect(await page.evaluate(() => document.querySelector('co-viewer')?.mode)).toBe('select');
  ada.selections.update(key, { display_name: 'second' });
  await until(() => rows.allInnerTexts()).toEqual([expect.stringContaining('second')]);
  expect(ada.selections.size).toBe(1);
  if (process.env['COVALENCE_SCREENSHOT'] !== undefined)
    await page.screenshot({ path: process.env['COVALENCE_SCREENSHOT'] });
  await page.locator('co-status').getByText('View only').waitFor();
  expect(people.complaints).toEqual([]);

  // The same page with a link for editing.
  await page.goto('about:blank');
  await page.goto(`${covalence.url}#token=${edit}`);
  await until(() => rows.locator('.actions').count()).toBe(1);

  // The list offers what the link allows: renaming and copying go beyond the one room that it is for.
  const offers = async (can: Parameters<typeof signToken>[1]['can'], room = 'droplets'): Promise<string[]> => {
    const token = await signToken(SECRET, { room, can, expiresMs });
    await page.goto('about:blank');
    await page.goto(`${covalence.base}/#token=${token}`);
    const card = page.locator('app-room-card').first();
    await card.waitFor();
    if ((await card.getByRole('button').count()) === 0) return [];
    await card.getByRole('button').click();
    return (await card.getByRole('menuitem').allInnerTexts()).map((text) => text.split('\n')[0]);
  };
  expect(await offers(['read', 'write'])).toEqual([]);
  expect(await offers(['read', 'admin', 'create'])).toEqual(['Delete']);
  expect(await offers(['read', 'create'], '*')).toEqual(['Make a copy']);
  expect(people.complaints).toEqual([]);
});
