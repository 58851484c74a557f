import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { PlainAtoms } from './fixture.ts';
import { openPages, type PageOptions, until } from './pages.ts';

/** Nitrogen and sulphur in a cube of 4 angstrom that repeats. */
const PAIR: PlainAtoms = {
  positions: [1, 2, 2, 3, 2, 2],
  numbers: [7, 16],
  cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
};

/** Carbon, carbon, oxygen, hydrogen in a row and a hydrogen at its beginning; two residues. */
const CHAIN: PlainAtoms = {
  positions: [0, 0, 0, 1.5, 0, 0, 2.2, 1.2, 0, 3.1, 1.2, 0, -0.6, 0.9, 0],
  numbers: [6, 6, 8, 1, 1],
  residues: [1, 1, 2, 2, 1],
};

const pages = openPages();

/** A viewer of 600 by 400 pixels that looks down z; `height` angstrom are seen. */
async function viewer(
  atoms: 'room' | PlainAtoms,
  target: [number, number, number],
  height: number,
  options?: PageOptions,
): Promise<Page> {
  const page = await pages.blank(options);
  await page.evaluate(
    async ([room, at, tall]) => {
      await fixture.define();
      document.body.innerHTML = '<co-viewer controls style="width: 600px; height: 400px"></co-viewer>';
      document.body.style.margin = '0';
      const element = document.querySelector('co-viewer')!;
      element.room = room === 'room' ? await fixture.room() : await fixture.roomOf([room]);
      await fixture.shown(element);
      element.camera = { position: [at[0], at[1], at[2] + 60], target: at, up: [0, 1, 0], height: tall };
      await element.hand.tools.load();
      element.shadowRoot!.querySelector<HTMLElement>('.stage')!.focus();
      await fixture.shown(element);
    },
    [atoms, target, height] as const,
  );
  return page;
}

/** The own selection. */
const selected = (page: Page): Promise<readonly number[]> =>
  page.evaluate(
    () => Object.values(document.querySelector('co-viewer')!.activeRoom!.selections.snapshot())[0]?.particle_ids ?? [],
  );
const select = (page: Page, atoms: number[]): Promise<void> =>
  page.evaluate((chosen) => document.querySelector('co-viewer')!.hand.select(chosen, 'replace'), atoms);

/** Draws a line with the button held. */
async function drawAlong(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  await page.mouse.move(...points[0]);
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...point, { steps: 4 });
  await page.mouse.up();
}

/** Colour of a pixel of the picture. */
const colorAt = (page: Page, x: number, y: number): Promise<number[]> =>
  page.locator('co-viewer').evaluate(
    async (element, [px, py]) => {
      const { clientWidth: width, clientHeight: height } = element;
      const bitmap = await createImageBitmap(await (element as CoViewer).toBlob({ width, height }));
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      return [...context.getImageData(px, py, 1, 1).data];
    },
    [x, y] as const,
  );

