import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import { systemClock } from '../../src/protocol/clock.ts';
import { type Frame, frameArray } from '../../src/protocol/frames.ts';
import { type HandClock, handClock } from '../hand-clock.ts';
import { type Answer, listen, standstill } from './answering-server.ts';
import { type FrameLine, frameLine } from './frame-line.ts';
import { frameServer } from './frame-server.ts';
import { sampleData } from './sample-frames.ts';

const source = memoryProvider({ frames: [0, 1, 2].map((index) => sampleData(index, 2000)) });
const frames = frameServer(source);

let clock: HandClock;
let line: FrameLine;
vi.mock(import('../../src/data/platform-get-node.ts'), async (original) => {
  const real = await original();
  return { platformGet: async (url, init) => (await line.channel.get(url, init)) ?? real.platformGet?.(url, init) };
});
beforeEach(() => {
  clock = handClock();
  line = frameLine(clock);
});
afterEach(() => line.close());

const bytesFor = async (url: string | undefined): Promise<Uint8Array> =>
  new Uint8Array(await (await frames.fetch(`http://host.example${url ?? ''}`)).arrayBuffer());
const TYPE = { 'content-type': 'application/vnd.covalence.frames' };
const serve: Answer = async ({ url }, response) => response.writeHead(200, TYPE).end(await bytesFor(url));
/** The first two thirds or so of the answer, and then nothing. */
const begin: Answer = async ({ url }, response) => {
  const bytes = await bytesFor(url);
  response.writeHead(200, TYPE).write(bytes.subarray(0, Math.ceil(bytes.length * 0.7)));
};
const noAnswer: Answer = () => undefined;

const framesOf = async (url: string, seen: Frame[] = []): Promise<Frame[]> => {
  for await (const frame of httpProvider({ url, room: 'r' }).readRange(0, 3)) seen.push(frame);
  return seen;
};
const original: Frame[] = [];
for await (const frame of source.readRange(0, 3)) original.push(frame);

const waitFor = (condition: () => boolean): Promise<unknown> => vi.waitUntil(condition, { timeout: 60_000 });

