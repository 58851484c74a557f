import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryDocStore } from '../../../src/server/sync/memory-doc-store.ts';
import { createServer } from '../../../src/server/server.ts';
import { CovalenceError } from '../../../src/protocol/errors.ts';
import { handClock } from '../../hand-clock.ts';
import { contentOf, type HubServer, startHub, stockClient } from './hub-server.ts';

const MINUTE = 60_000;
const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });

describe('a room that nobody needs', () => {
  it('[T160] is let go from memory after 10 minutes and is the same when somebody comes', async () => {
    const clock = handClock();
    const server = await startHub({ clock });
    const names = async (): Promise<string[]> => (await server.hub.rooms()).map(({ name }) => name);
    const ada = await stockClient(server, 'argon');
    ada.state.set('key', 1);
    const room = await server.hub.room('argon');
    await eventually(() => room.doc.getMap('state').get('key')).toBe(1);
    for (let minute = 0; minute < 15; minute += 1) clock.advance(MINUTE);
    expect(await names()).toEqual(['argon']);
    let closed = 0;
    room.onClosed(() => (closed += 1));
    ada.provider.destroy();
    await eventually(() => room.connectionCount).toBe(0);
    const letGo = room.hold();
    await eventually(async () => (clock.advance(MINUTE), clock.now() > 1_800_000_000_000 + 40 * MINUTE)).toBe(true);
    expect([await names(), closed]).toEqual([['argon'], 0]);
    letGo();
    await eventually(async () => (clock.advance(MINUTE), await names())).toEqual([]);
    expect(closed).toBe(1);
    const ben = await stockClient(server, 'argon');
    expect(contentOf(ben.state)).toBe('[["key",1]]');
    expect((await server.hub.room('argon')).epoch).toBe(room.epoch);
  });

  it('[T160] stays while its store refuses it', async () => {
    const clock = handClock();
    const memory = memoryDocStore();
    let isAway = false;
    const refuse = async (): Promise<void> => {
      if (isAway) throw new CovalenceError('store/failed', 'The disk is away.');
    };
    const store = {
      ...memory,
      append: (...args: Parameters<typeof memory.append>) => refuse().then(() => memory.append(...args)),
      compact: (...args: Parameters<typeof memory.compact>) => refuse().then(() => memory.compact(...args)),
    };
    const server = await startHub({ clock, store });
    const ada = await stockClient(server, 'argon');
    isAway = true;
    ada.state.set('key', 1);
    const room = await server.hub.room('argon');
    await eventually(() => room.doc.getMap('state').get('key')).toBe(1);
    ada.provider.destroy();
    await eventually(() => room.connectionCount).toBe(0);
    let ticks = 0;
    await eventually(async () => (clock.advance(MINUTE), (ticks += 1))).toBe(30);
    expect(await server.hub.rooms()).toHaveLength(1);
    isAway = false;
    await eventually(async () => (clock.advance(MINUTE), (await server.hub.rooms()).length)).toBe(0);
    expect(ticks).toBe(30);
    const ben = await stockClient(server, 'argon');
    expect(contentOf(ben.state)).toBe('[["key",1]]');
  });

  it('[T161] shows commits to whoever comes after it was let go', async () => {
    const clock = handClock();
    const server = await createServer({ port: 0, clock });
    onTestFinished(() => server.close());
    await server.listen();
    const target = { base: `${server.url.replace('http', 'ws')}/v1/sync` } as HubServer;
    const first = await stockClient(target, 'argon');
    first.state.set('key', 1);
    await new Promise((resolve) => setImmediate(resolve));
    first.provider.destroy();
    // Nothing tells from outside that it was let go, so it is long enough in every order of events.
    for (let minute = 0; minute < 40; minute += 1) {
      clock.advance(MINUTE);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const ledger = await stockClient(target, 'argon~ledger', { root: 'ledger' });
    const body = JSON.stringify({ name: 'note', ttl_ms: 5_000 });
    const headers = { 'content-type': 'application/json' };
    const locked = await fetch(`${server.url}/v1/rooms/argon/locks`, { method: 'POST', headers, body });
    expect(locked.ok).toBe(true);
    await eventually(() => (clock.advance(200), ledger.state.has('lock.note'))).toBe(true);
  });
});
