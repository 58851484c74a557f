import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { CoViewer } from 'covalence/components';
import { openPages } from './pages.ts';

/** What the page counts before anything of ours runs. */
interface Counted {
  /** Drawing contexts made. */
  contexts: WebGL2RenderingContext[];
  /** Canvases that something was copied into, once for each copy. */
  copies: HTMLCanvasElement[];
}

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var counted: Counted;
}

const SIDE = 8;
const COUNT = SIDE * SIDE;

const pages = openPages();

function count(): void {
  globalThis.counted = { contexts: [], copies: [] };
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...given: unknown[]) {
    const context = (getContext as Function).apply(this, given) as RenderingContext | null;
    if (context instanceof WebGL2RenderingContext && !counted.contexts.includes(context))
      counted.contexts.push(context);
    return context;
  } as typeof getContext;
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
    if (given[0] instanceof HTMLCanvasElement) counted.copies.push(this.canvas);
    (drawImage as Function).apply(this, given);
  };
}

/** Viewers of one big atom each, in a hue of its own, so many a row; resolves when each has its frame. */
async function showAtoms(page: Page, number: number, style: string): Promise<void> {
  await page.evaluate(
    async ({ number, style }) => {
      await fixture.define();
      document.body.style.margin = '0';
      const viewers = Array.from({ length: number }, async (_, index) => {
        const viewer = document.createElement('co-viewer') as CoViewer;
        viewer.style.cssText = style;
        document.body.append(viewer);
        const file = new File([`1\n\nC 0 0 0\n`], `atom-${index}.xyz`);
        await viewer.openFiles([file]);
        viewer.room?.visualisers.set('all', { color: hueColor((360 * index) / number), render: 'spheres' });
        await fixture.shown(viewer);
      });
      await Promise.all(viewers);

      function hueColor(hue: number): string {
        const part = (shift: number): string => {
          const k = (shift + hue / 30) % 12;
          const value = 0.5 - 0.5 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
          return Math.round(value * 255)
            .toString(16)
            .padStart(2, '0');
        };
        return `#${part(0)}${part(8)}${part(4)}`;
      }
    },
    { number, style },
  );
}

/** The hue in the middle of each viewer's canvas in degrees; null where nothing is drawn. */
function hues(page: Page): Promise<(number | null)[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('co-viewer')].map((viewer) => {
      const canvas = viewer.shadowRoot!.querySelector('canvas')!;
      const context = new OffscreenCanvas(1, 1).getContext('2d')!;
      context.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
      const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
      const most = Math.max(r, g, b);
      const spread = most - Math.min(r, g, b);
      if (spread < 60) return null;
      const sixth = most === r ? (g - b) / spread : most === g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
      return (sixth * 60 + 360) % 360;
    }),
  );
}

/** How many degrees each hue is from the one its viewer was given; 360 where nothing is drawn. */
async function offsets(page: Page): Promise<number[]> {
  return (await hues(page)).map((hue, index, all) => {
    if (hue === null) return 360;
    const off = Math.abs(hue - (360 * index) / all.length);
    return Math.min(off, 360 - off);
  });
}

const SMALL = 'display:inline-block;width:120px;height:120px;min-height:0';