describe('frames read by a worker', () => {
  it('[D237] are those of the server, in buffers of their own', async () => {
    const read = await framesOf(await listen(serve));
    expect(read).toEqual(original);
    expect(line.asked).toBe(1);
    const arrays = read.flatMap(({ data }) => [data['positions'], data['numbers']]);
    const buffers = arrays.map((value) => (typeof value === 'object' ? value.data.buffer : undefined));
    // The numbers are the same in every frame: sent once, one value.
    expect(new Set(buffers).size).toBe(4);
  });

  it('[D238] a worker that dies in the middle is not missed: the rest is asked for without it', async () => {
    const asked: string[] = [];
    const url = await listen(begin, (request, response) => {
      asked.push(request.url ?? '');
      return serve(request, response);
    });
    const seen: Frame[] = [];
    const reading = framesOf(url, seen);
    await waitFor(() => seen.length > 0);
    line.channel.lose();
    expect(await reading).toEqual(original);
    expect(asked).toEqual([expect.stringContaining('index=1:3')]);
    expect(line.isLost).toBe(true);
    // Nobody asks it again.
    expect(await framesOf(url)).toEqual(original);
    expect(line.asked).toBe(1);
  });

  it('[D238] one that dies without a word is asked whether it lives, by the clock, and given up', async () => {
    line.kill();
    const reading = framesOf(await listen(serve));
    await clock.pass(4_999);
    expect(line.isLost).toBe(false);
    await clock.pass(1);
    expect(line.isLost).toBe(true);
    expect(await reading).toEqual(original);
  });

  it('[D238] one that waits for a slow server is left alone', async () => {
    const abort = new AbortController();
    const url = await listen(noAnswer);
    const reading = httpProvider({ url, room: 'r' }).read(0, { signal: abort.signal });
    for (let round = 1; round <= 3; round += 1) {
      await clock.pass(2_000);
      await waitFor(() => line.pongs === round);
      await clock.pass(3_000);
    }
    expect(line.isLost).toBe(false);
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    // Nothing is waited for any more.
    await clock.pass(60_000);
    expect(line.pongs).toBe(3);
  });

  it('[D239] whoever gives up hears the reason at once, and the connection ends', async () => {
    for (const answer of [noAnswer, begin]) {
      const closed = new Set<Socket>();
      let sockets = 0;
      const url = await listen((request, response) => {
        sockets += 1;
        request.socket.once('close', () => closed.add(request.socket));
        return answer(request, response);
      });
      const abort = new AbortController();
      const seen: Frame[] = [];
      const reading = (async () => {
        const range = httpProvider({ url, room: 'r' }).readRange(0, 3, { signal: abort.signal });
        for await (const frame of range) seen.push(frame);
      })();
      await waitFor(() => sockets === 1 && (answer === noAnswer || seen.length > 0));
      abort.abort(new Error('another frame, please'));
      await expect(reading).rejects.toThrow('another frame, please');
      await waitFor(() => closed.size === 1);
    }
    expect(line.isLost).toBe(false);
  });

  it('[D239] a token that is refused is renewed, and a refusal arrives with its code and fields', async () => {
    const tokens = ['old', 'new'];
    const token = { current: () => tokens[0], renew: async () => tokens.length > 1 && tokens.shift() !== undefined };
    const guarded: Answer = (request, response) =>
      request.headers.authorization === 'Bearer new' ? serve(request, response) : response.writeHead(401).end();
    const url = await listen(guarded);
    expect((await httpProvider({ url, room: 'r', token }).read(1)).data).toEqual(original[1].data);
    expect(line.asked).toBe(2);

    const problem = { code: 'request/rate', detail: 'Too many requests.', limit: 9 };
    const busy = await listen((_, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end(JSON.stringify(problem)),
    );
    await expect(httpProvider({ url: busy, room: 'r' }).read(0)).rejects.toMatchObject({
      code: 'request/rate',
      fields: { limit: 9, retry_after: 7 },
    });
  });

  it('[D239] a silence is an end to waiting, also in the middle of an answer', async () => {
    const waiting = httpProvider({ url: await listen(begin), room: 'r', clock, silenceMs: 1_000 });
    const seen: Frame[] = [];
    const reading = (async () => {
      for await (const frame of waiting.readRange(0, 3)) seen.push(frame);
    })();
    const failed = expect(reading).rejects.toMatchObject({ code: 'server/unreachable' });
    await waitFor(() => seen.length > 0);
    await clock.pass(1_000);
    await failed;
    expect(seen).toEqual(original.slice(0, seen.length));
  });

  it('[D239] what is named in have= is compared by the page, which holds it', async () => {
    const [frame] = original;
    const url = await listen(serve);
    const hash = frame.hashes['positions'];
    const bytes = (damage: number): Uint8Array => {
      const value = frame.data['positions'];
      const copy = new Uint8Array((typeof value === 'object' ? value.data.slice() : new Uint8Array()).buffer);
      copy[5] ^= damage;
      return copy;
    };
    const read = (damage: number): Promise<Frame> =>
      httpProvider({ url, room: 'r' }).read(0, { held: { hashes: [hash], get: () => bytes(damage) } });
    expect((await read(0)).data).toEqual(frame.data);
    await expect(read(1)).rejects.toMatchObject({ code: 'frame/corrupt', fields: { key: 'positions' } });
  });

  it('[D239] a reader that pauses holds little and gets all', async () => {
    const large = memoryProvider({
      frames: Array.from({ length: 64 }, (_, index) => ({
        positions: frameArray(new Float32Array(300_000).fill(index), [100_000, 3]),
      })),
    });
    const many = frameServer(large);
    const connections: Socket[] = [];
    let total = 0;
    const url = await listen(async (request, response) => {
      connections.push(request.socket);
      const bytes = new Uint8Array(await (await many.fetch(`http://host.example${request.url ?? ''}`)).arrayBuffer());
      total = bytes.length;
      response.writeHead(200, TYPE);
      const write = (at: number): void => {
        if (at >= total) response.end();
        else response.write(bytes.subarray(at, at + 65_536), () => write(at + 65_536));
      };
      write(0);
    });
    line.close();
    line = frameLine(systemClock);
    let count = 0;
    for await (const frame of httpProvider({ url, room: 'r' }).readRange(0, 64)) {
      if (count === 0) expect(await standstill(connections[0])).toBeLessThan(total / 2);
      expect(frame.index).toBe(count);
      count += 1;
    }
    expect(count).toBe(64);
    expect(line.asked).toBe(1);
  });
});
