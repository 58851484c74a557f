import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { idealHelix } from './ideal-helix.ts';
import { openPages, until } from './pages.ts';

const pages = openPages();

/** Helix, helium and water of the ideal helix in a crystal's cell; without a chain where atoms have no such names. */
async function open(isNamed: boolean, cellEdge = 40): Promise<Page> {
  const helix = { ...idealHelix(), cell: [cellEdge, 0, 0, 0, cellEdge, 0, 0, 0, cellEdge] };
  const names = isNamed ? helix.names! : helix.names!.map(() => 'X');
  const page = await pages.blank({ viewport: { width: 640, height: 480 } });
  await page.evaluate(
    async (atoms) => {
      await fixture.define();
      const viewer = document.createElement('co-viewer') as CoViewer;
      viewer.style.cssText = 'position:fixed;inset:0;--co-background:#ffffff';
      viewer.controls = true;
      viewer.room = await fixture.roomOf([atoms]);
      document.body.append(viewer);
      await fixture.shown(viewer);
    },
    { ...helix, names },
  );
  return page;
}

/** What may be asked of a viewer from inside. */
interface Inside {
  isCellShown: boolean;
  scene: { pick(x: number, y: number): { atom: number } | undefined };
}

/** Whether a nitrogen, an atom of no ribbon, is found where it is; and whether the picture has a helix's magenta. */
const seen = (page: Page): Promise<{ isBall: boolean; isWater: boolean; isHelix: boolean; isCell: boolean }> =>
  page.locator('co-viewer').evaluate(
    async (element, [nitrogen, water]) => {
      const viewer = element as CoViewer;
      const inside = viewer as unknown as Inside;
      const found = (atom: number): boolean => {
        const { x, y } = viewer.project(atom)!;
        return inside.scene.pick(x, y)?.atom === atom;
      };
      const bitmap = await createImageBitmap(await viewer.toBlob({ width: 320, height: 240 }));
      const context = new OffscreenCanvas(320, 240).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, 320, 240);
      let helix = 0;
      for (let i = 0; i < data.length; i += 4)
        if (data[i] > data[i + 1] + 40 && data[i + 2] > data[i + 1] + 20) helix += 1;
      return { isBall: found(nitrogen), isWater: found(water), isHelix: helix > 300, isCell: inside.isCellShown };
    },
    [0, idealHelix().water] as const,
  );

const say = (page: Page, record: Record<string, unknown> | undefined): Promise<void> =>
  page.locator('co-viewer').evaluate((element, record) => {
    const { visualisers } = (element as CoViewer).activeRoom!;
    if (record === undefined) visualisers.remove('visualiser.all');
    else visualisers.set('visualiser.all', record);
  }, record);

const options = (page: Page, label: string): Promise<string> =>
  page
    .getByRole('dialog', { name: 'Show as' })
    .getByLabel(label)
    .evaluate((select) => (select as HTMLSelectElement).selectedOptions[0].label);

