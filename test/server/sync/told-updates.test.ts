import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { toldUpdates } from '../../../src/server/sync/told-updates.ts';
import { frameOf, STEP, syncMessage, updateFrame } from '../../../src/server/sync/wire.ts';
import { contentOf, ourClient, startHub, stockClient } from './hub-server.ts';
import { rawClient, readSync } from './raw-client.ts';

/** What a client sends for each of these writes. */
function updatesOf(write: (state: Y.Map<unknown>) => void): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  write(doc.getMap('state'));
  return updates;
}

/** A document with a follower that has only what was told. */
function told(): { doc: Y.Doc; follower: Y.Doc; applyAlone: (update: Uint8Array) => void; heard: Uint8Array[] } {
  const doc = new Y.Doc();
  doc.getMap('state');
  const follower = new Y.Doc();
  const heard: Uint8Array[] = [];
  const { applyAlone } = toldUpdates(doc, ({ update }) => {
    heard.push(update);
    Y.applyUpdate(follower, update);
  });
  return { doc, follower, applyAlone: (update) => applyAlone(update, 'clients'), heard };
}

it('[T193] an update that stands alone reaches the others byte for byte as it came, and its sender not at all', async () => {
  const server = await startHub();
  const writer = await rawClient(server, 'argon');
  const reader = await rawClient(server, 'argon');
  const updates = updatesOf((state) => {
    for (let index = 0; index < 20; index += 1) state.set(`settings.k${index % 3}`, { index });
  });
  const updatesAt = (client: typeof reader): Uint8Array[] =>
    client.messages
      .map(readSync)
      .filter(({ type, step }) => type === 0 && step === STEP.update)
      .map(({ payload }) => payload);
  for (const [index, update] of updates.entries()) {
    writer.send(syncMessage(STEP.update, update));
    await expect.poll(() => updatesAt(reader).length).toBe(index + 1);
  }
  expect(updatesAt(reader)).toEqual(updates);
  expect(updatesAt(writer)).toEqual([]);
});

it('[T193] what a program in the process does about it follows it, also to its sender', async () => {
  const server = await startHub();
  const room = await server.hub.room('argon');
  const map = room.doc.getMap('state');
  map.observe(() => {
    if (map.get('settings.echo') !== map.get('settings.word')) map.set('settings.echo', map.get('settings.word'));
  });
  const writer = await stockClient(server, 'argon');
  const ours = await ourClient(server, 'argon');
  for (let index = 0; index < 10; index += 1) {
    writer.state.set('settings.word', index);
    await expect.poll(() => writer.state.get('settings.echo')).toBe(index);
    await expect.poll(() => ours.state.get('settings.echo')).toBe(index);
  }
  expect(contentOf(writer.state)).toBe(contentOf(map));
});

it('[T193] one that changes nothing is told to nobody; changes made otherwise are told as before', () => {
  const { doc, follower, applyAlone, heard } = told();
  const [first, second] = updatesOf((state) => {
    state.set('settings.a', 1);
    state.delete('settings.a');
  });
  for (const update of [first, second, first, second]) applyAlone(update);
  expect(heard).toEqual([first, second]);
  doc.getMap('state').set('settings.b', 2);
  applyAlone(updatesOf((state) => state.set('settings.c', 3))[0]);
  doc.transact(() => applyAlone(updatesOf((state) => state.set('settings.d', 4))[0]));
  expect(heard).toHaveLength(5);
  expect(follower.getMap('state').toJSON()).toEqual({ 'settings.b': 2, 'settings.c': 3, 'settings.d': 4 });
});

it('[T193] of one that does not fit, the others are told what the document took, not its bytes', () => {
  const { doc, follower, applyAlone, heard } = told();
  const updates = updatesOf((state) => {
    state.set('settings.a', 1);
    state.set('settings.b', 2);
    state.set('settings.a', 3);
  });
  const unfitting = Y.mergeUpdates([updates[0], updates[2]]); // the second is missing
  expect(() => applyAlone(unfitting)).toThrow('did not fit');
  expect(doc.store.pendingStructs).toBe(null);
  expect(heard[0]).not.toEqual(unfitting);
  expect(follower.store.pendingStructs).toBe(null);
  expect(contentOf(follower.getMap('state'))).toBe(contentOf(doc.getMap('state')));
  expect(() => applyAlone(Uint8Array.of(1, 1, 5, 0, 40))).toThrow();
  applyAlone(updates[1]);
  applyAlone(updates[2]);
  expect(follower.getMap('state').toJSON()).toEqual({ 'settings.a': 3, 'settings.b': 2 });
});

it('[T193] the frame of an update is that of its message, at every length', () => {
  for (const byteLength of [0, 1, 120, 121, 122, 123, 124, 127, 128, 16_383, 16_384, 65_530, 65_536, 2_097_152]) {
    const update = Uint8Array.from({ length: byteLength }, (_, index) => index & 255);
    expect(updateFrame(update).equals(frameOf(syncMessage(STEP.update, update))), `${byteLength} bytes`).toBe(true);
  }
});
