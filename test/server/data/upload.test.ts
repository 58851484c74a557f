import { expect, test } from 'vitest';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { type FrameData, frameArray } from '../../../src/protocol/frames.ts';
import { createDataRooms, createFrameChannel, type RoomData } from '../../../src/server/data/index.ts';
import { listEntries } from '../../../src/server/data/http/msgpack-list.ts';
import { water, wire } from './channel-fixture.ts';
import { seeded } from './seeded.ts';
import { listOf } from './store-fixture.ts';

async function* pieces(bytes: Uint8Array, length: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength;) {
    const stop = Math.min(bytes.byteLength, at + Math.max(1, length()));
    yield bytes.subarray(at, stop);
    at = stop;
  }
}

test('[D46] the entries of a list come out as they were put in, however its bytes are cut', async () => {
  const random = seeded(4);
  const values = [
    wire(water(1)),
    { a: [1, -1, 300, -300, 70_000, -70_000, 2 ** 40, 1.5], b: null, c: true, d: 'x'.repeat(40), e: 'y'.repeat(300) },
    { long: new Uint8Array(70_000).fill(7), text: 'z'.repeat(70_000), deep: [[[[{ k: [{}] }]]]] },
    Array.from({ length: 20 }, (_, i) => i),
    [],
    {},
  ];
  for (const list of [values, [], [values[0]], Array.from({ length: 70_000 }, () => 1)]) {
    const bytes = encodeMsgpack(list);
    for (const cut of [
      () => 1e9,
      () => 1 + Math.floor(random() * 5_000),
      ...(bytes.byteLength < 1_000 ? [() => 1] : []),
    ]) {
      expect(await listOf(listEntries(pieces(bytes, cut), 1e9))).toEqual(list);
    }
  }
  const bytes = encodeMsgpack(values);
  for (let length = 0; length < bytes.byteLength; length += 997) {
    await expect(
      listOf(
        listEntries(
          pieces(bytes.subarray(0, length), () => 5_000),
          1e9,
        ),
      ),
    ).rejects.toMatchObject({
      code: 'request/invalid',
    });
  }
  const more = Uint8Array.of(...encodeMsgpack([1]), 0);
  await expect(
    listOf(
      listEntries(
        pieces(more, () => 1),
        1e9,
      ),
    ),
  ).rejects.toMatchObject({ code: 'request/invalid' });
  await expect(
    listOf(
      listEntries(
        pieces(bytes, () => 1_000),
        10_000,
      ),
    ),
  ).rejects.toMatchObject({
    code: 'request/too-large',
  });
});

async function uploading(): Promise<{
  room: RoomData;
  upload: (body: AsyncIterable<Uint8Array>, headers?: Record<string, string>) => Promise<Response>;
}> {
  const rooms = createDataRooms();
  const room = await rooms.create('water');
  const channel = createFrameChannel({ rooms });
  return {
    room,
    upload: async (body, headers = {}) =>
      (await channel(
        new Request('http://h/v1/rooms/water/frames', {
          method: 'POST',
          headers: { 'content-type': 'application/x-msgpack', ...headers },
          body: body as unknown as BodyInit,
          duplex: 'half',
        } as RequestInit),
      )) as Response,
  };
}

const large = (fill: number): FrameData => ({
  positions: frameArray(new Float32Array(3_000).fill(fill), [1_000, 3]),
});

test('[D46] frames of one upload are stored as they arrive and become visible together', async () => {
  const { room, upload } = await uploading();
  const bytes = encodeMsgpack(Array.from({ length: 200 }, (_, i) => wire(large(i))));
  const counts: number[] = [];
  async function* slowly(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces(bytes, () => 100_000)) {
      counts.push(room.count);
      yield piece;
    }
  }
  const response = await upload(slowly());
  expect(response.status).toBe(201);
  expect(new Set(counts)).toEqual(new Set([0]));
  expect(counts.length).toBeGreaterThan(20);
  expect([room.count, room.seq]).toEqual([200, 2]);
  expect((await room.frameAt(150)).data).toEqual(large(150));
});

test('[D46] an upload that breaks off, or holds one bad frame, leaves nothing behind and the process lives on', async () => {
  const { room, upload } = await uploading();
  const list = Array.from({ length: 100 }, (_, i) => wire(large(i === 10 ? Number.NaN : i)));
  const bytes = encodeMsgpack(list);
  async function* withPauses(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces(bytes, () => 50_000)) {
      yield piece;
      // Turns pass between the bad frame and the end of the body, in which nobody waits for it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const refused = await upload(withPauses());
  expect(refused.status).toBe(422);
  const good = encodeMsgpack(list.slice(20));
  expect((await upload(pieces(good.subarray(0, 500_000), () => 50_000))).status).toBe(400);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield good.subarray(0, 500_000);
    throw new Error('connection reset');
  }
  expect((await upload(broken())).status).toBe(400);
  const digest = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` };
  expect(
    (
      await upload(
        pieces(good, () => 50_000),
        digest,
      )
    ).status,
  ).toBe(400);
  expect([room.count, room.seq]).toEqual([0, 1]);
  expect((await upload(pieces(good, () => 50_000))).status).toBe(201);
  expect(room.count).toBe(80);
});

test('[D47] a whole file is sent as it is and becomes frames, all or none; frames are read back as a file', async () => {
  const rooms = createDataRooms();
  const room = await rooms.create('water');
  const channel = createFrameChannel({
    rooms,
    openTrajectory: (source, options) => xyzFormat.open(source, options),
    exporters: {
      lines: {
        extension: 'txt',
        contentType: 'text/plain',
        async *write(frames) {
          for await (const { id, data } of frames)
            yield new TextEncoder().encode(`${id} ${data['energy'] as number}\n`);
        },
      },
    },
  });
  const send = async (path: string, body?: string): Promise<Response> =>
    (await channel(
      new Request(`http://h/v1/rooms/water${path}`, body === undefined ? {} : { method: 'POST', body }),
    )) as Response;
  const frame = (energy: number): string => `1\nenergy=${energy}\nH 0 0 ${energy}\n`;
  const whole = await send('/import?name=run.xyz', frame(1) + frame(2) + frame(3));
  expect(whole.status).toBe(201);
  const { ids, seq } = (await whole.json()) as { ids: string[]; seq: number };
  expect([ids.length, room.count, seq]).toEqual([3, 3, 2]);
  expect((await send(`/import?name=run.xyz&before=${ids[0]}`, frame(0))).status).toBe(201);
  expect([...room.scalars(['energy'])['energy']]).toEqual([0, 1, 2, 3]);
  const damaged = await send('/import?name=run.xyz', `${frame(4)}1\nenergy=5\nH 0 nonsense 0\n`);
  expect([damaged.status, ((await damaged.json()) as { detail: string }).detail]).toEqual([
    422,
    expect.stringMatching(/run\.xyz.*frame 1.*line/),
  ]);
  expect((await send('/import?name=../run.xyz', frame(1))).status).toBe(400);
  expect(room.count).toBe(4);
  const file = await send('/export?format=lines');
  expect(file.headers.get('content-disposition')).toContain('water.txt');
  expect((await file.text()).split('\n').map((line) => line.split(' ')[1])).toEqual(['0', '1', '2', '3', undefined]);
  expect((await send('/export?format=nothing')).status).toBe(406);
});
