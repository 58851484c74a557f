import { expect, it } from 'vitest';
import { fetchFromAny } from '../../src/room/fetch-from-any.ts';
import { openRoom } from '../../src/room/open-room.ts';

const BASES = ['http://one.test/base', 'http://two.test'];

/** A `fetch` of which each server answers with its status, or not at all. */
function servers(answers: Record<string, number | undefined>): { asked: string[]; ask: typeof fetch } {
  const asked: string[] = [];
  const ask = fetchFromAny(BASES, async (input) => {
    const url = input as string;
    asked.push(url);
    const status = answers[new URL(url).hostname];
    if (status === undefined) throw new TypeError('fetch failed');
    return new Response('', { status });
  });
  return { asked, ask };
}

it('[T198] a request is asked of the next server when one is away or cannot serve now, and the next one goes there at once', async () => {
  for (const away of [undefined, 502, 503, 504]) {
    const { asked, ask } = servers({ 'one.test': away, 'two.test': 200 });
    expect((await ask('http://one.test/base/v1/rooms')).status).toBe(200);
    expect((await ask('http://one.test/base/v1/rooms/argon')).status).toBe(200);
    expect(asked).toEqual([
      'http://one.test/base/v1/rooms',
      'http://two.test/v1/rooms',
      'http://two.test/v1/rooms/argon',
    ]);
  }
});

it('[T198] each is asked once; what the last said is the answer, and refusals are answers', async () => {
  const gone = servers({});
  await expect(gone.ask('http://one.test/base/v1/rooms')).rejects.toThrow('fetch failed');
  expect(gone.asked).toHaveLength(2);
  const behind = servers({ 'one.test': 503, 'two.test': 503 });
  expect((await behind.ask('http://one.test/base/v1/rooms')).status).toBe(503);
  expect(behind.asked).toHaveLength(2);
  const refused = servers({ 'one.test': 409, 'two.test': 200 });
  expect((await refused.ask('http://one.test/base/v1/rooms')).status).toBe(409);
});

it('[T198] a write goes to a second server only where it may be repeated; an abort asks nobody else', async () => {
  const { asked, ask } = servers({ 'two.test': 200 });
  await expect(ask('http://one.test/base/x', { method: 'POST' })).rejects.toThrow('fetch failed');
  expect(asked).toEqual(['http://one.test/base/x']);
  const again = servers({ 'two.test': 200 });
  await again.ask('http://one.test/base/x', { method: 'POST', headers: { 'Idempotency-Key': 'k' } });
  expect(again.asked).toHaveLength(2);
  const aborted = servers({});
  await expect(aborted.ask('http://one.test/base/x', { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(aborted.asked).toHaveLength(1);
});

it('[T198] a list of several rooms, and an empty one, are refused', async () => {
  const urls = ['http://127.0.0.1:9/r/argon', 'http://127.0.0.1:9/r/water'];
  await expect(openRoom(urls)).rejects.toMatchObject({ code: 'room/name-invalid' });
  await expect(openRoom([])).rejects.toMatchObject({ code: 'room/name-invalid' });
});
