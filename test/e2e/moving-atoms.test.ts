import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { distance, drawn, inStep, version } from './frames.ts';
import { meet, type Meeting } from './meeting.ts';
import { until } from './people.ts';
import { picture } from './pictures.ts';

let meeting: Meeting;
let ada: Page;
let bob: Page;

const hash = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.frame?.hashes['positions']);
const hasTools = (page: Page) =>
  page.waitForFunction(() => document.querySelector('co-viewer')?.hand.tools.loaded !== undefined);

/** Until the picture and what is pinned to it are where the camera puts them now. */
const isDrawn = (page: Page) =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** Selects atoms and takes the tool that moves them, by key. */
async function takeHold(page: Page, atoms: number[]): Promise<void> {
  await hasTools(page);
  // A drag that an earlier test left is not this one's.
  await page.mouse.up();
  await page.evaluate((chosen) => {
    const viewer = document.querySelector('co-viewer');
    if (viewer === null) return;
    viewer.hand.select(chosen, 'replace');
    viewer.camera = { position: [10, -60, 20], target: [-3, 0, 0], up: [0, 0, 1], fov: 30 };
    viewer.shadowRoot?.querySelector<HTMLElement>('.stage')?.focus();
  }, atoms);
  if ((await page.evaluate(() => document.querySelector('co-viewer')?.mode)) !== 'move') await page.keyboard.press('g');
  await page.waitForFunction(() => document.querySelector('co-viewer')?.shadowRoot?.querySelector('.gizmo'));
  await isDrawn(page);
}

/** Where a part of the gizmo is in the page. */
const partOf = (page: Page, part: string) =>
  page.evaluate((selector) => {
    const found = document.querySelector('co-viewer')?.shadowRoot?.querySelector(selector)?.getBoundingClientRect();
    return found === undefined ? undefined : { x: found.x + found.width / 2, y: found.y + found.height / 2 };
  }, `.gizmo ${part}`);

/** Drags a part of the gizmo by some pixels; the button stays down where `isHeld`. */
async function drag(page: Page, part: string, dx: number, dy: number, isHeld = false): Promise<void> {
  let from = await partOf(page, part);
  await until(async () => {
    await isDrawn(page);
    const before = from;
    from = await partOf(page, part);
    return from !== undefined && from.x === before?.x && from.y === before.y;
  }).toBe(true);
  if (from === undefined) throw new Error(`no ${part}`);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + dx / 2, from.y + dy / 2, { steps: 3 });
  await page.mouse.move(from.x + dx, from.y + dy, { steps: 3 });
  if (!isHeld) await page.mouse.up();
}

beforeAll(async () => {
  meeting = await meet('demo/data/droplets.xyz.gz');
  ({ ada, bob } = meeting);
});
afterAll(() => meeting?.close());
// An answer still on its way would be taken for that of the next act.
beforeEach(() => inStep(ada, bob));

