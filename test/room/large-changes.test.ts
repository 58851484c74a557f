import { describe, expect, it } from 'vitest';
import type { Doc } from 'yjs';
import { routes } from '../../src/protocol/routes.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { importState } from '../../src/state/index.ts';
import { webSocketTransport } from '../../src/transport/websocket.ts';
import { closing, serve } from './room-fixture.ts';

const COUNT = 30_000;
const large = {
  format: 'covalence-state',
  version: 1,
  keys: Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`thing.k${i}`, { name: `n${i}`, size: i }])),
};

describe('more changes than one message holds', () => {
  it(`[S160] an export of ${COUNT} records is taken by a server, as one step of undo; one that is refused is refused whole`, async () => {
    const { server, url } = await serve();
    const ada = closing(await openRoom(url));
    const inside = closing(await server.room('r'));
    let events = 0;
    ada.state.onChange(() => (events += 1));
    const bad = { ...large, keys: { ...large.keys, 'zzz.broken': { $bytes: 7 } } };
    expect(() => importState(ada.state, bad)).toThrowError(expect.objectContaining({ code: 'value/invalid' }));
    const late = { ...large, keys: { ...large.keys, 'selection.zz': { particle_ids: [-1] } } };
    expect(() => importState(ada.state, late)).toThrowError(expect.objectContaining({ code: 'value/invalid' }));
    expect(events).toBe(0);
    expect(importState(ada.state, large)).toBe(COUNT);
    expect(events).toBeGreaterThan(1);
    await ada.state.whenSaved();
    expect(inside.state.stats().keys).toBe(ada.state.stats().keys);
    expect(inside.state.get(`thing.k${COUNT - 1}`)).toEqual({ name: `n${COUNT - 1}`, size: COUNT - 1 });
    expect(ada.status).toBe('online');
  });

  it('[S161] a document that has more than one message holds is refused, and what it held is offered and taken in portions', async () => {
    const { server, url } = await serve();
    const docs: Doc[] = [];
    const ada = closing(
      await openRoom(url, {
        transport(documents) {
          docs.push(documents.doc);
          return webSocketTransport({ url: server.url + routes.sync('r'), ...documents });
        },
      }),
    );
    ada.state.transact(() => {
      for (let i = 0; i < 60_000; i += 1) ada.state.set(`thing.k${i}`, { a: i });
    });
    await expect.poll(() => ada.refused?.size, { timeout: 60_000 }).toBe(60_000);
    await expect.poll(() => ada.status, { timeout: 60_000 }).toBe('online');
    expect(docs).toHaveLength(2);
    expect(ada.refused?.apply()).toBe(60_000);
    await ada.state.whenSaved();
    const inside = closing(await server.room('r'));
    expect(inside.state.get('thing.k59999')).toEqual({ a: 59_999 });
  });
});
