import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { gatherPeople, type People, until } from './people.ts';

let covalence: CovalenceProcess;
let people: People;
let ada: Page;

const box = (page: Page) => page.locator('co-selections .expression-text');
const help = (page: Page) => page.locator('co-viewer [part=help]');
const mode = (page: Page) => page.evaluate(() => document.querySelector('co-viewer')?.mode);

beforeAll(async () => {
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  people = await gatherPeople();
  ada = await people.visit('Ada', covalence.url);
});
afterAll(async () => {
  await people?.close();
  await covalence?.close();
});

describe('keys', () => {
  it('[C443] typed at once after the slash, no letter is lost and none runs as a shortcut, though the code is slow', async () => {
    let wait = 0;
    await ada.route(/expression-box/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      wait += 1;
      await route.continue();
    });
    await ada.keyboard.type('/element O', { delay: 0 });
    await box(ada).waitFor();
    await ada.keyboard.type(' and');
    await until(() => box(ada).inputValue()).toBe('element O and');
    expect(wait).toBe(1);
    expect(await mode(ada)).toBe('select');
    await box(ada).fill('');
    await ada.keyboard.press('Escape');
    await ada.keyboard.press('Escape');
    await until(() => box(ada).count()).toBe(0);
    // The code is here now, the panel is shut.
    await ada.locator('header').getByRole('button', { name: 'Panel', exact: true }).click();
    await ada.keyboard.type('/index 3', { delay: 0 });
    await until(() => box(ada).inputValue()).toBe('index 3');
    expect(await box(ada).evaluate((input) => input.matches(':focus'))).toBe(true);
    await box(ada).fill('');
    await ada.keyboard.press('Escape');
    await ada.keyboard.press('Escape');
    await until(() => box(ada).count()).toBe(0);
  });

  it('[C444] work after a menu was closed, on the slider and on buttons; a text field keeps its letters', async () => {
    const more = ada.locator('co-timeline').getByRole('button', { name: 'Playing and bookmarks' });
    await more.click();
    await ada.keyboard.press('Escape');
    await ada.keyboard.press('?');
    await help(ada).waitFor();
    await ada.keyboard.press('Escape');
    await until(() => help(ada).count()).toBe(0);
    await ada.locator('co-timeline input[type=range]').focus();
    await ada.keyboard.press('g');
    await until(() => mode(ada)).toBe('move');
    await ada.keyboard.press('g');
    await until(() => mode(ada)).toBe('select');
    await more.focus();
    // Alt and an arrow move the selected atoms, rather than leave the page; without any they are the browser's.
    await ada.keyboard.press('g');
    await until(() => mode(ada)).toBe('move');
    const version = () => ada.evaluate(() => document.querySelector('co-viewer')?.frame?.version);
    const before = await version();
    await ada.evaluate(() => {
      const room = document.querySelector('co-viewer')?.activeRoom;
      room?.selections.set('mine', { particle_ids: [0], current_of: JSON.parse(localStorage['covalence.person']).id });
    });
    await more.focus();
    await ada.keyboard.press('Alt+ArrowRight');
    await until(version).toBeGreaterThan(before!);
    await ada.keyboard.press('g');
    await until(() => mode(ada)).toBe('select');
    // Enter is the button's: it picks no atom.
    await ada.keyboard.press('Enter');
    await ada.locator('co-timeline .menu').waitFor();
    await ada.keyboard.press('Escape');
    await ada.locator('co-timeline input.number').focus();
    await ada.keyboard.press('g');
    await ada.keyboard.press('?');
    expect(await mode(ada)).toBe('select');
    expect(await help(ada).count()).toBe(0);
    expect(people.complaints).toEqual([]);
  });
});
