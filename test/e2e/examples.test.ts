import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { launchChromium } from './chromium.ts';
import { type ForeignSite, openForeignSite } from './foreign-site.ts';

declare function complain(text: string): void;

const root = resolve('.');
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covalence-examples-'));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of an example as somebody has it who installed its packages, Covalence as it was built here among them. */
async function checkOut(name: string): Promise<string> {
  const project = join(folder, name);
  await cp(join(root, 'examples', name), project, { recursive: true });
  await mkdir(join(project, 'node_modules', '@types'), { recursive: true });
  await symlink(root, join(project, 'node_modules', 'covalence'));
  for (const dependency of ['react', 'react-dom', '@types/react', '@types/react-dom'])
    await symlink(join(root, 'node_modules', dependency), join(project, 'node_modules', dependency));
  return project;
}

/** A page of a site with everything it complains about. */
async function open(site: ForeignSite, path: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning';
    // What the development build of lit says of itself.
    if (isBad && !message.text().startsWith('Lit is in dev mode')) complaints.push(message.text());
  });
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
      complain(`refused by ${violatedDirective}: ${blockedURI} ${sample}`),
    );
  });
  await page.goto(`http://localhost:${site.port}${path}`, { waitUntil: 'domcontentloaded' });
  return { page, complaints };
}

/** Until a viewer shows a frame; the number of its atoms. */
async function atoms(page: Page, selector: string): Promise<void> {
  const count = (): Promise<number | undefined> =>
    page.evaluate((name) => {
      const viewer = document.querySelector<HTMLElementTagNameMap['co-viewer']>(name);
      const numbers = viewer?.frame?.data.numbers;
      return typeof numbers === 'object' && 'shape' in numbers ? numbers.shape[0] : undefined;
    }, selector);
  await expect.poll(count).toBe(6);
}

/** Clicks an atom of a viewer. */
async function click(page: Page, selector: string, atom: number): Promise<void> {
  const place = (): Promise<{ x: number; y: number } | undefined> =>
    page.evaluate(
      ([name, index]) => {
        const viewer = document.querySelector<HTMLElementTagNameMap['co-viewer']>(String(name));
        const box = viewer?.getBoundingClientRect();
        const seen = viewer?.project(Number(index));
        return box && seen && { x: box.x + seen.x, y: box.y + seen.y };
      },
      [selector, atom],
    );
  // The frame is there before the picture is.
  await expect.poll(place, { message: `where atom ${atom} is in ${selector}` }).toBeDefined();
  const at = (await place())!;
  await page.mouse.click(at.x, at.y);
}

describe('examples/react', () => {
  let site: ForeignSite;
  let project: string;
  beforeAll(async () => {
    project = await checkOut('react');
    await build({
      root: project,
      base: './',
      configFile: false,
      logLevel: 'silent',
      mode: 'development',
      // The development build of React: StrictMode mounts everything twice in it.
      define: { 'process.env.NODE_ENV': '"development"' },
      build: { outDir: 'dist', minify: false, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 9000 },
    });
    site = await openForeignSite([join(project, 'dist')]);
  });
  afterAll(() => site?.close());

  it('[C372] has types for its tags, properties and events', async () => {
    const compile = promisify(execFile);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await compile(process.execPath, [tsc, '-p', project]);
    await writeFile(
      join(project, 'wrong.tsx'),
      'export const wrong = <co-viewer controls="often" selected="all" />;\n',
    );
    await expect(compile(process.execPath, [tsc, '-p', project])).rejects.toThrow();
    await rm(join(project, 'wrong.tsx'));
  });

  it('[C373] mounts twice as StrictMode does, with one selection, React’s, in two pictures', async () => {
    const { page, complaints } = await open(site, '/index.html');
    await atoms(page, '#first');
    await atoms(page, '#second');
    const text = (): Promise<string> => page.locator('output').innerText();
    await click(page, '#first', 1);
    await expect.poll(text).toBe('selected: 1');
    await page.keyboard.down('Shift');
    await click(page, '#second', 0);
    await page.keyboard.up('Shift');
    await expect.poll(text).toBe('selected: 0 1');
    await page.getByRole('button', { name: 'the methyl group' }).click();
    await expect.poll(text).toBe('selected: 2 3 4');
    const state = (): Promise<unknown> =>
      page.evaluate(() =>
        [...document.querySelectorAll('co-viewer')].map(({ selected, activeRoom }) => [
          selected,
          activeRoom?.selections.size,
        ]),
      );
    // The page's own: no record of any room.
    expect(await state()).toEqual([
      [[2, 3, 4], 0],
      [[2, 3, 4], 0],
    ]);
    await page.getByRole('button', { name: 'hide' }).click();
    await expect.poll(() => page.locator('co-viewer').count()).toBe(0);
    await page.getByRole('button', { name: 'show' }).click();
    await atoms(page, '#first');
    await atoms(page, '#second');
    await page.getByRole('button', { name: 'fit' }).click();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('examples/plain', () => {
  it('[C374] works under a policy that allows its own files only, nothing inline, nothing evaluated', async () => {
    const site = await openForeignSite([join(root, 'examples', 'plain'), join(root, 'dist')]);
    const { page, complaints } = await open(site, '/index.html');
    await atoms(page, '#viewer');
    await click(page, '#viewer', 1);
    await expect.poll(() => page.locator('output').innerText()).toBe('selected: 1');
    await page.getByRole('button', { name: 'One frame on' }).click();
    await expect.poll(() => page.evaluate(() => document.querySelector('co-viewer')?.frame?.index)).toBe(1);
    await page.locator('co-viewer').hover();
    await page.evaluate(() => document.querySelector('co-viewer')?.toggleHelp(true));
    await page.locator('co-viewer .help').waitFor();
    await page.keyboard.press('Escape');
    // A key that opens the box for expressions, and one expression.
    await page.evaluate(() => document.querySelector('co-viewer')?.focus());
    const png = await page.evaluate(async () => (await document.querySelector('co-viewer')?.toBlob())?.size ?? 0);
    expect(png).toBeGreaterThan(1000);
    expect(complaints).toEqual([]);
    // The policy is in force: what it forbids does not happen.
    await page.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'body { outline: 7px solid red }';
      document.head.append(style);
    });
    expect(await page.evaluate(() => getComputedStyle(document.body).outlineWidth)).not.toBe('7px');
    expect(complaints.length).toBeGreaterThan(0);
    await page.context().close();
    await site.close();
  });
});
