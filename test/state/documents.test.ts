import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createSharedState, selectionCollection } from '../../src/state/index.ts';
import type { InvalidRecord, StateChange } from '../../src/state/index.ts';
import { replica, sync, updatesOf } from './replicas.ts';

function ledgerDoc(entries: Record<string, unknown>): Y.Doc {
  const doc = new Y.Doc();
  const root = doc.getMap('ledger');
  for (const [key, value] of Object.entries(entries)) root.set(key, value);
  return doc;
}

describe('the ledger', () => {
  it("[S60] the server's keys are shown in the same dictionary, with events", () => {
    const ledger = ledgerDoc({ trajectory: { seq: 1 } });
    const state = createSharedState({ doc: new Y.Doc(), ledger });
    state.set('a', 1);
    const seen: string[][] = [];
    state.onChange(({ added, updated, removed }) => seen.push([...added.keys(), ...updated.keys(), ...removed]));
    expect(state.snapshot()).toEqual({ a: 1, trajectory: { seq: 1 } });
    ledger.transact(() => {
      ledger.getMap('ledger').set('trajectory', { seq: 2 });
      ledger.getMap('ledger').set('lock.presenter', new Y.Map([['fence', 3]]));
    });
    expect(seen).toEqual([['lock.presenter', 'trajectory']]);
    expect(state.collection('lock.').get('presenter')).toEqual({ fence: 3 });
    expect(state.get('trajectory')).toEqual({ seq: 2 });
  });

  it("[S61] writing one of the server's keys throws key/read-only and writes nothing", () => {
    const doc = new Y.Doc();
    const ledger = ledgerDoc({ trajectory: { seq: 1 } });
    const state = createSharedState({ doc, ledger });
    const refusal = expect.objectContaining({ code: 'key/read-only' }) as unknown;
    const lengths = updatesOf(ledger, () => {
      expect(
        updatesOf(doc, () => {
          for (const key of ['trajectory', 'lock.presenter', 'frame.a', 'room', 'job.x']) {
            for (const run of [
              () => state.set(key, 1),
              () => state.update(key, { a: 1 }),
              () => state.modify(key, () => {}),
              () => state.remove(key),
              () => state.ref(key).draft(),
              () => state.collection('lock.').add(1),
              () => state.collection('lock.').clear(),
            ]) {
              let caught: unknown;
              try {
                run();
              } catch (error) {
                caught = error;
              }
              expect(caught, key).toEqual(refusal);
            }
          }
        }),
      ).toEqual([]);
    });
    expect(lengths).toEqual([]);
    expect(state.clear()).toBe(0);
    expect(state.has('trajectory')).toBe(true);
  });

  it("[S62] a server's key in the shared document, or a shared key in the ledger, is not shown", () => {
    const doc = new Y.Doc();
    const ledger = ledgerDoc({ 'selection.a': {}, room: { name: 'x' } });
    const state = createSharedState({ doc, ledger });
    doc.getMap('state').set('lock.presenter', { fence: 99 });
    expect([...state.keys()]).toEqual(['room']);
  });
});

describe('what other programs wrote', () => {
  it('[S65] an invalid record is reported once and not shown, and the rest works on', () => {
    const { doc, state } = replica(1);
    const root = doc.getMap('state');
    root.set('selection.early', { display_name: 1 });
    const reports: InvalidRecord[] = [];
    state.onInvalid((invalid) => reports.push(invalid));
    const selections = state.collection(selectionCollection);
    const good = selections.add({ display_name: 'good' });
    root.set('selection.bad', new Y.Map<unknown>([['display_name', 5]]));
    root.set('selection.damaged', new Y.Map<unknown>([['particle_ids', new Uint8Array([77])]]));
    root.set('selection.count', 5);
    root.set('odd key', 1);
    root.set('shared.text', new Y.Text('x'));
    root.set('shared.nested', new Y.Map<unknown>([['inner', new Y.Map()]]));
    root.set('big', 10n);
    expect([...state.keys()]).toEqual([good.key]);
    expect([...selections.keys()]).toEqual([good.key]);
    expect(selections.get('bad')).toBeUndefined();
    expect(Object.keys(state.snapshot())).toEqual([good.key]);
    expect(reports.map(({ key, error }) => [key, error.code])).toEqual([
      ['selection.early', 'value/invalid'],
      ['selection.bad', 'value/invalid'],
      ['selection.damaged', 'value/invalid'],
      ['selection.count', 'value/invalid'],
      ['odd key', 'key/invalid'],
      ['shared.text', 'value/invalid'],
      ['shared.nested', 'value/invalid'],
      ['big', 'value/invalid'],
    ]);
    const late: string[] = [];
    state.onInvalid(({ key }) => late.push(key));
    expect(late).toEqual(reports.map(({ key }) => key));
  });

  it('[S66] an invalid record can be mended by set or update and removed, with events as if it came and went', () => {
    const { doc, state } = replica(1);
    const root = doc.getMap('state');
    root.set(
      'selection.a',
      new Y.Map<unknown>([
        ['display_name', 5],
        ['color', 'red'],
      ]),
    );
    root.set('selection.b', new Y.Text('x'));
    root.set('selection.c', 5);
    const log: string[] = [];
    const selections = state.collection(selectionCollection);
    selections.onChange(({ added, updated, removed }) =>
      log.push(
        ...[...added.keys()].map((key) => `+${key}`),
        ...updated.keys(),
        ...[...removed].map((key) => `-${key}`),
      ),
    );
    expect(() => selections.update('a', { color: 'blue' })).toThrow('display_name');
    selections.update('a', { display_name: 'A' });
    expect(selections.get('a')).toEqual({ display_name: 'A', color: 'red' });
    selections.set('b', { display_name: 'B' });
    expect(selections.remove('c')).toBe(true);
    root.set('selection.b', 7);
    expect(log).toEqual(['+selection.a', '+selection.b', '-selection.b']);
  });

  it('[S67] a record written whole as one JSON object is shown, and merges from the first update on', () => {
    const { doc, state } = replica(1);
    const other = replica(2);
    doc.getMap('state').set('thing', { x: 1, y: 1 });
    state.update('thing', { x: 2 });
    sync({ doc, state }, other);
    state.update('thing', { x: 3 });
    other.state.update('thing', { y: 4 });
    sync({ doc, state }, other);
    expect(state.get('thing')).toEqual({ x: 3, y: 4 });
    expect(other.state.get('thing')).toEqual({ x: 3, y: 4 });
  });
});

