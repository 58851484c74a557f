import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { startCovalence } from './covalence-process.ts';
import { gatherPeople, until } from './people.ts';

it('[V309] the page says in its status line that nothing is stored, to whoever comes later too, and when that is over', async () => {
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  onTestFinished(() => covalence.close());
  const people = await gatherPeople();
  onTestFinished(() => people.close());
  const page = await people.visit('Ada', covalence.url);
  await using program = await openRoom(covalence.url, { user: { name: 'Script' } });
  await rm(covalence.dataDirectory, { recursive: true });
  program.selections.add({ display_name: 'first', particle_ids: [0, 1] });
  const line = page.locator('co-status').getByText('Nothing is being stored at the moment');
  await line.waitFor();
  await until(() => page.locator('co-selections li').allInnerTexts()).toEqual([expect.stringContaining('first')]);
  if (process.env['COVALENCE_SCREENSHOT'] !== undefined)
    await page.screenshot({ path: process.env['COVALENCE_SCREENSHOT'] });
  const bob = await people.visit('Bob', covalence.url, { colorScheme: 'dark', viewport: { width: 420, height: 800 } });
  await bob.locator('co-status').getByText('Nothing is being stored at the moment').waitFor({ state: 'attached' });
  if (process.env['COVALENCE_SCREENSHOT'] !== undefined)
    await bob.screenshot({ path: process.env['COVALENCE_SCREENSHOT'].replace('.png', '-dark.png') });
  await mkdir(join(covalence.dataDirectory, 'state'), { recursive: true });
  await line.waitFor({ state: 'detached' });
  await program.state.whenSaved();
  expect((await stat(join(covalence.dataDirectory, 'state', 'droplets.ydoc'))).size).toBeGreaterThan(0);
  expect(people.complaints).toEqual([]);
});
