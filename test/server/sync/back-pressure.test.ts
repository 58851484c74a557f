import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { LIMITS } from '../../../src/protocol/limits.ts';
import { handClock } from '../../hand-clock.ts';
import { contentOf, type HubServer, ourClient, startHub, stockClient } from './hub-server.ts';
import { rawClient } from './raw-client.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });
const queued = (server: HubServer): number =>
  [...server.sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);

/** The TCP socket of a client of ours or of y-websocket. */
function tcpOf(provider: { ws: unknown }): { pause(): void; resume(): void } {
  return (provider.ws as { _socket: { pause(): void; resume(): void } })._socket;
}

/** Random texts: what a kernel cannot make smaller. */
function write(state: Y.Map<unknown>, count: number, byteLength: number): void {
  for (let index = 0; index < count; index += 1) state.set('settings.load', `${index} ${'x'.repeat(byteLength)}`);
}

describe('readers that do not read', () => {
  it('[T80] cost the server a bounded queue each, lose nothing, and have everything once they read again', async () => {
    const limit = 300_000;
    const server = await startHub({ limits: { socketQueueByteLength: limit } });
    const room = await server.hub.room('argon');
    const readers = await Promise.all(Array.from({ length: 10 }, () => stockClient(server, 'argon')));
    const ours = await ourClient(server, 'argon');
    const watcher = await stockClient(server, 'argon');
    const state = room.doc.getMap('state');
    for (const { provider } of readers) tcpOf(provider).pause();
    for (let round = 0; round < 60; round += 1) {
      write(state, 20, 50_000);
      state.set(`settings.k${round}`, round);
      room.awareness.setLocalState({ round });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(queued(server)).toBeLessThan(readers.length * (limit + 100_000) + 2_000_000);
    await eventually(() => watcher.state.get('settings.k59')).toBe(59);
    await eventually(() => ours.state.get('settings.k59')).toBe(59);
    for (const { provider } of readers) tcpOf(provider).resume();
    const whole = contentOf(state);
    for (const reader of readers) {
      await eventually(() => contentOf(reader.state) === whole).toBe(true);
      await eventually(() => reader.provider.awareness.getStates().get(room.doc.clientID)).toEqual({ round: 59 });
      expect(reader.doc.store.pendingStructs).toBe(null);
    }
  });

  it('[T81] are ended when they stay behind for 30 s', async () => {
    const clock = handClock();
    const server = await startHub({ clock, limits: { socketQueueByteLength: 100_000 } });
    const room = await server.hub.room('argon');
    const reader = await rawClient(server, 'argon');
    reader.tcp.pause();
    write(room.doc.getMap('state'), 200, 50_000);
    await eventually(() => queued(server)).toBeGreaterThan(100_000);
    expect(room.connectionCount).toBe(1);
    clock.advance(29_000);
    expect(room.connectionCount).toBe(1);
    clock.advance(6_000);
    await eventually(() => room.connectionCount).toBe(0);
    await eventually(() => queued(server)).toBe(0);
  });

  it('[T82] hold up nobody’s acknowledgement but their own, which comes when they read again', async () => {
    const server = await startHub({ limits: { socketQueueByteLength: 100_000 } });
    const room = await server.hub.room('argon');
    const slow = await rawClient(server, 'argon', '?z=1&s=slow');
    slow.send(Uint8Array.of(0, 1, 2, 0, 0)); // its whole state: nothing
    const quick = await ourClient(server, 'argon', { secret: 'quick' });
    slow.tcp.pause();
    write(room.doc.getMap('state'), 300, 50_000);
    await eventually(() => queued(server)).toBeGreaterThan(100_000);
    slow.send(Uint8Array.of(101, 5));
    quick.state.set('settings.quick', 1);
    expect(await quick.transport.whenSaved?.()).toBe('memory');
    expect(slow.messages.some(([type]) => type === 101)).toBe(false);
    slow.tcp.resume();
    await eventually(() => slow.messages.some(([type, id]) => type === 101 && id === 5)).toBe(true);
  });

  it('[T83] the queue of a socket is never above the documented limit by more than one message', async () => {
    const server = await startHub();
    const room = await server.hub.room('argon');
    const reader = await rawClient(server, 'argon');
    reader.tcp.pause();
    let highest = 0;
    for (let round = 0; round < 150; round += 1) {
      write(room.doc.getMap('state'), 1, 200_000);
      highest = Math.max(highest, queued(server));
    }
    expect(highest).toBeGreaterThan(LIMITS.socketQueueByteLength);
    expect(highest).toBeLessThan(LIMITS.socketQueueByteLength + 300_000);
    reader.socket.terminate();
  });
});

describe('many readers', () => {
  it('[T84] get the updates of a turn, and with more than 8 of a window, as one message', async () => {
    const server = await startHub();
    const writers = await Promise.all([stockClient(server, 'argon'), stockClient(server, 'argon')]);
    const readers = await Promise.all(Array.from({ length: 10 }, () => rawClient(server, 'argon')));
    const updates = (): number => readers[0].messages.filter(([type, step]) => type === 0 && step === 2).length;
    for (let index = 0; index < 100; index += 1) for (const { state } of writers) state.set('playback', index);
    const room = await server.hub.room('argon');
    await eventually(() => room.doc.getMap('state').get('playback')).toBe(99);
    await eventually(() => writers.map(({ state }) => state.get('playback'))).toEqual([99, 99]);
    expect(updates()).toBeGreaterThan(0);
    expect(updates()).toBeLessThan(40);
  });
});
