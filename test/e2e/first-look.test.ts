import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { gatherPeople, hasPicture, type People, until } from './people.ts';

let folder: string;
let covalence: CovalenceProcess;
let people: People;
let ada: Page;

const ELEMENTS = ['Ag', 'Au', 'Co', 'Cu', 'Fe', 'Mn', 'Ni', 'Zn'];

/** A frame as programs write them that have much to say: long names, long texts, many values. */
function talkative(step: number): string {
  const atoms = ELEMENTS.flatMap((symbol, kind) =>
    Array.from({ length: 12 }, (_, i) => `${symbol} ${kind * 3} ${i * 3} 0`),
  );
  const values = Array.from({ length: 30 }, (_, i) => `a_rather_long_name_for_a_number_such_as_value_${i}=${i + step}`);
  const note = `note="${'all that could be said about it '.repeat(30)}"`;
  return `${atoms.length}\nProperties=species:S:1:pos:R:3 ${note} ${values.join(' ')}\n${atoms.join('\n')}\n`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covalence-first-look-'));
  await writeFile(join(folder, 'talkative.xyz'), talkative(0) + talkative(1));
  await writeFile(join(folder, 'one.xyz'), '3\nenergy=-1.5\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n');
  await writeFile(join(folder, 'unnamed.xyz'), '2\n\nX 0 0 0\nX 3 0 0\n');
  const files = ['talkative', 'one', 'unnamed'].map((name) => join(folder, `${name}.xyz`));
  covalence = await startCovalence(files);
  people = await gatherPeople();
  ada = await people.visit('Ada', covalence.url);
});
afterAll(async () => {
  await people?.close();
  await covalence?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What does not fit: pixels the page is larger than its window, and the panel wider than its place. */
const overhang = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement;
    const panel = document.querySelector('#panel');
    return [
      scrollHeight - innerHeight,
      scrollWidth - innerWidth,
      (panel?.scrollWidth ?? 0) - (panel?.clientWidth ?? 0),
    ];
  });

