import { onTestFinished } from 'vitest';
import { httpProvider } from '../../src/data/http-provider.ts';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import { type FrameArray, type FrameData, frameArray, isFrameArray } from '../../src/protocol/frames.ts';
import { openLocalRoom } from '../../src/room/open-local-room.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { createServer } from '../../src/server/server.ts';

/** `count` atoms at whole numbers, shifted by `shift`. */
export function atoms(count: number, shift = 0): FrameData & { positions: FrameArray } {
  return {
    positions: frameArray(
      Float32Array.from({ length: count * 3 }, (_, i) => i + shift),
      [count, 3],
    ),
    numbers: frameArray(new Uint8Array(count).fill(8)),
    energy: -1 - shift,
  };
}

/** The numbers of an array of a frame. */
export function numbersOf(value: FrameData[string] | undefined): number[] {
  return isFrameArray(value) ? Array.from(value.data) : [];
}

/** A room of each kind that holds three frames of four atoms: in memory, on a server, in the server's process. */
export const ROOM_KINDS = {
  async local() {
    return closing(
      await openLocalRoom({
        provider: memoryProvider({ frames: [0, 1, 2].map((i) => atoms(4, i)) }),
        user: { name: 'Ada' },
      }),
    );
  },
  async served() {
    const { url } = await serve();
    return closing(await openRoom(url, { user: { name: 'Ada' } }));
  },
  async 'in the server’s process'() {
    const { server } = await serve();
    return closing(await server.room('r'));
  },
} as const;

/** A server on a free port with a room of three frames. */
export async function serve() {
  const server = await createServer({ port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const room = await server.room('r');
  await room.close();
  const seed = httpProvider({ url: server.url, room: 'r', session: () => 'seed' });
  await seed.insert([0, 1, 2].map((i) => atoms(4, i)));
  return { server, url: server.link('r') };
}

export function closing(room: Room): Room {
  onTestFinished(() => room.close());
  return room;
}
