import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { frameExporters } from '../../../src/server/frame-exporters.ts';
import {
  createDataRooms,
  createFrameChannel,
  type DataRooms,
  fileRoomStorage,
} from '../../../src/server/data/index.ts';
import { scratchDirectory } from './store-fixture.ts';

const ATOMS = 3_000;
const FRAMES = 30;

/** Rooms on disk, one of them on a file of frames whose atoms are all at their number. */
async function onFile(): Promise<{ rooms: DataRooms; ask: (path: string, accept?: string) => Promise<Response> }> {
  const directory = await scratchDirectory();
  await mkdir(join(directory, 'files'));
  const path = join(directory, 'files', 'run.xyz');
  const text = Array.from({ length: FRAMES }, (_, i) => `${ATOMS}\nenergy=${i}\n${`H ${i} ${i} ${i}\n`.repeat(ATOMS)}`);
  await writeFile(path, text.join(''));
  const openTrajectory: typeof xyzFormat.open = (source, options) => xyzFormat.open(source, options);
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }), openTrajectory });
  onTestFinished(() => rooms.close());
  const room = await rooms.openFile(path);
  await room.indexed;
  const positions = frameArray(new Float32Array(3 * ATOMS).fill(99), [ATOMS, 3]);
  await room.commit([{ op: 'patch', id: 'f7', baseVersion: 1, data: { positions, energy: 99 } }]);
  const channel = createFrameChannel({ rooms, exporters: frameExporters, openTrajectory });
  return {
    rooms,
    async ask(path, accept = 'application/json') {
      const request = new Request(`http://localhost/v1/rooms/${path}`, { headers: { accept } });
      const answer = await channel(request);
      if (answer === undefined) throw new Error(`${path} is not the channel's`);
      return answer;
    },
  };
}

const ENDS = [
  ['deleted', (rooms: DataRooms) => rooms.delete('run')],
  ['renamed', (rooms: DataRooms) => rooms.rename('run', 'other')],
] as const;

test.each(ENDS)('[D219] what was begun of a room that is %s, and collected, ends whole', async (_what, end) => {
  const { rooms, ask } = await onFile();
  const paths = ['run/export?format=extxyz', 'run/frames?index=0:30&data=positions', 'run/frames?index=3:30'];
  // Of another one that is alike: what was read of this one before need not be read again.
  const like = await onFile();
  const whole = await Promise.all(paths.map(async (path) => (await like.ask(path)).text()));
  const answers = await Promise.all(paths.map((path) => ask(path)));
  const pieces = answers.map(({ body }) => (body as ReadableStream<Uint8Array>).getReader());
  const begun = await Promise.all(pieces.map((reader) => reader.read()));
  await end(rooms);
  await rooms.collect();
  for (const [i, reader] of pieces.entries()) {
    const parts: Uint8Array[] = [];
    for (let next = begun[i]; next.value !== undefined; next = await reader.read()) parts.push(next.value);
    expect(parts.length, 'pieces, so that most were read after the end').toBeGreaterThan(3);
    expect(Buffer.concat(parts).toString()).toBe(whole[i]);
  }
});

test.each(ENDS)('[D219] whoever holds a room that was %s is told so by a code', async (_what, end) => {
  const { rooms } = await onFile();
  const run = await rooms.get('run');
  const copy = await rooms.create('copy', { room: 'run' });
  await end(rooms);
  const closed = { code: 'room/closed' };
  await expect(run.frameAt(3)).rejects.toMatchObject(closed);
  const rows = { index: frameArray(Int32Array.of(1)), values: frameArray(Float32Array.of(1, 2, 3), [1, 3]) };
  const edit = { op: 'patch' as const, id: 'f3', baseVersion: 1, data: { positions: rows } };
  await expect(run.commit([edit])).rejects.toMatchObject(closed);
  await expect(run.commit([{ ...edit, data: { energy: 1 } }])).rejects.toMatchObject(closed);
  await rooms.delete('copy');
  // The log it stands on went with it.
  await expect(copy.at(1).then((view) => view.read(3))).rejects.toMatchObject(closed);
  expect((await copy.frameAt(7, { data: ['energy'] })).data['energy'], 'what is in hand').toBe(99);
});

test('[D219] in a Zarr store of such a room a chunk is refused as closed, not as corrupt', async () => {
  const { rooms, ask } = await onFile();
  const chunk = 'run/zarr/head/particles/all/position/value/3/0/0';
  expect((await ask(chunk)).status).toBe(200);
  const asking = Array.from({ length: 40 }, (_, i) => ask(chunk.replace('/3/', `/${i % FRAMES}/`)));
  const ending = rooms.delete('run');
  for (const answer of await Promise.all(asking)) {
    if (answer.status === 200) continue;
    expect((await answer.json()) as object).toMatchObject({
      code: expect.stringMatching(/^room\/(closed|not-found)$/),
    });
  }
  await ending;
  expect((await ask(chunk)).status).toBe(404);
});

test('[D226] an export says by Covalence-Seq which commit it is of, whatever is committed before its first byte', async () => {
  const { rooms } = await onFile();
  const room = await rooms.get('run');
  let commit = (): void => undefined;
  const committed = new Promise<void>((resolve) => (commit = resolve));
  const { extxyz } = frameExporters;
  const slow = {
    ...extxyz,
    async *write(...given: Parameters<typeof extxyz.write>) {
      for await (const piece of extxyz.write(...given)) {
        await committed;
        yield piece;
      }
    },
  };
  const channel = createFrameChannel({ rooms, exporters: { slow } });
  const answering = channel(new Request('http://localhost/v1/rooms/run/export'));
  await room.commit([{ op: 'remove', id: 'f0', baseVersion: 1 }]);
  commit();
  const answer = await answering;
  expect(answer?.headers.get('covalence-seq')).toBe('2');
  expect((await answer?.text())?.split(`${ATOMS}\n`)).toHaveLength(FRAMES + 1);
});
