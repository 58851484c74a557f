import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createSharedState, selectionCollection } from 'covalence/state';

describe('shared state', () => {
  it('[S1] a value that is set is read back, also in another replica', () => {
    const doc = new Y.Doc();
    const state = createSharedState({ doc });
    const ring = state.collection(selectionCollection).add({ display_name: 'Ring', particle_ids: [3, 1, 2] });
    expect(ring.snapshot()).toEqual({ display_name: 'Ring', particle_ids: [1, 2, 3] });
    const other = new Y.Doc();
    const remote = createSharedState({ doc: other });
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    expect(remote.get(ring)).toEqual({ display_name: 'Ring', particle_ids: [1, 2, 3] });
    expect(state.undo()).toBe(true);
    expect(ring.exists).toBe(false);
    expect(state.redo()).toBe(true);
    expect(ring.value?.particle_ids).toEqual([1, 2, 3]);
    remote.set('note', { a: 1 });
    remote.transact(() => {
      remote.update('note', { b: 2 });
      expect(remote.get('note')).toEqual({ a: 1, b: 2 });
    });
    expect(remote.size).toBe(2);
    expect([...remote.keys()]).toEqual(['note', ring.key]);
  });
});
