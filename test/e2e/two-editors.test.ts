import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { distance, drawn, inStep, nudge, version } from './frames.ts';
import { meet, type Meeting } from './meeting.ts';
import { until } from './people.ts';
import { picture } from './pictures.ts';

let meeting: Meeting;
let ada: Page;
let bob: Page;

const select = (page: Page, atoms: number[]) =>
  page.evaluate((chosen) => {
    const viewer = document.querySelector('co-viewer');
    viewer?.hand.pick(chosen[0], false);
    for (const atom of chosen.slice(1)) viewer?.hand.pick(atom, true);
    viewer?.shadowRoot?.querySelector<HTMLElement>('.stage')?.focus();
  }, atoms);
const conflict = (page: Page) => page.locator('co-conflicts section');
const status = (page: Page) => page.locator('co-status [role=status]');

/** Lets `page` move atoms while what it does not know yet is already stored: its ledger and its commit come late. */
async function whileBehind(page: Page, act: () => Promise<void>, meanwhile: () => Promise<void>): Promise<void> {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/frames/*', async (route) => {
    if (route.request().method() === 'PATCH') await gate;
    await route.continue();
  });
  const sent = page.waitForRequest((request) => request.method() === 'PATCH');
  const answered = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await act();
  await sent;
  await meanwhile();
  release();
  await answered;
  await page.unroute('**/frames/*');
}

beforeAll(async () => {
  meeting = await meet('demo/data/droplets.xyz.gz');
  ({ ada, bob } = meeting);
});
afterAll(() => meeting?.close());
// An answer still on its way would be taken for that of the next act.
beforeEach(() => inStep(ada, bob));

describe('two people edit one frame', () => {
  it('[C210] keys move the selected atoms at once, and a burst is one commit that both see', async () => {
    await select(ada, [0, 1]);
    const before = await drawn(ada, 0);
    await nudge(ada, 'ArrowRight', 3);
    await until(async () => distance(before, await drawn(ada, 0))).toBeCloseTo(0.3, 3);
    await until(() => version(ada)).toBe(2);
    await until(() => version(bob)).toBe(2);
    expect(distance(before, await drawn(bob, 0))).toBeCloseTo(0.3, 3);
    await inStep(ada, bob);
  });

  it('[C210] pressed on a real keyboard, one burst after the other, everything arrives and nobody is in conflict', async () => {
    const before = await drawn(bob, 0);
    for (let i = 0; i < 6; i += 1) {
      // On a slow machine the answer may be there before the key press is over.
      const stored = i === 2 ? ada.waitForResponse((response) => response.request().method() === 'PATCH') : undefined;
      await ada.keyboard.press('Alt+ArrowRight');
      await stored;
    }
    await until(async () => distance(before, await drawn(bob, 0))).toBeCloseTo(0.6, 3);
    expect(await conflict(ada).count()).toBe(0);
  });

  it('[C210] with nothing selected alt and arrows stay the browser’s', async () => {
    await select(bob, [0]);
    await bob.keyboard.press('Escape');
    const isKept = await bob.evaluate(() => {
      const event = new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, cancelable: true });
      return document.querySelector('co-viewer')?.handleKey(event) === false && !event.defaultPrevented;
    });
    expect(isKept).toBe(true);
  });

  it('[C211] who is second is told who moved what, sees theirs, and [C212] may apply the own change on top', async () => {
    await select(bob, [5]);
    const start = await drawn(bob, 5);
    const first = (await version(ada)) ?? 0;
    const water = await drawn(ada, 0);
    await whileBehind(
      bob,
      () => nudge(bob, 'ArrowUp', 2),
      async () => {
        await nudge(ada, 'ArrowRight', 4);
        await until(() => version(ada)).toBe(first + 1);
      },
    );
    await conflict(bob).waitFor();
    const text = await conflict(bob).innerText();
    expect(text).toContain('Ada changed frame 0 first');
    expect(text).toContain('Ada moved 2 atoms by up to 0.400 Å');
    expect(text).toContain('You moved 1 atom by 0.200 Å. It is not stored yet.');
    await until(() => version(bob)).toBe(first + 1);
    expect(await drawn(bob, 5)).toEqual(start);
    await picture(bob, 'conflict');
    await conflict(bob).locator('[data-choice=apply]').click();
    await until(() => version(ada)).toBe(first + 2);
    await until(() => conflict(bob).count()).toBe(0);
    expect(distance(start, await drawn(ada, 5))).toBeCloseTo(0.2, 3);
    expect(distance(water, await drawn(ada, 0))).toBeCloseTo(0.4, 3);
  });

  it('[C212] may keep the own change as a copy, or drop it', async () => {
    const count = () => ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.count ?? 0);
    const before = await count();
    const place = await drawn(bob, 5);
    const lose = (): Promise<void> =>
      whileBehind(
        bob,
        () => nudge(bob, 'ArrowUp', 1),
        async () => {
          const known = (await version(ada)) ?? 0;
          await nudge(ada, 'ArrowLeft', 1);
          await until(() => version(ada)).toBe(known + 1);
        },
      );
    await lose();
    await conflict(bob).locator('[data-choice=aside]').click();
    await until(count).toBe(before + 1);
    await bob.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 1);
    expect(distance(place, await drawn(bob, 5))).toBeCloseTo(0.1, 3);
    await bob.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.seek(0));
    await bob.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 0);
    expect(await drawn(bob, 5)).toEqual(place);
    await lose();
    await conflict(bob).locator('[data-choice=drop]').click();
    await until(() => conflict(bob).count()).toBe(0);
    await until(() => drawn(bob, 5)).toEqual(place);
  });

  it('[C213] the history says who did what, and takes one change back', async () => {
    const entries = ada.locator('co-history li');
    await until(() => entries.first().innerText()).toContain('You moved atoms in frame 0');
    const texts = await entries.allInnerTexts();
    expect(texts.some((text) => text.includes('Bob moved atoms in frame 0'))).toBe(true);
    expect(texts.some((text) => text.includes('Bob added'))).toBe(true);
    await ada.locator('co-history').scrollIntoViewIfNeeded();
    await picture(ada, 'history');
    const before = await drawn(ada, 0);
    await entries.first().hover();
    await entries.first().locator('button').click();
    await until(() => entries.first().innerText()).toContain('took back a change of frame 0');
    await until(async () => distance(before, await drawn(ada, 0))).toBeCloseTo(0.1, 3);
    await until(() => entries.nth(1).getAttribute('class')).toBe('undone');
  });

  it('[C214] Ctrl Z takes back moved atoms and selections in order, and only the own ones', async () => {
    const theirs = await drawn(bob, 5);
    const before = await drawn(ada, 7);
    await select(ada, [7]);
    await nudge(ada, 'ArrowRight', 5);
    await until(async () => distance(before, await drawn(bob, 7))).toBeCloseTo(0.5, 3);
    await inStep(ada, bob);
    await ada.keyboard.press('Control+z');
    await until(() => drawn(bob, 7)).toEqual(before);
    await inStep(ada, bob);
    await ada.keyboard.press('Control+Shift+z');
    await until(async () => distance(before, await drawn(bob, 7))).toBeCloseTo(0.5, 3);
    await inStep(ada, bob);
    // Undone at once although the burst is not stored yet.
    const known = (await version(bob)) ?? 0;
    await nudge(ada, 'ArrowRight', 1);
    await ada.keyboard.press('Control+z');
    await until(() => version(bob)).toBe(known + 2);
    await until(async () => distance(before, await drawn(bob, 7))).toBeCloseTo(0.5, 3);
    expect(await drawn(bob, 5)).toEqual(theirs);
  });

  it('[C214] a move whose answer is still on its way is what Ctrl Z takes back', async () => {
    const before = await drawn(bob, 7);
    let answer = (): void => undefined;
    const isReleased = new Promise<void>((resolve) => (answer = resolve));
    await ada.route(/\/v1\/rooms\/.*\/(frames|commit)/, async (route) => {
      if (route.request().method() === 'GET') return route.continue();
      const response = await route.fetch();
      await isReleased;
      return route.fulfill({ response });
    });
    await select(ada, [7]);
    await nudge(ada, 'ArrowRight', 2);
    await until(async () => distance(before, await drawn(bob, 7))).toBeCloseTo(0.2, 3);
    await ada.keyboard.press('Control+z');
    answer();
    await until(() => drawn(bob, 7)).toEqual(before);
    await ada.unroute(/\/v1\/rooms\/.*\/(frames|commit)/);
  });

  it('[D196] an own change that somebody built on is not taken back in silence: it asks, and every answer works', async () => {
    const press = (page: Page) => page.keyboard.press('Control+z');
    /** Ada moves an atom, Bob moves it on; Ada then wants hers back. */
    const buildOn = async (): Promise<number[]> => {
      // What came before has reached both: a picture behind the other's would be measured from the wrong place.
      await inStep(ada, bob);
      const before = await drawn(ada, 9);
      await select(ada, [9]);
      await nudge(ada, 'ArrowUp', 2);
      await until(async () => distance(before, await drawn(bob, 9))).toBeCloseTo(0.2, 3);
      await inStep(ada, bob);
      await select(bob, [9]);
      await nudge(bob, 'ArrowRight', 3);
      await until(async () => distance(before, await drawn(ada, 9))).toBeCloseTo(Math.hypot(0.2, 0.3), 3);
      await inStep(ada, bob);
      return before;
    };
    await buildOn();
    const after = await drawn(ada, 9);
    await press(ada);
    await conflict(ada).waitFor();
    const text = await conflict(ada).innerText();
    expect(text).toContain('Bob changed frame 0');
    expect(text).toContain('Bob moved 1 atom by 0.300 Å');
    expect(text).toContain('You moved 1 atom by 0.200 Å before that. It is not taken back');
    await picture(ada, 'undo-conflict');
    await conflict(ada).locator('[data-choice=drop]').click();
    await until(() => conflict(ada).count()).toBe(0);
    await until(() => drawn(ada, 9)).toEqual(after);

    const before = await buildOn();
    await press(ada);
    await conflict(ada).waitFor();
    const known = (await version(ada)) ?? 0;
    await conflict(ada).locator('[data-choice=apply]').click();
    await until(() => version(bob)).toBe(known + 1);
    expect(await drawn(bob, 9)).toEqual(before);
    // That was a change like any other, so it can be taken back, too.
    await inStep(ada, bob);
    await select(ada, [9]);
    await press(ada);
    await until(async () => distance(before, await drawn(bob, 9))).toBeCloseTo(Math.hypot(0.2, 0.3), 3);

    const place = await buildOn();
    const theirs = await drawn(ada, 9);
    await press(ada);
    await conflict(ada).locator('[data-choice=aside]').click();
    await ada.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 1);
    expect(await drawn(ada, 9)).toEqual(place);
    await ada.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.playback.seek(0));
    await ada.waitForFunction(() => document.querySelector('co-viewer')?.frame?.index === 0);
    expect(await drawn(ada, 9)).toEqual(theirs);
  });

  it('[C215] [C211] a frame that a program holds says so in both browsers, and who moves it meanwhile is told', async () => {
    await using room = await openRoom(meeting.covalence.url, { user: { name: 'Relaxer' } });
    const { id } = await room.frames.read(0);
    const lock = await room.frames.lock(id, { message: 'relaxing' });
    for (const page of [ada, bob])
      await until(() => status(page).innerText()).toContain('Relaxer is editing frame 0: relaxing');
    await select(ada, [7]);
    await nudge(ada, 'ArrowRight', 1);
    await conflict(ada).waitFor();
    expect(await conflict(ada).innerText()).toContain('Their message: “relaxing”');
    await picture(ada, 'locked');
    await conflict(ada).locator('[data-choice=apply]').click();
    await until(() => conflict(ada).locator('.failed').count()).toBe(1);
    const known = (await version(ada)) ?? 0;
    await lock.release();
    for (const page of [ada, bob]) await until(() => status(page).innerText()).not.toContain('editing');
    await conflict(ada).locator('[data-choice=apply]').click();
    await until(() => version(bob)).toBe(known + 1);
  });

  it('[C210] no page complained', () => {
    expect(meeting.people.complaints).toEqual([]);
  });
});
