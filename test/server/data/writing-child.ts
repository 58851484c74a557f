import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createDataRooms } from '../../../src/server/data/data-rooms.ts';
import { fileRoomStorage } from '../../../src/server/data/file-room-storage.ts';
import { frameArray } from '../../../src/protocol/frames.ts';
import { seeded } from './seeded.ts';

/*
 * Writes frames of the room `crash` with several writers at once and says on its standard output what was acknowledged:
 * `<id> <version> <sha256 of positions>`. With KILL_AT it kills itself, as kill -9 does, at that write or sync: before
 * it, in the middle of it, or after it.
 */
const [directory = '', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const killAt = Number(process.env['KILL_AT'] ?? 'Infinity');
let steps = 0;

function doomed<T extends FileHandle>(file: T): T {
  return new Proxy(file, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property !== 'write' && property !== 'datasync') return value.bind(target);
      return async (...args: unknown[]) => {
        steps += 1;
        const isLast = steps >= killAt;
        if (isLast && property === 'write') {
          const [bytes, offset, length, position] = args as [Uint8Array, number, number, number];
          await target.write(bytes, offset, Math.floor(length * random()), position);
        }
        if (isLast) process.kill(process.pid, 'SIGKILL');
        return (value as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

const rooms = createDataRooms({
  storage: await fileRoomStorage({
    directory,
    openLogFile: async (path) => doomed(await open(path, 'r+').catch(() => open(path, 'wx+'))),
    openSegmentFile: async (path, flags) => doomed(await open(path, flags)),
  }),
});
const room = await rooms.ensure('crash');
const positions = (): ReturnType<typeof frameArray> => frameArray(Float32Array.from({ length: 90 }, random), [30, 3]);
const tell = (frames: Record<string, { version: number; hashes: Record<string, string> }>): void => {
  for (const [id, { version, hashes }] of Object.entries(frames)) {
    writeSync(1, `${id} ${version} ${hashes['positions'] ?? '-'}\n`);
  }
};

writeSync(1, `ready ${process.pid}\n`);
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (let round = 0; round < 2_000; round += 1) {
      const ids = room.ids(0, room.count);
      try {
        if (ids.length < 8) tell((await room.commit([{ op: 'insert', frames: [{ positions: positions() }] }])).frames);
        else {
          const id = ids[Math.floor(random() * ids.length)];
          const baseVersion = room.head(id)?.version ?? 0;
          tell((await room.commit([{ op: 'patch', id, baseVersion, data: { positions: positions() } }])).frames);
        }
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('version')) throw error;
      }
    }
  }),
);
