// Playing and scrubbing in a real Chromium against the built server, drawing left out: `npm run build && node bench/playback/watching.mjs`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { frameArray } from '../../dist/index.js';
import { httpProvider } from '../../dist/data/index.js';

const PLAY_MS = 12_000;
const SIZES = [
  { atoms: 1_000, frames: 200 },
  { atoms: 10_000, frames: 60 },
  { atoms: 100_000, frames: 24 },
];

/** Argon that sways on a lattice. */
function frameAt(atoms, frame) {
  const side = Math.ceil(Math.cbrt(atoms));
  const positions = new Float32Array(3 * atoms);
  for (let i = 0; i < atoms; i += 1) {
    const sway = Math.sin(frame / 5 + i) * 0.2;
    const place = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
    for (let d = 0; d < 3; d += 1) positions[3 * i + d] = place[d] * 3.8 + sway;
  }
  const numbers = new Uint8Array(atoms).fill(18);
  return {
    positions: frameArray(positions, [atoms, 3]),
    numbers: frameArray(numbers, [atoms]),
    energy: Math.sin(frame / 9),
  };
}

/** Where the time of the page's thread went, milliseconds a frame: `PROFILE=1`. */
function tellProfile({ nodes, samples, timeDeltas }, frames) {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName} ${callFrame.url.split('/').at(-1)}:${callFrame.lineNumber}:${callFrame.columnNumber}`,
    ]),
  );
  const spent = new Map();
  samples.forEach((id, i) => spent.set(names.get(id), (spent.get(names.get(id)) ?? 0) + timeDeltas[i] / 1000));
  for (const [name, ms] of [...spent].toSorted((a, b) => b[1] - a[1]).slice(0, 22))
    process.stdout.write(`    ${(ms / frames).toFixed(2).padStart(8)}  ${name}\n`);
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
  if (process.env.ONLY !== undefined && Number(process.env.ONLY) !== atoms) continue;
  const args = ['dist/server/cli/main.js', '--port', '0', '--data', join(directory, `d${atoms}`)];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const base = await new Promise((resolve) => {
    let text = '';
    server.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /(https?:\/\/\S+)/.exec(text);
      if (found !== null) resolve(new URL(found[1]).origin);
    });
  });
  await fetch(`${base}/v1/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'argon' }),
  });
  const writer = httpProvider({ url: base, room: 'argon' });
  for (let frame = 0; frame < frames; frame += 4)
    await writer.insert(Array.from({ length: 4 }, (_, i) => frameAt(atoms, frame + i)));
  const url = `${base}/r/argon`;
  const page = await browser.newPage({ viewport: { width: 900, height: 620 } });
  // Here a processor draws, for a second a picture of 100,000 atoms; with a graphics card it would not.
  await page.addInitScript(() => {
    WebGL2RenderingContext.prototype.drawArrays = () => undefined;
    WebGL2RenderingContext.prototype.readPixels = () => undefined;
  });
  const cdp = await page.context().newCDPSession(page);
  // Time of the thread itself: what other processes take does not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
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
  // Playing what was not seen before, once: every frame is fetched, checked and drawn.
  requests = bytes = 0;
  const profiler = process.env.PROFILE;
  if (profiler !== undefined) await cdp.send('Profiler.enable');
  if (profiler !== undefined) await cdp.send('Profiler.start');
  const before = await busy();
  const { shown, ms } = await page.evaluate(async (most) => {
    const viewer = document.querySelector('co-viewer');
    const { playback } = viewer.activeRoom;
    let count = 0;
    const start = performance.now();
    viewer.addEventListener('co-frame-shown', () => (count += 1));
    playback.setFramesPerSecond(60);
    playback.play();
    let last = 0;
    // Until it begins again: playing goes round.
    while (performance.now() - start < most && playback.frameIndex >= last) {
      last = playback.frameIndex;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    playback.pause();
    return { shown: count, ms: performance.now() - start };
  }, PLAY_MS);
  const cpu = (await busy()) - before;
  if (profiler !== undefined) {
    const { profile } = await cdp.send('Profiler.stop');
    tellProfile(profile, shown);
  }
  const played = { requests, bytes };
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
  const columns = [
    String(atoms).padStart(7),
    String(frames).padStart(7),
    ((shown * 1000) / ms).toFixed(1).padStart(8),
    (cpu / Math.max(1, shown)).toFixed(1).padStart(21),
    String(played.requests).padStart(15),
    (played.bytes / 1e6).toFixed(1).padStart(5),
    String(scrubbed.requests).padStart(28),
    (scrubbed.bytes / 1e6).toFixed(1).padStart(5),
  ];
  process.stdout.write(`${columns.join(' ')}\n`);
  await page.close();
  server.kill();
}
await browser.close();
rmSync(directory, { recursive: true, force: true });
