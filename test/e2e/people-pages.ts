import { mkdir } from 'node:fs/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Waits as long as a busy machine may take. */
export const until = <T>(get: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(get, { timeout: 20_000 });

/** Pages of several people in one browser, and what went wrong in them. */
export interface PeoplePages {
  /** Opens `url` as a person of that name; resolves when the picture shows a frame. */
  visit(url: string, name: string, options?: BrowserContextOptions): Promise<Page>;
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const COLORS: Readonly<Record<string, string>> = { Ada: '#e0559a', Bob: '#2aa198' };

/** Lets people visit pages in `browser`. */
export function peoplePages(browser: Browser): PeoplePages {
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  return {
    complaints,
    async visit(url, name, options = {}) {
      const viewport = { width: 1200, height: 800 };
      const context = await browser.newContext({ viewport, reducedMotion: 'reduce', ...options });
      contexts.push(context);
      await context.addInitScript(
        ([given, color]) => {
          const person = { id: `id-${given}`, name: given, color };
          localStorage.setItem('covalence.person', JSON.stringify(person));
        },
        [name, COLORS[name] ?? '#8a6fd6'] as const,
      );
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      await page.goto(url);
      await page.waitForFunction(() => document.querySelector('co-viewer')?.frame !== undefined);
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
    },
  };
}

/** Pictures for whoever wants to look, light, dark and narrow: COVALENCE_PICTURES names the folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['COVALENCE_PICTURES'];
  if (folder === undefined) return;
  const before = page.viewportSize();
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
  }
  await page.setViewportSize({ width: 390, height: 800 });
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}/${name}-narrow.png` });
  if (before !== null) await page.setViewportSize(before);
}
