import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/** How the real Chromium of this machine is started, drawing in software. */
export const CHROMIUM: LaunchOptions = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
};

/** The real Chromium of this machine, with further switches; several pages of it are several people. */
export async function launchChromium(...switches: string[]): Promise<Browser> {
  return chromium.launch({ ...CHROMIUM, args: [...(CHROMIUM.args ?? []), ...switches] });
}
