/**
 * The client in Chromium: verified batches against `fetch` of the same bytes, and a trajectory played against one
 * request a frame of several kinds, zarrita on a static store among them. The built server runs in a process of its
 * own, ways in turns in one page, medians of the rounds. WATCHED=1: with a tool that listens to the network.
 *
 *     npm run build && node -e "import('vite').then((vite) => vite.runnerImport('./bench/data-client/chromium.ts'))"
 */
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { positionsStore, rawServer } from '../data/static-store.ts';
import { startCovalence } from '../../test/e2e/covalence-process.ts';
import { openUnwatchedPage } from '../unwatched-page.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 9);
const SIZES = [
  { atoms: 1_000, frames: 64, batches: 8 },
  { atoms: 10_000, frames: 8, batches: 12 },
  { atoms: 100_000, frames: 1, batches: 12 },
] as const;
const PLAYED = [
  { atoms: 1_000, frames: 256 },
  { atoms: 10_000, frames: 64 },
  { atoms: 100_000, frames: 16 },
] as const;

interface Sample {
  ms: number;
  /** Time of the page's thread, milliseconds. */
  thread: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The built worker, as the server sends it beside its pages. */
const worker = readdirSync(new URL('../../dist/embed', import.meta.url)).find((name) =>
  /^frame-worker-[\w-]{8}\.js$/.test(name),
);
const bundle = await build({
  configFile: false,
  logLevel: 'error',
  plugins: [
    {
      name: 'frame-worker',
      enforce: 'pre',
      resolveId: (id) => (id === '#frame-worker' ? id : undefined),
      load: (id) =>
        id === '#frame-worker' ? `export const frameWorkerUrl = location.origin + '/embed/${worker}';` : undefined,
    },
  ],
  build: {
    write: false,
    target: 'es2022',
    lib: { entry: fileURLToPath(new URL('page.ts', import.meta.url)), formats: ['iife'], name: 'page' },
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
const [result] = [bundle].flat();
const code = 'output' in result ? (result.output.find((file) => file.type === 'chunk')?.code ?? '') : '';

const covalence = await startCovalence([]);
const page = await openUnwatchedPage();
try {
  // A page of the server's own origin that does nothing.
  await page.send('Page.navigate', { url: `${covalence.base}/healthz` });
  await page.evaluate(code);
  // As in most measurements of browsers, whose tools listen to the network: it costs the raw fetch most.
  if (process.env['WATCHED'] !== undefined) await page.send('Network.enable');
  const run = async (way: string, job: Record<string, unknown>): Promise<Sample> => {
    const before = await page.threadMs();
    const ms = Number(await page.evaluate(`benchData.time(${JSON.stringify(way)}, ${JSON.stringify(job)})`));
    return { ms, thread: (await page.threadMs()) - before };
  };
  const inTurns = async (ways: readonly string[], job: Record<string, unknown>): Promise<Record<string, Sample[]>> => {
    const samples: Record<string, Sample[]> = Object.fromEntries(ways.map((way) => [way, []]));
    for (let round = -1; round < ROUNDS; round += 1)
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
        const sample = await run(way, job);
        if (round >= 0) samples[way].push(sample);
      }
    return samples;
  };
  const ratio = (above: readonly Sample[], below: readonly Sample[]): string => {
    const ratios = above.map(({ ms }, i) => ms / below[i].ms);
    return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})`;
  };

  console.log(
    `${page.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}, ${ROUNDS} rounds`,
  );
  console.log(
    'atoms  in flight  batch MB   raw MB/s  verified MB/s   hashed / raw (spread)   verified / raw (spread)   without worker / raw (spread)   page thread ms/MB raw hashed verified without worker',
  );
  for (const { atoms, frames } of SIZES) await page.evaluate(`benchData.fill('n${atoms}', ${atoms}, ${frames})`);
  // Two is what the client has under way when it reads ahead.
  for (const { atoms, frames, batches, inFlight } of [1, 2].flatMap((inFlight) =>
    SIZES.map((size) => ({ ...size, inFlight })),
  )) {
    const room = `n${atoms}`;
    const { raw, hashed, verified, verifiedHere } = await inTurns(['raw', 'hashed', 'verified', 'verifiedHere'], {
      room,
      frames,
      batches,
      inFlight,
    });
    const megabytes = (atoms * frames * 12 * batches) / 1e6;
    const speed = (samples: readonly Sample[]): string =>
      median(samples.map(({ ms }) => (1000 * megabytes) / ms)).toFixed(0);
    const busy = (samples: readonly Sample[]): string =>
      median(samples.map((sample) => sample.thread / megabytes)).toFixed(2);
    console.log(
      [
        String(atoms).padStart(6),
        String(inFlight).padStart(9),
        (megabytes / batches).toFixed(2).padStart(8),
        speed(raw).padStart(10),
        speed(verified).padStart(14),
        ratio(raw, hashed).padStart(23),
        ratio(raw, verified).padStart(25),
        ratio(raw, verifiedHere).padStart(31),
        busy(raw).padStart(25),
        busy(hashed).padStart(7),
        busy(verified).padStart(9),
        busy(verifiedHere).padStart(15),
      ].join(' '),
    );
  }
  const ways = ['played', 'single', 'singleRaw', 'singleMsgpack', 'zarrita'] as const;
  for (const { atoms, frames } of PLAYED) {
    const room = `played${atoms}`;
    await page.evaluate(`benchData.fill('${room}', ${atoms}, ${frames})`);
    const arrays = Array.from({ length: frames }, (_, frame) =>
      Float32Array.from({ length: atoms * 3 }, (__, i) => Math.sin(i * 7.1 + frame)),
    );
    const files = await positionsStore(arrays, atoms);
    const fixed = await rawServer((path) => files.get(path));
    const samples = await inTurns(ways, { room, frames, store: fixed.url });
    fixed.close();
    console.log(`\n${atoms} atoms, ${frames} frames, each once              frames/s   played is faster by`);
    const names = {
      played: 'played: verified, in batches ahead',
      single: 'one request a frame, verified',
      singleRaw: 'one request a frame, raw fetch',
      singleMsgpack: 'one request a frame, msgpack',
      zarrita: 'zarrita on a static store',
    };
    for (const way of ways) {
      const rate = median(samples[way].map(({ ms }) => (1000 * frames) / ms)).toFixed(0);
      console.log(`  ${names[way].padEnd(40)} ${rate.padStart(8)}   ${ratio(samples[way], samples['played'])}`);
    }
  }
} finally {
  await page.close();
  await covalence.close();
}
