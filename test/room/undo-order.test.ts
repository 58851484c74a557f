import { expect, it } from 'vitest';
import { memoryProvider } from '../../src/data/memory-provider.ts';
import { openLocalRoom } from '../../src/room/open-local-room.ts';
import { createSharedState } from '../../src/state/index.ts';
import { replica, sync } from '../state/replicas.ts';
import { atoms, closing } from './room-fixture.ts';

/** A room of three frames whose server takes its time with taking back. */
async function slowRoom() {
  const provider = memoryProvider({ frames: [0, 1, 2].map((i) => atoms(4, i)) });
  const { undo } = provider;
  const asked: (() => void)[] = [];
  let isSlow = true;
  provider.undo = async (...args) => {
    if (isSlow) await new Promise<void>((resolve) => asked.push(resolve));
    return undo.apply(provider, args);
  };
  const room = closing(await openLocalRoom({ provider, user: { name: 'Ada' } }));
  const energy = async (index: number): Promise<unknown> => (await room.frames.read(index)).data['energy'];
  const write = async (index: number, value: number): Promise<void> => {
    const { id, version } = await room.frames.read(index);
    await room.frames.write(id, { energy: value }, { baseVersion: version });
  };
  return {
    room,
    energy,
    write,
    /** Until somebody waits for the server; then it answers, and every time at once from then on. */
    async answer() {
      await expect.poll(() => asked.length).toBe(1);
      isSlow = false;
      asked[0]();
    },
    asked,
  };
}

it('[T202] atoms moved while the server takes back the move before are a step of their own, and nothing older is redone after it', async () => {
  const { room, energy, write, answer, asked } = await slowRoom();
  await write(0, 10);
  const undone = room.undo();
  await expect.poll(() => asked.length).toBe(1);
  await write(1, 20);
  await answer();
  expect(await undone).toBe(true);
  expect([await energy(0), await energy(1)]).toEqual([-1, 20]);
  expect(await room.redo()).toBe(false);
  expect(await room.undo()).toBe(true);
  expect([await energy(0), await energy(1)]).toEqual([-1, -2]);
  expect(await room.redo()).toBe(true);
  expect([await energy(0), await energy(1)]).toEqual([-1, 20]);
});

it('[T202] what is selected meanwhile is one too', async () => {
  const { room, energy, write, answer, asked } = await slowRoom();
  await write(0, 10);
  const undone = room.undo();
  await expect.poll(() => asked.length).toBe(1);
  room.selections.add({ particle_ids: [0] });
  await answer();
  expect(await undone).toBe(true);
  expect(await room.redo()).toBe(false);
  expect([room.selections.size, await energy(0)]).toEqual([1, -1]);
  expect(await room.undo()).toBe(true);
  expect(room.selections.size).toBe(0);
  // And atoms moved after a selection was taken back leave nothing of it to redo.
  await write(0, 30);
  expect(await room.redo()).toBe(false);
  expect(room.selections.size).toBe(0);
});

it('[T203] the order holds above the 200 steps that are kept', async () => {
  const { room, energy, write, answer } = await slowRoom();
  const made = room.selections.add({ display_name: 'n', particle_ids: [0] });
  for (let step = 1; step <= 250; step += 1) made.update({ display_name: `n${step}` });
  await write(0, 10);
  made.update({ display_name: 'last' });
  expect(await room.undo()).toBe(true);
  expect([made.value?.display_name, await energy(0)]).toEqual(['n250', 10]);
  const undone = room.undo();
  await answer();
  expect(await undone).toBe(true);
  expect([made.value?.display_name, await energy(0)]).toEqual(['n250', -1]);
  for (let step = 249; step > 51; step -= 1) expect(await room.undo()).toBe(true);
  expect(made.value?.display_name).toBe('n52');
  expect(await room.undo()).toBe(true);
  expect(await room.undo()).toBe(false);
});

it('[T203] a step of which others left nothing does not let the next undo pass over the atoms moved before it', () => {
  const ada = replica(1);
  const bob = replica(2);
  const made = ada.state.collection('selection.').add({ particle_ids: [0] });
  const { undoCount } = ada.state;
  ada.state.set(made.key, { particle_ids: [1] });
  sync(ada, bob);
  bob.state.set(made.key, { particle_ids: [2] });
  sync(ada, bob);
  expect(ada.state.undo({ above: undoCount })).toBe(false);
  expect(ada.state.undoCount).toBe(undoCount);
  expect(ada.state.get(made.key)).toEqual({ particle_ids: [2] });
});

it('[T203] a step that may not be written now can be taken back later', () => {
  const { doc } = replica(1);
  let mayWrite = true;
  const state = createSharedState({
    doc,
    assertWritable() {
      if (!mayWrite) throw new Error('looking only');
    },
  });
  state.set('selection.a', { particle_ids: [0] });
  mayWrite = false;
  expect(() => state.undo()).toThrow('looking only');
  expect(state.canUndo).toBe(true);
  mayWrite = true;
  expect(state.undo()).toBe(true);
  expect(state.has('selection.a')).toBe(false);
});
