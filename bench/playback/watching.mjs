// Playing and scrubbing in a real Chromium against the built server: `npm run build && node bench/playback/watching.mjs`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const PLAY_MS = 4000;
const SIZES = [
  { atoms: 1_000, frames: 200 },
  { atoms: 10_000, frames: 60 },
  { atoms: 100_000, frames: 12 },
];

function trajectory(atoms, frames) {
  const side = Math.ceil(Math.cbrt(atoms));
  const parts = [];
  for (let frame = 0; frame < frames; frame += 1) {
    parts.push(`${atoms}\nProperties=species:S:1:pos:R:3 energy=${Math.sin(frame / 9).toFixed(4)}\n`);
    for (let i = 0; i < atoms; i += 1) {
      const [x, y, z] = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
      const sway = Math.sin(frame / 5 + i) * 0.2;
      parts.push(`Ar ${(x * 3.8 + sway).toFixed(3)} ${(y * 3.8 - sway).toFixed(3)} ${(z * 3.8).toFixed(3)}\n`);
    }
  }
  return parts.join('');
}

const directory = mkdtempSync(join(tmpdir(), 'covalence-bench-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
});
process.stdout.write(
  '  atoms  frames  shown/s  main-thread ms/frame  play: requests  MB  scrub of 100 moves: requests  MB\n',
);
for (const { atoms, frames } of SIZES) {
  const file = join(directory, `a${atoms}.xyz`);
  writeFileSync(file, trajectory(atoms, frames));
  const args = ['dist/server/cli/main.js', file, '--port', '0', '--data', join(directory, `d${atoms}`)];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((resolve) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /(https?:\/\/\S+)/.exec(text);
      if (found !== null) resolve(found[1]);
    });
  });
  const page = await browser.newPage({ viewport: { width: 900, height: 620 } });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  await cdp.send('Network.enable');
  let requests = 0;
  let bytes = 0;
  cdp.on('Network.requestWillBeSent', ({ request }) => (requests += /\/frames/.test(request.url) ? 1 : 0));
  cdp.on('Network.dataReceived', ({ dataLength }) => (bytes += dataLength));
  const busy = async () =>
    (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  await page.goto(url);
  const opened = () =>
    document.querySelector('co-viewer')?.frame !== undefined &&
    document.querySelector('co-viewer').activeRoom.frames.trajectory?.indexing === undefined;
  await page.waitForFunction(opened, undefined, { timeout: 90_000, polling: 100 });
  await page.waitForTimeout(1000);
  // Scrubbing over frames that were not seen before.
  requests = bytes = 0;
  await page.evaluate(async () => {
    const { playback, frames } = document.querySelector('co-viewer').activeRoom;
    for (let move = 0; move < 100; move += 1) {
      playback.seek(Math.floor(((move * 37) % 100) * 0.01 * frames.count));
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
  });
  await page.waitForTimeout(1000);
  const scrubbed = { requests, bytes };
  requests = bytes = 0;
  const before = await busy();
  const shown = await page.evaluate(async (ms) => {
    const viewer = document.querySelector('co-viewer');
    let count = 0;
    viewer.addEventListener('co-frame-shown', () => (count += 1));
    viewer.activeRoom.playback.setFramesPerSecond(60);
    viewer.activeRoom.playback.play();
    await new Promise((resolve) => setTimeout(resolve, ms));
    viewer.activeRoom.playback.pause();
    return count;
  }, PLAY_MS);
  const cpu = (await busy()) - before;
  const columns = [
    String(atoms).padStart(7),
    String(frames).padStart(7),
    ((shown * 1000) / PLAY_MS).toFixed(1).padStart(8),
    (cpu / Math.max(1, shown)).toFixed(1).padStart(21),
    String(requests).padStart(15),
    (bytes / 1e6).toFixed(1).padStart(5),
    String(scrubbed.requests).padStart(28),
    (scrubbed.bytes / 1e6).toFixed(1).padStart(5),
  ];
  process.stdout.write(`${columns.join(' ')}\n`);
  await page.close();
  server.kill();
}
await browser.close();
rmSync(directory, { recursive: true, force: true });
