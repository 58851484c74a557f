/**
 * What verifying costs: batches of frames read through `httpProvider`, every value hashed and compared, against `fetch`
 * of the same bytes that looks at nothing. The built server runs in a process of its own; both ways are taken in turn in
 * one client process, and the median of the rounds counts. CPU is that of the client.
 *
 *     npm run build && node -e "import('vite').then((vite) => vite.runnerImport('./bench/data-client/verified-read.ts'))"
 */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { httpProvider } from '../../src/data/http-provider.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { CONTENT_TYPE, routes } from '../../src/protocol/routes.ts';
import { startCovalence } from '../../test/e2e/covalence-process.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 15);
/** Atoms a frame, frames a batch, batches a round: about 1 MB a batch. */
const SIZES = [
  { atoms: 1_000, frames: 64, batches: 16 },
  { atoms: 10_000, frames: 8, batches: 16 },
  { atoms: 100_000, frames: 1, batches: 24 },
] as const;

interface Sample {
  seconds: number;
  cpuMs: number;
  megabytes: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measure(run: () => Promise<number>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const bytes = await run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuMs: (user + system) / 1000, megabytes: bytes / 1e6 };
}

const covalence = await startCovalence([]);
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${ROUNDS} rounds`);
console.log('atoms  batch MB   raw MB/s  verified MB/s   ratio (spread)      CPU ms/MB raw  verified   sha256 alone');
try {
  for (const { atoms, frames, batches } of SIZES) {
    const room = `n${atoms}`;
    await fetch(covalence.base + routes.rooms(), {
      method: 'POST',
      headers: { 'content-type': CONTENT_TYPE.json },
      body: JSON.stringify({ name: room }),
    });
    const provider = httpProvider({ url: covalence.base, room });
    const data = Array.from({ length: frames }, (_, frame) => ({
      positions: frameArray(
        Float32Array.from({ length: atoms * 3 }, (__, i) => Math.sin(i * 7.1 + frame)),
        [atoms, 3],
      ),
    }));
    await provider.insert(data);
    const path = `${covalence.base}${routes.frames(room)}?index=0:${frames}&data=positions`;
    const raw = async (): Promise<number> => {
      let bytes = 0;
      for (let batch = 0; batch < batches; batch += 1) {
        const response = await fetch(path, { headers: { accept: CONTENT_TYPE.frames }, cache: 'no-store' });
        const reader = response.body?.getReader();
        for (;;) {
          const piece = await reader?.read();
          if (piece?.value === undefined) break;
          bytes += piece.value.byteLength;
        }
      }
      return bytes;
    };
    const verified = async (): Promise<number> => {
      let bytes = 0;
      for (let batch = 0; batch < batches; batch += 1) {
        for await (const frame of provider.readRange(0, frames, { data: ['positions'] })) {
          const { positions } = frame.data;
          if (typeof positions === 'object') bytes += positions.data.byteLength;
        }
      }
      return bytes;
    };
    const hash = async (): Promise<number> => {
      let bytes = 0;
      for (let batch = 0; batch < batches; batch += 1) {
        for (const { positions } of data) {
          createHash('sha256').update(positions.data).digest('hex');
          bytes += positions.data.byteLength;
        }
      }
      return bytes;
    };
    await raw();
    await verified();
    const samples = { raw: [] as Sample[], verified: [] as Sample[], hash: [] as Sample[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.raw.push(await measure(raw));
      samples.verified.push(await measure(verified));
      samples.hash.push(await measure(hash));
    }
    const speed = (list: readonly Sample[]): number =>
      median(list.map(({ megabytes, seconds }) => megabytes / seconds));
    const cpu = (list: readonly Sample[]): string =>
      median(list.map(({ cpuMs, megabytes }) => cpuMs / megabytes)).toFixed(2);
    const ratios = samples.raw.map((sample, i) => sample.seconds / (samples.verified[i]?.seconds ?? Number.NaN));
    const spread = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
    console.log(
      [
        String(atoms).padStart(6),
        ((atoms * frames * 12) / 1e6).toFixed(2).padStart(7),
        speed(samples.raw).toFixed(0).padStart(10),
        speed(samples.verified).toFixed(0).padStart(13),
        `${median(ratios).toFixed(2)} (${spread})`.padStart(19),
        cpu(samples.raw).padStart(14),
        cpu(samples.verified).padStart(12),
        cpu(samples.hash).padStart(12),
      ].join(' '),
    );
  }
} finally {
  await covalence.close();
}
