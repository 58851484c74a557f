import { expect, onTestFinished, test } from 'vitest';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, createFrameChannel, fileRoomStorage } from '../../../src/server/data/index.ts';
import { wire } from './channel-fixture.ts';
import { scratchDirectory } from './store-fixture.ts';

const FRAMES = 60;
const ATOMS = 100_000;

test('[D205] of an upload of 72 MB at most some frames are in hand: what arrived is stored before more is taken', async () => {
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: await scratchDirectory() }) });
  onTestFinished(() => rooms.close());
  const room = await rooms.create('argon');
  const channel = createFrameChannel({ rooms });
  let sent = 0;
  let taken = 0;
  let most = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        most = Math.max(most, taken - rooms.blobByteLength);
        if (sent === 0) controller.enqueue(Uint8Array.of(0xdc, FRAMES >> 8, FRAMES & 255));
        if (sent === FRAMES) return controller.close();
        const positions = frameArray(new Float32Array(3 * ATOMS).fill(sent + 0.5), [ATOMS, 3]);
        const entry = encodeMsgpack(wire({ positions }));
        sent += 1;
        taken += entry.byteLength;
        controller.enqueue(entry);
      },
    },
    { highWaterMark: 1 },
  );
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/x-msgpack' },
  };
  const response = await channel(new Request('http://localhost/v1/rooms/argon/frames', init));
  expect(response?.status).toBe(201);
  expect([room.count, rooms.blobByteLength]).toEqual([FRAMES, FRAMES * ATOMS * 12]);
  process.stdout.write(
    `D205: ${(taken / 1e6).toFixed(0)} MB uploaded, at most ${(most / 1e6).toFixed(1)} MB in hand\n`,
  );
  expect(most).toBeLessThan(taken / 4);
});
