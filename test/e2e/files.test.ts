import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkXtc, waterGro } from '../data/formats/water-pair.ts';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { hasPicture } from './people.ts';

const WATER = (x: number): string =>
  `3\nProperties=species:S:1:pos:R:3 energy=${-1 - x}\nO ${x} 0 0\nH ${x + 0.96} 0 0\nH ${x - 0.24} 0.93 0\n`;

let directory: string;
let covalence: CovalenceProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-files-'));
  covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  browser = await launchChromium();
  page = await newPage();
});
afterAll(async () => {
  await browser?.close();
  await covalence?.close();
  await rm(directory, { recursive: true, force: true });
});

/** A page that a loaded machine has time for. */
const newPage = async (): Promise<Page> => {
  const made = await browser.newPage();
  made.setDefaultTimeout(120_000);
  return made;
};

/** A file of this name and text is dropped in the middle of the page. */
const drop = (on: Page, name: string, text: string): Promise<void> =>
  on.evaluate(
    ([fileName, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], fileName));
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, text] as const,
  );

const frameCount = (on: Page): Promise<number | undefined> =>
  on.evaluate(() => document.querySelector('co-viewer')?.activeRoom?.frames.trajectory?.count);

const numbersOf = (on: Page): Promise<number[] | undefined> =>
  on.evaluate(() => {
    const numbers = document.querySelector('co-viewer')?.frame?.data['numbers'];
    return typeof numbers === 'object' ? [...numbers.data] : undefined;
  });

describe('files and the page', () => {
  it('[C96] a file dropped on a room opens as a room of its own that others can open too', async () => {
    await page.goto(covalence.url);
    await hasPicture(page);
    await drop(page, 'two waters.xyz', WATER(0) + WATER(1));
    await page.waitForURL(/\/r\/two-waters/);
    await hasPicture(page);
    expect(await frameCount(page)).toBe(2);
    const other = await newPage();
    await other.goto(`${covalence.base}/r/two-waters`);
    await hasPicture(other);
    await other.close();
  });

  it('[C96] a damaged file is refused with a sentence, and no half room stays', async () => {
    await page.goto(`${covalence.base}/`);
    await drop(page, 'broken.xyz', `${WATER(0)}3\nthen it ends\nO 0`);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/broken\.xyz.*line/s);
    const { rooms } = (await (await fetch(`${covalence.base}/v1/rooms`)).json()) as { rooms: { name: string }[] };
    expect(rooms.map(({ name }) => name)).not.toContain('broken');
  });

  it('[F109] a topology and a trajectory dropped together are one room', async () => {
    await page.goto(`${covalence.base}/`);
    await page.evaluate(
      ([gro, xtc]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([gro], 'conf.gro'));
        dataTransfer.items.add(new File([Uint8Array.from(xtc)], 'walk.xtc'));
        for (const type of ['dragenter', 'dragover', 'drop'])
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      },
      [waterGro(), [...walkXtc(4)]] as const,
    );
    await page.waitForURL(/\/r\/walk/);
    await hasPicture(page);
    expect(await frameCount(page)).toBe(4);
    expect(await numbersOf(page)).toEqual([8, 1, 1]);
  });

  it('[F109] an element takes both by their addresses', async () => {
    await page.route('**/files/conf.gro', (route) => route.fulfill({ body: waterGro() }));
    await page.route('**/files/walk.xtc', (route) => route.fulfill({ body: walkXtc(4) }));
    await page.goto(covalence.url);
    await hasPicture(page);
    await page.evaluate(() => {
      document.body.innerHTML =
        '<co-viewer style="height: 300px" src="/files/walk.xtc" topology="/files/conf.gro"></co-viewer>';
    });
    await hasPicture(page);
    expect(await frameCount(page)).toBe(4);
    expect(await numbersOf(page)).toEqual([8, 1, 1]);
  });

  it('[C97] the picture is saved as PNG, the room as extended XYZ', async () => {
    await page.goto(covalence.url);
    await hasPicture(page);
    const save = async (kind: string): Promise<{ name: string; bytes: Buffer }> => {
      await page.locator('#save').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('#save-menu button', { hasText: kind }).click(),
      ]);
      const path = join(directory, download.suggestedFilename());
      await download.saveAs(path);
      return { name: download.suggestedFilename(), bytes: await readFile(path) };
    };
    const picture = await save('Picture');
    expect(picture.name).toBe('droplets-0.png');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    const { width } = page.viewportSize() ?? { width: 0 };
    expect(picture.bytes.readUInt32BE(16)).toBeGreaterThan(width);
    const saved = await save('Trajectory');
    expect(saved.name).toBe('droplets.xyz');
    const original = gunzipSync(await readFile('demo/data/droplets.xyz.gz')).toString();
    const lines = (text: string): number => text.split('\n').length;
    expect(lines(saved.bytes.toString())).toBe(lines(original));
  });

  it('[V20] the address and the first picture of a long file come before it is read to its end, and the count on the page follows', async () => {
    const path = join(directory, 'long.xyz');
    const piece = Array.from({ length: 40_000 }, (_, index) => WATER(index)).join('');
    for (let part = 0; part < 30; part += 1) await writeFile(path, piece, { flag: 'a' });
    expect((await stat(path)).size).toBeGreaterThan(100e6);
    const long = await startCovalence([path]);
    try {
      expect(long.output()).not.toContain('frames');
      const seen = await newPage();
      await seen.goto(long.url);
      await hasPicture(seen);
      await expect.poll(() => long.output(), { timeout: 60_000 }).toContain('long.xyz: 1,200,000 frames');
      await expect.poll(() => frameCount(seen), { timeout: 60_000 }).toBe(1_200_000);
    } finally {
      await long.close();
    }
  });
});
