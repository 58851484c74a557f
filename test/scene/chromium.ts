import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { slimThree } from '../../scripts/slim-three.ts';
import { launchChromium } from '../e2e/chromium.ts';
import type { SceneBench } from './page-entry.ts';

declare global {
  /** On the page only: see page-entry.ts. */
  var bench: SceneBench;
}

/** A page with `bench` as a global, in a Chromium that draws with SwiftShader. */
export interface ScenePage {
  page: Page;
  browser: Browser;
  /** Uncaught errors of the page. */
  errors: string[];
}

/** Bundles page-entry.ts and opens it in a window of this many CSS pixels. */
export async function openScenePage(width: number, height: number): Promise<ScenePage> {
  const entry = fileURLToPath(new URL('page-entry.ts', import.meta.url));
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    // As it is shipped: what the stubs of three lack is missed here.
    plugins: [slimThree],
    build: { write: false, minify: false, rollupOptions: { input: entry, output: { format: 'iife' } } },
  });
  const outputs = Array.isArray(bundle) ? bundle[0]?.output : 'output' in bundle ? bundle.output : undefined;
  const code = outputs?.[0].code;
  if (code === undefined) throw new Error('The page of the scene tests was not bundled.');
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width, height } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.setContent('<!doctype html><style>body{margin:0}canvas{display:block;width:100vw;height:100vh}</style>');
  await page.addScriptTag({ content: code });
  return { page, browser, errors };
}
