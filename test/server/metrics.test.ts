import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { createMetrics } from '../../src/server/metrics.ts';

let server: CovalenceServer;
beforeAll(async () => {
  server = await createServer({ port: 0, basePath: '/mol' });
  await server.listen();
});
afterAll(() => server.close());

/** The samples of a scrape: `name{labels}` to value. */
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('the metrics of a server', () => {
  it('[S130] keys, structs, bytes and heap of every open room are figures at /metrics', async () => {
    await using room = await server.room('weighed');
    const figure = async (name: string): Promise<number | undefined> =>
      (await scrape()).get(`covalence_room_state_${name}{room="weighed"}`);
    expect([await figure('keys'), await figure('structs')]).toEqual([0, 0]);
    room.state.set('a.x', { one: 1 });
    room.state.set('b.x', { one: 1 });
    const [structs, bytes, heap] = [await figure('structs'), await figure('bytes'), await figure('heap_bytes')];
    expect(await figure('keys')).toBe(2);
    const stats = room.state.stats();
    expect([structs, bytes, heap]).toEqual([stats.structs, stats.byteLength, stats.heapByteLength]);
    for (let count = 0; count < 100; count += 1) {
      room.state.update('a.x', { one: count });
      room.state.update('b.x', { one: count });
    }
    expect(await figure('keys')).toBe(2);
    expect(await figure('structs')).toBeGreaterThan(190);
    expect(await figure('heap_bytes')).toBeGreaterThan((heap ?? 0) + 190 * 200);
  });

  it('[S131] a figure that cannot be read hides no other, and odd names of labels are escaped', () => {
    const metrics = createMetrics();
    const broken = (): never => {
      throw new Error('no figure');
    };
    metrics.add({ name: 'a_total', help: 'A.', type: 'counter', read: broken });
    metrics.add({ name: 'b', help: 'B\nB.', type: 'gauge', read: () => [{ labels: { l: 'x"\\\n' }, value: 2 }] });
    expect(metrics.text()).toBe('# HELP b B\\nB.\n# TYPE b gauge\nb{l="x\\"\\\\\\n"} 2\n');
    expect(() => metrics.add({ name: 'b', help: '', type: 'gauge', read: () => [] })).toThrow(TypeError);
  });
});
