import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meet, type Meeting } from './meeting.ts';
import { until } from './people.ts';
import { picture } from './pictures.ts';

let meeting: Meeting;
let ada: Page;
let bob: Page;

const box = (page: Page) => page.locator('co-selections .expression-text');
const says = (page: Page) => page.locator('co-selections #expression-says').innerText();
const options = (page: Page) => page.locator('co-selections [role=option] b').allInnerTexts();
const rows = (page: Page) => page.locator('co-selections li[part=row]');

/** Eight waters in a box, as GRO: with names of residues and atoms. */
function waters(): string {
  const lines = Array.from({ length: 8 }, (_, i) => {
    const at = [0.2 + 0.5 * (i & 1), 0.2 + 0.25 * (i & 2), 0.2 + 0.125 * (i & 4)];
    return ['OW', 'HW1', 'HW2'].map((name, k) => {
      const place = [at[0] + (k === 1 ? 0.096 : k === 2 ? -0.024 : 0), at[1] + (k === 2 ? 0.093 : 0), at[2]];
      const [residue, serial] = [i + 1, 3 * i + k + 1].map((number) => String(number).padStart(5));
      return `${residue}SOL  ${name.padStart(5)}${serial}${place.map((value) => value.toFixed(3).padStart(8)).join('')}`;
    });
  });
  return `waters\n   24\n${lines.flat().join('\n')}\n   1.00000   1.00000   1.00000\n`;
}

beforeAll(async () => {
  meeting = await meet({ name: 'waters.gro', text: waters() });
  ({ ada, bob } = meeting);
});
afterAll(() => meeting?.close());

describe('selecting by expression', () => {
  it('[C266] the slash opens the box, which completes words, elements and names of the frame', async () => {
    await ada.keyboard.press('/');
    await box(ada).waitFor();
    await box(ada).pressSequentially('el');
    await until(() => options(ada)).toEqual(['element']);
    await ada.keyboard.press('Tab');
    await until(() => options(ada)).toEqual(['H', 'O']);
    await ada.keyboard.press('ArrowDown');
    await ada.keyboard.press('ArrowDown');
    await picture(ada, 'completion');
    await ada.keyboard.press('Enter');
    expect(await box(ada).inputValue()).toBe('element O ');
    await box(ada).pressSequentially('and residue ');
    await until(async () => (await options(ada)).length).toBeGreaterThan(0);
    await box(ada).fill('same ');
    await until(() => options(ada)).toContain('molecule');
  });

  it('[C267] a mistake is a sentence under the box, and nothing is stored', async () => {
    await box(ada).fill('elemnt O');
    await ada.keyboard.press('Enter');
    await until(() => says(ada)).toContain('Did you mean \u201celement\u201d?');
    expect(await box(ada).getAttribute('aria-invalid')).toBe('true');
    expect(await box(ada).evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd])).toEqual([
      0, 6,
    ]);
    await picture(ada, 'mistake');
    expect(await rows(ada).count()).toBe(0);
    await box(ada).fill('charge > 0.5');
    await ada.keyboard.press('Enter');
    await until(() => says(ada)).toContain('The atoms of this frame have no value \u201ccharge\u201d');
    expect(await rows(ada).count()).toBe(0);
  });

  it('[C268] Enter makes a shared selection with its expression; the other browser counts, outlines and hides the same atoms', async () => {
    const oxygens = await ada.evaluate(
      () =>
        [...(document.querySelector('co-viewer')?.sceneFrame?.numbers ?? [])].filter((number) => number === 8).length,
    );
    expect(oxygens).toBeGreaterThan(3);
    await box(ada).fill('element O');
    await until(() => says(ada)).toBe(`${oxygens} atoms. Enter selects.`);
    await ada.keyboard.press('Enter');
    for (const page of [ada, bob])
      await until(() => rows(page).allInnerTexts()).toEqual([expect.stringContaining('element O')]);
    await until(() => rows(bob).locator('.count').textContent()).toBe(`${oxygens} atoms`);
    const record = await bob.evaluate(() => {
      const room = document.querySelector('co-viewer')?.activeRoom;
      return Object.values(room?.selections.snapshot() ?? {})[0];
    });
    expect(record?.select).toBe('element O');
    expect(record?.particle_ids).toBeUndefined();
    await picture(bob, 'shared');
    await rows(ada).first().hover();
    await rows(ada).locator('button[aria-label^="Hide"]').click();
    await until(() =>
      bob.evaluate(
        () => Object.values(document.querySelector('co-viewer')?.activeRoom?.visualisers.snapshot() ?? {})[0]?.hide,
      ),
    ).toBe(true);
    // Hidden oxygens are not picked by a rectangle over everything.
    const visible = (page: Page) =>
      page.evaluate(() => document.querySelector('co-viewer')?.scene?.pickRectangle(0, 0, 5_000, 5_000).length);
    const all = await bob.evaluate(() => document.querySelector('co-viewer')?.sceneFrame?.atomCount ?? 0);
    for (const page of [ada, bob]) await until(() => visible(page)).toBeLessThanOrEqual(all - oxygens);
    await picture(bob, 'hidden');
  });

  it('[C269] an expression that reads names asks for them; a stored one that cannot be read says so in its row', async () => {
    await ada.evaluate(() => {
      const room = document.querySelector('co-viewer')?.activeRoom;
      room?.selections.add({ display_name: 'whole', select: 'same residue as index 0' });
      room?.selections.add({ display_name: 'broken', select: 'element O ad' });
    });
    await until(() => rows(bob).filter({ hasText: 'whole' }).locator('.count').textContent()).toBe('3 atoms');
    await until(() => rows(bob).filter({ hasText: 'broken' }).innerText()).toContain('there is \u201cad\u201d');
    await picture(bob, 'broken');
  });

  it('[C268] no page complained', () => {
    expect(meeting.people.complaints).toEqual([]);
  });
});
