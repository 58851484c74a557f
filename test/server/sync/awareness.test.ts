import { describe, expect, it } from 'vitest';
import { writeAwareness } from '../../../src/server/sync/awareness-entries.ts';
import { awarenessMessage } from '../../../src/server/sync/wire.ts';
import { ourClient, startHub, stockClient } from './hub-server.ts';
import { rawClient } from './raw-client.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });
const user = (name: string) => ({ user: { name, color: '#ffffff' } });

describe('people', () => {
  it('[T70] see each other, whatever their client, and leave when their socket closes', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon');
    const bob = await stockClient(server, 'argon');
    ada.awareness.setLocalState(user('Ada'));
    bob.provider.awareness.setLocalState(user('Bob'));
    await eventually(() => bob.provider.awareness.getStates().get(ada.doc.clientID)).toEqual(user('Ada'));
    await eventually(() => ada.awareness.getStates().get(bob.doc.clientID)).toEqual(user('Bob'));
    bob.provider.ws?.close();
    await eventually(() => ada.awareness.getStates().has(bob.doc.clientID)).toBe(false);
  });

  it('[T71] cannot be forged: a state for somebody else is ignored, with any clock', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    ada.awareness.setLocalState(user('Ada'));
    const room = await server.hub.room('argon');
    await eventually(() => room.awareness.getStates().get(ada.doc.clientID)).toEqual(user('Ada'));
    const forged = awarenessMessage(
      writeAwareness([{ clientId: ada.doc.clientID, clock: 2 ** 40, state: JSON.stringify(user('Mallory')) }]),
    );
    for (const [query, own] of [
      ['', 77],
      ['?s=mallory&z=1', 78],
    ] as const) {
      const attacker = await rawClient(server, 'argon', query);
      attacker.send(forged);
      attacker.send(awarenessMessage(writeAwareness([{ clientId: ada.doc.clientID, clock: 2 ** 41, state: 'null' }])));
      attacker.send(awarenessMessage(writeAwareness([{ clientId: own, clock: 1, state: '{}' }])));
      await eventually(() => room.awareness.getStates().has(own)).toBe(true);
      expect(attacker.isClosed()).toBe(false);
      attacker.socket.close();
      await eventually(() => room.awareness.getStates().has(own)).toBe(false);
    }
    expect(room.awareness.getStates().get(ada.doc.clientID)).toEqual(user('Ada'));
    ada.awareness.setLocalState(user('Ada L.'));
    await eventually(() => room.awareness.getStates().get(ada.doc.clientID)).toEqual(user('Ada L.'));
    // Nor does whoever said at the beginning to be somebody become that person when they leave.
    const heir = await rawClient(server, 'argon');
    heir.send(forged);
    await ada.transport.close();
    await eventually(() => room.awareness.getStates().size).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(room.awareness.getStates().size).toBe(0);
  });

  it('[T72] are there at once after a reconnect, although their clock did not move', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    const stock = await stockClient(server, 'argon');
    const watcher = await ourClient(server, 'argon', { secret: 'watcher' });
    ada.awareness.setLocalState(user('Ada'));
    stock.provider.awareness.setLocalState(user('Stock'));
    const seen = (): string[] =>
      [...watcher.awareness.getStates().values()]
        .map((state) => String((state['user'] as { name?: string } | undefined)?.name))
        .filter((name) => name !== 'undefined')
        .sort();
    await eventually(seen).toEqual(['Ada', 'Stock']);
    // Heard, not asked for: on a busy machine they may be back before the next question.
    let isWithoutStock = false;
    watcher.awareness.on('change', () => (isWithoutStock ||= !seen().includes('Stock')));
    for (let round = 0; round < 3; round += 1) {
      // Only these two lose their sockets: the watcher sees them go and come back.
      isWithoutStock = false;
      (stock.provider.ws as unknown as { terminate(): void }).terminate();
      await eventually(() => isWithoutStock).toBe(true);
      await expect.poll(seen).toEqual(['Ada', 'Stock']);
    }
    ada.awareness.setLocalState(user('Ada again'));
    stock.provider.awareness.setLocalState(user('Stock again'));
    await eventually(seen).toEqual(['Ada again', 'Stock again']);
    expect(stock.provider.awareness.getLocalState()).toEqual(user('Stock again'));
  });

  it('[T73] a late copy of somebody who left does not bring them back', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    ada.awareness.setLocalState(user('Ada'));
    const id = ada.doc.clientID;
    await eventually(() => room.awareness.getStates().has(id)).toBe(true);
    const { clock } = room.awareness.meta.get(id) ?? { clock: 0 };
    const other = await rawClient(server, 'argon');
    other.send(awarenessMessage(writeAwareness([{ clientId: 5, clock: 1, state: '{}' }])));
    await eventually(() => room.awareness.getStates().has(5)).toBe(true);
    await ada.transport.close();
    await eventually(() => room.awareness.getStates().has(id)).toBe(false);
    other.send(awarenessMessage(writeAwareness([{ clientId: id, clock, state: JSON.stringify(user('Ada')) }])));
    other.send(awarenessMessage(writeAwareness([{ clientId: 6, clock: 1, state: '{}' }])));
    await eventually(() => room.awareness.getStates().has(6)).toBe(true);
    expect(room.awareness.getStates().has(id)).toBe(false);
  });

  it('[T74] a playing position is shown only from the session that presents', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    const bob = await ourClient(server, 'argon', { secret: 'bob' });
    room.ledger.set('lock.presenter', { name: 'presenter', session: ada.transport.session?.session, fence: 1 });
    const playback = { fence: 1, frame_index: 7, playing: true, frames_per_second: 30 };
    ada.awareness.setLocalState({ playback });
    bob.awareness.setLocalState({ playback, frame: { id: 'f1', index: 1 } });
    await eventually(() => room.awareness.getStates().get(ada.doc.clientID)).toEqual({ playback });
    await eventually(() => room.awareness.getStates().get(bob.doc.clientID)).toEqual({
      playback: null,
      frame: { id: 'f1', index: 1 },
    });
  });

  it('[T75] many changes of one turn travel as one, the latest', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon');
    const watcher = await rawClient(server, 'argon');
    const before = watcher.messages.length;
    for (let x = 0; x < 500; x += 1) ada.awareness.setLocalState({ camera: { x } });
    await eventually(() => watcher.messages.some((message) => Buffer.from(message).includes('{"x":499}'))).toBe(true);
    expect(watcher.messages.slice(before).filter(([type]) => type === 1).length).toBeLessThan(250);
  });

  it('[T76] a program in the server’s process is somebody too, and cannot be forged either', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    room.awareness.setLocalState(user('robot'));
    const ada = await ourClient(server, 'argon');
    await eventually(() => ada.awareness.getStates().get(room.doc.clientID)).toEqual(user('robot'));
    const attacker = await rawClient(server, 'argon');
    attacker.send(
      awarenessMessage(
        writeAwareness([{ clientId: room.doc.clientID, clock: 99, state: JSON.stringify(user('evil')) }]),
      ),
    );
    attacker.send(awarenessMessage(writeAwareness([{ clientId: 6, clock: 1, state: '{}' }])));
    await eventually(() => ada.awareness.getStates().has(6)).toBe(true);
    expect(ada.awareness.getStates().get(room.doc.clientID)).toEqual(user('robot'));
  });
});
