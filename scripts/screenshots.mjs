// `npm run screenshots [-- file]`: the pictures of the README, taken of the built page in a real Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
const { install } = await import('./install.mjs');
await install(root);
const { requireTestPrograms } = await import('./system-packages.mjs');
await requireTestPrograms();
const { build } = await import('./build.mjs');
await build();
const { chromium } = await import('playwright-core');
const { takePresets } = await import('./preset-sheet.mjs');

const images = join(root, 'docs', 'images');
const demoFile = resolve(process.env.INIT_CWD ?? '.', process.argv[2] ?? join(root, 'demo', 'data', 'droplets.xyz.gz'));
const DRAWING_MS = 60_000;
/** Where the droplets touch; a shorter trajectory shows its last frame. */
const FRAME = 80;

/** The server on the demo file with a port and data folder of its own; resolves with the address it prints. */
async function startServer(dataDirectory) {
  const words = [join(root, 'dist/server/cli/main.js'), demoFile, '--port', '0', '--data', dataDirectory];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const read = (piece) => {
      output += piece;
      const found = /https?:\/\/\S+/.exec(output);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`The server ended with ${code} before it printed an address:\n${output}`)),
    );
  });
  return { url, child };
}

/** A person with a window of their own. */
async function openPage(browser, url, { name, color, width, height, colorScheme }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
  });
  const person = JSON.stringify({ id: name.toLowerCase(), name, color });
  await context.addInitScript((text) => localStorage.setItem('covalence.person', text), person);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(`${url}#frame=${FRAME}`);
  await drawn(page);
  return page;
}

/** Resolves when the viewer shows a picture: a canvas whose pixels are not all alike. */
async function drawn(page) {
  await page.waitForFunction(() => customElements.get('co-viewer') !== undefined, undefined, { timeout: DRAWING_MS });
  await page.waitForFunction(
    async () => {
      const find = (node, name) => {
        for (const element of node.querySelectorAll('*')) {
          if (element.localName === name) return element;
          const inside = element.shadowRoot === null ? undefined : find(element.shadowRoot, name);
          if (inside !== undefined) return inside;
        }
        return undefined;
      };
      const viewer = find(document, 'co-viewer');
      const canvas = viewer?.shadowRoot && find(viewer.shadowRoot, 'canvas');
      if (!canvas || canvas.width === 0) return false;
      const bitmap = await createImageBitmap(canvas);
      const copy = new OffscreenCanvas(64, 64).getContext('2d');
      copy.drawImage(bitmap, 0, 0, 64, 64);
      return new Set(new Uint32Array(copy.getImageData(0, 0, 64, 64).data.buffer)).size > 20;
    },
    undefined,
    { timeout: DRAWING_MS, polling: 250 },
  );
  await page.waitForTimeout(500);
}

/** A box dragged with Shift over the middle of the picture: a selection. */
async function selectBox(page, fraction) {
  const box = await page.locator('co-viewer').first().boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await page.keyboard.down('Shift');
  await page.mouse.move(...at(fraction.left, fraction.top));
  await page.mouse.down();
  await page.mouse.move(...at(fraction.right, fraction.bottom), { steps: 8 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.waitForTimeout(800);
}

async function take(page, name) {
  await page.screenshot({ path: join(images, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

/** The gallery, all twelve scenes drawn in full: light and dark, wide and narrow. */
async function takeGallery(browser, url) {
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['dark', 390],
  ]) {
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(url);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height });
    await page.waitForFunction(
      () => {
        const viewers = [...document.querySelectorAll('co-viewer')];
        for (const viewer of viewers) viewer.quality = 'high';
        return viewers.every((viewer) => viewer.frame !== undefined);
      },
      undefined,
      { timeout: DRAWING_MS, polling: 250 },
    );
    await page.waitForTimeout(12_000);
    await take(page, `gallery-${colorScheme}-${width < 600 ? 'narrow' : 'wide'}`);
    await context.close();
  }
}

mkdirSync(images, { recursive: true });
const dataDirectory = mkdtempSync(join(tmpdir(), 'covalence-screenshots-'));
const { url, child } = await startServer(dataDirectory);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
});
try {
  const ada = await openPage(browser, url, {
    name: 'Ada',
    color: '#8a63d2',
    width: 1280,
    height: 800,
    colorScheme: 'dark',
  });
  await selectBox(ada, { left: 0.3, top: 0.35, right: 0.45, bottom: 0.6 });
  await take(ada, 'room-dark');
  const ben = await openPage(browser, url, {
    name: 'Ben',
    color: '#159a80',
    width: 1280,
    height: 800,
    colorScheme: 'light',
  });
  await selectBox(ben, { left: 0.6, top: 0.4, right: 0.72, bottom: 0.62 });
  await take(ben, 'room-light');
  await ada.waitForTimeout(1000);
  await take(ada, 'two-people');
  const phone = await openPage(browser, url, {
    name: 'Cyd',
    color: '#e69500',
    width: 390,
    height: 780,
    colorScheme: 'dark',
  });
  await take(phone, 'narrow');
  // Ada presents: a wide window and a phone follow her, frame and view.
  await ada.evaluate(() => {
    const viewer = document.querySelector('co-viewer');
    viewer.activeRoom.playback.present();
    viewer.activeRoom.playback.seek(120);
    viewer.scene.orbit(160, 30);
  });
  for (const page of [ben, phone])
    await page.waitForFunction(() => document.querySelector('co-viewer').frame?.index === 120, undefined, {
      timeout: DRAWING_MS,
      polling: 100,
    });
  await ada.waitForTimeout(1500);
  await take(ben, 'following');
  await take(phone, 'following-phone');
  await takePresets(browser, url, root);
  await takeGallery(browser, new URL('/gallery.html', url).href);
} finally {
  await browser.close();
  child.kill('SIGTERM');
  rmSync(dataDirectory, { recursive: true, force: true });
}
