import { describe, expect, it } from 'vitest';
import type { Doc } from 'yjs';
import { routes } from '../../src/protocol/routes.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { webSocketTransport } from '../../src/transport/websocket.ts';
import { closing, serve } from './room-fixture.ts';

/** Ada, whose document another program can write into, and Bob. */
async function adaAndBob() {
  const { server, url } = await serve();
  const docs: Doc[] = [];
  const ada = closing(
    await openRoom(url, {
      user: { name: 'Ada' },
      transport(documents) {
        docs.push(documents.doc);
        return webSocketTransport({ url: server.url + routes.sync('r'), ...documents });
      },
    }),
  );
  const bob = closing(await openRoom(url, { user: { name: 'Bob' } }));
  /** What no server accepts, and what follows it is not read. */
  const poison = (): void => void docs.at(-1)?.getMap('state').set('no key!', 1);
  return { ada, bob, docs, poison };
}

describe('a document that the server refuses', () => {
  it('[S140] is replaced by a fresh one under the same views, and what was not accepted is offered', async () => {
    const { ada, bob, docs, poison } = await adaAndBob();
    const kept = ada.selections.set('kept', { display_name: 'Kept' });
    await ada.state.whenSaved();
    const statuses: string[] = [];
    ada.onStatus(({ status }) => statuses.push(status));
    const origins: string[] = [];
    ada.state.onChange(({ origin, removed }) => origins.push(`${origin} -${[...removed].join()}`));
    poison();
    ada.selections.set('lost', { display_name: 'Lost' });
    kept.update({ display_name: 'Renamed' });
    await expect(ada.state.whenSaved()).rejects.toMatchObject({ code: 'sync/refused' });
    await expect.poll(() => ada.refused?.size, { timeout: 60_000 }).toBe(2);
    await expect.poll(() => ada.status, { timeout: 60_000 }).toBe('online');
    expect(docs).toHaveLength(2);
    expect(ada.refused?.keys).toEqual(['selection.lost', 'selection.kept']);
    expect(ada.refused?.reason.code).toBe('sync/refused');
    expect(origins.filter((line) => line.startsWith('replace'))).toEqual(['replace -selection.lost']);
    expect(kept.value?.display_name).toBe('Kept');
    expect(ada.presence.self.user?.name).toBe('Ada');
    await expect.poll(() => bob.presence.peers.map(({ user }) => user?.name), { timeout: 60_000 }).toContain('Ada');

    const told: (number | undefined)[] = [];
    ada.onRefused((refused) => told.push(refused?.size));
    expect(ada.refused?.apply()).toBe(2);
    expect(ada.refused).toBeUndefined();
    expect(told).toEqual([undefined]);
    await ada.state.whenSaved();
    await expect.poll(() => bob.selections.snapshot('kept').display_name).toBe('Renamed');
    expect(bob.selections.has('lost')).toBe(true);
    expect(bob.presence.peers.filter(({ user }) => user?.name === 'Ada')).toHaveLength(1);
    expect(statuses).toEqual(['offline', 'online']);
  });

  it('[S141] what was refused can be given up, and comes together when it is refused twice', async () => {
    const { ada, bob, poison } = await adaAndBob();
    for (const name of ['one', 'two']) {
      poison();
      ada.bookmarks.set(name, { display_name: name });
      await expect.poll(() => ada.refused?.keys.at(-1), { timeout: 60_000 }).toBe(`bookmark.${name}`);
      await expect.poll(() => ada.status, { timeout: 60_000 }).toBe('online');
    }
    expect(ada.refused?.size).toBe(2);
    ada.refused?.discard();
    expect(ada.refused).toBeUndefined();
    ada.bookmarks.set('three', { display_name: 'three' });
    await ada.state.whenSaved();
    await expect.poll(() => [...bob.bookmarks.keys()]).toEqual(['bookmark.three']);
  });
});
