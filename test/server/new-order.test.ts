import { expect, it, onTestFinished } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { createServer } from '../../src/server/server.ts';
import { atoms } from '../room/room-fixture.ts';

it('[D220] who has looked at frames sees at their places what another puts before them, moves and takes out', async () => {
  const server = await createServer({ port: 0 });
  await server.listen();
  onTestFinished(() => server.close());
  const [ada, bob] = [await openRoom(server.link('argon')), await openRoom(server.link('argon'))];
  onTestFinished(async () => {
    await ada.close();
    await bob.close();
  });
  await ada.frames.append([atoms(1, 0), atoms(1, 1), atoms(1, 2)]);
  /** What Bob is shown at each place, from what he holds where that is still right. */
  const shown = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < bob.frames.count; index += 1) ids.push((await bob.frames.read(index)).id);
    return ids;
  };
  const order = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of ada.frames.stream({ data: [] })) ids.push(id);
    return ids;
  };
  const agrees = async (): Promise<void> => {
    const expected = await order();
    await expect.poll(shown).toEqual(expected);
  };
  await agrees();
  await ada.frames.insert([atoms(1, 3)], { before: (await order())[0] });
  await agrees();
  await ada.frames.move((await order())[3], { before: (await order())[1] });
  await agrees();
  await ada.frames.remove((await order())[1], { baseVersion: 1 });
  await agrees();
  const { seq } = await ada.frames.insert([atoms(1, 4), atoms(1, 5)], { after: (await order())[0] });
  await agrees();
  await ada.frames.undo(seq);
  await agrees();
});
