import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { STEP, syncMessage } from '../../../src/server/sync/wire.ts';
import { ourClient, startHub, stockClient, type HubServer } from './hub-server.ts';
import { rawClient } from './raw-client.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });
const roomState = async (server: HubServer): Promise<Y.Map<unknown>> =>
  (await server.hub.room('argon')).doc.getMap('state');
const cutAll = (server: HubServer): void => {
  for (const socket of server.sockets) socket.destroy();
};

describe('honest clients under the rules of ownership', () => {
  it('[T60] a reconnect whose old socket is still thought to be open', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    ada.state.set('playback', 1);
    // The same document over a second socket, while the first is open: what a half-open TCP connection looks like.
    const second = await ourClient(server, 'argon', { secret: 'ada', doc: ada.doc, awareness: ada.awareness });
    ada.state.set('playback', 2);
    await ada.transport.close();
    ada.state.set('playback', 3);
    const state = await roomState(server);
    await eventually(() => state.get('playback')).toBe(3);
    expect(second.transport.status).toBe('online');
  });

  it('[T61] two tabs of one browser, the second with what the first kept offline', async () => {
    const server = await startHub();
    const kept = new Y.Doc();
    kept.getMap('state').set('settings.earlier', 'written offline in a tab that is gone');
    const offline = Y.encodeStateAsUpdate(kept);
    const first = await ourClient(server, 'argon', { secret: 'browser' });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, offline);
    const second = await ourClient(server, 'argon', { secret: 'browser', doc });
    second.state.set('settings.now', 1);
    await eventually(() => first.state.toJSON()).toEqual({
      'settings.earlier': 'written offline in a tab that is gone',
      'settings.now': 1,
    });
  });

  it('[T62] edits made while away arrive after the return, in both directions', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    const bob = await stockClient(server, 'argon');
    bob.provider.disconnect();
    const away = new Promise<void>((resolve) => {
      ada.transport.onStatus(({ status }) => status === 'offline' && resolve());
    });
    cutAll(server);
    await away;
    ada.state.set('settings.ada', 'offline');
    bob.state.set('settings.bob', 'offline');
    bob.provider.connect();
    await eventually(() => [bob.state.get('settings.ada'), ada.state.get('settings.bob')]).toEqual([
      'offline',
      'offline',
    ]);
  });

  it('[T63] a server that comes back with everything: nobody is refused, nothing is doubled', async () => {
    const server = await startHub();
    const clients = await Promise.all([
      ourClient(server, 'argon', { secret: 'ada' }),
      ourClient(server, 'argon', { secret: 'bob' }),
      stockClient(server, 'argon'),
    ]);
    for (const [index, { state }] of clients.entries()) state.set(`settings.k${index}`, index);
    for (const { state } of clients) await eventually(() => state.size).toBe(3);
    await server.restart();
    for (const [index, { state }] of clients.entries()) state.set(`settings.k${index}`, index + 10);
    for (const { state } of clients) {
      await eventually(() => state.toJSON()).toEqual({ 'settings.k0': 10, 'settings.k1': 11, 'settings.k2': 12 });
    }
  });

  it('[T63] a server that comes back with nothing: whoever returns first brings the room back, and owns only their own', async () => {
    const store = memoryDocStore();
    const server = await startHub({ store });
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    const bob = await ourClient(server, 'argon', { secret: 'bob' });
    ada.state.set('settings.ada', 1);
    bob.state.set('settings.bob', 1);
    for (const { state } of [ada, bob]) await eventually(() => state.size).toBe(2);
    await store.remove('argon');
    await server.restart();
    const state = await roomState(server);
    await eventually(() => state.size).toBe(2);
    await eventually(() => [ada.transport.status, bob.transport.status]).toEqual(['online', 'online']);
    ada.state.set('settings.ada', 2);
    bob.state.set('settings.bob', 2);
    await eventually(() => state.toJSON()).toEqual({ 'settings.ada': 2, 'settings.bob': 2 });
    for (const client of [ada, bob]) expect(client.transport.status).toBe('online');
  });

  it('[T64] undo of a stock client brings back what somebody else removed', async () => {
    const server = await startHub();
    const ada = await stockClient(server, 'argon');
    const undo = new Y.UndoManager(ada.state, { captureTimeout: 0, trackedOrigins: new Set(['mine']) });
    ada.doc.transact(() => ada.state.set('settings.a', 1), 'mine');
    ada.doc.transact(() => ada.state.set('settings.a', 2), 'mine');
    undo.undo();
    const state = await roomState(server);
    await eventually(() => state.get('settings.a')).toBe(1);
    undo.redo();
    await eventually(() => state.get('settings.a')).toBe(2);
  });

  it('[T65] a gap is asked for, and filled: no update is lost to one that was', async () => {
    const server = await startHub();
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let index = 0; index < 4; index += 1) doc.getMap('state').set(`settings.k${index}`, index);
    const client = await rawClient(server, 'argon');
    client.send(syncMessage(STEP.update, updates[0]));
    client.send(syncMessage(STEP.update, updates[3])); // 1 and 2 were lost
    await eventually(
      () => client.messages.filter((message) => message[0] === 0 && message[1] === STEP.stateVector).length,
    ).toBe(2);
    client.send(syncMessage(STEP.state, Y.encodeStateAsUpdate(doc)));
    const state = await roomState(server);
    await eventually(() => state.size).toBe(4);
    expect(client.isClosed()).toBe(false);
  });

  it('[T66] owners are stored with the room: after a restart nobody can continue the history of somebody who is away', async () => {
    const server = await startHub();
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    ada.state.set('settings.a', 1);
    const id = ada.doc.clientID;
    await ada.transport.whenSaved?.();
    await ada.transport.close();
    await server.restart();
    const { store } = server;
    expect((await store.load('argon'))?.owners).toContainEqual([id, expect.stringMatching(/^[\w-]{22}$/)]);
    const forger = new Y.Doc();
    Y.applyUpdate(forger, Y.encodeStateAsUpdate((await server.hub.room('argon')).doc));
    forger.clientID = id;
    const before = Y.encodeStateVector(forger);
    forger.getMap('state').set('settings.a', 'forged');
    const attacker = await rawClient(server, 'argon', '?s=mallory&z=1');
    attacker.send(syncMessage(STEP.update, Y.encodeStateAsUpdate(forger, before)));
    expect((await attacker.closed).code).toBe(4403);
  });

  it('[T67] a link for looking sees everything and changes nothing', async () => {
    const server = await startHub({ connection: (url) => ({ canWrite: url.searchParams.get('look') === null }) });
    const ada = await ourClient(server, 'argon', { secret: 'ada' });
    ada.state.set('settings.a', 1);
    const looking = await ourClient(server, 'argon', { secret: 'eve', params: { look: '1' } });
    expect(looking.state.toJSON()).toEqual({ 'settings.a': 1 });
    const denied = new Promise((resolve) => looking.transport.onStatus(resolve));
    looking.state.set('settings.a', 2);
    expect(await denied).toMatchObject({ status: 'denied', error: { code: 'auth/denied' } });
    expect(ada.state.toJSON()).toEqual({ 'settings.a': 1 });
  });

  it('[T68] what a program in the server’s process writes reaches everybody, and nobody can continue its history', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const ada = await stockClient(server, 'argon');
    room.doc.getMap('state').set('settings.server', 1);
    await eventually(() => ada.state.get('settings.server')).toBe(1);
    const forger = new Y.Doc();
    Y.applyUpdate(forger, Y.encodeStateAsUpdate(room.doc));
    forger.clientID = room.doc.clientID;
    const before = Y.encodeStateVector(forger);
    forger.getMap('state').set('settings.server', 'forged');
    const attacker = await rawClient(server, 'argon');
    attacker.send(syncMessage(STEP.update, Y.encodeStateAsUpdate(forger, before)));
    expect((await attacker.closed).code).toBe(4403);
    expect(room.doc.getMap('state').get('settings.server')).toBe(1);
  });
});
