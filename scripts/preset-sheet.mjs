// The sheets docs/images/presets-light.png and -dark.png: every way of drawing, of crambin (PDB entry 1CRN, CC0).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const SIZE = { width: 1280, height: 1050 };
const DRAWING_MS = 120_000;

/** Title, render and further attributes of each picture. */
const PICTURES = [
  ['ball and stick', ''],
  ['liquorice', ''],
  ['spheres', ''],
  ['hyperballs', ''],
  ['noodles', ''],
  ['cycles', ''],
  ['goodsell', ''],
  ['cartoon', ''],
  ['ribbon', ''],
  ['spline', ''],
  ['geometric spline', 'color="chain"'],
  ['surface', ''],
];

function sheet(scheme) {
  const figures = PICTURES.map(
    ([render, more, title = render]) => `<figure>
      <co-viewer src="/crambin.pdb" quality="high" cell="hide" theme="${scheme}">
        <co-visualiser render="${render}" ${more}></co-visualiser>
      </co-viewer>
      <figcaption>${title}</figcaption>
    </figure>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Presets</title>
    <script type="module" src="/embed.js"></script>
    <style>
      body { margin: 0; padding: 12px; display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 10px;
        font: 15px/20px system-ui, sans-serif;
        background: ${scheme === 'dark' ? '#16181d' : '#ffffff'}; color: ${scheme === 'dark' ? '#e8eaf0' : '#1c2026'}; }
      figure { margin: 0; }
      co-viewer { display: block; width: 100%; aspect-ratio: auto; height: 310px; border-radius: 8px; overflow: hidden; }
      co-viewer::part(legend) { display: none; }
      figcaption { padding: 4px 2px 0; text-align: center; }
    </style>${figures.join('')}</html>`;
}

/** Takes both sheets with the page of a running server at `url`. */
export async function takePresets(browser, url, root) {
  const crambin = gunzipSync(readFileSync(join(root, 'demo', 'data', 'crambin.pdb.gz')));
  const { origin } = new URL(url);
  for (const scheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: SIZE, colorScheme: scheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`presets: ${error.message}`));
    await page.route('**/crambin.pdb', (route) => route.fulfill({ body: crambin, contentType: 'chemical/x-pdb' }));
    await page.route('**/presets', (route) => route.fulfill({ body: sheet(scheme), contentType: 'text/html' }));
    await page.goto(`${origin}/presets`);
    await page.waitForFunction(
      () => [...document.querySelectorAll('co-viewer')].every((viewer) => viewer.frame !== undefined),
      undefined,
      { timeout: DRAWING_MS },
    );
    await page.evaluate(() => {
      // A side from which helices and strands are seen, and near enough.
      for (const viewer of document.querySelectorAll('co-viewer'))
        viewer.camera = { position: [48, -1, 50], target: [11, 11, 6], up: [0, 1, 0], fov: 30 };
    });
    // Pictures at rest are refined for a while.
    await page.waitForTimeout(15_000);
    const path = join(root, 'docs', 'images', `presets-${scheme}.png`);
    await page.screenshot({ path });
    console.log(`docs/images/presets-${scheme}.png`);
    await context.close();
  }
}
