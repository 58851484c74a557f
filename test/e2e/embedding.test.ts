import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { type CovalenceProcess, startCovalence } from './covalence-process.ts';
import { type ForeignSite, openForeignSite } from './foreign-site.ts';

let folder: string;
let server: CovalenceProcess;
let site: ForeignSite;
let browser: Browser;

const FRAMES = [0.96, 0.97, 0.98]
  .map((bond, index) =>
    [
      '3',
      `Properties=species:S:1:pos:R:3:forces:R:3 energy=${-1 - index / 10}`,
      'O 0 0 0 0 0 1',
      `H ${bond} 0 0 1 0 0`,
      `H -0.24 ${bond} 0 0 1 0`,
    ].join('\n'),
  )
  .join('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covalence-embedding-'));
  await writeFile(join(folder, 'traj.xyz'), `${FRAMES}\n`);
  server = await startCovalence([join(folder, 'traj.xyz'), '--allow-origin', 'http://notebook.test']);
  site = await openForeignSite(['dist', 'demo/app']);
  // The addresses of the manual, exactly: its server, and a page that is not on this machine by its name.
  const rules = `MAP localhost:8080 ${new URL(server.base).host}, MAP notebook.test 127.0.0.1:${site.port}`;
  browser = await launchChromium(`--host-resolver-rules=${rules}`);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The examples of a manual in HTML, as they stand there. */
