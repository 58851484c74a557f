import { describe, expect, it } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { withCache } from '../../src/data/with-cache.ts';
import { withPrefetch } from '../../src/data/with-prefetch.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { createDataRooms, createFrameChannel } from '../../src/server/data/index.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';
import { sampleData } from './sample-frames.ts';

/** A room of the real frame channel, reached without a socket. */
async function openRoom() {
  const rooms = createDataRooms();
  await rooms.create('r');
  const channel = createFrameChannel({ rooms, basePath: '/base' });
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    request.signal.throwIfAborted();
    const response = await channel(request);
    if (response === undefined) throw new Error(`${request.url} is not the channel's`);
    return response;
  };
  const open = () => httpProvider({ url: 'http://localhost/base', room: 'r', fetch, session: () => 'tab-1' });
  return { rooms, requests, open, fetch };
}

describe('httpProvider over the frame channel', () => {
  for (const [name, wrap] of [
    ['alone', (provider: ReturnType<typeof httpProvider>) => provider],
    ['cached and read ahead', (provider: ReturnType<typeof httpProvider>) => withPrefetch(withCache(provider))],
  ] as const) {
    const cases = dataProviderContract({
      async open(frames) {
        const room = await openRoom();
        // Another session, so that the frames of the beginning are not the tester's own newest edit.
        const seed = httpProvider({
          url: 'http://localhost/base',
          room: 'r',
          fetch: room.fetch,
          session: () => 'seed',
        });
        await seed.insert(frames);
        const provider = wrap(room.open());
        return { provider: { ...provider, close: async () => room.rooms.close() }, frames };
      },
      isWritable: true,
    });
    for (const { title, run } of cases) it(`[D65] ${name}: ${title}`, run);
  }

  it('[D66] an upload is at most 1.05 times its arrays, a change of k atoms at most 16 k + 300 bytes', async () => {
    const { open, requests, rooms } = await openRoom();
    const provider = open();
    const bodyOf = async () => (await requests.at(-1)!.arrayBuffer()).byteLength;
    await provider.insert([sampleData(0, 1000)]);
    expect(await bodyOf()).toBeLessThanOrEqual(1.05 * (1000 * (12 + 1 + 4) + 72 + 3 + 40));
    const { id } = await provider.read(0);
    const index = frameArray(Uint32Array.from({ length: 50 }, (_, i) => i * 20));
    const values = frameArray(new Float32Array(150), [50, 3]);
    await provider.patch(id, { positions: { index, values } }, { baseVersion: 1 });
    expect(await bodyOf()).toBeLessThanOrEqual(16 * 50 + 300);
    await rooms.close();
  });
});
