import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium, PATIENCE_MS } from './chromium.ts';

/** Colours by which people of these tests are told apart. */
const COLORS: Readonly<Record<string, string>> = { Ada: '#e0559a', Bob: '#2aa198' };

/** Waits as long as a busy machine may take. */
export const until = <T>(get: () => T) => expect.poll(get, { timeout: 45_000, interval: 50 });

/** Until the viewer of the page has a frame. */
export async function hasPicture(page: Page): Promise<void> {
  // By time and not by drawn picture: a page that loads while another draws in software is not repainted for long.
  await page.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined, undefined, {
    timeout: PATIENCE_MS,
    polling: 100,
  });
}

/**
 * Resolves when the line that says how things are says this, for however short a time: asked for before it may be said,
 * and seen also by a machine that is too busy to look often.
 */
export const isSaid = (page: Page, text: string): Promise<void> =>
  page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const line = document.querySelector('co-status')!.shadowRoot!;
        const look = (): void => {
          if (!line.textContent?.includes(wanted)) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(line, { childList: true, characterData: true, subtree: true });
        look();
      }),
    text,
  );

/** People before one real Chromium, each with a profile of their own. */
export interface People {
  readonly browser: Browser;
  /** What went wrong in any page, with the person's name. */
  readonly complaints: readonly string[];
  /** A profile with a name and a colour, as if the person had been here before. */
  person(name: string, options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A new person opens the address; resolves when they see a picture. */
  visit(name: string, url: string, options?: BrowserContextOptions): Promise<Page>;
  /** All windows are shut. */
  close(): Promise<void>;
}

export async function gatherPeople(): Promise<People> {
  const browser = await launchChromium();
  const complaints: string[] = [];

  async function person(name: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    });
    context.on('page', (page) =>
      // Not every error has a stack: a part of the code that could not be fetched, or what is no Error at all.
      page.on('pageerror', ({ name: kind, message, stack }) =>
        complaints.push(`${name}: ${stack || `${kind} ${message}`}`),
      ),
    );
    // Only a first visit: who renames themselves keeps the name over a reload.
    await context.addInitScript(
      ([key, value]) => {
        // A page before its first address has no storage.
        if (location.protocol.startsWith('http') && localStorage.getItem(key) === null)
          localStorage.setItem(key, value);
      },
      ['covalence.person', JSON.stringify({ id: `id-${name}`, name, color: COLORS[name] ?? '#268bd2' })] as const,
    );
    return context;
  }

  return {
    browser,
    complaints,
    person,
    async visit(name, url, options) {
      const page = await (await person(name, options)).newPage();
      await page.goto(url);
      await hasPicture(page);
      return page;
    },
    close: () => browser.close(),
  };
}
