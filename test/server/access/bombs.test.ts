import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import type { Problem } from '../../../src/protocol/errors.ts';
import { createServer } from '../../../src/server/server.ts';

const MB = 1_048_576;

it('[V255] uploads that are larger inside than outside are refused, and the process stays small', async () => {
  const server = await createServer({ port: 0, limits: { uploadByteLength: 4 * MB } });
  await server.listen();
  onTestFinished(() => server.close());
  await (await server.room('argon')).close();
  const post = async (
    path: string,
    body: Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> => {
    const response = await fetch(`${server.url}/v1/rooms/argon/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...headers },
      body: body as BodyInit,
    });
    return [response.status, response.ok ? 'accepted' : ((await response.json()) as Problem).code];
  };
  const inflated = 160 * MB;
  // A line without an end, a number of atoms that nobody has, frames without end.
  const bombs = {
    'line.xyz.gz': gzipSync(Buffer.concat([Buffer.from('2\n'), Buffer.alloc(inflated, 'a')]), { level: 1 }),
    'zeros.xyz.gz': gzipSync(Buffer.alloc(inflated), { level: 1 }),
    'count.xyz.gz': gzipSync(Buffer.from('4000000000\ncomment\nAr 0 0 0\n')),
    'line.gro.gz': gzipSync(Buffer.concat([Buffer.from('title\n'), Buffer.alloc(inflated, '9')]), { level: 1 }),
    'zeros.pdb.gz': gzipSync(Buffer.alloc(inflated, ' '), { level: 1 }),
  };
  for (const [name, bytes] of Object.entries(bombs)) {
    const before = process.memoryUsage().rss;
    const [status, code] = await post(`import?name=${name}`, bytes);
    expect([name, status >= 400 && status < 500, code.split('/')[0]]).toEqual([
      name,
      true,
      expect.stringMatching(/file|request/),
    ]);
    expect(process.memoryUsage().rss - before, name).toBeLessThan(0.8 * inflated);
  }
  // 18 bytes a level ask a careless reader for gigabytes.
  const nested = new Uint8Array(Array.from({ length: 18 }, () => [0xdd, 0x02, 0, 0, 0]).flat());
  expect(await post('frames', nested, { 'content-type': 'application/x-msgpack' })).toEqual([400, 'request/invalid']);
  const packed = gzipSync(encodeMsgpack({ note: 'x'.repeat(100) }));
  const [status] = await post('frames', packed, {
    'content-type': 'application/x-msgpack',
    'content-encoding': 'gzip',
  });
  expect([400, 415]).toContain(status);
  expect(await post('import?name=a.xyz', new Uint8Array(5 * MB))).toEqual([413, 'request/too-large']);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const order = (await (await fetch(`${server.url}/v1/rooms/argon/order`)).json()) as { frames: unknown[] };
  expect(order.frames).toEqual([]);
});