describe('atoms are moved by hand', () => {
  it('[C423] whoever drags has the code that stores the drag before it ends', async () => {
    await takeHold(ada, [0, 1, 2]);
    await drag(ada, '.plane', 40, 0, true);
    await until(() => bob.locator('co-status [role=status]').innerText()).toContain('moving 3 atoms');
    const fetched = () => ada.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    await until(fetched).toContainEqual(expect.stringContaining('/edit-frame'));
    await ada.keyboard.press('Escape');
    await ada.mouse.up();
    await until(() => ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.locks.length)).toBe(0);
  });

  it('[C424] what was moved while the server is away is kept in the picture and stored when it is back', async () => {
    await takeHold(ada, [0, 1, 2]);
    const [before, known] = [await drawn(bob, 0), (await version(bob)) ?? 0];
    await drag(ada, '.plane', 40, 0, true);
    await until(() => bob.locator('co-status [role=status]').innerText()).toContain('moving 3 atoms');
    await meeting.covalence.kill();
    await ada.mouse.up();
    await ada.locator('co-status').getByText('Reconnecting').waitFor();
    const moved = await drawn(ada, 0);
    expect(distance(before, moved)).toBeGreaterThan(0.2);
    // Longer than a write is repeated by itself.
    await ada.waitForTimeout(7_000);
    expect(await drawn(ada, 0)).toEqual(moved);
    await meeting.covalence.restart();
    await until(() => version(bob)).toBe(known + 1);
    await until(async () => distance(moved, await drawn(bob, 0))).toBeLessThan(0.001);
    await inStep(ada, bob);
    await ada.keyboard.press('Control+z');
    await until(() => drawn(bob, 0)).toEqual(before);
    await until(() => version(ada)).toBe(known + 2);
  });

  it('[C332] dragged atoms follow at once here, are locked for others, and become one commit that both see; undo brings identical bytes', async () => {
    await takeHold(ada, [0, 1, 2]);
    const [before, bytes, known] = [await drawn(ada, 0), await hash(ada), (await version(ada)) ?? 0];
    await picture(ada, 'gizmo');
    await drag(ada, '.plane', 60, -20, true);
    expect(distance(before, await drawn(ada, 0))).toBeGreaterThan(0.3);
    expect(await version(ada)).toBe(known);
    expect(await drawn(bob, 0)).toEqual(before);
    await until(() => bob.locator('co-status [role=status]').innerText()).toContain('moving 3 atoms');
    await picture(ada, 'moving');
    await ada.mouse.up();
    await until(() => version(ada)).toBe(known + 1);
    await until(() => version(bob)).toBe(known + 1);
    expect(distance(before, await drawn(bob, 0))).toBeGreaterThan(0.3);
    await inStep(ada, bob);
    expect(await hash(ada)).toBe(await hash(bob));
    expect(await hash(bob)).not.toBe(bytes);
    await until(() => bob.locator('co-status [role=status]').innerText()).not.toContain('moving');
    await ada.keyboard.press('Control+z');
    await until(() => version(bob)).toBe(known + 2);
    await until(() => hash(ada)).toBe(bytes);
    expect(await hash(bob)).toBe(bytes);
    expect(await drawn(bob, 0)).toEqual(before);
  });

  it('[C333] an arrow moves along its axis only, the ring turns about the middle and keeps all distances', async () => {
    await takeHold(ada, [0, 1, 2]);
    const start = await Promise.all([0, 1, 2].map((atom) => drawn(ada, atom)));
    await drag(ada, '.x polygon', 50, 10, true);
    const moved = await drawn(ada, 0);
    expect(Math.abs(moved[0] - start[0][0])).toBeGreaterThan(0.2);
    expect([moved[1], moved[2]]).toEqual([start[0][1], start[0][2]]);
    await ada.keyboard.press('Escape');
    await ada.mouse.up();
    await isDrawn(ada);
    const box = await ada.evaluate(() => {
      const found = document.querySelector('co-viewer')!.shadowRoot!.querySelector('.gizmo .ring')!;
      const { x, y, width } = found.getBoundingClientRect();
      return { x: x + width / 2, y: y + width / 2, radius: width / 2 };
    });
    const diagonal = (box.radius - 1) * Math.SQRT1_2;
    await ada.mouse.move(box.x - diagonal, box.y + diagonal);
    await ada.mouse.down();
    await ada.mouse.move(box.x - diagonal - 5, box.y + diagonal - 40, { steps: 3 });
    const turned = await Promise.all([0, 1, 2].map((atom) => drawn(ada, atom)));
    expect(distance(turned[1], start[1])).toBeGreaterThan(0.1);
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ])
      expect(distance(turned[a], turned[b])).toBeCloseTo(distance(start[a], start[b]), 4);
    await ada.keyboard.press('Escape');
    await ada.mouse.up();
  });

  it('[C334] Escape puts everything back, stores nothing and gives the lock back', async () => {
    await takeHold(ada, [0, 1, 2]);
    const [before, stored] = [await drawn(ada, 0), await version(ada)];
    await drag(ada, '.plane', 40, 40, true);
    expect(await drawn(ada, 0)).not.toEqual(before);
    await ada.keyboard.press('Escape');
    expect(await drawn(ada, 0)).toEqual(before);
    await ada.mouse.move(500, 500, { steps: 2 });
    await ada.mouse.up();
    expect(await drawn(ada, 0)).toEqual(before);
    await until(() => ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.locks.length)).toBe(0);
    expect(await version(ada)).toBe(stored);
    expect(await ada.evaluate(() => document.querySelector('co-viewer')?.mode)).toBe('move');
  });

  it('[C335] a drag on a frame that another person holds ends in the question of conflicts', async () => {
    await takeHold(bob, [3, 4, 5]);
    await drag(bob, '.plane', 40, 10, true);
    await until(() => ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.locks.length)).toBe(1);
    await takeHold(ada, [0, 1, 2]);
    const before = await drawn(ada, 0);
    await drag(ada, '.plane', 50, 0);
    await until(() => ada.locator('co-conflicts section').count()).toBe(1);
    expect(await ada.locator('co-conflicts section').innerText()).toContain('moved 3 atoms');
    await bob.mouse.up();
    await until(() => ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.locks.length)).toBe(0);
    await ada.locator('co-conflicts [data-choice=apply]').click();
    await until(() => ada.locator('co-conflicts section').count()).toBe(0);
    await until(async () => distance(before, await drawn(bob, 0))).toBeGreaterThan(0.3);
  });

  it('[C336] alt, shift and arrows turn the selected atoms by five degrees; a burst is one commit', async () => {
    await takeHold(ada, [6, 7, 8]);
    const [start, stored] = [await Promise.all([6, 7].map((atom) => drawn(ada, atom))), (await version(ada)) ?? 0];
    await ada.evaluate(() => {
      for (let i = 0; i < 4; i += 1) {
        const held = { altKey: true, shiftKey: true, cancelable: true };
        document.querySelector('co-viewer')?.handleKey(new KeyboardEvent('keydown', { key: 'ArrowLeft', ...held }));
      }
    });
    await until(() => version(bob)).toBe(stored + 1);
    const turned = await Promise.all([6, 7].map((atom) => drawn(bob, atom)));
    expect(distance(turned[0], start[0])).toBeGreaterThan(0.01);
    expect(distance(turned[0], turned[1])).toBeCloseTo(distance(start[0], start[1]), 4);
  });

  it('[C332] nothing went wrong in the pages meanwhile', () => {
    expect(meeting.people.complaints).toEqual([]);
  });
});
