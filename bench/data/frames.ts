/**
 * Frames over HTTP in Node: our verified batches against a plain fetch of the same bytes, one request a frame, and
 * zarrita on a static store and on the room's own one; then what an upload and an edit cost, and commits of many writers.
 * Rounds are interleaved and the median counts. Requests and bytes are exact, times are of this machine.
 *
 *     node -e "import('vite').then((vite) => vite.runnerImport('./bench/data/frames.ts'))"
 */
import { createServer as createHttpServer } from 'node:http';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as zarr from 'zarrita';
import { dataToWire } from '../../src/data/frame-codec.ts';
import { httpProvider } from '../../src/data/http-provider.ts';
import { decodeMsgpack, encodeMsgpack } from '../../src/data/msgpack.ts';
import { type FrameArray, frameArray } from '../../src/protocol/frames.ts';
import { createDataRooms, createFrameChannel, fileRoomStorage } from '../../src/server/data/index.ts';
import { toWebRequest } from '../../src/server/http/web-request.ts';
import { sendWebResponse } from '../../src/server/http/web-response.ts';
import { positionsStore, rawServer } from './static-store.ts';

const ROUNDS = 5;
const BATCH = 16;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

interface Way {
  name: string;
  /** Reads all frames once; resolves with the number of requests. */
  read(): Promise<number>;
}

async function compare(title: string, frames: number, byteLength: number, ways: Way[]): Promise<void> {
  say(`\n${title}: ${frames} frames of ${byteLength} bytes`);
  const rates = new Map(ways.map(({ name }) => [name, [] as number[]]));
  const cpus = new Map(ways.map(({ name }) => [name, [] as number[]]));
  const requests = new Map<string, number>();
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { name, ...way } of ways) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      requests.set(name, await way.read());
      const seconds = (performance.now() - start) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      if (round < 0) continue;
      rates.get(name)?.push(frames / seconds);
      cpus.get(name)?.push((user + system) / 1000 / ((frames * byteLength) / 1e6));
    }
  }
  const first = median(rates.get(ways[0].name) ?? []);
  for (const { name } of ways) {
    const rate = median(rates.get(name) ?? []);
    const cpu = median(cpus.get(name) ?? []);
    const each = ((requests.get(name) ?? 0) / frames).toFixed(2);
    say(
      `  ${name.padEnd(46)} ${rate.toFixed(0).padStart(7)} frames/s  ${(rate / first).toFixed(2).padStart(6)}x  ${each} requests/frame  ${cpu.toFixed(1).padStart(6)} ms CPU/MB (client and server)`,
    );
  }
}

