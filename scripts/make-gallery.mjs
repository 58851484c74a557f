// Writes the structures of the gallery, demo/gallery/files/*: `node scripts/make-gallery.mjs`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('../demo/gallery/make-scenes.ts', import.meta.url)));
const droplets = gunzipSync(readFileSync(new URL('../demo/data/droplets.xyz.gz', import.meta.url))).toString();
const folder = new URL('../demo/gallery/files/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(module.makeScenes(droplets))) {
  writeFileSync(new URL(name, folder), text);
  console.log(`${name}: ${text.length} bytes`);
}
