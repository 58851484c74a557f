import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { shown, version } from './frames.ts';
import { gatherPeople, isSaid, type People, until } from './people.ts';

/** An address of this machine that is not loopback, where plain http is not a secure origin. */
const lan = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

let covalence: CovalenceProcess;
let people: People;
let ada: Page;
let bob: Page;

/** Where an atom is on the page. */
async function place(page: Page, atom: number): Promise<{ x: number; y: number }> {
  const spot = await page.evaluate((index) => {
    const viewer = document.querySelector('co-viewer');
    const at = viewer?.project(index);
    const box = viewer?.shadowRoot?.querySelector('canvas')?.getBoundingClientRect();
    return at === undefined || box === undefined ? undefined : { x: box.left + at.x, y: box.top + at.y };
  }, atom);
  if (spot === undefined) throw new Error(`atom ${atom} is not in the picture`);
  return spot;
}

/** An atom that nothing hides: the one whose centre is picked where it is drawn. */
async function frontAtoms(page: Page, count: number): Promise<number[]> {
  return page.evaluate((wanted) => {
    const viewer = document.querySelector('co-viewer');
    const scene = viewer?.scene;
    if (scene === undefined) return [];
    const found: number[] = [];
    const total = viewer?.sceneFrame?.atomCount ?? 0;
    for (let atom = 0; atom < total && found.length < wanted; atom += 1) {
      const at = scene.project(atom);
      if (at !== undefined && scene.pick(at.x, at.y)?.atom === atom) found.push(atom);
    }
    return found;
  }, count);
}

const rows = (page: Page) => page.locator('co-selections li');
const status = (page: Page) => page.locator('co-status [role=status]');

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz'], { host: '0.0.0.0' });
  people = await gatherPeople();
  const link = new URL(covalence.url);
  const local = new URL(link);
  local.hostname = '127.0.0.1';
  const remote = new URL(link);
  remote.hostname = lan ?? '127.0.0.1';
  ada = await people.visit('Ada', local.href);
  bob = await people.visit('Bob', remote.href);
});
afterAll(async () => {
  await people?.close();
  await covalence?.close();
});

