import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';
import { systemClock } from '../../src/protocol/clock.ts';
import { isCovalenceError } from '../../src/protocol/errors.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { FAULTS, type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type FrameLine, frameLine } from './frame-line.ts';
import { sampleData } from './sample-frames.ts';
import { seeded } from '../server/data/seeded.ts';

const TRIES = process.env['COVALENCE_LONG'] === '1' ? 500 : 20;
const SEED = Number(process.env['COVALENCE_SEED'] ?? 20_261_121);
const FRAMES = 12;
const CODES = ['frame/corrupt', 'server/behind', 'server/unreachable', 'server/failed', 'protocol/version'] as const;

let server: CovalenceServer;
let proxy: FaultProxy;
/** Hashes of every frame as the server has them, asked without the proxy. */
let truth: { id: string; hashes: Readonly<Record<string, string>> }[];

beforeAll(async () => {
  server = await createServer({ port: 0 });
  await server.listen();
  proxy = await startFaultProxy(server.port);
  const room = await server.room('r');
  await room.frames.append(Array.from({ length: FRAMES }, (_, i) => sampleData(i, 40)));
  // What "stale" is: answers from before these commits.
  const before = httpProvider({ url: proxy.url, room: 'r' });
  for (let start = 0; start < FRAMES; start += 1)
    for (let stop = start + 1; stop <= FRAMES; stop += 1)
      for await (const frame of before.readRange(start, stop)) void frame;
  for (let index = 0; index < FRAMES; index += 1) {
    const { id, version } = await room.frames.read(index);
    await room.frames.write(id, { energy: 1000 + index }, { baseVersion: version });
  }
  truth = [];
  for await (const { id, hashes } of room.frames.stream()) truth.push({ id, hashes });
  await room.close();
});
afterAll(async () => {
  await proxy?.close();
  await server?.close();
});

/** How frames are asked for now; undefined: as Node does. */
let line: FrameLine | undefined;
afterEach(() => {
  line?.close();
  line = undefined;
});
vi.mock(import('../../src/data/platform-get-node.ts'), async (original) => {
  const real = await original();
  return { platformGet: (url, init) => (line?.channel ?? { get: real.platformGet }).get(url, init) };
});

describe(`a proxy between client and server, ${TRIES} tries a fault, seed ${SEED}`, () => {
  it.each(FAULTS)('[D146] %s: every damaged answer is a coded error, and what is handed out is right', (fault) =>
    expectNothingWrong(fault),
  );

  it.each(FAULTS)('[D237] %s: so it is where a worker reads and compares', async (fault) => {
    line = frameLine(systemClock);
    await expectNothingWrong(fault);
    expect(line.asked).toBeGreaterThan(TRIES);
  });
});

async function expectNothingWrong(fault: Fault): Promise<void> {
  const random = seeded(SEED);
  const missed: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const provider = withPrefetch(withCache(httpProvider({ url: proxy.url, room: 'r' })));
    // The client has seen the newest versions before the line goes bad.
    proxy.fault = undefined;
    await provider.info();
    const seen = fault === 'serves stale' ? await readAll(provider, 0) : [];
    provider.invalidate();
    proxy.fault = fault;
    proxy.where = random();
    const before = proxy.damaged;
    const index = Math.floor(random() * (FRAMES - 1));
    const isRange = attempt % 2 === 0;
    const outcome: unknown = await (isRange ? readAll(provider, index) : provider.read(index)).catch(
      (error: unknown) => error,
    );
    if (proxy.damaged === before && seen.length === 0) missed.push(`try ${attempt}: nothing was asked`);
    if (!isCovalenceError(outcome, ...CODES)) missed.push(`try ${attempt} at ${proxy.where}: ${String(outcome)}`);
    proxy.fault = undefined;
    provider.invalidate();
    const again = await provider.read(index);
    expect([again.id, again.hashes]).toEqual([truth[index].id, truth[index].hashes]);
    await provider.close();
  }
  expect(missed).toEqual([]);
}

/** Reads to the end; every frame handed out on the way must be the right one. */
async function readAll(provider: ReturnType<typeof httpProvider>, start: number): Promise<number[]> {
  const versions: number[] = [];
  for await (const frame of provider.readRange(start, FRAMES)) {
    expect([frame.id, frame.hashes]).toEqual([truth[frame.index].id, truth[frame.index].hashes]);
    versions.push(frame.version);
  }
  return versions;
}
