import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPages } from './pages.ts';

const pages = openPages();

type Looks = Record<string, Record<string, unknown>>;

/** Writes visualisers and waits until what they bring is drawn. */
async function show(page: Page, looks: Looks, waitFor?: string): Promise<void> {
  await page.locator('co-viewer').evaluate((element, looks) => {
    const room = (element as CoViewer).activeRoom!;
    for (const key of Object.keys(room.visualisers.snapshot())) room.visualisers.remove(key);
    for (const [id, record] of Object.entries(looks)) room.visualisers.set(`visualiser.${id}`, record);
  }, looks);
  if (waitFor !== undefined) await page.locator(`co-viewer ${waitFor}`).first().waitFor();
  await page
    .locator('co-viewer')
    .evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Colours of places given as an atom and an offset in angstrom, as drawn from the front. */
async function colorsAt(page: Page, places: readonly (readonly [number, number, number])[]): Promise<number[][]> {
  return page.locator('co-viewer').evaluate(async (element, places) => {
    const viewer = element as CoViewer;
    const { clientWidth: width, clientHeight: height } = viewer;
    const bitmap = await createImageBitmap(await viewer.toBlob({ width, height }));
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const perAngstrom = (viewer.project(1)!.x - viewer.project(0)!.x) / 4;
    return places.map(([atom, x, y]) => {
      const at = viewer.project(atom)!;
      const [left, top] = [Math.round(at.x + x * perAngstrom), Math.round(at.y - y * perAngstrom)];
      return [...context.getImageData(left, top, 1, 1).data].slice(0, 3);
    });
  }, places);
}

async function frontal(page: Page): Promise<void> {
  await page.locator('co-viewer').evaluate((element) => {
    (element as CoViewer).camera = { position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
  });
}

describe('looks that depend on data', () => {
  it('[C240] a colour that names per-atom values paints them over a perceptual map, red to blue about zero', async () => {
    const page = await pages.room();
    await frontal(page);
    await show(page, { all: { color: 'charges', render: 'spheres' } }, '.legend .range');
    const [negative, , , positive] = await colorsAt(
      page,
      [0, 1, 2, 3].map((atom) => [atom, 0, 0] as const),
    );
    expect(negative[0] - negative[2], 'red below zero').toBeGreaterThan(60);
    expect(positive[2] - positive[0], 'blue above zero').toBeGreaterThan(60);
    await show(page, { all: { color: 'index', render: 'spheres' } }, '.legend .range');
    const [first, , , last] = await colorsAt(
      page,
      [0, 1, 2, 3].map((atom) => [atom, 0, 0] as const),
    );
    expect(first[2], 'viridis begins in violet').toBeGreaterThan(first[1] + 30);
    expect(Math.min(last[0], last[1]), 'and ends in yellow').toBeGreaterThan(last[2] + 80);
  });

  it('[C241] a legend names the values, their unit and round ends of the range, and says when a frame has none', async () => {
    const page = await pages.room();
    await show(page, { all: { color: 'charges' } }, '.legend .range');
    const legend = page.locator('co-viewer .legend');
    expect((await legend.innerText()).replaceAll(/\s+/g, ' ')).toBe('charges e −0.8 0.8');
    await show(page, { all: { color: { type: 'forces', minimum: 0, maximum: 5, gradient: 'cividis' } } });
    await expect.poll(async () => (await legend.innerText()).replaceAll(/\s+/g, ' ')).toBe('|forces| eV/Å 0 5');
    await show(page, { all: { color: 'spin' } });
    await expect.poll(() => legend.innerText()).toContain('This frame has no “spin”');
    await show(page, {});
    await expect.poll(() => legend.count()).toBe(0);
  });

  it('[C473] a saved picture has the legend as the page draws it, whole in a narrow one; too small to read it is left out', async () => {
    const page = await pages.room();
    await frontal(page);
    const looks = { all: { color: 'charges', vectors: { type: 'forces', color: '#ff00ff' }, labels: 'spin' } };
    await show(page, { ...looks, residues: { color: 'residue' } }, '.legend .arrow');
    const box = (await page.locator('co-viewer').boundingBox())!;
    const seen = (await page.screenshot({ clip: box })).toString('base64');
    const [asSeen, wider, narrow, small, without] = await page.locator('co-viewer').evaluate(async (element, seen) => {
      const viewer = element as CoViewer;
      const legend = viewer.shadowRoot!.querySelector('.legend')!.getBoundingClientRect();
      const stage = viewer.getBoundingClientRect();
      const read = async (picture: Blob): Promise<OffscreenCanvasRenderingContext2D> => {
        const bitmap = await createImageBitmap(picture);
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        return context;
      };
      const [left, below] = [legend.left - stage.left, stage.bottom - legend.bottom];
      const pixels = (context: OffscreenCanvasRenderingContext2D, ratio = 1): Uint8ClampedArray => {
        const { width, height } = context.canvas;
        const [w, h] = [legend.width * ratio, legend.height * ratio].map(Math.floor);
        const part = new OffscreenCanvas(Math.floor(legend.width), Math.floor(legend.height)).getContext('2d')!;
        const top = height - (below + legend.height) * ratio;
        part.drawImage(
          context.canvas,
          left * ratio,
          top,
          Math.min(w, width),
          h,
          0,
          0,
          part.canvas.width,
          part.canvas.height,
        );
        return part.getImageData(0, 0, part.canvas.width, part.canvas.height).data;
      };
      const { data } = await (
        await fetch(`data:image/png;base64,${seen}`)
      )
        .blob()
        .then(read)
        .then((context) => ({ data: pixels(context) }));
      /** How far the legend in a picture is from the one on the page: mean difference of its pixels. */
      const share = async (
        width: number,
        height: number,
        ratio = height / stage.height,
        words = true,
      ): Promise<number> => {
        const drawn = pixels(
          await read(await viewer.toBlob({ width: Math.round(width), height: Math.round(height), words })),
          ratio,
        );
        return data.reduce((sum, value, index) => sum + Math.abs(value - drawn[index]), 0) / data.length;
      };
      const { width, height } = stage;
      const least = legend.width + 2 * left;
      return [
        await share(width, height),
        await share(2.5 * width, 2 * height),
        await share(least / 1.5, height, 1 / 1.5),
        await share(width / 3, height / 3),
        await share(width, height, 1, false),
      ];
    }, seen);
    expect(asSeen).toBeLessThan(3);
    expect(wider).toBeLessThan(5);
    expect(narrow).toBeLessThan(8);
    expect(small, 'left out').toBeGreaterThan(12);
    expect(without, 'not wanted').toBeGreaterThan(12);
  });

  it('[C475] atoms without elements are coloured by type, with a legend that says how to name them, unless somebody says otherwise', async () => {
    const page = await pages.room();
    const enter = (frame: { positions: number[]; numbers: number[]; types?: number[] }): Promise<void> =>
      page.evaluate(async (frame) => {
        const owner = document.querySelector('app-room') as HTMLElement & { room: unknown };
        owner.room = await globalThis.fixture.roomOf([frame]);
      }, frame);
    const positions = [-2, -2, 0, 2, -2, 0, 2, 2, 0, -2, 2, 0];
    await enter({ positions, numbers: [0, 0, 0, 0], types: [1, 2, 2, 4] });
    const legend = page.locator('co-viewer .legend');
    await legend.waitFor();
    expect((await legend.innerText()).replaceAll(/\s+/g, ' ')).toBe(
      'Elements unknown type 1 type 2 type 4 Name them: --elements Si,O',
    );
    await frontal(page);
    const places = [0, 1, 2, 3].map((atom) => [atom, 0, 0] as const);
    const [orange, blue, alike, yellow] = await colorsAt(page, places);
    expect(orange[0]).toBeGreaterThan(orange[2] + 80);
    expect(blue[2]).toBeGreaterThan(blue[0] + 60);
    expect(Math.abs(alike[2] - blue[2])).toBeLessThan(30);
    expect(Math.min(yellow[0], yellow[1])).toBeGreaterThan(yellow[2] + 60);
    await page.locator('co-viewer').press('a');
    const colour = page.locator('co-viewer .show-as').getByLabel('Colour');
    expect(await colour.locator('option:checked').innerText()).toBe('Automatic');
    await colour.selectOption('element');
    await expect.poll(() => legend.count()).toBe(0);
    const [one, , , other] = await colorsAt(page, places);
    expect(Math.max(...one.map((part, i) => Math.abs(part - other[i])))).toBeLessThan(30);
    await enter({ positions, numbers: [0, 0, 0, 0] });
    await expect
      .poll(() => legend.allInnerTexts())
      .toEqual([expect.stringMatching(/^Elements unknown: give the file/)]);
    await enter({ positions, numbers: [0, 0, 0, 8], types: [1, 1, 1, 2] });
    await expect.poll(() => legend.count(), { message: 'one is known' }).toBe(0);
  });

  it('[C242] a plain colour above values wins for its atoms', async () => {
    const page = await pages.room();
    await frontal(page);
    await page.locator('co-viewer').evaluate((element) => {
      (element as CoViewer).activeRoom!.selections.set('selection.s', { particle_ids: [3] });
    });
    await show(
      page,
      {
        all: { color: 'charges', render: 'spheres', priority: -1 },
        one: { color: '#00ff00', selection: 'selection.s', priority: 1 },
      },
      '.legend .range',
    );
    const [other, green] = await colorsAt(page, [
      [0, 0, 0],
      [3, 0, 0],
    ]);
    expect(green[1]).toBeGreaterThan(green[0] + 60);
    expect(green[1]).toBeGreaterThan(green[2] + 60);
    expect(other[0]).toBeGreaterThan(other[1] + 40);
  });

  it('[C243] vectors are arrows from the surface of their atoms, the longest about 2.5 angstrom, and the legend says how long', async () => {
    const page = await pages.room();
    await frontal(page);
    await show(page, { all: { vectors: { type: 'forces', color: '#ff00ff' } } }, '.legend .arrow');
    // Atom 2 has a force of 2 upwards, atom 1 of 1 to the right, atom 0 none.
    const places = [
      [2, 0, 1],
      [2, 0, 2.6],
      [2, 0, 3.3],
      [1, 1.2, 0],
      [1, 2.2, 0],
      [0, 0, 1],
      [0, 1, 0],
    ] as const;
    const isArrow = ([r, g, b]: number[]): boolean => r > g + 50 && b > g + 50;
    expect((await colorsAt(page, places)).map(isArrow)).toEqual([true, true, false, true, false, false, false]);
    await expect.poll(() => page.locator('co-viewer .legend').innerText()).toContain('1 Å is 0.8 eV/Å');
    await show(page, { all: { vectors: { type: 'forces', color: '#ff00ff', scale: 0.5 } } });
    await expect.poll(async () => (await colorsAt(page, [places[0], places[1]])).map(isArrow)).toEqual([true, false]);
    await show(page, {});
    await expect.poll(async () => (await colorsAt(page, [places[0]])).map(isArrow)).toEqual([false]);
  });

  it('[C244] labels stand at their atoms; for more than 300 a sentence says so instead', async () => {
    const page = await pages.room();
    await frontal(page);
    await show(page, { all: { labels: 'element' } }, '.label');
    const words = page.locator('co-viewer .label');
    expect(await words.allInnerTexts()).toEqual(['O', 'C', 'N', 'S']);
    const offset = await page.locator('co-viewer').evaluate((element) => {
      const viewer = element as CoViewer;
      const label = viewer.shadowRoot!.querySelectorAll('.label')[2].getBoundingClientRect();
      const [box, at] = [viewer.getBoundingClientRect(), viewer.project(2)!];
      return Math.hypot(label.x + label.width / 2 - box.x - at.x, label.y + label.height / 2 - box.y - at.y);
    });
    expect(offset).toBeLessThan(3);
    await show(page, { all: { labels: 'index' } });
    await expect.poll(() => words.allInnerTexts()).toEqual(['0', '1', '2', '3']);
  });

  it('[C245] opacity lets what is behind show through in its share', async () => {
    const page = await pages.room();
    await frontal(page);
    await show(page, { all: { render: 'spheres', color: '#ff0000' } });
    const [solid] = await colorsAt(page, [[1, 0, 0]]);
    await show(page, { all: { render: 'spheres', color: '#ff0000', opacity: 0.5 } });
    await expect.poll(async () => (await colorsAt(page, [[1, 0, 0]]))[0][1]).toBeGreaterThan(solid[1] + 60);
    const [[half], [empty]] = [await colorsAt(page, [[1, 0, 0]]), await colorsAt(page, [[1, 2, 0]])];
    expect(Math.abs(half[1] - (solid[1] + empty[1]) / 2)).toBeLessThan(30);
  });

  it('[C246] the menu Show as writes visualisers for all atoms or a selection, by mouse and keyboard', async () => {
    const page = await pages.room();
    const records = (): Promise<object[]> =>
      page
        .locator('co-viewer')
        .evaluate((element) => Object.values((element as CoViewer).activeRoom!.visualisers.snapshot()));
    await page.locator('co-viewer').press('a');
    const menu = page.locator('co-viewer .show-as');
    await menu.getByLabel('Colour').selectOption('charges');
    await expect.poll(records).toEqual([{ color: 'charges', priority: -1 }]);
    await menu.getByLabel('Arrows').selectOption('forces');
    await menu.getByLabel('Style').selectOption('liquorice');
    await expect.poll(records).toEqual([{ color: 'charges', priority: -1, vectors: 'forces', render: 'liquorice' }]);
    await page.locator('co-viewer').evaluate((element) => {
      (element as CoViewer).activeRoom!.selections.set('selection.s', { particle_ids: [3], display_name: 'S' });
    });
    await menu.getByLabel('Atoms').selectOption('selection.s');
    await menu.getByLabel('Labels').selectOption('element');
    await expect.poll(async () => (await records()).length).toBe(2);
    await menu.getByLabel('Labels').selectOption('');
    await expect.poll(async () => (await records()).length).toBe(1);
    await page.keyboard.press('Escape');
    expect(await menu.count()).toBe(0);
  });
});