describe(`two browsers${lan === undefined ? ' (this machine has no address besides loopback: both use it)' : ''}`, () => {
  it('[V3] works over plain http on an address that is not localhost', async () => {
    expect(await bob.evaluate(() => isSecureContext)).toBe(lan === undefined);
    expect(await ada.evaluate(() => isSecureContext)).toBe(true);
    expect((await fetch(`${covalence.base}/v1/rooms`)).status).toBe(401);
  });

  it('[C90] shows the other person with name and colour', async () => {
    await until(() => ada.locator('co-people [aria-label^="Bob"]').count()).toBe(1);
    await until(() => bob.locator('co-people [aria-label^="Ada"]').count()).toBe(1);
    const style = await bob.locator('co-people [aria-label^="Ada"]').getAttribute('style');
    expect(style).toContain('#e0559a');
  });

  it('[C91] a click makes a selection that both see, shift adds to it', async () => {
    // The frame is there before the picture is.
    await until(async () => (await frontAtoms(ada, 2)).length).toBe(2);
    const [first, second] = await frontAtoms(ada, 2);
    const at = await place(ada, first);
    await ada.mouse.click(at.x, at.y);
    await until(() => rows(bob).allInnerTexts()).toEqual([expect.stringContaining('Ada')]);
    expect(await rows(bob).innerText()).toContain('1 atom');
    const next = await place(ada, second);
    await ada.keyboard.down('Shift');
    await ada.mouse.click(next.x, next.y);
    await ada.keyboard.up('Shift');
    await until(() => rows(bob).innerText()).toContain('2 atoms');
  });

  it('[C92] renaming, recolouring and hiding reach the other browser', async () => {
    await rows(ada).locator('button.name').dblclick();
    await rows(ada).locator('input.rename').fill('Contact');
    await ada.keyboard.press('Enter');
    await until(() => rows(bob).innerText()).toContain('Contact');
    await rows(ada).locator('[aria-label="Hide atoms of Contact"]').click();
    await until(() => rows(bob).locator('[aria-label="Hide atoms of Contact"]').getAttribute('aria-pressed')).toBe(
      'true',
    );
    await rows(ada).locator('[aria-label="Hide atoms of Contact"]').click();
    const before = await rows(ada).getAttribute('style');
    await rows(ada).locator('[aria-label="Colour of Contact"]').click();
    await ada.locator('co-selections .popover button').nth(2).click();
    await until(() => rows(ada).getAttribute('style')).not.toBe(before);
    const color = await rows(ada).getAttribute('style');
    await until(() => rows(bob).getAttribute('style')).toBe(color);
  });

  it('[C93] dragging a rectangle selects the atoms inside', async () => {
    const box = await bob.locator('co-viewer canvas').boundingBox();
    if (box === null) throw new Error('no canvas');
    await bob.keyboard.down('Shift');
    await bob.mouse.move(box.x + 80, box.y + 12);
    await bob.mouse.down();
    await bob.mouse.move(box.x + box.width - 20, box.y + box.height - 20, { steps: 5 });
    await bob.mouse.up();
    await bob.keyboard.up('Shift');
    const atoms = await bob.evaluate(() => document.querySelector('co-viewer')?.sceneFrame?.atomCount ?? 0);
    await until(() => rows(ada).count()).toBe(2);
    const ofBob = async (): Promise<number> => {
      // Not innerText: a row that has the focus shows its buttons in place of the count.
      const text = (await rows(ada).allTextContents()).find((row) => row.includes('Bob')) ?? '';
      return Number(/([\d,.]+) atoms/.exec(text)?.[1].replace(/\D/g, '') ?? 0);
    };
    await until(ofBob).toBeGreaterThan(atoms / 2);
  });

  it('[C94] an edit from TypeScript is drawn in both browsers, and a second one on the old version is refused', async () => {
    await using room = await openRoom(covalence.url, { user: { name: 'Script' } });
    const index = await ada.evaluate(() => document.querySelector('co-viewer')?.frame?.index ?? 0);
    const frame = await room.frames.read(index, { data: ['positions'] });
    const positions = frame.data['positions'];
    if (typeof positions !== 'object') throw new Error('no positions');
    const moved = frameArray(
      Float64Array.from(positions.data, (x, at) => (at < 3 ? x + 2 : x)),
      positions.shape,
    );
    await room.frames.write(frame.id, { positions: moved }, { baseVersion: frame.version });
    for (const page of [ada, bob]) {
      await until(() => version(page)).toBe(frame.version + 1);
      const x = await page.evaluate(() => document.querySelector('co-viewer')?.sceneFrame?.positions[0]);
      expect(x).toBeCloseTo(positions.data[0] + 2, 4);
    }
    const second = await room.frames
      .write(frame.id, { positions: moved }, { baseVersion: frame.version })
      .catch((error: unknown) => error);
    expect(isCovalenceError(second, 'frame/conflict')).toBe(true);
  });

  it('[C95] a copied link restores frame and camera', async () => {
    await ada.evaluate(() => {
      const viewer = document.querySelector('co-viewer');
      viewer?.scene?.orbit(200, 60);
      viewer?.activeRoom?.playback.seek(7);
    });
    await until(() => shown(ada)).toBe(7);
    await ada.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(ada.url()).origin });
    await ada.locator('#copy').click();
    const copied = () => ada.evaluate(() => navigator.clipboard.readText());
    await until(copied).toContain('&frame=7&camera=');
    const link = await copied();
    // Whoever gets the link may come in; the address bar and history do not keep what it takes.
    expect(link).toContain('#token=');
    expect(ada.url()).not.toContain('token');
    const guest = await people.visit('Guest', link);
    await until(() => shown(guest)).toBe(7);
    const [there, here] = await Promise.all(
      [guest, ada].map((page) => page.evaluate(() => document.querySelector('co-viewer')?.camera?.position)),
    );
    there?.forEach((value, axis) => expect(value).toBeCloseTo(here?.[axis] ?? Number.NaN, 2));
    await guest.close();
  });

  it('[V8] after SIGKILL and a new start everything is back and both pages say that nothing was lost', async () => {
    const before = (await rows(bob).allInnerTexts()).length;
    await covalence.kill();
    for (const page of [ada, bob]) await until(() => status(page).innerText()).toContain('Reconnecting');
    // The good news stays for seconds only: both are waited for at once.
    const news = Promise.all([ada, bob].map((page) => isSaid(page, 'Nothing was lost')));
    const key = await ada.evaluate(
      () =>
        document
          .querySelector('co-viewer')
          ?.activeRoom?.selections.add({ display_name: 'made offline', particle_ids: [1] }).key,
    );
    expect(key).toBeDefined();
    await covalence.restart();
    await news;
    await until(() => rows(bob).allInnerTexts()).toHaveLength(before + 1);
    expect((await rows(bob).allInnerTexts()).join('\n')).toContain('made offline');
    await until(() => ada.locator('co-people [aria-label^="Bob"]').count()).toBe(1);
  });

  it('[C90] no page complained', () => {
    expect(people.complaints).toEqual([]);
  });
});