describe('what somebody sees who opens a file for the first time', () => {
  it('[C446] the page is as large as its window whatever a file says, wide, on a tablet and on a phone', async () => {
    const panel = ada.locator('#panel');
    for (const [width, height] of [
      [1200, 800],
      [800, 700],
      [390, 800],
    ] as const) {
      await ada.setViewportSize({ width, height });
      if (!(await panel.isVisible())) await ada.getByRole('button', { name: 'Panel', exact: true }).click();
      // The plot is drawn once it is seen.
      await ada.locator('co-plot').scrollIntoViewIfNeeded();
      await ada.locator('co-plot canvas').waitFor();
      await until(() => overhang(ada)).toEqual([0, 0, 0]);
    }
    await ada.setViewportSize({ width: 1200, height: 800 });
  });

  it('[C447] a formula breaks between elements, long texts are folded, and what else a file says waits behind a line', async () => {
    const inspector = ada.locator('co-inspector');
    const parts = inspector.locator('.formula .part');
    await until(() => parts.count()).toBe(ELEMENTS.length);
    const heights = await parts.evaluateAll((all) => all.map((part) => part.getBoundingClientRect().height));
    const tops = await parts.evaluateAll((all) => all.map((part) => part.getBoundingClientRect().top));
    // Several lines, and none of the elements on two of them.
    expect(heights).toHaveLength(ELEMENTS.length);
    expect(Math.max(...tops) - Math.min(...tops)).toBeGreaterThan(10);
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(1);

    const names = await inspector.locator('dl').first().locator('dt').allInnerTexts();
    expect(names.length).toBeLessThan(20);
    expect(names.at(-1)).toBe('Version');
    await inspector.getByText('19 more').click();
    await inspector.getByText('A rather long name for a number such as value 29').waitFor();
    const text = inspector.locator('.long .text');
    expect(await text.isVisible()).toBe(false);
    await inspector.locator('.long summary').click();
    expect(await text.innerText()).toContain('all that could be said about it '.repeat(29).trim());
  });

  it('[P80] one frame has nothing to play: no buttons, no slider, no plot, and the count says so', async () => {
    await ada.goto(`${covalence.base}/r/one`);
    await hasPicture(ada);
    const timeline = ada.locator('co-timeline');
    await until(() => timeline.locator('.where').innerText()).toBe('1 frame');
    expect(await timeline.getByRole('button').count()).toBe(0);
    expect(await timeline.getByRole('slider').count()).toBe(0);
    await ada.locator('co-plot').getByText('One frame').waitFor();
    // Company is what one presents to.
    await using room = await openRoom(`${covalence.base}/r/one`, { user: { name: 'Bob' } });
    expect(room.frames.count).toBe(1);
    await timeline.getByRole('button', { name: 'Playing and bookmarks' }).click();
    expect(await timeline.locator('.menu').innerText()).toBe('Present to everyone');
    await ada.keyboard.press('Escape');
  });

  it('[C448] a saved picture has what was measured and the labels; one too small to read them leaves them out', async () => {
    await ada.setViewportSize({ width: 600, height: 400 });
    await ada.reload();
    await hasPicture(ada);
    await ada.evaluate(() => {
      const room = document.querySelector('co-viewer')?.activeRoom;
      room?.state.set('measurement.side', { atoms: [0, 1] });
    });
    const label = ada.locator('co-viewer .measurement');
    await label.waitFor();
    const [small, large] = await ada.locator('co-viewer').evaluate(async (element) => {
      const viewer = element as CoViewer;
      // The label is where its atoms are once they are drawn.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const words = viewer.shadowRoot!.querySelector('.measurement')!;
      const [frame, box] = [viewer.getBoundingClientRect(), words.getBoundingClientRect()];
      const dot = new OffscreenCanvas(1, 1).getContext('2d')!;
      dot.fillStyle = getComputedStyle(words).backgroundColor;
      dot.fillRect(0, 0, 1, 1);
      const wanted = dot.getImageData(0, 0, 1, 1).data;
      /** How many of the pixels where the label is have its colour, in a picture of so many times the size. */
      const share = async (scale: number): Promise<number> => {
        // Wider than the page: what is seen is more at both sides.
        const [width, height] = [Math.round(frame.width * scale + 100), Math.round(frame.height * scale)];
        const bitmap = await createImageBitmap(await viewer.toBlob({ width, height, background: '#00ff00' }));
        const context = new OffscreenCanvas(width, height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const [w, h] = [Math.floor(box.width * scale), Math.floor(box.height * scale)];
        const left = (box.left - frame.left) * scale + 50;
        const { data } = context.getImageData(left, (box.top - frame.top) * scale, w, h);
        let same = 0;
        for (let i = 0; i < data.length; i += 4)
          if ([0, 1, 2].every((part) => Math.abs(data[i + part] - wanted[part]) < 3)) same += 1;
        return same / (w * h);
      };
      return [await share(0.25), await share(2)];
    });
    expect(large).toBeGreaterThan(0.4);
    expect(small).toBeLessThan(0.1);
  });

  it('[C449] an address nobody used says that its room is empty, names rooms like it, and takes a file', async () => {
    await ada.goto(`${covalence.base}/r/talktive`);
    const empty = ada.locator('app-empty-room');
    await empty.getByText('“talktive” has no frames yet').waitFor();
    const link = empty.getByRole('link');
    await until(() => link.allInnerTexts()).toEqual(['talkative']);
    expect(await link.getAttribute('href')).toContain('/r/talkative');
    await until(() => ada.locator('co-timeline .where').innerText()).toBe('No frames');
    await empty.locator('input[type=file]').setInputFiles(join(folder, 'one.xyz'));
    await hasPicture(ada);
    expect(new URL(ada.url()).pathname).toBe('/r/talktive');
    await until(() => empty.count()).toBe(0);
    expect(people.complaints).toEqual([]);
  });

  it('[C452] the list has a picture of rooms this browser never saw, and nobody in them sees a guest', async () => {
    await using room = await openRoom(`${covalence.base}/r/one`, { user: { name: 'Witness' } });
    const guests: unknown[] = [];
    room.presence.onChange(() => guests.push(...room.presence.peers.filter((peer) => !peer.isSelf)));
    const eve = await (await people.person('Eve')).newPage();
    await eve.goto(`${covalence.base}/`);
    const card = (name: string) => eve.locator('.card', { has: eve.locator('b', { hasText: name }) });
    for (const name of ['one', 'talkative']) await card(name).locator('img').waitFor();
    await until(() => eve.locator('co-viewer').count()).toBe(0);
    expect(guests).toEqual([]);
    await eve.context().close();
    expect(people.complaints).toEqual([]);
  });

  it('[C453] panels claim nothing of a room that is not there, and say what X in a formula means', async () => {
    await ada.setViewportSize({ width: 1200, height: 800 });
    await ada.goto(`${covalence.base}/r/no..room`);
    await ada.locator('co-viewer').getByText('cannot name a room').waitFor();
    const words = async (): Promise<string[]> =>
      Promise.all(
        ['co-inspector', 'co-plot', 'co-history'].map((name) => ada.locator(`${name} p`).first().innerText()),
      );
    await until(words).toEqual(['No frame is shown.', 'There are no frames to plot.', 'No room is shown.']);
    await ada.goto(`${covalence.base}/r/unnamed`);
    await ada.locator('co-inspector').getByText('X: the file does not say which element').waitFor();
  });
});

describe('the list of rooms', () => {
  const card = (name: string) =>
    ada.locator('app-room-card', { has: ada.locator('b', { hasText: new RegExp(`^${name}$`) }) });
  const names = (): Promise<string[]> => ada.locator('.card b').allInnerTexts();
  /** What has the focus, as it is called or as it reads. */
  const focused = (): Promise<string> =>
    ada.evaluate(() => {
      const { activeElement: active } = document;
      return active?.ariaLabel ?? active?.querySelector('b')?.textContent ?? active?.textContent.trim() ?? '';
    });
  const news = (): Promise<string> => ada.locator('.notice strong').innerText();
  const ask = (path: string, method: string, body: object) =>
    fetch(`${covalence.base}/v1/rooms${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('[C482] each room has a menu, for the mouse and for keys; Escape closes it and the focus is where it was', async () => {
    await ada.goto(`${covalence.base}/`);
    await card('one').waitFor();
    await card('one').getByRole('button').focus();
    await ada.keyboard.press('Enter');
    await until(focused).toMatch(/^Rename/);
    const button = card('one').getByRole('button', { name: 'More for one' });
    await until(() => button.getAttribute('aria-expanded')).toBe('true');
    expect(await card('one').getByRole('menuitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Rename\s+F2$/),
      'Make a copy',
      expect.stringMatching(/^Delete\s+Del$/),
    ]);
    for (const [key, item] of [
      ['ArrowDown', /^Make a copy/],
      ['End', /^Delete/],
      ['ArrowDown', /^Rename/],
      ['ArrowUp', /^Delete/],
    ] as const) {
      await ada.keyboard.press(key);
      expect(await focused()).toMatch(item);
    }
    await ada.keyboard.press('Escape');
    await until(focused).toBe('More for one');
    await until(() => button.getAttribute('aria-expanded')).toBe('false');
    // At the lower edge it opens upwards, and is whole on a phone.
    await ada.setViewportSize({ width: 360, height: 700 });
    await button.scrollIntoViewIfNeeded();
    await ada.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await ada
      .getByRole('button', { name: /^More for/ })
      .last()
      .click();
    const box = await ada.locator('.menu:popover-open').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
    await ada.keyboard.press('Escape');
    expect(await overhang(ada).then(([, wide]) => wide)).toBe(0);
    await ada.setViewportSize({ width: 1200, height: 800 });
  });

  it('[C483] a room is renamed in place; a name that is refused stays in its field beside the reason', async () => {
    await card('one').getByRole('button').click();
    await card('one').getByRole('menuitem', { name: 'Rename' }).click();
    const field = ada.getByRole('textbox', { name: 'New name of one' });
    const reason = ada.locator('app-room-card .problem');
    await until(() => field.evaluate((input: HTMLInputElement) => input.value.slice(input.selectionStart ?? 0))).toBe(
      'one',
    );
    for (const [name, why] of [
      ['talkative', /There is a room "talkative" already/],
      ['two words', /cannot name a room. Use letters, digits/],
    ] as const) {
      await field.fill(name);
      await ada.keyboard.press('Enter');
      await until(() => reason.innerText()).toMatch(why);
      expect(await field.inputValue()).toBe(name);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
    }
    await ada.keyboard.press('Escape');
    await until(focused).toBe('one');
    await ada.keyboard.press('F2');
    await field.fill('single');
    await ada.keyboard.press('Enter');
    await until(names).toContain('single');
    expect(await names()).not.toContain('one');
    await until(focused).toBe('single');
    await until(news).toBe('“one” is now called “single”.');
    // It is the same room, and looks as before.
    expect(await card('single').locator('img').count()).toBe(1);
    await ask('/single', 'PATCH', { name: 'one' });
    await until(names).toContain('one');
  });

  it('[C484] a copy is there at once, with frames, looks and picture of the room, and says what it is a copy of', async () => {
    await using room = await openRoom(`${covalence.base}/r/talkative`, { user: { name: 'Bob' } });
    room.selections.add({ display_name: 'metals', particle_ids: [0, 1, 2] });
    room.state.set('chat.first', { author: 'Bob', text: 'only here' });
    await room.state.whenSaved();
    await card('talkative').getByRole('button').click();
    await card('talkative').getByRole('menuitem', { name: 'Make a copy' }).click();
    await until(names).toContain('talkative-copy');
    expect((await names()).indexOf('talkative-copy')).toBe((await names()).indexOf('talkative') + 1);
    const text = card('talkative-copy').locator('.text');
    expect(await text.innerText()).toMatch(/2 frames\s+copy of talkative$/);
    expect(await card('talkative-copy').locator('img').count()).toBe(1);
    await until(focused).toBe('talkative-copy');
    await using copy = await openRoom(`${covalence.base}/r/talkative-copy`);
    expect(Object.values(copy.selections.snapshot())).toMatchObject([
      { display_name: 'metals', particle_ids: [0, 1, 2] },
    ]);
    expect(copy.state.has('chat.first')).toBe(false);
    expect(copy.frames.count).toBe(2);
    copy.selections.clear();
    await copy.state.whenSaved();
    expect(room.selections.size).toBe(1);
  });

  it('[C485] who deletes a room is asked first, and told its frames, who is in it and that it is for ever', async () => {
    await using room = await openRoom(`${covalence.base}/r/talkative-copy`, { user: { name: 'Bob' } });
    const told: (string | undefined)[] = [];
    room.onStatus(({ error }) => told.push(error?.message));
    await card('talkative-copy').locator('a').focus();
    await ada.keyboard.press('Delete');
    const dialog = ada.getByRole('dialog', { name: 'Delete “talkative-copy”?' });
    await until(() => dialog.innerText()).toMatch(
      /Its 2 frames, .*cannot be undone\.[^]*talkative\.xyz stays[^]*1 person is in it now/,
    );
    expect(await focused()).toBe('Cancel');
    await ada.keyboard.press('Enter');
    await until(() => dialog.count()).toBe(0);
    expect(await names()).toContain('talkative-copy');
    await until(focused).toBe('talkative-copy');
    await ada.keyboard.press('Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await until(names).not.toContain('talkative-copy');
    await until(news).toBe('“talkative-copy” is deleted.');
    await until(focused).toBe('Rooms');
    await until(() => told).toContain('This room was deleted.');
  });

  it('[C486] [V357] the list shows what others do; who was doing something with a room that went away is told, and a server that is away is said', async () => {
    await using room = await openRoom(`${covalence.base}/r/one`, { user: { name: 'Bob' } });
    await until(() => card('one').locator('.text').innerText()).toContain('1 frame · 1 person');
    await card('unnamed').locator('a').focus();
    await ada.keyboard.press('F2');
    const field = ada.getByRole('textbox', { name: 'New name of unnamed' });
    await field.fill('half a na');
    await ask('', 'POST', { name: 'new' });
    await until(names).toContain('new');
    // What somebody is typing stays.
    expect(await field.inputValue()).toBe('half a na');
    await ask('/unnamed', 'PATCH', { name: 'named' });
    await until(names).toContain('named');
    await until(news).toBe('“unnamed” is no longer here: somebody renamed or deleted it.');
    expect(await field.count()).toBe(0);
    await room.close();
    await using glimpse = await openRoom(`${covalence.base}/r/glimpsed`);
    await until(names).toContain('glimpsed');
    await glimpse.close();
    await covalence.kill();
    const trouble = ada.locator('.trouble');
    await until(() => trouble.innerText()).toContain('The server does not answer.');
    expect(await names()).toEqual(expect.arrayContaining(['named', 'new', 'one', 'talkative']));
    await card('new').getByRole('button').click();
    await card('new').getByRole('menuitem', { name: 'Make a copy' }).click();
    await until(news).toBe('“new” cannot be copied.');
    await covalence.restart();
    await ada.evaluate(() => dispatchEvent(new Event('online')));
    await until(() => trouble.count()).toBe(0);
    expect(await names()).not.toContain('glimpsed');
    expect(people.complaints).toEqual([]);
  });
});
