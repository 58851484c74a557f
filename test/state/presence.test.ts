import { afterEach, describe, expect, it } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { createPresence } from '../../src/state/index.ts';
import type { Presence, PresenceChange } from '../../src/state/index.ts';
import { handClock } from '../hand-clock.ts';

const opened: Y.Doc[] = [];
afterEach(() => {
  for (const doc of opened.splice(0)) doc.destroy();
});

function person(clientId: number, clock = handClock()): { awareness: Awareness; presence: Presence } {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  opened.push(doc);
  const awareness = new Awareness(doc);
  return { awareness, presence: createPresence(awareness, { user: { name: `P${clientId}` }, clock }) };
}

function send(from: Awareness, to: Awareness): void {
  applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [from.clientID]), 'link');
}

function names(change: PresenceChange): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(change).map(([kind, peers]) => [kind, peers.map(({ clientId }: { clientId: number }) => clientId)]),
  );
}

describe('presence', () => {
  it('[S100] everybody is shown, the own person first, with name and colour', () => {
    const [a, b] = [person(5), person(3)];
    send(b.awareness, a.awareness);
    expect(a.presence.self).toMatchObject({ clientId: 5, isSelf: true, user: { name: 'P5' } });
    expect(a.presence.peers.map(({ clientId, isSelf, user }) => [clientId, isSelf, user?.name])).toEqual([
      [5, true, 'P5'],
      [3, false, 'P3'],
    ]);
    expect(a.presence.self.user?.color).toMatch(/^hsl\(/);
    expect(a.presence.peers).toBe(a.presence.peers);
  });

  it('[S101] joining, changing and leaving are told as such', () => {
    const [a, b] = [person(1), person(2)];
    const seen: unknown[] = [];
    a.presence.onChange((change) => seen.push(names(change)));
    send(b.awareness, a.awareness);
    b.presence.update({ frame: { id: 'f1', index: 3 } });
    send(b.awareness, a.awareness);
    send(b.awareness, a.awareness);
    b.presence.dispose();
    send(b.awareness, a.awareness);
    expect(seen).toEqual([
      { joined: [2], left: [], updated: [] },
      { joined: [], left: [], updated: [2] },
      { joined: [], left: [2], updated: [] },
    ]);
  });

  it('[S102] whoever is silent for 30 s is gone, and comes back with the next message', () => {
    const clock = handClock();
    const [a, b] = [person(1, clock), person(2, clock)];
    send(b.awareness, a.awareness);
    const seen: unknown[] = [];
    a.presence.onChange((change) => seen.push(names(change)));
    clock.advance(20_000);
    b.awareness.setLocalState(b.awareness.getLocalState());
    send(b.awareness, a.awareness);
    clock.advance(29_999);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect(seen).toEqual([{ joined: [], left: [2], updated: [] }]);
    expect(a.presence.peers.map(({ clientId }) => clientId)).toEqual([1]);
    clock.advance(600_000);
    expect(a.presence.peers).toHaveLength(1);
    b.presence.update({ hover: null });
    send(b.awareness, a.awareness);
    expect(a.presence.peers).toHaveLength(2);
  });

  it('[S103] an update changes the fields it names; undefined removes one', () => {
    const { presence, awareness } = person(1);
    presence.update({
      hover: { frame_id: 'f', atom: 3 },
      camera: { position: [0, 0, 9], target: [0, 0, 0], up: [0, 1, 0] },
    });
    presence.update({ hover: undefined });
    expect(presence.self.hover).toBeUndefined();
    expect(presence.self.camera?.position).toEqual([0, 0, 9]);
    expect(Object.keys(awareness.getLocalState() ?? {}).sort()).toEqual(['camera', 'user']);
  });

  it('[S104] what is no JSON or too large to show is refused and changes nothing', () => {
    const { presence } = person(1);
    const before = presence.self;
    expect(() => presence.update({ hover: { frame_id: 'f', atom: Number.NaN } })).toThrow('NaN');
    expect(() => presence.update({ user: { name: 'x'.repeat(20_000), color: 'red' } })).toThrow('at most');
    expect(presence.self).toBe(before);
  });

  it('[S105] states that make no sense are shown as far as they do', () => {
    const [a, b] = [person(1), person(2)];
    b.awareness.setLocalState({
      user: { name: 5 },
      camera: { position: [1, 2] },
      frame: { id: 'f', index: 2 },
      tool: 'lasso',
    });
    send(b.awareness, a.awareness);
    expect(a.presence.peers[1]).toEqual({ clientId: 2, isSelf: false, frame: { id: 'f', index: 2 }, tool: 'lasso' });
    for (const state of ['text', 5, [1], { clientId: 1, isSelf: true }]) {
      b.awareness.setLocalState(state as unknown as Record<string, unknown>);
      send(b.awareness, a.awareness);
      expect(a.presence.peers[1]).toMatchObject({ clientId: 2, isSelf: false });
    }
  });

  it('[S106] onChange returns its own undo; after dispose nothing is told any more', () => {
    const [a, b] = [person(1), person(2)];
    let count = 0;
    const end = a.presence.onChange(() => (count += 1));
    a.presence.onChange(() => (count += 1));
    end();
    send(b.awareness, a.awareness);
    expect(count).toBe(1);
    a.presence.dispose();
    a.presence.dispose();
    b.presence.update({ hover: null });
    send(b.awareness, a.awareness);
    expect(count).toBe(1);
    expect(a.awareness.getLocalState()).toBeNull();
  });
});
