import { expect, it, onTestFinished } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { systemClock } from '../../../src/protocol/clock.ts';
import { createDataRooms, createFrameChannel, memoryBlobStore } from '../../../src/server/data/index.ts';
import { redisRoomStorage } from '../../../src/server/redis/redis-room-storage.ts';
import { startRedis } from './redis-server.ts';
import { linkTo } from './two-servers.ts';

it('[D235] a Zarr store is whole also on a server that has not heard of the newest commits', async () => {
  const redis = await startRedis();
  const link = await linkTo(redis.url);
  const blobs = memoryBlobStore();
  /** Hears nothing of what others commit. */
  const deaf: typeof link = {
    ...link,
    command: (...asked) => link.command(...asked),
    run: (...asked) => link.run(...asked),
    onReady: () => () => undefined,
    subscribe: () => () => undefined,
  };
  const [first, second] = [link, deaf].map((each) => {
    const rooms = createDataRooms({ storage: redisRoomStorage({ link: each, clock: systemClock, blobs }) });
    onTestFinished(() => rooms.close());
    return rooms;
  });
  const frame = (x: number): { positions: ReturnType<typeof frameArray> } => ({
    positions: frameArray(Float32Array.of(x, 0, 0), [1, 3]),
  });
  const room = await first.create('argon');
  await room.commit([{ op: 'insert', frames: [frame(0)] }]);
  const channel = createFrameChannel({ rooms: second });
  const ask = async (of: string): Promise<Response> => {
    const answer = await channel(new Request(`http://localhost/v1/rooms/argon/zarr/${of}`));
    if (answer === undefined) throw new Error(of);
    return answer;
  };
  const chunk = 'particles/all/position/value';
  expect((await ask(`head/${chunk}/0/0/0`)).status).toBe(200);
  await room.commit([{ op: 'insert', frames: [frame(7)] }]);
  const newest = await ask(`head/${chunk}/1/0/0`);
  expect([newest.status, newest.headers.get('covalence-seq')]).toEqual([200, '3']);
  expect([...new Float32Array(await newest.arrayBuffer())]).toEqual([7, 0, 0]);
  await room.commit([{ op: 'insert', frames: [frame(8)] }]);
  expect((await ask(`@4/${chunk}/2/0/0`)).status).toBe(200);
  expect((await ask(`@5/${chunk}/2/0/0`)).status).toBe(404);
  expect((await ask(`head/${chunk}/3/0/0`)).status).toBe(404);
});
