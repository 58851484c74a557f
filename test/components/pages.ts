import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { launchChromium } from '../e2e/chromium.ts';
import './built-pages.ts';

/** Pages of the sources in a real browser. */
export interface Pages {
  /** A page with nothing in it but what `fixture.ts` offers as `fixture`. */
  blank(options?: PageOptions): Promise<Page>;
  /** The page of a room, showing a room of the browser's own. */
  room(options?: PageOptions): Promise<Page>;
}

/** How a page is opened. */
export interface PageOptions extends BrowserContextOptions {
  /** Runs in the page before anything else. */
  before?: () => void;
}

/** Waits as long as a busy machine may take. */
export const until = <T>(get: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(get, { timeout: 45_000 });

/** Pages that are served from before the first test of a file until after its last, in a browser of the file's own. */
export function openPages(): Pages {
  let browser: Browser;
  let server: PreviewServer;
  let base: string;
  beforeAll(async () => {
    const build = { outDir: inject('pages') };
    server = await preview({ configFile: false, logLevel: 'silent', build, preview: { port: 0, host: '127.0.0.1' } });
    base = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
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
  };
}
