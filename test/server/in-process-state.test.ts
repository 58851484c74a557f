import { describe, expect, it } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { closing, serve } from '../room/room-fixture.ts';

describe("a room in the server's own process", () => {
  it('[S133] has the same state, undo and presence as one behind a socket', async () => {
    const { server, url } = await serve();
    const inside = closing(await server.room('r'));
    const ada = closing(await openRoom(url, { user: { name: 'Ada' } }));
    inside.presence.update({ user: { name: 'Simulation', color: '#4c78dd' } });
    await expect.poll(() => ada.presence.peers.map(({ user }) => user?.name)).toEqual(['Ada', 'Simulation']);
    expect(inside.presence.peers.map(({ user }) => user?.name)).toEqual(['Simulation', 'Ada']);

    const ring = inside.selections.add({ display_name: 'Ring', particle_ids: [0, 1] });
    await expect.poll(() => ada.selections.get(ring.id)?.display_name).toBe('Ring');
    const origins: string[] = [];
    inside.state.onChange(({ origin }) => origins.push(origin));
    ada.selections.update(ring.id, { color: 'red' });
    await expect.poll(() => ring.value?.color).toBe('red');
    inside.state.transact(() => ring.update({ display_name: 'Circle' }));
    expect(await inside.undo()).toBe(true);
    await expect.poll(() => ada.selections.get(ring.id)).toMatchObject({ display_name: 'Ring', color: 'red' });
    expect(await inside.redo()).toBe(true);
    await expect.poll(() => ada.selections.get(ring.id)?.display_name).toBe('Circle');
    expect(origins).toEqual(['remote', 'local', 'undo', 'redo']);
    expect(() => inside.state.set('lock.mine', {})).toThrowError(expect.objectContaining({ code: 'key/read-only' }));
    expect(await inside.state.whenSaved()).toBe(await ada.state.whenSaved());

    await inside.close();
    await expect.poll(() => ada.presence.peers.map(({ user }) => user?.name)).toEqual(['Ada']);
    expect(ada.selections.get(ring.id)?.display_name).toBe('Circle');
  });
});
