import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, onTestFinished, test } from 'vitest';
import { httpProvider } from '../../../src/data/http-provider.ts';
import {
  createDataRooms,
  createFrameChannel,
  fileRoomStorage,
  type DataRooms,
} from '../../../src/server/data/index.ts';
import { toWebRequest } from '../../../src/server/http/web-request.ts';
import { sendWebResponse } from '../../../src/server/http/web-response.ts';
import { dataProviderContract } from '../../../src/testing/index.ts';
import { scratchDirectory } from './store-fixture.ts';

const places = {
  memory: async () => createDataRooms(),
  disk: async () => createDataRooms({ storage: await fileRoomStorage({ directory: await scratchDirectory() }) }),
};

/** Serves the channel over a real socket. */
async function serve(rooms: DataRooms): Promise<string> {
  const channel = createFrameChannel({ rooms });
  const server = createServer((message, outgoing) => {
    void (async () => {
      const gone = new AbortController();
      outgoing.once('close', () => gone.abort());
      const response = await channel(
        toWebRequest(message, new URL(message.url ?? '/', 'http://localhost'), gone.signal),
      );
      await sendWebResponse(response ?? new Response(null, { status: 404 }), outgoing).catch(() => outgoing.destroy());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rooms.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(Object.entries(places))('%s', (_name, makeRooms) => {
  const cases = dataProviderContract({
    isWritable: true,
    async open(frames) {
      const rooms = await makeRooms();
      const room = await rooms.create('contract');
      await room.commit([{ op: 'insert', frames }], { author: 'harness' });
      return { provider: httpProvider({ url: await serve(rooms), room: 'contract' }), frames };
    },
  });
  test.each(cases)('[D48] our client over a socket: $title', ({ run }) => run());
});
