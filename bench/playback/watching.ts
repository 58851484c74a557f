/**
 * Playing and scrubbing in a real Chromium against the built server, drawing left out. Played at 10 frames a second, so
 * that every frame is fetched, checked and handed to the picture once. ONLY=100000: one size; WITHOUT_WORKER=1: the
 * page reads frames itself.
 *
 *     npm run build && node -e "import('vite').then((vite) => vite.runnerImport('./bench/playback/watching.ts'))"
 */
import { httpProvider } from '../../src/data/http-provider.ts';
import { type FrameData, frameArray } from '../../src/protocol/frames.ts';
import { CONTENT_TYPE, routes } from '../../src/protocol/routes.ts';
import { startCovalence } from '../../test/e2e/covalence-process.ts';
import { openUnwatchedPage } from '../unwatched-page.ts';

const FRAMES_PER_SECOND = 10;
const SIZES = [
  { atoms: 1_000, frames: 100 },
  { atoms: 10_000, frames: 60 },
  { atoms: 100_000, frames: 24 },
];

/** Argon that sways on a lattice. */
function frameAt(atoms: number, frame: number): FrameData {
  const side = Math.ceil(Math.cbrt(atoms));
  const positions = new Float32Array(3 * atoms);
  for (let i = 0; i < atoms; i += 1) {
    const sway = Math.sin(frame / 5 + i) * 0.2;
    const place = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
    for (let d = 0; d < 3; d += 1) positions[3 * i + d] = place[d] * 3.8 + sway;
  }
  return {
    positions: frameArray(positions, [atoms, 3]),
    numbers: frameArray(new Uint8Array(atoms).fill(18), [atoms]),
    energy: Math.sin(frame / 9),
  };
}

/** Here a processor draws, for a second a picture of 100,000 atoms; with a graphics card it would not. */
const WITHOUT_DRAWING = `
  WebGL2RenderingContext.prototype.drawArrays = () => undefined;
  WebGL2RenderingContext.prototype.readPixels = () => undefined;`;
/** WITHOUT_WORKER=1: whoever has put a fetch of their own in place of the page's is asked. */
const WITHOUT_WORKER =
  process.env['WITHOUT_WORKER'] === undefined
    ? ''
    : 'const given = fetch; globalThis.fetch = (input, init) => given(input, init);';
const OPENED = `document.querySelector('co-viewer')?.frame !== undefined`;
/** Counts what the page's worker is asked for and hands over; its requests are not among those of the page. */
const COUNTING = `
  globalThis.byWorker = [0, 0];
  globalThis.Worker = class extends Worker {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', ({ data }) => {
        for (const { values } of data.news?.frames ?? [])
          for (const [, value] of values) byWorker[1] += (value.bytes?.byteLength ?? 0) / 1e6;
      });
    }
    postMessage(message, transfer) {
      if ('ask' in message) byWorker[0] += 1;
      super.postMessage(message, transfer);
    }
  };`;
/** Requests for frames since the last call, and their bytes. */
const TRAFFIC = `(() => {
  const all = performance.getEntriesByType('resource').filter(({ name }) => /\\/frames\\?/.test(name));
  performance.clearResourceTimings();
  const [asked, megabytes] = byWorker.splice(0, 2, 0, 0);
  return [asked + all.length, megabytes + all.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1e6];
})()`;
const pause = (ms: number): string => `new Promise((resolve) => setTimeout(resolve, ${ms}))`;
/** Plays to the end; the frames that were shown and the time that took. */
const PLAY = `(async () => {
  const viewer = document.querySelector('co-viewer');
  const { playback, frames } = viewer.activeRoom;
  let shown = 0;
  viewer.addEventListener('co-frame-shown', () => (shown += 1));
  playback.setLoop('once');
  playback.setFramesPerSecond(${FRAMES_PER_SECOND});
  const start = performance.now();
  playback.play();
  while (playback.frameIndex < frames.count - 1) await ${pause(20)};
  playback.pause();
  return [shown, performance.now() - start];
})()`;
/** Moves the slider a hundred times over the whole. */
const SCRUB = `(async () => {
  const { playback, frames } = document.querySelector('co-viewer').activeRoom;
  for (let move = 0; move < 100; move += 1) {
    playback.seek(Math.floor(((move * 37) % 100) * 0.01 * frames.count));
    await ${pause(16)};
  }
  await ${pause(1000)};
})()`;

console.log(
  '  atoms  frames  shown/s  page thread ms/frame   at rest ms/s  play: requests  MB  scrub of 100 moves: requests  MB',
);
for (const { atoms, frames } of SIZES) {
  if (process.env['ONLY'] !== undefined && Number(process.env['ONLY']) !== atoms) continue;
  const covalence = await startCovalence([]);
  const page = await openUnwatchedPage([
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--window-size=900,620',
  ]);
  try {
    await fetch(covalence.base + routes.rooms(), {
      method: 'POST',
      headers: { 'content-type': CONTENT_TYPE.json },
      body: JSON.stringify({ name: 'argon' }),
    });
    const writer = httpProvider({ url: covalence.base, room: 'argon' });
    for (let frame = 0; frame < frames; frame += 4)
      await writer.insert(Array.from({ length: 4 }, (_, i) => frameAt(atoms, frame + i)));
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: WITHOUT_DRAWING + COUNTING + WITHOUT_WORKER });
    await page.send('Page.navigate', { url: covalence.base + routes.page('argon') });
    while ((await page.evaluate(OPENED)) !== true) await page.evaluate(pause(100));
    await page.evaluate(`performance.setResourceTimingBufferSize(10_000), ${pause(3000)}`);
    const rest = await page.threadMs();
    await page.evaluate(pause(2000));
    const before = await page.threadMs();
    await page.evaluate(TRAFFIC);
    const [shown, ms] = (await page.evaluate(PLAY)) as [number, number];
    const cpu = (await page.threadMs()) - before;
    const [playRequests, playMegabytes] = (await page.evaluate(TRAFFIC)) as [number, number];
    await page.evaluate(SCRUB);
    const [scrubRequests, scrubMegabytes] = (await page.evaluate(TRAFFIC)) as [number, number];
    console.log(
      [
        String(atoms).padStart(7),
        String(frames).padStart(7),
        ((shown * 1000) / ms).toFixed(1).padStart(8),
        (cpu / Math.max(1, shown)).toFixed(1).padStart(21),
        ((before - rest) / 2).toFixed(1).padStart(14),
        String(playRequests).padStart(15),
        playMegabytes.toFixed(1).padStart(5),
        String(scrubRequests).padStart(28),
        scrubMegabytes.toFixed(1).padStart(5),
      ].join(' '),
    );
  } finally {
    await page.close();
    await covalence.close();
  }
}