describe('replacing the document', () => {
  it('[S70] views, references and listeners go on with the new document; the difference is one event', () => {
    const { doc, state } = replica(1);
    state.set('same', { x: 1 });
    state.set('changed', { x: 1, y: 1 });
    state.set('gone', 1);
    const same = state.get('same');
    const ref = state.ref('changed');
    const seen: StateChange<unknown>[] = [];
    state.onChange((change) => seen.push(change));
    const next = replica(2);
    next.state.set('same', { x: 1 });
    next.state.set('changed', { x: 1, y: 2 });
    next.state.set('new', 1);
    state.replaceReplica(next.doc);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.origin).toBe('replace');
    expect([...(seen[0]?.added.keys() ?? [])]).toEqual(['new']);
    expect([...(seen[0]?.updated.get('changed')?.fields ?? [])]).toEqual(['y']);
    expect([...(seen[0]?.removed ?? [])]).toEqual(['gone']);
    expect(state.get('same')).toBe(same);
    expect(ref.value).toEqual({ x: 1, y: 2 });
    expect([...state.keys()]).toEqual(['changed', 'new', 'same']);
    ref.update({ x: 5 });
    expect(next.doc.getMap<Y.Map<unknown>>('state').get('changed')?.get('x')).toBe(5);
    doc.getMap('state').set('late', 1);
    expect(state.has('late')).toBe(false);
    expect(seen).toHaveLength(2);
  });

  it('[S71] changes that the new document lacks are offered, and made again on demand', async () => {
    const server = replica(9);
    let saved = Promise.resolve('disk');
    const mine = replica(1, { whenSaved: () => saved });
    mine.state.set('a', { x: 1 });
    mine.state.set('b', { x: 1 });
    sync(mine, server);
    mine.state.set('acknowledged', 1);
    await mine.state.whenSaved();
    mine.state.update('a', { y: 2 });
    mine.state.update('b', { y: 2 });
    mine.state.set('c', 3);
    server.state.remove('b');
    saved = Promise.reject(new Error('refused'));
    await expect(mine.state.whenSaved()).rejects.toThrow('refused');
    const fresh = replica(2);
    Y.applyUpdate(fresh.doc, Y.encodeStateAsUpdate(server.doc));
    const unsent = mine.state.replaceReplica(fresh.doc);
    expect(mine.state.snapshot()).toEqual({ a: { x: 1 } });
    expect([unsent.size, unsent.keys]).toEqual([3, ['a', 'b', 'c']]);
    expect(unsent.apply()).toBe(2);
    expect(mine.state.snapshot()).toEqual({ a: { x: 1, y: 2 }, c: 3 });
    expect(mine.state.replaceReplica(fresh.doc).size).toBe(0);
  });

  it('[S72] undo goes on across a replaced document', () => {
    const { state } = replica(1);
    const ref = state.collection(selectionCollection).add({ display_name: 'A' });
    ref.update({ display_name: 'B' });
    const next = replica(2);
    next.state.set(ref.key, { display_name: 'B', color: 'red' });
    state.replaceReplica(next.doc);
    expect(state.undo()).toBe(true);
    expect(ref.value).toEqual({ display_name: 'A', color: 'red' });
  });

  it('[S73] the ledger alone can be replaced', () => {
    const doc = new Y.Doc();
    const state = createSharedState({ doc, ledger: ledgerDoc({ trajectory: { seq: 5 }, 'lock.a': {} }) });
    state.set('a', 1);
    const seen: string[] = [];
    state.onChange(({ added, updated, removed }) => seen.push(...added.keys(), ...updated.keys(), ...removed));
    const ledger = ledgerDoc({ trajectory: { seq: 6 } });
    expect(state.replaceReplica(doc, ledger).size).toBe(0);
    expect(seen).toEqual(['trajectory', 'lock.a']);
    expect(state.snapshot()).toEqual({ a: 1, trajectory: { seq: 6 } });
    ledger.getMap('ledger').set('lock.b', {});
    state.set('b', 1);
    expect([...state.keys()]).toEqual(['a', 'b', 'lock.b', 'trajectory']);
    expect(seen).toEqual(['trajectory', 'lock.a', 'lock.b', 'b']);
  });

  it('[S74] stats count keys, structs and bytes', () => {
    const { state } = replica(1);
    expect(state.stats()).toEqual({ keys: 0, structs: 0, byteLength: 2, heapByteLength: 2 });
    state.set('a', { x: 1 });
    expect(state.stats().keys).toBe(1);
    expect(state.stats().structs).toBeGreaterThan(0);
  });

  it('[S75] without a server everything is synced at once and saved nowhere', async () => {
    const { state } = replica(1);
    await expect(state.whenSynced()).resolves.toBeUndefined();
    await expect(state.whenSaved()).resolves.toBe('none');
  });
});
