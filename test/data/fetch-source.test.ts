import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchSource } from '../../src/data/fetch-source.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255);
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A web server with one file; notes the ranges it was asked for. */
async function serve(options: { ranges?: boolean; hidesTotal?: boolean } = {}) {
  const state = { content, etag: '"1"', asked: [] as (string | undefined)[] };
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/data/run%201.xyz')) return void response.writeHead(404).end();
    const { range } = request.headers;
    state.asked.push(request.method === 'HEAD' ? 'HEAD' : range);
    const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const total = state.content.byteLength;
    if (match === null || options.ranges === false) {
      response.writeHead(200, { 'content-length': total, etag: state.etag });
      return void response.end(request.method === 'HEAD' ? undefined : state.content);
    }
    const start = Number(match[1]);
    const end = Math.min(total, match[2] === '' ? total : Number(match[2]) + 1);
    const range206 = options.hidesTotal === true ? {} : { 'content-range': `bytes ${start}-${end - 1}/${total}` };
    response.writeHead(206, { 'content-length': end - start, etag: state.etag, ...range206 });
    return void response.end(state.content.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/run%201.xyz?x=1` };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return Buffer.concat(parts);
}

describe('fetchSource', () => {
  for (const options of [{}, { hidesTotal: true }, { ranges: false }]) {
    it(`[D80] reads parts and streams, with ${JSON.stringify(options)}`, async () => {
      const { url, state } = await serve(options);
      const source = await fetchSource(url);
      expect([source.name, source.byteLength]).toEqual(['run 1.xyz', content.byteLength]);
      expect(await source.read(10, 20)).toEqual(content.slice(10, 30));
      expect(await source.read(200_000, 1000)).toEqual(content.slice(200_000, 201_000));
      expect(await source.read(299_990, 1000)).toEqual(content.slice(299_990));
      expect(await source.read(400_000, 10)).toEqual(new Uint8Array(0));
      expect(Buffer.compare(await collect(source.stream(100_000)), content.slice(100_000))).toBe(0);
      if (options.ranges === false) expect(state.asked).toHaveLength(1);
      else expect(state.asked).toContain('bytes=200000-200999');
    });
  }

  it('[D81] a file that changes while it is open is file/changed', async () => {
    const { url, state } = await serve();
    const source = await fetchSource(url);
    state.etag = '"2"';
    await expect(source.read(200_000, 10)).rejects.toMatchObject({ code: 'file/changed' });
    state.etag = '"1"';
    state.content = content.slice(0, 250_000);
    await expect(collect(source.stream(100_000))).rejects.toMatchObject({ code: 'file/changed' });
  });

  it('[D81] a missing file, a dead server and an abort each say so', async () => {
    const { url } = await serve();
    await expect(fetchSource(url.replace('run', 'no'))).rejects.toMatchObject({
      code: 'file/not-found',
      fields: { status: 404 },
    });
    const dead = async () => Promise.reject(new TypeError('fetch failed'));
    await expect(fetchSource(url, { fetch: dead })).rejects.toMatchObject({ code: 'server/unreachable' });
    const reason = new Error('closed');
    await expect(fetchSource(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const source = await fetchSource(url);
    await expect(source.read(200_000, 10, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