async function examplesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^```html\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
}

/** A page of somebody else's with nothing in it but the example. */
async function paste(
  example: string,
  origin = `http://localhost:${site.port}`,
): Promise<{ page: Page; errors: string[] }> {
  site.pages.set('/page.html', `<!doctype html><html lang="en"><title>page</title>\n${example}`);
  const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${origin}/page.html`, { waitUntil: 'domcontentloaded' });
  return { page, errors };
}

/** What the first viewer of a page shows: its atoms, or the sentence in place of them. */
function shown(page: Page): Promise<number | string | undefined> {
  return page.evaluate(() => {
    const viewer = document.querySelector('co-viewer');
    const notice = viewer?.shadowRoot?.querySelector('.notice')?.textContent.trim();
    const positions = viewer?.frame?.data.positions;
    return typeof positions === 'object' && 'shape' in positions ? positions.shape[0] : notice;
  });
}

describe('docs/embedding.md', () => {
  it('[C369] what it says to paste shows the room, in sixty seconds, in a page of another origin', async () => {
    const [example] = await examplesOf('docs/embedding.md');
    expect(example).toContain('<co-room href="http://localhost:8080/r/traj">');
    const { page, errors } = await paste(example);
    await expect.poll(() => shown(page), { timeout: 60_000 }).toBe(3);
    await page.getByRole('button', { name: 'One frame on' }).click();
    await expect.poll(() => page.evaluate(() => document.querySelector('co-viewer')?.frame?.index)).toBe(1);
    // Selected here, selected for everybody in the room.
    await page.evaluate(() => document.querySelector('co-viewer')?.focus());
    for (const key of [']', 'Enter']) await page.keyboard.press(key);
    const other = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    await other.goto('http://localhost:8080/r/traj', { waitUntil: 'domcontentloaded' });
    await expect.poll(() => other.locator('co-selections li').count()).toBe(1);
    expect(errors).toEqual([]);
    await Promise.all([page.context().close(), other.context().close()]);
  });

  it('[C369] a page elsewhere is let in by --allow-origin', async () => {
    const [example] = await examplesOf('docs/embedding.md');
    const { page, errors } = await paste(example, 'http://notebook.test');
    await expect.poll(() => shown(page)).toBe(3);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('[C370] without a server a file is drawn, and one that is dropped on it', async () => {
    const [, example] = await examplesOf('docs/embedding.md');
    expect(example).toContain('<co-viewer src="benzene.xyz"');
    const { page, errors } = await paste(example);
    await expect.poll(() => shown(page)).toBe(12);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['2\n\nH 0 0 0\nH 0 0 0.74\n'], 'hydrogen.xyz'));
      const stage = document.querySelector('co-viewer')?.shadowRoot?.querySelector('.stage');
      const options = { bubbles: true, composed: true, cancelable: true, dataTransfer: data };
      for (const kind of ['dragenter', 'dragover', 'drop']) stage?.dispatchEvent(new DragEvent(kind, options));
    });
    await expect.poll(() => shown(page)).toBe(2);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('[C455] a viewer plays a Zarr store without a room, and asks it for nothing that it does not list', async () => {
    const { page, errors } = await paste(
      '<script type="module" src="embed.js"></script>' +
        '<co-viewer src="http://localhost:8080/v1/rooms/traj/zarr/head" controls></co-viewer>',
    );
    await expect.poll(() => shown(page), { timeout: 60_000 }).toBe(3);
    const room = await page.evaluate(async () => {
      const { name, frames, url } = document.querySelector('co-viewer')?.activeRoom ?? {};
      const { energy } = (await frames?.read(2))?.data ?? {};
      return { name, url, count: frames?.count, energy };
    });
    expect(room).toEqual({ name: 'traj', url: '', count: 3, energy: -1.2 });
    // A key that is not there is a 404, which a browser writes to its console.
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('frames and the worker of a page', () => {
  const EMBEDDED =
    '<script type="module" src="http://localhost:8080/embed.js"></script>' +
    '<co-room href="http://localhost:8080/r/traj"><co-viewer></co-viewer></co-room>';

  /** Reads what no cache holds; the energy. */
  const readAnew = (page: Page): Promise<unknown> =>
    page.evaluate(async () => {
      const { frames } = document.querySelector('co-viewer')?.activeRoom ?? {};
      return (await frames?.readById('f1', { version: 1 }))?.data['energy'];
    });
  const isFrames = (name: string): boolean => name.includes('/frames');
  const FETCHED = (): string[] => performance.getEntriesByType('resource').map(({ name }) => name);
  /** Addresses of frames that were fetched by the page itself and by its workers. */
  const fetched = async (page: Page): Promise<{ page: number; workers: number }> => {
    const byWorkers = await Promise.all(page.workers().map((worker) => worker.evaluate(FETCHED)));
    return {
      page: (await page.evaluate(FETCHED)).filter(isFrames).length,
      workers: byWorkers.flat().filter(isFrames).length,
    };
  };
  const worked = async (page: Page): Promise<void> => {
    await expect.poll(() => shown(page)).toBe(3);
    // The first frames come before it is there.
    await expect
      .poll(async () => (await readAnew(page)) === -1.1 && (await fetched(page)).workers, { timeout: 60_000 })
      .toBeGreaterThan(0);
    const before = (await fetched(page)).page;
    expect(await readAnew(page)).toBe(-1.1);
    expect((await fetched(page)).page).toBe(before);
  };

  it('[C478] the page of a room and a page of another origin read frames by a worker', async () => {
    const own = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
    await own.goto('http://localhost:8080/r/traj');
    await worked(own);
    await own.context().close();
    const { page, errors } = await paste(EMBEDDED, 'http://notebook.test');
    await worked(page);
    // Whoever puts a fetch of their own in the place of the page's is asked.
    const asked = await page.evaluate(async () => {
      const addresses: string[] = [];
      const real = globalThis.fetch;
      globalThis.fetch = (input, init) => {
        addresses.push(new Request(input).url);
        return real(input, init);
      };
      await document.querySelector('co-viewer')?.activeRoom?.frames.readById('f1', { version: 1 });
      globalThis.fetch = real;
      return addresses;
    });
    expect(asked).toEqual([expect.stringContaining('/frames/f1')]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('[C479] a worker that ends without a word is replaced by the page itself', async () => {
    const { page, errors } = await paste(EMBEDDED);
    await worked(page);
    const before = (await fetched(page)).page;
    for (const worker of page.workers()) {
      const gone = worker.waitForEvent('close');
      await worker.evaluate(() => close()).catch(() => undefined);
      await gone;
    }
    expect(await readAnew(page)).toBe(-1.1);
    expect((await fetched(page)).page).toBe(before + 1);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it.each(["worker-src 'none'", "require-trusted-types-for 'script'; trusted-types lit-html"])(
    '[C479] under a policy that forbids workers, %s, the page reads frames itself',
    async (policy) => {
      site.headers = { 'content-security-policy': policy };
      const { page } = await paste(EMBEDDED);
      await expect.poll(() => shown(page)).toBe(3);
      for (let again = 0; again < 3; again += 1) expect(await readAnew(page)).toBe(-1.1);
      expect(page.workers()).toEqual([]);
      expect((await fetched(page)).page).toBeGreaterThan(3);
      site.headers = {};
      await page.context().close();
    },
  );
});

describe('docs/elements', () => {
  it('[C371] the example on the page of every element works when it is pasted', async () => {
    const files = (await readdir('docs/elements')).filter((name) => name.endsWith('.md'));
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const tag = file.replace('.md', '');
      const [example] = await examplesOf(join('docs/elements', file));
      expect(example, file).toContain(`<${tag}`);
      const { page, errors } = await paste(example);
      await expect.poll(() => shown(page), { message: file }).toSatisfy((atoms) => atoms === 3 || atoms === 12);
      const state = await page.evaluate((name) => {
        const element = document.querySelector(name);
        const isDefined = customElements.get(name) !== undefined && element instanceof customElements.get(name)!;
        return { isDefined, hasRoom: element !== null && 'activeRoom' in element && element.activeRoom !== undefined };
      }, tag);
      expect(state, file).toEqual({ isDefined: true, hasRoom: tag !== 'co-visualiser' });
      expect(errors, file).toEqual([]);
      await page.context().close();
    }
  });
});
