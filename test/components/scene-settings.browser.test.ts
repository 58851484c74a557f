import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { PlainAtoms } from './fixture.ts';
import { openPages } from './pages.ts';

const pages = openPages();

/** A page with a viewer over these frames, seen from the front, 20 angstrom away. */
async function open(frames: PlainAtoms[], quality: 'high' | 'low'): Promise<Page> {
  const page = await pages.blank({ viewport: { width: 240, height: 180 } });
  await page.evaluate(
    async ({ frames, quality }) => {
      await fixture.define();
      const viewer = document.createElement('co-viewer') as CoViewer;
      viewer.style.cssText = 'display:block;position:fixed;inset:0;--co-background:#ffffff';
      viewer.quality = quality;
      viewer.camera = { position: [0, 0, 20], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
      viewer.room = await fixture.roomOf(frames);
      document.body.append(viewer);
      await fixture.shown(viewer);
    },
    { frames, quality },
  );
  return page;
}

/** Sets what everybody's picture has in common, and how atoms look; waits until it is drawn. */
async function set(page: Page, settings: Record<string, unknown>, look: Record<string, unknown> = {}): Promise<void> {
  await page.locator('co-viewer').evaluate(
    async (element, { settings, look }) => {
      const room = (element as CoViewer).activeRoom!;
      room.state.collection('scene.').clear();
      for (const [name, value] of Object.entries(settings)) room.state.set(`scene.${name}`, value as string);
      room.visualisers.set('visualiser.all', { render: 'spheres', ...look });
      await fixture.drawn();
    },
    { settings, look },
  );
}

/** Colours of pixels, opacity included, from the file the viewer makes; `area` sums darkness over the whole. */
async function pixels(page: Page, places: readonly (readonly [number, number])[]): Promise<number[][]> {
  return page.locator('co-viewer').evaluate(async (element, places) => {
    const viewer = element as CoViewer;
    const { clientWidth: width, clientHeight: height } = viewer;
    const bitmap = await createImageBitmap(await viewer.toBlob({ width, height }));
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    return places.map(([x, y]) => [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data]);
  }, places);
}

/** Pixels an angstrom in the plane of the target. */
const SCALE = 180 / (2 * 20 * Math.tan(Math.PI / 12));
const at = (x: number, y: number): [number, number] => [120 + x * SCALE, 90 - y * SCALE];

describe('settings of the picture', () => {
  it('[C306] scene.background is behind every picture of the room, transparent too, and goes when it is taken away', async () => {
    const page = await open([{ positions: [0, 0, 0], numbers: [6] }], 'low');
    await set(page, { background: '#102030' });
    expect(await pixels(page, [[3, 3]])).toEqual([[16, 32, 48, 255]]);
    await set(page, { background: 'transparent' });
    expect((await pixels(page, [[3, 3], at(0, 0)])).map(([, , , opacity]) => opacity)).toEqual([0, 255]);
    await set(page, { background: 'no colour' });
    expect(await pixels(page, [[3, 3]])).toEqual([[255, 255, 255, 255]]);
  });

  it('[C306] scene.projection makes near and far alike and keeps what is at the target, there and back', async () => {
    // One nearer, one further by 8 angstrom; both 4 angstrom off the middle.
    const page = await open([{ positions: [4, 0, 8, -4, 0, -8], numbers: [6, 6] }], 'low');
    const places = (): Promise<number[]> =>
      page
        .locator('co-viewer')
        .evaluate((element) => [0, 1].map((atom) => Math.round((element as CoViewer).project(atom)!.x)));
    const perspective = await places();
    expect(perspective[0] - 120).toBeGreaterThan(2 * (120 - perspective[1]));
    await set(page, { projection: 'orthographic' });
    const parallel = await places();
    expect(Math.abs(parallel[0] - 120 - (120 - parallel[1]))).toBeLessThanOrEqual(1);
    expect(Math.abs(parallel[0] - 120 - 4 * SCALE)).toBeLessThan(2);
    await page.locator('co-viewer').evaluate((element) => {
      (element as CoViewer).camera = { position: [0, 0, 40], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
    });
    expect(await page.locator('co-viewer').evaluate((element) => (element as CoViewer).camera?.fov)).toBeUndefined();
    await set(page, {});
    expect(await page.locator('co-viewer').evaluate((element) => (element as CoViewer).camera?.fov)).toBe(30);
  });

  it('[C306] scene.cell draws the cell or not, unless the element says', async () => {
    const cell = [4, 0, 0, 0, 4, 0, 0, 0, 4];
    const page = await open([{ positions: [0, -2, 0], numbers: [1], cell }], 'low');
    await set(page, {});
    const top = Array.from({ length: 9 }, (_, i): [number, number] => [120 + 2 * SCALE, 90 - 4 * SCALE + i - 4]);
    const topDrawn = async (): Promise<boolean> => (await pixels(page, top)).some(([red]) => red < 240);
    expect(await topDrawn()).toBe(true);
    await set(page, { cell: false });
    expect(await topDrawn()).toBe(false);
    await page.locator('co-viewer').evaluate(async (element) => {
      (element as CoViewer).cell = 'show';
      await (element as CoViewer).updateComplete;
    });
    expect(await topDrawn()).toBe(true);
  });

  it('[C306] scene.depth_cue, outline and ambient_occlusion are switched off and weakened', async () => {
    // Two balls that meet, two of which one covers the other's side, and one far away.
    const page = await open(
      [{ positions: [-1.2, -3, 0, 1.2, -3, 0, -1, 2, 0, 1, 2, 3, -7, 5, -14], numbers: [6, 6, 6, 6, 6] }],
      'high',
    );
    const farScale = 180 / (2 * 34 * Math.tan(Math.PI / 12));
    const far: [number, number] = [120 - 7 * farScale, 90 - 5 * farScale];
    const luma = async (settings: Record<string, unknown>): Promise<number[]> => {
      await set(page, settings, { color: '#808080' });
      const seam = Array.from({ length: 17 }, (_, i) => at((i - 8) / 12, -3));
      const edge = Array.from({ length: 30 }, (_, i) => at(-1.2 + i / 15, 2));
      const reds = (await pixels(page, [far, ...seam, ...edge])).map(([red]) => red);
      const mean = reds.slice(1, 18).reduce((sum, red) => sum + red, 0) / 17;
      return [reds[0], Math.min(...reds.slice(18)), mean];
    };
    const [usualFar, usualEdge, usualMean] = await luma({});
    const [plainFar] = await luma({ depth_cue: false });
    expect(usualFar - plainFar, 'less of the white behind').toBeGreaterThan(12);
    const [, plainEdge] = await luma({ outline: false });
    expect(plainEdge - usualEdge, 'no dark line').toBeGreaterThan(10);
    const [, , openMean] = await luma({ ambient_occlusion: 0 });
    expect(openMean - usualMean, 'clefts are lighter').toBeGreaterThan(2);
  });

  it('[C307] the menu Show as changes them for everybody, and takes away what is as usual', async () => {
    const page = await open([{ positions: [0, 0, 0], numbers: [6] }], 'low');
    await page.setViewportSize({ width: 700, height: 640 });
    await page.locator('co-viewer [part=stage]').press('a');
    const menu = page.locator('co-viewer .show-as');
    const settings = (): Promise<object> =>
      page
        .locator('co-viewer')
        .evaluate((element) => (element as CoViewer).activeRoom!.state.collection('scene.').snapshot());
    await menu.getByLabel('Background').selectOption('Black');
    await menu.getByLabel('Projection').selectOption('Parallel');
    await menu.getByLabel('Outlines').uncheck();
    await expect
      .poll(settings)
      .toEqual({ 'scene.background': '#000000', 'scene.projection': 'orthographic', 'scene.outline': false });
    await menu.getByLabel('Background').selectOption('As the page');
    await menu.getByLabel('Projection').selectOption('Perspective');
    await menu.getByLabel('Outlines').check();
    await expect.poll(settings).toEqual({});
  });
});

describe('trails', () => {
  it('[C308] trails run through the frames that were shown, fade with age, end at the cell and read no frame', async () => {
    const frames = Array.from({ length: 8 }, (_, i): PlainAtoms => ({
      positions: [-4 + i, 0, 0, -4 + ((i * 3) % 10), -3, 0],
      numbers: [26, 26],
      cell: [10, 0, 0, 0, 10, 0, 0, 0, 10],
    }));
    const page = await open(frames, 'low');
    await set(page, { cell: false }, { render: 'ball and stick', trails: { frames: 6, color: '#ff0000', width: 3 } });
    const seek = (frame: number): Promise<void> =>
      page.locator('co-viewer').evaluate(async (element, frame) => {
        const viewer = element as CoViewer;
        viewer.activeRoom!.playback.seek(frame);
        while (viewer.frame?.index !== frame) await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }, frame);
    for (let frame = 1; frame < 8; frame += 1) await seek(frame);
    const redness = async (places: readonly (readonly [number, number])[]): Promise<number[]> =>
      (await pixels(page, places)).map(([red, green]) => red - green);
    const [young, old, before] = await redness([at(1.6, 0), at(-1.6, 0), at(-3.6, 0)]);
    expect(young).toBeGreaterThan(120);
    expect(old).toBeGreaterThan(15);
    expect(young - old).toBeGreaterThan(60);
    expect(before, 'more than six frames ago').toBeLessThan(10);
    // The other atom steps by three and now and then back through the cell, which is no path.
    expect((await redness([at(-2.25, -3)]))[0], 'a jump through the cell').toBeLessThan(10);
    await seek(2);
    const [behind, ahead] = await redness([at(-3.2, 0), at(0.6, 0)]);
    expect(behind).toBeGreaterThan(40);
    expect(ahead, 'frames to come leave no trail').toBeLessThan(10);
    await set(page, {}, { render: 'ball and stick' });
    expect((await redness([at(-3.2, 0)]))[0]).toBeLessThan(10);
  });
});

describe('molecules in one piece', () => {
  it('[C472] are drawn as the viewer or the room says, and picked there; undo takes it back', async () => {
    // An O-H through the face of a cube of 8 angstrom, whose middle is in the middle of the picture.
    const cut = { positions: [7.7, 4, 4, 0.66, 4, 4], numbers: [8, 1], cell: [8, 0, 0, 0, 8, 0, 0, 0, 8] };
    const page = await open([cut], 'low');
    const [stored, whole] = ['197 50', '30 50'];
    const across = (): Promise<string> =>
      page.evaluate(() => {
        const viewer = document.querySelector('co-viewer')!;
        return [0, 1].map((atom) => Math.round(viewer.project(atom)?.x ?? -1)).join(' ');
      });
    const until = (places: string): Promise<void> => expect.poll(across).toBe(places);
    await page.evaluate(() => {
      const viewer = document.querySelector('co-viewer')!;
      viewer.camera = { position: [4, 4, 30], target: [4, 4, 4], up: [0, 1, 0], height: 8.64 };
    });
    await until(stored);
    await page.evaluate(() => (document.querySelector('co-viewer')!.wrap = 'molecules'));
    await until(whole);
    const picked = await page.evaluate(() => document.querySelector('co-viewer')!.scene?.pick(30, 90)?.atom);
    expect(picked).toBe(0);
    await page.evaluate(() => (document.querySelector('co-viewer')!.wrap = undefined));
    await until(stored);
    await page.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.state.set('scene.molecules', true));
    await until(whole);
    await page.evaluate(() => document.querySelector('co-viewer')!.activeRoom!.undo());
    await until(stored);
  });
});
