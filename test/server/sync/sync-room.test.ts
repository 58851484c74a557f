import { describe, expect, it } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { MAX_TOLD } from '../../../src/server/sync/ledger-mirror.ts';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { handClock } from '../../hand-clock.ts';
import { contentOf, ourClient, startHub, stockClient } from './hub-server.ts';
import { rawClient } from './raw-client.ts';

const eventually = (check: () => unknown, message?: string) => expect.poll(check, { timeout: 60_000, message });

describe('rooms', () => {
  it('[T1] two stock clients, one of ours and the server converge', async () => {
    const server = await startHub();
    const [ada, bob] = await Promise.all([stockClient(server, 'argon'), stockClient(server, 'argon')]);
    const eve = await ourClient(server, 'argon');
    const room = await server.hub.room('argon');
    ada.state.set('selection.a', new Y.Map([['display_name', 'oxygen']]));
    bob.state.set('playback', { frame: 3 });
    eve.state.set('settings.x', Uint8Array.of(1, 2));
    room.doc.getMap('state').set('scene.box', true);
    for (const { state } of [ada, bob, eve]) await eventually(() => state.size).toBe(4);
    const whole = contentOf(room.doc.getMap('state'));
    for (const { state } of [ada, bob, eve]) expect(contentOf(state)).toBe(whole);
    expect(room.connectionCount).toBe(3);
    expect(server.faults).toEqual([]);
  });

  it('[T2] rooms know nothing of each other', async () => {
    const server = await startHub();
    const ada = await stockClient(server, 'argon');
    const bob = await stockClient(server, 'neon');
    ada.state.set('playback', 1);
    bob.state.set('scene.box', true);
    const late = await stockClient(server, 'argon');
    await eventually(() => late.state.toJSON()).toEqual({ playback: 1 });
  });

  it('[T3] a joiner of ours gets a large room deflated once, a stock client as it is; both have all of it', async () => {
    const server = await startHub();
    const room = await server.hub.room('big');
    room.doc.transact(() => {
      for (let index = 0; index < 2_000; index += 1) {
        room.doc
          .getMap('state')
          .set(`selection.s${index}`, { display_name: `selection ${index}`, atoms: [1, 2, index] });
      }
    });
    const received = async (join: () => Promise<{ state: Y.Map<unknown> }>): Promise<number> => {
      const before = [...server.sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
      const { state } = await join();
      expect(state.size).toBe(2_000);
      return [...server.sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0) - before;
    };
    const plain = await received(() => stockClient(server, 'big'));
    const ours = await received(() => ourClient(server, 'big'));
    expect(ours).toBeLessThan(plain / 4);
    const raw = await rawClient(server, 'big', '?z=0&s=old');
    raw.send(Uint8Array.of(0, 0, 1, 0));
    await eventually(() => raw.messages.some(({ byteLength }) => byteLength > 50_000)).toBe(true);
    expect(raw.messages.some(([type]) => type === 104)).toBe(false);
  });

  it('[T4] the epoch stays the same over a restart and changes when the room was deleted', async () => {
    const server = await startHub();
    const first = await ourClient(server, 'argon');
    const { epoch } = await server.hub.room('argon');
    expect(first.transport.session).toMatchObject({ epoch, protocol: 1, durability: 'memory' });
    await server.restart();
    expect((await server.hub.room('argon')).epoch).toBe(epoch);
    await server.hub.deleteRoom('argon');
    expect((await server.hub.room('argon')).epoch).not.toBe(epoch);
  });

  it('[T4] a deleted room closes its sockets for good, and its keys are gone', async () => {
    const server = await startHub();
    const ada = await stockClient(server, 'argon');
    ada.state.set('playback', 1);
    await eventually(async () => (await server.store.load('argon'))?.updates.length).toBe(1);
    await server.hub.deleteRoom('argon');
    expect(await ada.closed).toMatchObject({ code: 4404 });
    expect(await server.store.list()).toEqual([]);
  });

  it('[T5] every session is told once when it opens and once when it closes', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const events: string[] = [];
    room.onSession(({ session, event }) => events.push(`${event} ${session}`));
    const ada = await ourClient(server, 'argon');
    const session = ada.transport.session?.session ?? '';
    expect(session).toMatch(/^[0-9a-f-]{36}$/);
    await ada.transport.close();
    await eventually(() => events).toEqual([`open ${session}`, `closed ${session}`]);
  });

  it('[T6] a room above its connections is refused before the upgrade, and the others go on', async () => {
    const server = await startHub({ limits: { connectionsPerRoom: 1 } });
    const ada = await stockClient(server, 'argon');
    const bob = await stockClient(server, 'argon', { isSynced: false });
    const statuses: string[] = [];
    bob.provider.on('connection-error', (event) => statuses.push((event as unknown as { message: string }).message));
    await eventually(() => statuses[0]).toMatch(/503/);
    ada.state.set('playback', 1);
    await eventually(async () => (await server.store.load('argon'))?.updates.length).toBe(1);
  });

  it('[T7] a room whose stored state cannot be read is not served and not overwritten', async () => {
    const store = memoryDocStore();
    await store.create('argon', 'epoch-1');
    const gap = new Y.Doc();
    gap.getMap('state').set('a', 1);
    const before = Y.encodeStateVector(gap);
    gap.getMap('state').set('a', 2);
    await store.append('argon', { update: Y.encodeStateAsUpdate(gap, before) });
    const server = await startHub({ store });
    await expect(server.hub.room('argon')).rejects.toMatchObject({ code: 'store/failed' });
    expect((await store.load('argon'))?.updates.length).toBe(1);
    const other = await stockClient(server, 'neon');
    expect(other.provider.synced).toBe(true);
  });

  it('[T8] a stock client that nobody talks to hears something every 15 s and stays', async () => {
    const clock = handClock();
    const server = await startHub({ clock });
    const { provider } = await stockClient(server, 'argon');
    expect(provider).toBeInstanceOf(WebsocketProvider);
    const socket = provider.ws as unknown as { addEventListener(type: string, listener: () => void): void };
    let heard = 0;
    socket.addEventListener('message', () => (heard += 1));
    for (let second = 0; second < 120; second += 1) {
      clock.advance(1_000);
      // The answer to a ping has to come back before the clock goes on.
      if (second % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await eventually(() => heard).toBeGreaterThanOrEqual(6);
    expect(provider.wsconnected).toBe(true);
  });
});

describe('the facts of the server', () => {
  it('[T30] reach clients of ours beside the shared document, and a fresh ledger takes the place of an old one', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    room.ledger.set('room', { name: 'argon', epoch: 'e' });
    const ada = await ourClient(server, 'argon');
    const ledgers = [ada.transport.ledger];
    ada.transport.onLedger?.((ledger) => ledgers.push(ledger));
    const facts = (): unknown => ledgers.at(-1)?.getMap('ledger').toJSON();
    await eventually(facts).toEqual({ room: { name: 'argon', epoch: 'e' } });
    room.ledger.set('lock.frame.f1', { holder: 'Ada' });
    expect(room.ledger.get('lock.frame.f1')).toEqual({ holder: 'Ada' });
    await eventually(facts).toHaveProperty(['lock.frame.f1'], { holder: 'Ada' });
    room.ledger.remove('lock.frame.f1');
    await eventually(facts).not.toHaveProperty(['lock.frame.f1']);
    expect(ada.state.size).toBe(0);
    await server.restart();
    (await server.hub.room('argon')).ledger.set('room', { name: 'argon', epoch: 'later' });
    await eventually(facts).toEqual({ room: { name: 'argon', epoch: 'later' } });
    expect(ledgers.length).toBeGreaterThan(1);
  });

  it('[T31] are replaced by a fresh document before overwrites fill every tab', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const ada = await ourClient(server, 'argon');
    let replaced = 0;
    ada.transport.onLedger?.(() => (replaced += 1));
    for (let round = 0; round < 22; round += 1) {
      for (let key = 0; key < 1_000; key += 1) room.ledger.set(`frame.f${key}`, { version: round });
      await eventually(() => ada.transport.ledger?.getMap('ledger').get('frame.f999')).toEqual({ version: round });
    }
    expect(replaced).toBe(1);
    const structs = [...(ada.transport.ledger?.store.clients.values() ?? [])].reduce(
      (sum, list) => sum + list.length,
      0,
    );
    expect(structs).toBeLessThan(20_000);
    expect(ada.transport.ledger?.getMap('ledger').size).toBe(1_000);
  });

  it('[T32] reach a stock client as a document of its own; stale facts it kept lose against the truth', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    room.ledger.set('room', { epoch: 'first' });
    room.ledger.set('frame.f1', { version: 9 });
    const stock = await stockClient(server, 'argon~ledger', { root: 'ledger' });
    expect(stock.state.toJSON()).toEqual({ room: { epoch: 'first' }, 'frame.f1': { version: 9 } });
    await server.restart();
    const again = await server.hub.room('argon');
    again.ledger.set('room', { epoch: 'second' });
    await eventually(() => stock.state.toJSON()).toEqual({ room: { epoch: 'second' } });
    again.ledger.set('frame.f1', { version: 1 });
    await eventually(() => stock.state.get('frame.f1')).toEqual({ version: 1 });
  });

  it('[T201] end the connection of a stock client before its own copy fills the server; it comes back with everything', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const { provider, state } = await stockClient(server, 'argon~ledger', { root: 'ledger' });
    const codes: (number | undefined)[] = [];
    provider.on('connection-close', (event) => codes.push(event?.code));
    const keys = 5_000;
    const isThere = (round: number): boolean =>
      (state.get(`frame.f${keys - 1}`) as { round: number } | undefined)?.round === round;
    for (let round = 1; round <= MAX_TOLD / keys + 1; round += 1) {
      for (let key = 0; key < keys; key += 1) room.ledger.set(`frame.f${key}`, { round });
      await eventually(() => isThere(round)).toBe(true);
    }
    await eventually(() => codes).toEqual([1013]);
    await eventually(() => provider.synced).toBe(true);
    room.ledger.set('room', { epoch: 'later' });
    await eventually(() => state.get('room')).toEqual({ epoch: 'later' });
    expect(codes).toEqual([1013]);
  });

  it('[T33] are read-only: whoever writes the ledger document is closed, and nobody sees it', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    room.ledger.set('room', { epoch: 'first' });
    const stock = await stockClient(server, 'argon~ledger', { root: 'ledger' });
    stock.state.set('lock.presenter', { session: 'mine' });
    expect(await stock.closed).toMatchObject({ code: 4403, reason: expect.stringMatching(/^auth\/denied: /) });
    expect(room.ledger.get('lock.presenter')).toBe(undefined);
    expect(room.ledgerDoc.getMap('ledger').size).toBe(1);
  });
});
