/**
 * What a million frames and a hundred thousand commits cost a server: opening, describing, reading anywhere, inserting
 * at the front, restarting, collecting garbage.
 *
 *     node --expose-gc -e "import('vite').then((vite) => vite.runnerImport('./bench/data/scale.ts'))"
 */
import { open, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTrajectory } from '../../src/data/formats/open-trajectory.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { createDataRooms, type DataRooms, fileRoomStorage, type RoomData } from '../../src/server/data/index.ts';

const FRAMES = Number(process.env['FRAMES'] ?? 1_000_000);
const COMMITS = Number(process.env['COMMITS'] ?? 100_000);
const READS = 2_000;

const directory = await mkdtemp(join(tmpdir(), 'covalence-bench-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function timed<T>(what: string, task: () => Promise<T>, per = 1): Promise<T> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await task();
  const wall = (performance.now() - start) / per;
  const { user, system } = process.cpuUsage(cpu);
  const digits = wall < 10 ? 3 : 0;
  say(
    `  ${what.padEnd(58)} ${wall.toFixed(digits).padStart(9)} ms  ${((user + system) / 1000 / per).toFixed(digits).padStart(9)} ms CPU`,
  );
  return result;
}

function memory(what: string): void {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  say(
    `  ${what.padEnd(58)} ${((heapUsed + arrayBuffers) / 1e6).toFixed(0).padStart(9)} MB used, ${(rss / 1e6).toFixed(0)} MB resident`,
  );
}

const onDisk = async (name: string): Promise<DataRooms> =>
  createDataRooms({ storage: await fileRoomStorage({ directory: join(directory, name) }), openTrajectory });

const water = (i: number): Record<string, ReturnType<typeof frameArray>> => ({
  numbers: frameArray(Uint8Array.of(8, 1, 1)),
  positions: frameArray(Float32Array.of(i, 0, 0, i + 0.96, 0, 0, i - 0.24, 0.93, 0), [3, 3]),
});

async function use(room: RoomData, count: number): Promise<void> {
  say(
    `  ${'description of the room, as a join reads it'.padEnd(58)} ${String(JSON.stringify(room.info()).length).padStart(9)} bytes`,
  );
  let at = 1;
  const next = (): number => (at = (at * 48_271) % 2_147_483_647) % count;
  await timed(
    'one frame anywhere',
    async () => {
      for (let i = 0; i < READS; i += 1) await room.frameAt(next());
    },
    READS,
  );
  await timed('page of 10,000 ids in the middle', async () => room.order(count >> 1, 10_000));
  const [first] = room.ids(0, 1);
  const { seq } = room;
  for (const turn of ['first', 'next 100']) {
    const times = turn === 'first' ? 1 : 100;
    await timed(
      `insert at 0, ${turn}`,
      async () => {
        for (let i = 0; i < times; i += 1) await room.commit([{ op: 'insert', frames: [water(i)], before: first }]);
      },
      times,
    );
  }
  if (room.seq !== seq + 101) throw new Error('an insertion is one record');
  await timed('frame 0 and the last after that', async () => {
    await room.frameAt(0);
    await room.frameAt(room.count - 1);
  });
}

async function inTheLog(): Promise<void> {
  say(`\n${FRAMES.toLocaleString('en-US')} frames of 3 atoms in the log`);
  let rooms = await onDisk('log');
  let room = await rooms.create('million');
  await timed('append all, in commits of 10,000', async () => {
    for (let done = 0; done < FRAMES; done += 10_000) {
      await room.commit([
        { op: 'insert', frames: Array.from({ length: Math.min(10_000, FRAMES - done) }, (_, i) => water(done + i)) },
      ]);
    }
  });
  const { size } = await stat(join(directory, 'log/rooms/million/frames.log'));
  say(`  ${'log'.padEnd(58)} ${(size / FRAMES).toFixed(0).padStart(9)} bytes a frame (48 of them arrays)`);
  memory('memory');
  await use(room, FRAMES);
  await rooms.close();
  memory('memory, closed');
  rooms = await onDisk('log');
  room = await timed('open after a restart', () => rooms.get('million'));
  memory('memory');
  await timed('collect garbage', () => rooms.collect());
  await rooms.close();
}

async function inAFile(): Promise<void> {
  say(`\n${FRAMES.toLocaleString('en-US')} frames of 3 atoms in an extxyz file`);
  const path = join(directory, 'million.xyz');
  const file = await open(path, 'w');
  for (let done = 0; done < FRAMES; done += 10_000) {
    const part = Array.from(
      { length: 10_000 },
      (_, i) => `3\nenergy=${done + i}\nO ${done + i} 0 0\nH 1 0 0\nH 0 1 0\n`,
    );
    await file.write(part.join(''));
  }
  await file.close();
  let rooms = await onDisk('file');
  let room = await timed('open: first frame', () => rooms.openFile(path));
  await timed('... and the pass over the file', () => room.indexed);
  memory('memory');
  await use(room, FRAMES);
  await rooms.close();
  rooms = await onDisk('file');
  room = await timed('open again', () => rooms.openFile(path));
  if (room.count !== FRAMES + 101) throw new Error(`${room.count} frames`);
  memory('memory');
  await rooms.close();
}

async function manyCommits(): Promise<void> {
  say(`\n${COMMITS.toLocaleString('en-US')} commits on 1,000 frames, 64 writers`);
  let rooms = await onDisk('commits');
  let room = await rooms.create('busy');
  const { ids } = await room.commit([{ op: 'insert', frames: Array.from({ length: 1_000 }, (_, i) => water(i)) }]);
  await timed(
    'one commit',
    async () => {
      let made = 0;
      await Promise.all(
        Array.from({ length: 64 }, async (_, writer) => {
          for (let i = writer; made < COMMITS; i += 64) {
            made += 1;
            const id = ids[i % 960];
            const baseVersion = room.head(id)?.version ?? 1;
            await room.commit([{ op: 'patch', id, baseVersion, data: { energy: made } }]).catch(() => undefined);
          }
        }),
      );
    },
    COMMITS,
  );
  const { size } = await stat(join(directory, 'commits/rooms/busy/frames.log'));
  say(`  ${'log'.padEnd(58)} ${(size / room.seq).toFixed(0).padStart(9)} bytes a commit`);
  const { seq } = room;
  await rooms.close();
  rooms = await onDisk('commits');
  room = await timed(`open after a restart with ${seq.toLocaleString('en-US')} commits`, () => rooms.get('busy'));
  if (room.seq !== seq) throw new Error('commits were lost');
  memory('memory');
  await rooms.close();
}

try {
  await inTheLog();
  await inAFile();
  await manyCommits();
} finally {
  await rm(directory, { recursive: true, force: true });
}
