import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { type Clock, systemClock } from '../../../src/protocol/clock.ts';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { openRoom } from '../../../src/room/open-room.ts';
import type { RoomStatusEvent } from '../../../src/room/room.ts';
import { guardedServer, tokenFor } from './guarded-server.ts';

/** A clock that can be put forward. */
function adjustableClock(): Clock & { ahead: number } {
  const clock = { ahead: 0, now: () => systemClock.now() + clock.ahead, after: systemClock.after };
  return clock;
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isCovalenceError(error) ? error.code : String(error)),
  );

describe('people with tokens', () => {
  it('[V237] whoever may only look sees everything and changes nothing', async () => {
    const server = await guardedServer();
    const url = `${server.url}/r/argon`;
    await using ada = await openRoom(url, { token: await tokenFor(['read', 'write', 'create']) });
    await using eve = await openRoom(`${url}#token=${await tokenFor(['read'])}`, { user: { name: 'Eve' } });
    const made = ada.selections.add({ display_name: 'oxygen', particle_ids: [0] });
    await expect.poll(() => eve.selections.get(made.key)?.display_name).toBe('oxygen');
    expect([ada.can('write'), eve.can('write'), eve.can('read'), eve.can('present')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(() => eve.selections.update(made.key, { display_name: 'mine' })).toThrow('looking only');
    expect(eve.selections.get(made.key)?.display_name).toBe('oxygen');
    expect(
      await codeOf(eve.frames.append([{ numbers: { dtype: '|u1', shape: [1], data: new Uint8Array([8]) } }])),
    ).toBe('auth/denied');
    // She is seen, and stays.
    await expect.poll(() => JSON.stringify(ada.presence.peers.map(({ user }) => user))).toContain('Eve');
    expect(eve.status).toBe('online');
  });

  it('[V237] whoever writes all the same is closed with 4403, and nobody saw it', async () => {
    const server = await guardedServer();
    await using ada = await openRoom(`${server.url}/r/argon`, { token: await tokenFor(['read', 'write', 'create']) });
    ada.state.ref('note.a').set({ text: 'honest' });
    const doc = new Y.Doc();
    const stock = new WebsocketProvider(`${server.url.replace('http', 'ws')}/v1/sync`, 'argon', doc, {
      WebSocketPolyfill: WebSocket as never,
      disableBc: true,
      params: { token: await tokenFor(['read']) },
    });
    onTestFinished(() => stock.destroy());
    await new Promise<void>((resolve) => stock.once('sync', () => resolve()));
    const closed = new Promise<number>((resolve) => stock.on('closed', ({ code }) => resolve(code)));
    expect(doc.getMap('state').toJSON()).toMatchObject({ 'note.a': { text: 'honest' } });
    const forged = new Y.Map<unknown>();
    forged.set('text', 'forged');
    doc.getMap('state').set('note.a', forged);
    expect(await closed).toBe(4403);
    const inside = await server.room('argon');
    expect(inside.state.get('note.a')).toEqual({ text: 'honest' });
    expect(ada.state.get('note.a')).toEqual({ text: 'honest' });
    await inside.close();
  });

  it('[V238] whose token runs out is closed with 4401, asked for a new one, and stays with everything', async () => {
    const clock = adjustableClock();
    const server = await guardedServer({ clock });
    let asked = 0;
    const token = (): Promise<string> => {
      asked += 1;
      return tokenFor(['read', 'write', 'create'], { clock, lastsMs: 60_000 });
    };
    await using ada = await openRoom(`${server.url}/r/argon`, { token });
    await using bob = await openRoom(`${server.url}/r/argon`, {
      token: await tokenFor(['read'], { lastsMs: 86_400_000 }),
    });
    const seen: string[] = [];
    ada.onStatus(({ status, error }: RoomStatusEvent) => seen.push(`${status} ${error?.code ?? ''}`.trim()));
    expect(asked).toBe(1);
    clock.ahead = 120_000;
    ada.state.ref('note.a').set({ text: 'written with a token that had run out' });
    await expect.poll(() => bob.state.get('note.a'), { timeout: 60_000 }).toBeDefined();
    expect(seen).toEqual(['offline auth/required', 'online']);
    clock.ahead = 240_000;
    // Requests notice it as well, and repeat themselves with the new token.
    expect((await ada.frames.info()).count).toBe(0);
    expect(asked).toBe(3);
  });

  it('[V349] whoever gets tokens from a service that gives the same one until it ends stays too: what requests renewed counts for the socket', async () => {
    const clock = adjustableClock();
    const server = await guardedServer({ clock });
    const made = [60_000, 600_000].map((lastsMs) => tokenFor(['read', 'write', 'create'], { lastsMs }));
    let asked = 0;
    const token = (): Promise<string> => {
      asked += 1;
      return made[clock.ahead === 0 ? 0 : 1];
    };
    await using ada = await openRoom(`${server.url}/r/argon`, { token });
    const seen: string[] = [];
    ada.onStatus(({ status, error }: RoomStatusEvent) => seen.push(`${status} ${error?.code ?? ''}`.trim()));
    clock.ahead = 120_000;
    // A request notices first.
    expect((await ada.frames.info()).count).toBe(0);
    expect(asked).toBe(2);
    ada.state.ref('note.a').set({ text: 'here' });
    await expect.poll(() => seen).toEqual(['offline auth/required', 'online']);
    await ada.state.whenSaved();
    expect(asked).toBe(2);
    await using inside = await server.room('argon');
    expect(inside.state.get('note.a')).toEqual({ text: 'here' });
  });

  it('[V238] whose token runs out and who has no other is told so, once', async () => {
    const clock = adjustableClock();
    const server = await guardedServer({ clock });
    let asked = 0;
    const token = async (): Promise<string> => {
      asked += 1;
      return tokenFor(['read', 'write', 'create'], { clock, lastsMs: 60_000 - clock.ahead });
    };
    await using ada = await openRoom(`${server.url}/r/argon`, { token });
    const denied = new Promise<string | undefined>((resolve) => {
      ada.onStatus(({ status, error }) => status === 'denied' && resolve(error?.code));
    });
    clock.ahead = 120_000;
    ada.state.ref('note.a').set({ text: 'lost' });
    expect(await denied).toBe('auth/required');
    expect(asked).toBeLessThan(6);
  });

  it('[V239] what they are called in history is what their token says', async () => {
    const server = await guardedServer();
    const token = await tokenFor(['read', 'write', 'create'], { name: 'Ada Lovelace' });
    await using ada = await openRoom(`${server.url}/r/argon`, { token, user: { name: 'Somebody' } });
    await ada.frames.append([{ numbers: { dtype: '|u1', shape: [1], data: new Uint8Array([8]) } }]);
    const headers = { authorization: `Bearer ${token}` };
    const log = await (await fetch(`${server.url}/v1/rooms/argon/log`, { headers })).text();
    expect(log).toContain('Ada Lovelace');
    expect(log).not.toContain('Somebody');
  });
});
