import { type FileHandle, open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, fileRoomStorage, type RoomData } from '../../../src/server/data/index.ts';
import { scratchDirectory } from './store-fixture.ts';

const COMMITS = 30;

/** Syncs for each commit while so many people change a frame each, as fast as they are answered. */
async function syncsPerCommit(writers: number, atoms: number): Promise<number> {
  let syncs = 0;
  const counted = async (path: string, flags: string): Promise<FileHandle> => {
    const file = await open(path, flags);
    const sync = file.datasync.bind(file);
    file.datasync = () => ((syncs += 1), sync());
    return file;
  };
  const storage = await fileRoomStorage({
    directory: await scratchDirectory(),
    openLogFile: (path) => counted(path, 'r+').catch(() => counted(path, 'wx+')),
    openSegmentFile: counted,
  });
  const rooms = createDataRooms({ storage });
  const room: RoomData = await rooms.create('busy');
  const positions = (seed: number) => frameArray(new Float32Array(3 * atoms).fill(seed), [atoms, 3]);
  const { ids } = await room.commit([
    { op: 'insert', frames: Array.from({ length: writers }, () => ({ positions: positions(0) })) },
  ]);
  syncs = 0;
  await Promise.all(
    ids.map(async (id, writer) => {
      for (let version = 1; version <= COMMITS; version += 1) {
        const data = { positions: positions(writer + version * 1_000) };
        await room.commit([{ op: 'patch', id, baseVersion: version, data }]);
      }
    }),
  );
  const perCommit = syncs / (writers * COMMITS);
  await rooms.close();
  return perCommit;
}

test.each([
  ['in the record', 20],
  ['of 12 kB', 1_000],
])(
  '[D200] 16 writers need at most an eighth of the syncs a commit that one writer needs, values %s',
  async (_, atoms) => {
    const [alone, many] = [await syncsPerCommit(1, atoms), await syncsPerCommit(16, atoms)];
    process.stdout.write(
      `D200: ${atoms} atoms, syncs a commit: 1 writer ${alone.toFixed(3)}, 16 writers ${many.toFixed(3)}\n`,
    );
    expect(alone / many).toBeGreaterThanOrEqual(8);
  },
);