describe('tools of the hand', () => {
  it('[C344] a lasso selects what it goes around, shift adds, alt takes out', async () => {
    // 40 pixels an angstrom: atoms at (220, 280), (380, 280), (380, 120), (220, 120).
    const page = await viewer('room', [0, 0, 0], 10);
    await page.keyboard.press('l');
    await until(() => page.getByRole('group', { name: 'Tool' }).innerText()).toContain('Drag around atoms');
    // An area whose bounding box holds all four atoms.
    await drawAlong(page, [
      [190, 330],
      [440, 330],
      [440, 60],
      [180, 270],
    ]);
    expect(await selected(page)).toEqual([0, 1, 2]);
    await page.keyboard.down('Shift');
    await drawAlong(page, [
      [190, 90],
      [250, 90],
      [250, 150],
      [190, 150],
    ]);
    await page.keyboard.up('Shift');
    expect(await selected(page)).toEqual([0, 1, 2, 3]);
    await page.keyboard.down('Alt');
    await drawAlong(page, [
      [350, 310],
      [410, 310],
      [380, 250],
    ]);
    await page.keyboard.up('Alt');
    expect(await selected(page)).toEqual([0, 2, 3]);
    await page.mouse.move(200, 200);
    await page.mouse.down();
    await page.mouse.move(500, 300, { steps: 3 });
    await until(() => page.locator('co-viewer .lasso').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await selected(page)).toEqual([0, 2, 3]);
    expect(await page.locator('co-viewer .lasso').count()).toBe(0);
    await page.context().close();
  });

  it('[C345] keys and the menu lead from one selection to the next', async () => {
    const page = await viewer(CHAIN, [1.5, 0.5, 0], 10);
    await select(page, [0]);
    for (const [key, atoms] of [
      ['Shift+G', [0, 1, 4]],
      ['Shift+H', [0, 4]],
      ['Shift+I', [1, 2, 3]],
      ['Shift+B', [0, 1, 2, 3]],
      ['Shift+H', [1, 2, 3]],
    ] as const) {
      await page.keyboard.press(key);
      await until(() => selected(page)).toEqual(atoms);
    }
    await select(page, [3]);
    await page.keyboard.press('Shift+R');
    await until(() => selected(page)).toEqual([2, 3]);
    await page.keyboard.press('s');
    const menu = page.getByRole('dialog', { name: 'Select' });
    await select(page, [3]);
    await menu.getByRole('button', { name: 'Element' }).click();
    await until(() => selected(page)).toEqual([3, 4]);
    await until(() => menu.innerText()).toContain('2 atoms');
    await menu.getByRole('button', { name: 'Molecule' }).click();
    await until(() => selected(page)).toEqual([0, 1, 2, 3, 4]);
    await menu.getByRole('button', { name: 'Nothing' }).click();
    await until(() => selected(page)).toEqual([]);
    expect(await menu.getByRole('button', { name: 'Grow' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await until(() => menu.count()).toBe(0);
    await page.context().close();
  });

  it('[C345] a frame without residues says so', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    await select(page, [0]);
    await page.keyboard.press('Shift+R');
    await until(() => page.locator('co-viewer [role=status]').last().innerText()).toContain('residue');
    expect(await selected(page)).toEqual([0]);
    await page.context().close();
  });

  it('[C330] [C346] angle and dihedral are picked by click or key, and labelled beside their lines', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    await page.evaluate(() =>
      document.addEventListener('co-measured', ({ kind, value, atoms }) =>
        document.body.setAttribute('data-measured', `${kind} ${value.toFixed(1)} ${atoms.join(' ')}`),
      ),
    );
    const at = [
      [220, 280],
      [380, 280],
      [380, 120],
      [220, 120],
    ] as const;
    for (const [key, count, text] of [
      ['2', 2, '4.000 Å'],
      ['3', 3, '90.0°'],
      ['4', 4, '0.0°'],
    ] as const) {
      await page.keyboard.press(key);
      for (const [x, y] of at.slice(0, count)) {
        await page.mouse.click(x, y);
        await page.mouse.move(300, 20);
      }
      await until(() => page.locator('co-viewer .measurement').allInnerTexts()).toContain(text);
    }
    expect(await page.locator('body').getAttribute('data-measured')).toMatch(/^dihedral -?0\.0 0 1 2 3$/);
    const boxes = await page
      .locator('co-viewer .measurement')
      .evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().toJSON() as DOMRect));
    for (const { left, right, top, bottom } of boxes)
      for (const [x, y] of at) {
        const away = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
        expect(away).toBeGreaterThan(16);
      }
    for (const [i, one] of boxes.entries())
      for (const other of boxes.slice(i + 1)) {
        const isAside = one.right <= other.left || other.right <= one.left;
        expect(isAside || one.bottom <= other.top || other.bottom <= one.top).toBe(true);
      }
    // The distance runs along y = 280; its label is above or below it.
    expect(boxes[0].bottom <= 279 || boxes[0].top >= 281).toBe(true);
    await page.keyboard.press('Control+z');
    await until(() => page.locator('co-viewer .measurement').count()).toBe(2);
    await page.context().close();
  });

  it('[C341] [C343] in copies of the cell the true atom is seen, hovered, clicked and selected in a rectangle', async () => {
    // 20 pixels an angstrom; without copies the pair is at x = 200 and 240.
    const page = await viewer(PAIR, [6, 2, 2], 20);
    const background = await colorAt(page, 400, 200);
    await page.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.state.set('scene.copies', [3, 1, 1]));
    await until(() => colorAt(page, 400, 200)).not.toEqual(background);
    const [sulphur, copy] = [await colorAt(page, 240, 200), await colorAt(page, 400, 200)];
    expect(copy.map((value, i) => Math.abs(value - sulphur[i]) < 12)).toEqual([true, true, true, true]);
    await page.mouse.move(400, 200);
    await until(() => page.locator('co-viewer .tooltip').allInnerTexts()).toEqual([expect.stringContaining('Sulfur')]);
    const card = await page.locator('co-viewer .tooltip').boundingBox();
    // Right of the copy there is no room; beside the atom in the first cell, at 240, it would stand to the right.
    expect((card?.x ?? 0) + (card?.width ?? 0)).toBeCloseTo(400 - 16, -1);
    await page.mouse.click(400, 200);
    expect(await selected(page)).toEqual([1]);
    await page.keyboard.press('r');
    await drawAlong(page, [
      [345, 170],
      [420, 230],
    ]);
    expect(await selected(page)).toEqual([0, 1]);
    await page.keyboard.press('Control+z');
    await page.context().close();
  });

  it('[C342] the menu Cell and copies changes the settings for everybody', async () => {
    const page = await viewer(PAIR, [6, 2, 2], 20);
    await page.keyboard.press('p');
    const menu = page.getByRole('dialog', { name: 'Cell and copies' });
    await menu.getByLabel('Copies along b').fill('3');
    await menu.getByLabel('Copies along b').press('Tab');
    await menu.getByLabel('At the faces').selectOption({ label: 'All atoms inside the cell' });
    await menu.getByLabel('In the middle').selectOption({ label: 'All atoms' });
    const settings = (): Promise<unknown[]> =>
      page.evaluate(() => {
        const { state } = document.querySelector('co-viewer')!.activeRoom!;
        return ['scene.wrap', 'scene.molecules', 'scene.center', 'scene.copies'].map((key) => state.get(key));
      });
    expect(await settings()).toEqual([true, undefined, 'all', [1, 3, 1]]);
    await menu.getByLabel('Copies along b').fill('1');
    await menu.getByLabel('Copies along b').press('Tab');
    await menu.getByLabel('At the faces').selectOption({ label: 'Molecules in one piece' });
    expect(await settings()).toEqual([undefined, true, 'all', undefined]);
    await menu.getByLabel('At the faces').selectOption({ label: 'As stored' });
    await menu.getByLabel('In the middle').selectOption({ label: 'As stored' });
    expect(await settings()).toEqual([undefined, undefined, undefined, undefined]);
    await page.context().close();
  });

  it('[C347] a resting finger reads the atom, adds it when lifted, and slides on without selecting', async () => {
    const page = await viewer('room', [0, 0, 0], 10, { hasTouch: true });
    const touch = (type: string, x: number, y: number, pointerId = 21): Promise<void> =>
      page.evaluate(
        ([name, px, py, id]) => {
          const stage = document.querySelector('co-viewer')!.shadowRoot!.querySelector('.stage')!;
          const at = { clientX: px, clientY: py, pointerId: id, pointerType: 'touch', bubbles: true };
          stage.dispatchEvent(new PointerEvent(name, at));
        },
        [type, x, y, pointerId] as const,
      );
    const card = (): Promise<string[]> => page.locator('co-viewer .tooltip').allInnerTexts();
    await touch('pointerdown', 220, 280);
    await until(card).toEqual([expect.stringContaining('Oxygen')]);
    await touch('pointerup', 220, 280);
    expect(await selected(page)).toEqual([0]);
    await until(card).toEqual([expect.stringContaining('Oxygen')]);
    await touch('pointerdown', 380, 280);
    await until(card).toEqual([expect.stringContaining('Carbon')]);
    await touch('pointermove', 380, 120);
    await until(card).toEqual([expect.stringContaining('Nitrogen')]);
    await touch('pointerup', 380, 120);
    expect(await selected(page)).toEqual([0]);
    // A second finger undoes what the first one was drawing.
    await page.keyboard.press('l');
    await touch('pointerdown', 100, 100);
    await touch('pointermove', 500, 100);
    await touch('pointermove', 500, 350);
    await until(() => page.locator('co-viewer .lasso').count()).toBe(1);
    await touch('pointerdown', 300, 300, 22);
    expect(await page.locator('co-viewer .lasso').count()).toBe(0);
    await touch('pointerup', 500, 350);
    await touch('pointerup', 300, 300, 22);
    expect(await selected(page)).toEqual([0]);
    await page.context().close();
  });

  it('[C349] an expression tells a frame without the key, and heals where one has it', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    const row = page.locator('co-selections li[part=row]');
    await page.evaluate(async () => {
      const list = document.body.appendChild(document.createElement('co-selections'));
      const plain = (charges?: number[]) => ({
        positions: [0, 0, 0, 2, 0, 0],
        numbers: [6, 8],
        ...(charges && { charges }),
      });
      const room = await fixture.roomOf([plain(), plain([1, -1]), plain()]);
      list.room = room;
      document.querySelector('co-viewer')!.room = room;
      room.selections.add({ display_name: 'positive', select: 'charges > 0' });
    });
    const go = (index: number): Promise<void> =>
      page.evaluate((to) => document.querySelector('co-viewer')!.activeRoom!.playback.seek(to), index);
    await until(() => row.innerText()).toContain('charges');
    await go(1);
    await until(() => row.innerText()).toContain('1 atom');
    expect(await row.locator('.problem').count()).toBe(0);
    await go(2);
    await until(() => row.locator('.problem').allInnerTexts()).toEqual([expect.stringContaining('charges')]);
    await go(1);
    await until(() => row.innerText()).toContain('1 atom');
    await page.context().close();
  });

  it('[C350] co-measure lists what is measured, follows the frame, shows and removes', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    await page.evaluate(() => {
      const list = document.body.appendChild(document.createElement('co-measure'));
      const { activeRoom: room } = document.querySelector('co-viewer')!;
      list.room = room!;
      room!.state.set('measurement.a', { atoms: [0, 1] });
      room!.state.set('measurement.b', { atoms: [2, 3, 0] });
      room!.state.set('measurement.c', { atoms: [0, 99] });
    });
    const rows = page.locator('co-measure li');
    await until(() => rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Distance\s+O.0 – C.1\s+4\.000 Å/),
      expect.stringMatching(/Angle\s+N.2 – S.3 – O.0\s+90\.0°/),
      expect.stringContaining('not in this frame'),
    ]);
    await page.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.playback.seek(19));
    await until(() => rows.nth(1).innerText()).toContain('79.4°');
    const before = await page.evaluate(() => document.querySelector('co-viewer')!.camera!.position);
    await rows.nth(0).getByTitle('Show').click();
    await until(() => page.evaluate(() => document.querySelector('co-viewer')!.camera!.position)).not.toEqual(before);
    await rows.nth(0).hover();
    await rows.nth(0).getByTitle('Remove').click();
    await until(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await until(() => page.locator('co-measure').getByText('Press M').count()).toBe(1);
    await page.context().close();
  });

  it('[C351] the dot of a selection without a colour is that of its ring', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    await page.evaluate(() => {
      const list = document.body.appendChild(document.createElement('co-selections'));
      const { activeRoom: room } = document.querySelector('co-viewer')!;
      list.room = room!;
      room!.selections.add({ display_name: 'plain', particle_ids: [1] });
    });
    const dot = page.locator('co-selections .dot');
    await until(() => dot.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(230, 149, 0)');
    await page.context().close();
  });

  it('[C348] B marks the frame, R selects in a rectangle', async () => {
    const page = await viewer('room', [0, 0, 0], 10);
    await page.keyboard.press('b');
    const marks = (): Promise<object[]> =>
      page.evaluate(() => Object.values(document.querySelector('co-viewer')!.activeRoom!.bookmarks.snapshot()));
    await until(marks).toMatchObject([{ frame_index: 0, display_name: 'Frame 0' }]);
    await page.keyboard.press('r');
    expect(await page.locator('co-viewer').getAttribute('mode')).toBe('box');
    await page.context().close();
  });
});