describe('a polymer nobody said anything about', () => {
  it('[C430] is a cartoon, and nothing of that is written to the room', async () => {
    const page = await open(true);
    await until(async () => (await seen(page)).isHelix).toBe(true);
    expect(await seen(page)).toMatchObject({ isBall: false, isWater: false });
    const records = await page
      .locator('co-viewer')
      .evaluate((element) => Object.keys((element as CoViewer).activeRoom!.visualisers.snapshot()));
    expect(records).toEqual([]);
  });

  it('[C430] whoever says how all atoms are drawn takes its place; who says a colour only colours it', async () => {
    const page = await open(true);
    await until(async () => (await seen(page)).isHelix).toBe(true);
    await say(page, { render: 'ball and stick', color: '#00ff00' });
    await until(async () => await seen(page)).toMatchObject({ isBall: true, isWater: true, isHelix: false });
    await say(page, { color: '#00ff00' });
    await until(async () => await seen(page)).toMatchObject({ isBall: false, isWater: false, isHelix: false });
    await say(page, undefined);
    await until(async () => (await seen(page)).isHelix).toBe(true);
    await page.locator('co-viewer').evaluate((element) => {
      const look = document.createElement('co-visualiser');
      look.setAttribute('render', 'ball and stick');
      element.append(look);
    });
    await until(async () => await seen(page)).toMatchObject({ isBall: true, isWater: true, isHelix: false });
  });

  it('[C430] atoms without such names are balls and sticks, and no code for chains is fetched', async () => {
    const page = await open(false);
    expect(await seen(page)).toMatchObject({ isBall: true, isWater: true, isHelix: false, isCell: true });
    const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(files.filter((name) => name.includes('data-looks'))).toEqual([]);
  });

  it('[C431] fills the first view and Show all, without the cell of its crystal; C draws the cell', async () => {
    const page = await open(true);
    const across = (): Promise<number> =>
      page.locator('co-viewer').evaluate((element) => {
        const viewer = element as CoViewer;
        const ends = [1, 45].map((atom) => viewer.project(atom)!);
        return Math.hypot(ends[0].x - ends[1].x, ends[0].y - ends[1].y);
      });
    await until(async () => (await seen(page)).isHelix).toBe(true);
    const first = await across();
    expect(await seen(page)).toMatchObject({ isCell: false });
    await page.locator('co-viewer').evaluate((element) => (element as CoViewer).focus());
    await page.keyboard.press('c');
    expect(await seen(page)).toMatchObject({ isCell: true });
    await page.keyboard.press('f');
    await until(async () => Math.abs((await across()) / first - 1)).toBeLessThan(0.02);
    // The same atoms, in a cell twice as large, are as large.
    const other = await open(true, 80);
    await until(async () => (await seen(other)).isHelix).toBe(true);
    const size = await other.locator('co-viewer').evaluate((element) => {
      const viewer = element as CoViewer;
      const ends = [1, 45].map((atom) => viewer.project(atom)!);
      return Math.hypot(ends[0].x - ends[1].x, ends[0].y - ends[1].y);
    });
    expect(Math.abs(size / first - 1)).toBeLessThan(0.02);
  });
});

describe('the menu Show as', () => {
  it('[C432] says what is drawn: the style decides the colour until somebody does, and Element colours a cartoon', async () => {
    const page = await open(true);
    await until(async () => (await seen(page)).isHelix).toBe(true);
    await page.locator('co-viewer').evaluate((element) => (element as CoViewer).focus());
    await page.keyboard.press('a');
    const menu = page.getByRole('dialog', { name: 'Show as' });
    await menu.waitFor();
    expect([await options(page, 'Style'), await options(page, 'Colour')]).toEqual(['Automatic', 'Automatic']);
    for (const style of ['Cartoon', 'Ribbon', 'Tube', 'Flat band', 'Illustration']) {
      await menu.getByLabel('Style').selectOption({ label: style });
      expect([await options(page, 'Style'), await options(page, 'Colour')]).toEqual([style, 'Automatic']);
    }
    await menu.getByLabel('Style').selectOption({ label: 'Sticks' });
    expect(await options(page, 'Colour')).toBe('Element');
    await menu.getByLabel('Style').selectOption({ label: 'Cartoon' });
    await menu.getByLabel('Colour').selectOption({ label: 'Element' });
    await until(async () => (await seen(page)).isHelix).toBe(false);
    expect(await options(page, 'Colour')).toBe('Element');
    await menu.getByLabel('Colour').selectOption({ label: 'Automatic' });
    await until(async () => (await seen(page)).isHelix).toBe(true);
  });

  it('[C451] winds without corners where its residues are few, drawn by a processor as by a graphics card', async () => {
    const page = await open(true);
    await say(page, { render: 'cartoon', color: '#dd00dd' });
    const [differing, covered] = await page.locator('co-viewer').evaluate(async (element) => {
      const viewer = element as CoViewer;
      const shape = async (quality: 'low' | 'high'): Promise<Uint8ClampedArray> => {
        viewer.quality = quality;
        await viewer.updateComplete;
        const bitmap = await createImageBitmap(
          await viewer.toBlob({ width: 640, height: 480, background: 'transparent' }),
        );
        const context = new OffscreenCanvas(640, 480).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, 640, 480).data;
      };
      const [low, high] = [await shape('low'), await shape('high')];
      const isSeen = (data: Uint8ClampedArray, i: number): boolean => data[i + 3] > 127;
      const pixels = Array.from({ length: low.length / 4 }, (_, i) => 4 * i);
      return [
        pixels.filter((i) => isSeen(low, i) !== isSeen(high, i)).length,
        pixels.filter((i) => isSeen(high, i)).length,
      ];
    });
    expect(covered).toBeGreaterThan(3000);
    expect(differing / covered).toBeLessThan(0.015);
  });
});
