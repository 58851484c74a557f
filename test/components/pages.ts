import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import viteConfig from '../../vite.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Pages of the sources in a real browser. */
export interface Pages {
  /** A page with nothing in it but what `fixture.ts` offers as `fixture`. */
  blank(options?: PageOptions): Promise<Page>;
  /** The page of a room, showing a room of the browser's own. */
  room(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

/** How a page is opened. */
export interface PageOptions extends BrowserContextOptions {
  /** Runs in the page before anything else. */
  before?: () => void;
}

/** Builds the pages with the fixture, serves them and starts a browser. */
export async function openPages(): Promise<Pages> {
  const outDir = await mkdtemp(join(tmpdir(), 'covalence-pages-'));
  const config = viteConfig({ mode: 'app', command: 'build' });
  const shared = { ...config, configFile: false as const, logLevel: 'silent' as const };
  await build({
    ...shared,
    build: {
      ...config.build,
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        input: { room: join(root, 'demo/room.html'), fixture: join(root, 'test/components/fixture.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  const blank = '<!doctype html><html lang="en"><title>blank</title><body></body></html>';
  await writeFile(join(outDir, 'blank.html'), blank);
  const server = await preview({ ...shared, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const base = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
  });

  const open = async (path: string, { before, ...options }: PageOptions = {}): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: 1000, height: 700 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    if (before !== undefined) await page.addInitScript(before);
    await page.goto(base + path);
    await page.addScriptTag({ type: 'module', url: '/fixture.js' });
    await page.waitForFunction(() => 'fixture' in globalThis);
    return page;
  };

  return {
    blank: (options) => open('/blank.html', options),
    async room(options) {
      const page = await open('/room.html', options);
      await page.evaluate(async () => {
        const page = document.querySelector('app-room') as HTMLElement & { room: unknown };
        page.room = await globalThis.fixture.room();
      });
      await page.locator('co-viewer').evaluate((viewer) => globalThis.fixture.shown(viewer as never));
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
