import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { CoViewer } from 'covalence/components';
import { openPages } from './pages.ts';

const pages = openPages();

/** Two atoms far from each other on the x axis; the look of each is read in the picture. */
const FILE = '2\n\nC -3 0 0\nO 3 0 0\n';

/** The viewer's colours where its two atoms are, as it would save them. */
function colors(page: Page): Promise<[number, number, number][]> {
  return page.evaluate(async () => {
    const viewer = document.querySelector('co-viewer')!;
    await fixture.drawn();
    const image = await createImageBitmap(await viewer.toBlob({ width: 400, height: 300, background: 'white' }));
    const context = new OffscreenCanvas(400, 300).getContext('2d')!;
    context.drawImage(image, 0, 0);
    return [0, 1].map((atom): [number, number, number] => {
      const { x, y } = viewer.project(atom)!;
      const [r, g, b] = context.getImageData(x, y, 1, 1).data;
      return [r, g, b];
    });
  });
}

const isGreen = ([r, g, b]: readonly number[]): boolean => g > 90 && r < g / 2 && b < g / 2;
const isBlue = ([r, g, b]: readonly number[]): boolean => b > 90 && r < b / 2 && g < b / 2;
const isWhite = (rgb: readonly number[]): boolean => rgb.every((part) => part > 240);

async function open(inside: string): Promise<Page> {
  const page = await pages.blank();
  await page.evaluate(
    async ({ inside, file }) => {
      document.body.innerHTML = `<co-viewer style="width:400px;height:300px">${inside}</co-viewer>`;
      // Parsed before it is defined, as in most pages.
      await fixture.define();
      const viewer = document.querySelector<CoViewer>('co-viewer')!;
      await viewer.openFiles([new File([file], 'pair.xyz')]);
      await fixture.shown(viewer);
      viewer.camera = { position: [0, 0, 30], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
    },
    { inside, file: FILE },
  );
  return page;
}

describe('co-visualiser', () => {
  it('[C365] says how its viewer draws some atoms, and follows its attributes', async () => {
    const page = await open('<co-visualiser select="element O" render="spheres" color="#00ff00"></co-visualiser>');
    await expect.poll(async () => isGreen((await colors(page))[1])).toBe(true);
    expect(isGreen((await colors(page))[0])).toBe(false);
    const change = (code: string): Promise<void> =>
      page.evaluate((code) => {
        // oxlint-disable-next-line no-implied-eval -- one line of the test
        new Function('look', code)(document.querySelector('co-visualiser'));
      }, code);
    await change(`look.setAttribute('color', '#0000ff')`);
    await expect.poll(async () => isBlue((await colors(page))[1])).toBe(true);
    await change('look.hide = true');
    await expect.poll(async () => isWhite((await colors(page))[1])).toBe(true);
    await change('look.disabled = true');
    await expect.poll(async () => isWhite((await colors(page))[1])).toBe(false);
    expect(isBlue((await colors(page))[1])).toBe(false);
    await change('look.hide = false; look.disabled = false');
    await expect.poll(async () => isBlue((await colors(page))[1])).toBe(true);
    await change('look.remove()');
    await expect.poll(async () => isBlue((await colors(page))[1])).toBe(false);
    await page.context().close();
  });

  it('[C365] later ones win, people win over the page, and the room hears of none', async () => {
    const page = await open(`<co-visualiser render="spheres" color="#00ff00"></co-visualiser>
      <co-visualiser select="index 1" color="#0000ff"></co-visualiser>`);
    await expect.poll(async () => isBlue((await colors(page))[1])).toBe(true);
    expect(isGreen((await colors(page))[0])).toBe(true);
    expect(await page.evaluate(() => document.querySelector('co-viewer')!.room!.visualisers.size)).toBe(0);
    await page.evaluate(() => document.querySelector('co-viewer')!.room!.visualisers.set('all', { color: '#00ff00' }));
    await expect.poll(async () => isGreen((await colors(page))[1])).toBe(true);
    await page.context().close();
  });

  it('[C365] an expression that cannot be read is an error event, once; the rest is drawn', async () => {
    const page = await pages.blank();
    const codes = await page.evaluate(async (file) => {
      const codes: string[] = [];
      document.addEventListener('co-error', (event) => codes.push(event.error.code));
      document.body.innerHTML = `<co-viewer style="width:400px;height:300px">
        <co-visualiser select="element of surprise" color="red"></co-visualiser>
        <co-visualiser render="spheres"></co-visualiser></co-viewer>`;
      await fixture.define();
      const viewer = document.querySelector<CoViewer>('co-viewer')!;
      await viewer.openFiles([new File([file], 'pair.xyz')]);
      await fixture.shown(viewer);
      // The part that reads expressions comes when it comes.
      for (let turn = 0; codes.length === 0 && turn < 300; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
      viewer.room!.selections.add({ particle_ids: [0] });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return codes;
    }, FILE);
    expect(codes).toEqual(['select/invalid']);
    await page.context().close();
  });
});

describe('loading', () => {
  it('[C366] a lazy viewer opens its file when it comes near what is seen', async () => {
    const page = await pages.blank({ viewport: { width: 600, height: 400 } });
    const asked: string[] = [];
    await page.route('**/*.xyz', async (route) => {
      asked.push(new URL(route.request().url()).pathname);
      await route.fulfill({ body: FILE });
    });
    await page.evaluate(async () => {
      document.body.innerHTML = `<co-viewer loading="lazy" src="/near.xyz"></co-viewer>
        <div style="height:3000px"></div><co-viewer loading="lazy" src="/far.xyz"></co-viewer>`;
      await fixture.define();
      await fixture.shown(document.querySelector<CoViewer>('co-viewer')!);
    });
    expect(new Set(asked)).toEqual(new Set(['/near.xyz']));
    await page.evaluate(async () => {
      scrollTo(0, 3000);
      await fixture.shown(document.querySelectorAll<CoViewer>('co-viewer')[1]);
    });
    expect(new Set(asked)).toEqual(new Set(['/near.xyz', '/far.xyz']));
    await page.context().close();
  });
});