async function reading(atoms: number, frames: number): Promise<void> {
  const arrays = Array.from({ length: frames }, (_, f) =>
    Float32Array.from({ length: 3 * atoms }, (__, i) => f + i / 64),
  );
  const bytes = arrays.map((array) => new Uint8Array(array.buffer));
  const rooms = createDataRooms();
  const channel = createFrameChannel({ rooms });
  const server = createHttpServer((message, outgoing) => {
    const { signal } = new AbortController();
    void channel(toWebRequest(message, new URL(message.url ?? '/', 'http://localhost'), signal)).then((response) =>
      sendWebResponse(response ?? new Response(null, { status: 404 }), outgoing),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const room = await rooms.create('bench');
  await room.commit([{ op: 'insert', frames: arrays.map((array) => ({ positions: frameArray(array, [atoms, 3]) })) }]);
  const base = `${url}/v1/rooms/bench`;
  const store = await positionsStore(arrays, atoms);
  const raw = await rawServer((path) => {
    const batch = /^\/batch\/(\d+)$/.exec(path);
    if (batch !== null) return Buffer.concat(bytes.slice(Number(batch[1]), Number(batch[1]) + BATCH));
    const one = /^\/one\/(\d+)$/.exec(path);
    return one === null ? store.get(path) : bytes[Number(one[1])];
  });
  const opened = async (url: string, path: string) =>
    (await zarr.open.v3(zarr.root(new zarr.FetchStore(url)).resolve(path), { kind: 'array' })) as zarr.Array<
      'float32',
      zarr.FetchStore
    >;
  const fixed = await opened(raw.url, 'p');
  const own = await opened(`${base}/zarr/head`, 'particles/all/position/value');
  const eachOf = (array: zarr.Array<'float32', zarr.FetchStore>) => async (): Promise<number> => {
    for (let i = 0; i < frames; i += 1) await zarr.get(array, [i, null, null]);
    return frames;
  };
  await compare(`${atoms} atoms`, frames, atoms * 12, [
    {
      name: `raw fetch, ${BATCH} frames a response`,
      async read() {
        for (let i = 0; i < frames; i += BATCH) await (await fetch(`${raw.url}/batch/${i}`)).arrayBuffer();
        return Math.ceil(frames / BATCH);
      },
    },
    {
      name: `ours, verified, ${BATCH} frames a request`,
      async read() {
        const provider = httpProvider({ url, room: 'bench' });
        let seen = 0;
        for (let i = 0; i < frames; i += BATCH) {
          for await (const frame of provider.readRange(i, i + BATCH, { data: ['positions'] }))
            seen += Object.keys(frame.data).length;
        }
        if (seen !== frames) throw new Error(`${seen} frames came`);
        await provider.close();
        return Math.ceil(frames / BATCH);
      },
    },
    {
      name: 'raw fetch, one frame a request',
      async read() {
        for (let i = 0; i < frames; i += 1) await (await fetch(`${raw.url}/one/${i}`)).arrayBuffer();
        return frames;
      },
    },
    {
      name: 'msgpack, one frame a request',
      async read() {
        for (let i = 0; i < frames; i += 1) {
          decodeMsgpack(new Uint8Array(await (await fetch(`${base}/frames?index=${i}&data=positions`)).arrayBuffer()));
        }
        return frames;
      },
    },
    { name: 'zarrita on a static store (verifies nothing)', read: eachOf(fixed) },
    { name: "zarrita on the room's store (verifies nothing)", read: eachOf(own) },
  ]);
  raw.close();
  server.close();
  await rooms.close();
}

function uploading(): void {
  say('\nUpload bytes / array bytes (bar 1.05)');
  for (const atoms of [100, 1_000, 100_000]) {
    const data = { positions: frameArray(new Float32Array(3 * atoms), [atoms, 3]) };
    say(
      `  ${String(atoms).padStart(7)} atoms ${(encodeMsgpack(dataToWire(data)).byteLength / (12 * atoms)).toFixed(3)}`,
    );
  }
}

/**
 * How long a sync takes at least. A virtual disk answers from a cache, in a tenth of a millisecond; an SSD without
 * protected cache takes one to five, a turning disk ten.
 */
const SYNC_MS = (process.env['SYNC_MS'] ?? '0,1,4,10').split(',').map(Number);

async function writing(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-bench-'));
  let syncs = 0;
  let extraMs = 0;
  const counted = async (path: string, flags: string): Promise<Awaited<ReturnType<typeof open>>> => {
    const file = await open(path, flags);
    const sync = file.datasync.bind(file);
    file.datasync = async () => {
      syncs += 1;
      await Promise.all([sync(), extraMs > 0 ? sleep(extraMs) : undefined]);
    };
    return file;
  };
  const rooms = createDataRooms({
    storage: await fileRoomStorage({
      directory,
      openLogFile: (path) => counted(path, 'r+').catch(() => counted(path, 'wx+')),
      openSegmentFile: counted,
    }),
  });
  const positions = (atoms: number): FrameArray => {
    const data = new Float32Array(3 * atoms);
    for (let i = 0; i < 16; i += 1) data[i] = Math.random();
    return frameArray(data, [atoms, 3]);
  };
  for (const syncMs of SYNC_MS) {
    extraMs = syncMs;
    say(
      `\nDurable commits, ${syncMs === 0 ? 'syncs as long as this disk takes' : `a sync takes ${syncMs} ms`} (medians of 3 interleaved runs of 1 s)`,
    );
    for (const atoms of [20, 1_000]) await writers(atoms);
  }

  async function writers(atoms: number): Promise<void> {
    const found = new Map<number, { rates: number[]; syncs: number[] }>();
    for (let round = 0; round < 3; round += 1) {
      for (const count of [1, 16, 64]) {
        const room = await rooms.create(`w${atoms}-${extraMs}-${round}-${count}`);
        const frames = Array.from({ length: count }, () => ({ positions: positions(atoms) }));
        const { ids } = await room.commit([{ op: 'insert', frames }]);
        syncs = 0;
        let made = 0;
        const start = performance.now();
        await Promise.all(
          ids.map(async (id) => {
            for (let version = 1; performance.now() - start < 1_000; version += 1) {
              await room.commit([{ op: 'patch', id, baseVersion: version, data: { positions: positions(atoms) } }]);
              made += 1;
            }
          }),
        );
        const known = found.get(count) ?? { rates: [], syncs: [] };
        known.rates.push((made * 1_000) / (performance.now() - start));
        known.syncs.push(syncs / made);
        found.set(count, known);
      }
    }
    const alone = found.get(1) ?? { rates: [], syncs: [] };
    for (const [count, { rates, syncs: each }] of found) {
      const [rate, sync] = [median(rates), median(each)];
      say(
        `  ${String(atoms).padStart(5)} atoms, ${String(count).padStart(2)} writers ${rate.toFixed(0).padStart(7)} commits/s ${(rate / median(alone.rates)).toFixed(1).padStart(6)}x  ${sync.toFixed(3)} syncs/commit (${(median(alone.syncs) / sync).toFixed(1)}x fewer)`,
      );
    }
  }
  await rooms.close();
  await rm(directory, { recursive: true });
}

async function storing(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-bench-'));
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  const room = await rooms.create('edits');
  const [edits, atoms] = [10_000, 1_000];
  const { ids } = await room.commit([
    {
      op: 'insert',
      frames: Array.from({ length: 64 }, () => ({ positions: frameArray(new Float32Array(3 * atoms), [atoms, 3]) })),
    },
  ]);
  await Promise.all(
    ids.map(async (id, writer) => {
      for (let i = writer, version = 1; i < edits; i += ids.length, version += 1) {
        const data = { positions: frameArray(new Float32Array(3 * atoms).fill(i + 1), [atoms, 3]) };
        await room.commit([{ op: 'patch', id, baseVersion: version, data }]);
      }
    }),
  );
  await rooms.close();
  let allocated = 0;
  for (const folder of ['blobs', 'rooms/edits']) {
    for (const name of await readdir(join(directory, folder)))
      allocated += (await stat(join(directory, folder, name))).blocks * 512;
  }
  say(
    `\nStored per edit beyond the changed array, ${edits} edits of 12 kB: ${((allocated - (edits + 1) * 12 * atoms) / edits).toFixed(0)} bytes of disk blocks (bar 512)`,
  );
  await rm(directory, { recursive: true });
}

/** ONLY=reading|uploading|storing|writing runs one part. */
const only = process.env['ONLY'];
if (only === undefined || only === 'reading') {
  await reading(1_000, 480);
  await reading(10_000, 160);
  await reading(100_000, 32);
}
if (only === undefined || only === 'uploading') uploading();
if (only === undefined || only === 'storing') await storing();
if (only === undefined || only === 'writing') await writing();
