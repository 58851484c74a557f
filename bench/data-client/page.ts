/** The page of chromium.ts: the client as a browser runs it, beside a fetch that looks at nothing and beside zarrita. */
import * as zarr from 'zarrita';
import { httpProvider } from '../../src/data/http-provider.ts';
import { decodeMsgpack } from '../../src/data/msgpack.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { CONTENT_TYPE, routes } from '../../src/protocol/routes.ts';

interface Job {
  room: string;
  frames: number;
  batches: number;
  /** Requests under way at a time. */
  inFlight: number;
  /** Address of a Zarr store with the same arrays. */
  store: string;
}

const accept = { headers: { accept: CONTENT_TYPE.frames }, cache: 'no-store' } as const;
const address = (room: string, start: number, stop: number): string =>
  `${routes.frames(room)}?index=${start}:${stop}&data=positions`;

/** Does it `times` times, `inFlight` at a time. */
async function repeat(times: number, inFlight: number, task: () => Promise<void>): Promise<void> {
  let left = times;
  const lane = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      await task();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function verified({ frames, batches, inFlight }: Job, provider: DataProvider): Promise<void> {
  await repeat(batches, inFlight, async () => {
    let count = 0;
    for await (const frame of provider.readRange(0, frames, { data: ['positions'] })) count += frame.index >= 0 ? 1 : 0;
    if (count !== frames) throw new Error(`${count} frames of ${frames}`);
  });
}

const ways = {
  /** The same answers, read and dropped. */
  async raw({ room, frames, batches, inFlight }: Job): Promise<void> {
    await repeat(batches, inFlight, async () => {
      await (await fetch(location.origin + address(room, 0, frames), accept)).arrayBuffer();
    });
  },
  /** The same answers, hashed in one go and dropped: what verifying costs at least. */
  async hashed({ room, frames, batches, inFlight }: Job): Promise<void> {
    await repeat(batches, inFlight, async () => {
      const answer = await (await fetch(location.origin + address(room, 0, frames), accept)).arrayBuffer();
      await crypto.subtle.digest('SHA-256', answer);
    });
  },
  /** Read, taken apart, hashed and compared, by a worker once there is one. */
  verified: (job: Job): Promise<void> => verified(job, httpProvider({ url: location.origin, room: job.room })),
  /** The same without a worker, as where a policy forbids it. */
  verifiedHere: (job: Job): Promise<void> =>
    verified(job, httpProvider({ url: location.origin, room: job.room, fetch: (url, init) => fetch(url, init) })),
  /** As a trajectory is played: batches ahead of what is shown, every frame once. */
  async played({ room, frames }: Job): Promise<void> {
    const provider = withCache(httpProvider({ url: location.origin, room }));
    let count = 0;
    for await (const frame of provider.readRange(0, frames, { data: ['positions'] })) count += frame.index >= 0 ? 1 : 0;
    if (count !== frames) throw new Error(`${count} frames of ${frames}`);
    await provider.close();
  },
  /** One request a frame, verified. */
  async single({ room, frames }: Job): Promise<void> {
    const provider = httpProvider({ url: location.origin, room });
    for (let index = 0; index < frames; index += 1) await provider.read(index, { data: ['positions'] });
  },
  /** One request a frame, as msgpack, verified by nobody. */
  async singleMsgpack({ room, frames }: Job): Promise<void> {
    for (let index = 0; index < frames; index += 1) {
      const answer = await fetch(location.origin + address(room, index, index + 1), { cache: 'no-store' });
      decodeMsgpack(new Uint8Array(await answer.arrayBuffer()));
    }
  },
  /** One request a frame by zarrita, verified by nobody. */
  async zarrita({ store, frames }: Job): Promise<void> {
    const array = await zarr.open.v3(zarr.root(new zarr.FetchStore(store)).resolve('p'), { kind: 'array' });
    for (let index = 0; index < frames; index += 1) await zarr.get(array, [index, null, null]);
  },
  /** One request a frame, looked at by nobody. */
  async singleRaw({ room, frames }: Job): Promise<void> {
    for (let index = 0; index < frames; index += 1)
      await (await fetch(location.origin + address(room, index, index + 1), accept)).arrayBuffer();
  },
};

declare global {
  var benchData: unknown;
}

globalThis.benchData = {
  async fill(room: string, atoms: number, frames: number): Promise<void> {
    await fetch(location.origin + routes.rooms(), {
      method: 'POST',
      headers: { 'content-type': CONTENT_TYPE.json },
      body: JSON.stringify({ name: room }),
    });
    const provider = httpProvider({ url: location.origin, room });
    const frameAt = (frame: number): { positions: ReturnType<typeof frameArray> } => ({
      positions: frameArray(
        Float32Array.from({ length: atoms * 3 }, (_, i) => Math.sin(i * 7.1 + frame)),
        [atoms, 3],
      ),
    });
    for (let from = 0; from < frames; from += 32)
      await provider.insert(Array.from({ length: Math.min(32, frames - from) }, (_, i) => frameAt(from + i)));
  },
  /** Milliseconds of one way of reading. */
  async time(way: keyof typeof ways, job: Job): Promise<number> {
    const start = performance.now();
    await ways[way](job);
    return performance.now() - start;
  },
};