describe('viewers of one page', () => {
  it('[C360] 64 viewers show their own pixels with one graphics context', async () => {
    const page = await pages.blank({ before: count, viewport: { width: 1000, height: 1000 } });
    await showAtoms(page, COUNT, SMALL);
    await expect.poll(async () => Math.max(...(await offsets(page)))).toBeLessThan(180 / COUNT);
    expect(await page.evaluate(() => counted.contexts.length)).toBe(1);
    await page.context().close();
  });

  it('[C361] a viewer that is alone draws into its canvas without a copy', async () => {
    const page = await pages.blank({ before: count });
    await showAtoms(page, 1, SMALL);
    const alone = await page.evaluate(() => {
      const canvas = document.querySelector('co-viewer')!.shadowRoot!.querySelector('canvas');
      return { isDrawn: counted.contexts[0]?.canvas === canvas, copies: counted.copies.length };
    });
    expect(alone).toEqual({ isDrawn: true, copies: 0 });
    await page.context().close();
  });

  it('[C362] what is out of sight is not drawn, and shows the present when it comes into sight', async () => {
    const page = await pages.blank({ before: count, viewport: { width: 600, height: 400 } });
    await showAtoms(page, 4, 'display:block;width:300px;height:420px');
    await expect.poll(async () => (await offsets(page)).map((off) => off < 20)).toEqual([true, false, false, false]);
    const drawn = await page.evaluate(async () => {
      const viewers = [...document.querySelectorAll('co-viewer')];
      counted.copies = [];
      for (const viewer of viewers) viewer.room?.visualisers.update('all', { color: '#00ff00' });
      const canvases = viewers.map((viewer) => viewer.shadowRoot!.querySelector('canvas')!);
      // What is in sight is drawn when the machine comes to it; the others would be at the same turn.
      for (let turn = 0; !counted.copies.includes(canvases[0]) && turn < 600; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return canvases.map((canvas) => counted.copies.includes(canvas));
    });
    expect(drawn).toEqual([true, false, false, false]);
    await page.evaluate(() => scrollTo(0, 1290));
    await expect.poll(async () => (await hues(page))[3]).toBeCloseTo(120, -1);
    expect((await hues(page))[2]).toBeNull();
    await page.context().close();
  });

  it('[C363] all come back after the context was lost, and the last to go frees it', async () => {
    const page = await pages.blank({ before: count });
    await showAtoms(page, 6, SMALL);
    await expect.poll(async () => Math.max(...(await offsets(page)))).toBeLessThan(10);
    await page.evaluate(async () => {
      const [gl] = counted.contexts;
      const happened = (name: string): Promise<unknown> =>
        new Promise((resolve) => gl.canvas.addEventListener(name, resolve, { once: true }));
      const lose = gl.getExtension('WEBGL_lose_context')!;
      const gone = happened('webglcontextlost');
      lose.loseContext();
      await gone;
      for (const viewer of document.querySelectorAll('co-viewer')) {
        const canvas = viewer.shadowRoot!.querySelector('canvas')!;
        canvas.getContext('2d')!.clearRect(0, 0, canvas.width, canvas.height);
      }
      await new Promise((resolve) => setTimeout(resolve));
      const back = happened('webglcontextrestored');
      lose.restoreContext();
      await back;
    });
    await expect.poll(async () => Math.max(...(await offsets(page)))).toBeLessThan(10);

    await page.evaluate(() => document.body.replaceChildren());
    await expect.poll(() => page.evaluate(() => counted.contexts.map((gl) => gl.isContextLost()))).toEqual([true]);
    await showAtoms(page, 1, SMALL);
    const state = await page.evaluate(() => {
      const canvas = document.querySelector('co-viewer')!.shadowRoot!.querySelector('canvas');
      return counted.contexts.map((gl) => [gl.canvas === canvas, gl.isContextLost()]);
    });
    expect(state).toEqual([
      [false, true],
      [true, false],
    ]);
    await page.context().close();
  });

  it('[C364] viewers that leave and come back, in any order, show their pixels again', async () => {
    const page = await pages.blank({ before: count });
    await showAtoms(page, 3, SMALL);
    await page.evaluate(async () => {
      const [first, second, third] = document.querySelectorAll('co-viewer');
      second.remove();
      first.remove();
      document.body.prepend(first);
      third.remove();
      first.remove();
      document.body.append(first, second, third);
    });
    await expect.poll(async () => Math.max(...(await offsets(page)))).toBeLessThan(10);
    expect(await page.evaluate(() => counted.contexts.filter((gl) => !gl.isContextLost()).length)).toBe(1);
    await page.context().close();
  });
});
