import type { CoViewer } from 'covalence/components';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openScenePage } from '../scene/chromium.ts';
import { pictureOf } from '../scene/independent-camera.ts';
import type { PlainAtoms } from './fixture.ts';
import { openPages } from './pages.ts';

const pages = openPages();

/** A page with a viewer over these frames; what failed is kept in `codes`. */
async function open(frames: PlainAtoms[], before?: () => void): Promise<Page> {
  const page = await pages.blank({ viewport: { width: 300, height: 240 }, ...(before && { before }) });
  await page.evaluate(async (frames) => {
    await fixture.define();
    const viewer = document.createElement('co-viewer') as CoViewer;
    viewer.style.cssText = 'display:block;position:fixed;inset:0';
    const codes: string[] = ((globalThis as { codes?: string[] }).codes = []);
    viewer.addEventListener('co-error', (event) => codes.push(event.error.code));
    viewer.room = await fixture.roomOf(frames);
    document.body.append(viewer);
    await fixture.shown(viewer);
  }, frames);
  return page;
}

const codes = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { codes: string[] }).codes);
const notice = (page: Page): Promise<string[]> => page.locator('co-viewer .notice').allInnerTexts();
const goTo = (page: Page, frame: number): Promise<void> =>
  page.locator('co-viewer').evaluate((element, frame) => {
    (element as CoViewer).activeRoom!.playback.seek(frame);
  }, frame);

const atom: PlainAtoms = { positions: [0, 0, 0], numbers: [6] };

describe('what cannot be drawn', () => {
  it('[C309] a frame without atoms says so, and the next one is drawn', async () => {
    const page = await open([{ positions: [], numbers: [] }, atom]);
    await expect.poll(() => notice(page)).toEqual(['This frame has no atoms']);
    await goTo(page, 1);
    await expect.poll(() => notice(page)).toEqual([]);
    expect(await codes(page)).toEqual([]);
  });

  it('[C309] atoms whose position is not a number are counted in the picture and an error event; the others are drawn', async () => {
    const page = await open([atom]);
    // A provider refuses such numbers; files have them.
    await page.locator('co-viewer').evaluate(async (element) => {
      const text = '3\n\nC 0 0 0\nC nan 0 0\nO 3 inf 0\n1\n\nC 0 0 0\n';
      await (element as CoViewer).openFiles([new File([text], 'odd.xyz')]);
    });
    const legend = page.locator('co-viewer .legend');
    await expect
      .poll(() => legend.allInnerTexts())
      .toEqual(['2 atoms of this frame have no place: the position is not a number']);
    expect(await codes(page)).toEqual(['frame/not-finite']);
    expect(await page.locator('co-viewer').evaluate((element) => (element as CoViewer).project(0) !== undefined)).toBe(
      true,
    );
    await goTo(page, 1);
    await expect.poll(() => legend.count()).toBe(0);
  });

  it('[C310] when the graphics are taken away the viewer says so, and when they come back so does the picture', async () => {
    const page = await open([atom, { positions: [0, 0, 0, 2, 0, 0], numbers: [6, 8] }]);
    const look = (isLost: boolean): Promise<void> =>
      page.locator('co-viewer').evaluate((element, isLost) => {
        const canvas = (element as CoViewer).shadowRoot!.querySelector('canvas')!;
        const store = globalThis as { lose?: WEBGL_lose_context | null };
        store.lose ??= canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context');
        if (isLost) store.lose?.loseContext();
        else store.lose?.restoreContext();
      }, isLost);
    await look(true);
    await expect.poll(() => notice(page)).toEqual([expect.stringMatching(/took the graphics away/)]);
    expect(await codes(page)).toEqual(['render/unavailable']);
    // The rest of the page works meanwhile.
    await goTo(page, 1);
    await expect
      .poll(() => page.locator('co-viewer').evaluate((element) => (element as CoViewer).frame?.index))
      .toBe(1);
    await look(false);
    await expect.poll(() => notice(page)).toEqual([]);
    const isDrawn = (): Promise<boolean> =>
      page.locator('co-viewer').evaluate(async (element) => {
        const bitmap = await createImageBitmap(await (element as CoViewer).toBlob({ width: 60 }));
        const context = new OffscreenCanvas(60, 48).getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        return new Set(new Uint32Array(context.getImageData(0, 0, 60, 48).data.buffer)).size > 20;
      });
    expect(await isDrawn()).toBe(true);
  });

  it('[C310] a frame that the device has no table for is a sentence; a smaller one is drawn again', async () => {
    const page = await open([atom, { positions: Array(3 * 9000).fill(1), numbers: Array(9000).fill(6) }], () => {
      const original = WebGL2RenderingContext.prototype.getParameter;
      // A device with tables of two rows: 8,192 atoms.
      WebGL2RenderingContext.prototype.getParameter = function tiny(this: WebGL2RenderingContext, name: number) {
        return name === this.MAX_TEXTURE_SIZE ? 2 : (original.call(this, name) as unknown);
      };
    });
    expect(await notice(page)).toEqual([]);
    await goTo(page, 1);
    await expect.poll(() => notice(page)).toEqual([expect.stringMatching(/holds tables of \d+ elements/)]);
    expect(await codes(page)).toEqual(['render/unavailable']);
    await goTo(page, 0);
    await expect.poll(() => notice(page)).toEqual([]);
  });
});

describe('much', () => {
  it(
    '[C311] five million atoms are drawn, in low quality where a processor draws, and found under a point',
    { timeout: 240_000 },
    async () => {
      const scene = await openScenePage(64, 48);
      try {
        const seen = await scene.page.evaluate(() => {
          const count = 5_000_000;
          const positions = new Float32Array(3 * count);
          for (let i = 0; i < count; i += 1) {
            positions[3 * i] = (i % 171) * 3;
            positions[3 * i + 1] = (Math.floor(i / 171) % 171) * 3;
            positions[3 * i + 2] = Math.floor(i / 29_241) * 3;
          }
          const view = bench.make({ theme: { background: '#ffffff' } });
          view.setFrame({ atomCount: count, positions, numbers: new Uint8Array(count).fill(18) });
          const shot = bench.pixels(view);
          const hit = view.pick(32, 24);
          const error = bench.canvas().getContext('webgl2')!.getError();
          view.dispose();
          return { shot, hit, error, quality: view.quality };
        });
        expect([seen.error, seen.quality]).toEqual([0, 'low']);
        expect(seen.hit?.atom).toBeGreaterThanOrEqual(0);
        const { data, width, height } = pictureOf(seen.shot);
        expect(data[4 * (width * (height / 2) + width / 2)]).toBeLessThan(250);
        expect(scene.errors).toEqual([]);
      } finally {
        await scene.browser.close();
      }
    },
  );
});
