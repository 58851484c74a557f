import { describe, expect, it } from 'vitest';
import { CovalenceError } from '../../src/protocol/errors.ts';
import type { Frame, FrameData } from '../../src/protocol/frames.ts';
import { canonicalBytes } from '../../src/data/hash.ts';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import type { DataProvider } from '../../src/data/provider.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';
import { type FrameServer, frameServer } from './frame-server.ts';
import { sampleData } from './sample-frames.ts';

const SERVER = 'https://host.example/base/';

function open(frames: readonly FrameData[] = [0, 1, 2, 3].map((index) => sampleData(index, 100))) {
  const source = memoryProvider({ frames });
  const server = frameServer(source);
  return { source, server, provider: httpProvider({ url: SERVER, room: 'r', fetch: server.fetch }) };
}

async function all(provider: DataProvider, stop = 4): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of provider.readRange(0, stop)) frames.push(frame);
  return frames;
}

async function codeOf(task: Promise<unknown>): Promise<string> {
  try {
    await task;
  } catch (error) {
    return error instanceof CovalenceError ? error.code : `not ours: ${String(error)}`;
  }
  return 'accepted';
}

describe('httpProvider, reading', () => {
  const cases = dataProviderContract({
    open: async (frames) => {
      const { provider } = open(frames);
      const { info, read, readRange, scalars, close } = provider;
      return { provider: { info, read, readRange, scalars, close }, frames };
    },
    isWritable: false,
  });
  for (const { title, run } of cases) it(`[D61] ${title}`, run);

  it('[D62] one frame and a range are one request each, with keys under their names', async () => {
    const { server, provider } = open();
    await provider.read(2, { data: ['species', 'positions'] });
    await all(provider);
    expect(server.requests.map(({ search }) => search)).toEqual(['?index=2:3&data=numbers,positions', '?index=0:4']);
  });

  it('[D62] what the caller holds is named and not sent', async () => {
    const { server, provider } = open([0, 1].map((index) => sampleData(index, 1000)));
    const first = await provider.read(0);
    const byteLengths: number[] = [];
    server.faults.bytes = (bytes) => {
      byteLengths.push(bytes.byteLength);
      return bytes;
    };
    const whole = await provider.read(1);
    const hash = first.hashes['numbers'];
    const get = (asked: string) => (asked === hash ? canonicalBytes(first.data['numbers']) : undefined);
    expect(await provider.read(1, { held: { hashes: [hash], get } })).toEqual(whole);
    expect(byteLengths[0] - byteLengths[1]).toBeGreaterThanOrEqual(1000);
    expect(server.requests.at(-1)?.searchParams.get('have')).toBe(hash);
  });

  it('[D63] faults of the network: every one is a coded error and no damaged frame is handed out', async () => {
    const { server, provider } = open();
    const truth = await all(provider);
    const damage: [string, FrameServer['faults']][] = [
      ['bit flip', { bytes: (bytes) => flipped(bytes, Math.floor(bytes.byteLength / 2)) }],
      ['truncation', { bytes: (bytes) => bytes.slice(0, -40) }],
      ['truncation between frames', { bytes: (bytes) => bytes.slice(0, -16) }],
      ['empty answer', { bytes: () => new Uint8Array(0) }],
      ['lost payload', { bytes: (bytes) => joinedWithout(bytes, 1600, 2800) }],
      ['swapped frames', { frames: ([a, b, c, d]) => [a, c, b, d] }],
      ['swapped values', { frames: ([a, b, ...rest]) => [{ ...a, data: b.data }, { ...b, data: a.data }, ...rest] }],
      ['lost frame', { frames: ([a, , c, d]) => [a, c, d] }],
      ['lost last frame', { frames: (frames) => frames.slice(0, -1) }],
      ['no frames', { frames: () => [] }],
      ['one frame too many', { frames: (frames) => [...frames, { ...frames[3], index: 4 }] }],
      ['another range', { frames: (frames) => frames.map((frame) => ({ ...frame, index: frame.index + 1 })) }],
      ['a web page', { bytes: () => new TextEncoder().encode('<!doctype html>'.padEnd(64)) }],
    ];
    for (const [what, faults] of damage) {
      server.faults = faults;
      const seen: Frame[] = [];
      const task = (async () => {
        for await (const frame of provider.readRange(0, 4)) seen.push(frame);
      })();
      expect(`${what}: ${await codeOf(task)}`).toBe(`${what}: frame/corrupt`);
      expect(seen).toEqual(truth.slice(0, seen.length));
    }
    server.faults = {};
    expect(await all(provider)).toEqual(truth);
  });

  it('[D63] an answer older than what was seen is server/behind', async () => {
    const { source, server, provider } = open();
    const old = await all(provider);
    await source.patch(old[1].id, { energy: 3 }, { baseVersion: 1 });
    expect((await provider.read(1)).version).toBe(2);
    server.faults.frames = () => old;
    const asked = server.requests.length;
    expect(await codeOf(all(provider))).toBe('server/behind');
    expect(server.requests).toHaveLength(asked + 1);
  });

  it('[T205] an answer that news overtook on its way is asked for again from there on, a few times', async () => {
    const { source, server } = open();
    const { id } = await source.read(1);
    let version = 1;
    let fast = 2;
    const provider = httpProvider({
      url: SERVER,
      room: 'r',
      fetch: async (...request) => {
        const answer = await server.fetch(...request);
        if (fast === 0) return answer;
        fast -= 1;
        await source.patch(id, { energy: version }, { baseVersion: version });
        version += 1;
        provider.inform({ versions: { [id]: version } });
        return answer;
      },
    });
    expect((await all(provider)).map((frame) => frame.version)).toEqual([1, 3, 1, 1]);
    expect(server.requests.map(({ search }) => search)).toEqual(['?index=0:4', '?index=1:4', '?index=1:4']);
    // Where news never ends, whoever reads is told.
    fast = Number.POSITIVE_INFINITY;
    server.requests.length = 0;
    expect(await codeOf(provider.read(1))).toBe('server/behind');
    expect(server.requests).toHaveLength(6);
  });

  it('[D64] refusals arrive as themselves; anything else between here and the server is named', async () => {
    const { server, provider } = open();
    await expect(provider.read(99)).rejects.toMatchObject({ code: 'frame/not-found', fields: { asked: 99, count: 4 } });
    const at = (fetch: typeof globalThis.fetch, room = 'r') => httpProvider({ url: SERVER, room, fetch }).read(0);
    await expect(at(server.fetch, 'other')).rejects.toMatchObject({ code: 'request/not-found' });
    const page = async () => new Response('<p>Hello', { headers: { 'content-type': 'text/html' } });
    await expect(at(page)).rejects.toMatchObject({
      code: 'server/failed',
      message: expect.stringContaining('text/html'),
    });
    const gateway = async () => new Response('Bad gateway', { status: 502, headers: { 'retry-after': '7' } });
    await expect(at(gateway)).rejects.toMatchObject({ code: 'server/failed', fields: { status: 502, retry_after: 7 } });
    const refused = async () => Promise.reject(new TypeError('fetch failed'));
    await expect(at(refused)).rejects.toMatchObject({ code: 'server/unreachable' });
    const broken = async () =>
      new Response(new ReadableStream({ pull: (c) => c.error(new TypeError('terminated')) }), {
        headers: { 'content-type': 'application/vnd.covalence.frames' },
      });
    await expect(at(broken)).rejects.toMatchObject({ code: 'server/unreachable' });
  });

  it('[D64] a server that falls silent is unreachable after the time given, by the injected clock', async () => {
    const tasks: (() => void)[] = [];
    const clock = {
      now: () => 0,
      after: (_: number, task: () => void) => {
        tasks.push(task);
        return () => tasks.splice(tasks.indexOf(task), 1);
      },
    };
    const silent = (_: unknown, init?: RequestInit) =>
      new Promise<Response>((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    const reading = httpProvider({ url: SERVER, room: 'r', fetch: silent, clock }).read(0);
    await Promise.resolve();
    expect(tasks).toHaveLength(1);
    tasks[0]();
    await expect(reading).rejects.toMatchObject({ code: 'server/unreachable' });
    expect(tasks).toHaveLength(0);
  });
});

function flipped(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[at] ^= 4;
  return copy;
}

function joinedWithout(bytes: Uint8Array<ArrayBuffer>, from: number, to: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.byteLength - (to - from));
  copy.set(bytes.subarray(0, from));
  copy.set(bytes.subarray(to), from);
  return copy;
}
