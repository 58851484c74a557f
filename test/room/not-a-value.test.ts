import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/index.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import type { Room } from '../../src/room/room.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { sampleData } from '../data/sample-frames.ts';

/** What JavaScript lets through; each with what the refusal has to say. */
const STRANGE: readonly [what: string, value: unknown, says: RegExp][] = [
  ['a list of lists', [[0, 0, 0]], /"positions" cannot be stored: .* found Array\. .*frameArray/],
  ['a typed array alone', Float64Array.of(0, 0, 0), /found Float64Array/],
  ['a date', new Date(0), /found Date/],
  ['a list as data', { dtype: '<f8', shape: [1, 3], data: [0, 0, 0] }, /<f8 numbers in a typed array, found Array/],
  ['bytes as data', { dtype: '<f8', shape: [1, 3], data: new Uint8Array(24) }, /found Uint8Array/],
  ['too few numbers', frameArray(new Float64Array(3), [2, 3]), /6 elements for shape \[2, 3\], found 3/],
];

let server: CovalenceServer;
let room: Room;

beforeAll(async () => {
  server = await createServer({ port: 0 });
  await server.listen();
  room = await openRoom(server.link('argon'), { user: { name: 'Ada' } });
  await room.frames.append([sampleData(0, 4)]);
});
afterAll(async () => {
  await room.close();
  await server.close();
});

describe('values that are none', () => {
  it.each(STRANGE)('[V359] %s is refused by name, whichever way it is written', async (_what, value, says) => {
    const { frames } = room;
    const frame = await frames.read(0);
    const data = { positions: value as never };
    const refusal = expect.objectContaining({ code: 'frame/shape-invalid', message: expect.stringMatching(says) });
    const how = { baseVersion: frame.version };
    await expect(frames.append([data])).rejects.toEqual(refusal);
    await expect(frames.write(frame.id, data, how)).rejects.toEqual(refusal);
    await expect(frames.replace(frame.id, data, how)).rejects.toEqual(refusal);
    await expect(frames.commit([{ op: 'patch', id: frame.id, ...how, data }])).rejects.toEqual(refusal);
    await expect(frames.edit(frame, () => data)).rejects.toEqual(refusal);
    expect((await frames.info()).count).toBe(1);
    expect((await frames.read(0)).version).toBe(frame.version);
  });

  it('[V359] a draft whose numbers were exchanged for a list is refused, not taken for unchanged', async () => {
    const frame = await room.frames.read(0);
    const edit = room.frames.edit(frame, ({ positions }) => {
      Object.assign(positions, { data: [...positions.data] });
    });
    await expect(edit).rejects.toMatchObject({ code: 'frame/shape-invalid' });
  });

  it('[V359] a plain list is no frame array, and one frame is no list of frames; both say what to write', async () => {
    expect(() => frameArray([1, 2] as never)).toThrow(/Float64Array\.from/);
    expect(() => frameArray(BigInt64Array.of(1n) as never)).toThrow(
      expect.objectContaining({ code: 'frame/shape-invalid' }),
    );
    await expect(room.frames.append(sampleData(1, 4) as never)).rejects.toMatchObject({
      code: 'request/invalid',
      message: expect.stringContaining('append([frame])'),
    });
  });

  it('[V359] what is written to a room after it was closed is refused instead of lost', async () => {
    const over = await openRoom(server.link('argon'), { user: { name: 'Ben' } });
    const frame = await over.frames.read(0);
    await over.close();
    const closed = expect.objectContaining({ code: 'room/closed' });
    expect(() => over.selections.add({ particle_ids: [0] })).toThrow(closed);
    await expect(over.frames.append([sampleData(1, 4)])).rejects.toEqual(closed);
    await expect(over.frames.edit(frame, () => ({ energy: 1 }))).rejects.toEqual(closed);
    await expect(over.frames.undo()).rejects.toEqual(closed);
    expect((await room.frames.info()).count).toBe(1);
    expect(room.selections.size).toBe(0);
    await over.close();
  });
});
