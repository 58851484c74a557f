// Computes the demo trajectory, demo/data/droplets.xyz.gz: `node scripts/make-demo.mjs`. Takes some 15 s.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('../demo/physics/droplets.ts', import.meta.url)));
const target = new URL('../demo/data/droplets.xyz.gz', import.meta.url);

let text = '';
let count = 0;
for (const frame of module.collidingDroplets()) {
  text += module.dropletText(frame);
  count += 1;
}
const bytes = gzipSync(text, { level: 9 });
mkdirSync(new URL('.', target), { recursive: true });
writeFileSync(target, bytes);
console.log(`${count} frames, ${bytes.length} bytes: ${fileURLToPath(target)}`);
