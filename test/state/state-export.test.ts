import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  createSharedState,
  exportState,
  importState,
  openOfflineStore,
  selectionCollection,
} from '../../src/state/index.ts';
import { replica, updatesOf } from './replicas.ts';

describe('export and import', () => {
  it('[S110] an export is plain JSON, and importing it gives an equal state', () => {
    const { state } = replica(1);
    state.collection(selectionCollection).set('a', { display_name: 'A', particle_ids: [3, 4, 5] });
    state.set('bytes', { nested: [new Uint8Array([0, 255])], $bytes: 'mine', $$bytes: 1 });
    state.set('count', null);
    const text = JSON.stringify(exportState(state));
    expect(JSON.parse(text)).toMatchObject({ keys: { 'selection.a': { particle_ids: [3, 4, 5] } } });
    const other = replica(2);
    expect(importState(other.state, JSON.parse(text))).toBe(3);
    expect(other.state.snapshot()).toEqual(state.snapshot());
    expect(exportState(other.state)).toEqual(exportState(state));
  });

  it("[S111] the server's keys are not exported, and refused on import", () => {
    const ledger = new Y.Doc();
    ledger.getMap('ledger').set('trajectory', { seq: 1 });
    const state = createSharedState({ doc: new Y.Doc(), ledger });
    state.set('a', 1);
    expect(Object.keys(exportState(state).keys)).toEqual(['a']);
    expect(() => importState(state, { format: 'covalence-state', version: 1, keys: { trajectory: 1 } })).toThrow(
      'server',
    );
  });

  it('[S112] merge keeps the keys that the export lacks, replace removes them; both are one step of undo', () => {
    const file = { format: 'covalence-state', version: 1, keys: { 'selection.b': { display_name: 'B' } } };
    const { doc, state } = replica(1);
    state.set('selection.a', { display_name: 'A' });
    importState(state, file);
    expect([...state.keys()]).toEqual(['selection.a', 'selection.b']);
    state.undo();
    expect(updatesOf(doc, () => void importState(state, file, { mode: 'replace' }))).toHaveLength(1);
    expect([...state.keys()]).toEqual(['selection.b']);
    state.undo();
    expect([...state.keys()]).toEqual(['selection.a']);
  });

  it.each([
    ['nothing', undefined],
    ['another format', { format: 'x', version: 1, keys: {} }],
    ['a newer version', { format: 'covalence-state', version: 2, keys: {} }],
    ['a bad key', { format: 'covalence-state', version: 1, keys: { ok: 1, 'a b': 1 } }],
    ['damaged bytes', { format: 'covalence-state', version: 1, keys: { ok: 1, a: { $bytes: '***' } } }],
    ['a record that its schema refuses', { format: 'covalence-state', version: 1, keys: { ok: 1, 'selection.a': 5 } }],
  ])('[S113] %s is refused and nothing is written', (_title, file) => {
    const { doc, state } = replica(1);
    state.set('kept', 1);
    expect(updatesOf(doc, () => expect(() => importState(state, file, { mode: 'replace' })).toThrow())).toEqual([]);
    expect(state.snapshot()).toEqual({ kept: 1 });
  });
});

describe('offline', () => {
  it('[S115] where there is no IndexedDB the option is refused with store/failed', async () => {
    await expect(openOfflineStore('room', new Y.Doc())).rejects.toMatchObject({ code: 'store/failed' });
  });
});
