import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/** How the real Chromium of this machine is started, drawing in software. */
export const CHROMIUM: LaunchOptions = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
};

/** How long a machine that draws several pages in software may take for anything. */
export const PATIENCE_MS = 90_000;

/**
 * The real Chromium of this machine, with further switches; several pages of it are several people. Whatever is waited
 * for in its pages is waited for as long as a busy machine may take.
 */
export async function launchChromium(...switches: string[]): Promise<Browser> {
  const browser = await chromium.launch({ ...CHROMIUM, args: [...(CHROMIUM.args ?? []), ...switches] });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
