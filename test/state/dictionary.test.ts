import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { KeyNotFoundError, isKeyNotFoundError, selectionCollection } from '../../src/state/index.ts';
import { pair, replica, sync, updatesOf } from './replicas.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof CovalenceError ? error.code : `not ours: ${String(error)}`;
  }
  return 'no error';
}

describe('the dictionary', () => {
  it('[S1] what is set is read back, here and in another replica', () => {
    const [a, b] = [replica(1), replica(2)];
    a.state.set('thing', { x: 1, list: [1, { deep: true }], nothing: null });
    a.state.set('count', 3);
    sync(a, b);
    for (const { state } of [a, b]) {
      expect(state.get('thing')).toEqual({ x: 1, list: [1, { deep: true }], nothing: null });
      expect(state.get('count')).toBe(3);
      expect(state.get('nobody')).toBeUndefined();
    }
  });

  it('[S2] it is read in the vocabulary of Map, ordered by key', () => {
    const { state } = replica(1);
    for (const key of ['b', 'a.z', 'a.b', 'c']) state.set(key, key);
    expect(state.size).toBe(4);
    expect([...state.keys()]).toEqual(['a.b', 'a.z', 'b', 'c']);
    expect([...state].map(([key, ref]) => [key, ref.key, ref.value])).toEqual(
      ['a.b', 'a.z', 'b', 'c'].map((key) => [key, key, key]),
    );
    expect([...state.entries()]).toHaveLength(4);
    expect([...state.values()].map(({ key }) => key)).toEqual([...state.keys()]);
    expect(state.has('a.b')).toBe(true);
    expect(state.has('a')).toBe(false);
    expect(state.remove('a.b')).toBe(true);
    expect(state.remove('a.b')).toBe(false);
    expect(state.clear()).toBe(3);
    expect(state.size).toBe(0);
  });

  it('[S3] a set replaces the whole value, an update only the fields it names', () => {
    const { state } = replica(1);
    state.set('thing', { x: 1, y: 2 });
    state.update('thing', { y: 3, z: null });
    expect(state.get('thing')).toEqual({ x: 1, y: 3, z: null });
    state.set('thing', { w: 1 });
    expect(state.get('thing')).toEqual({ w: 1 });
  });

  it('[S4] in a patch undefined deletes a field and null is a value', () => {
    const { state } = replica(1);
    state.set('thing', { x: 1, y: 2 });
    state.update('thing', { x: undefined, y: null, z: undefined });
    expect(state.snapshot('thing')).toStrictEqual({ y: null });
  });

  it('[S5] snapshot, update, modify and draft of a missing key throw KeyNotFoundError and write nothing', () => {
    const { doc, state } = replica(1);
    const ref = state.ref('thing');
    const lengths = updatesOf(doc, () => {
      for (const run of [
        () => state.snapshot('thing'),
        () => state.update('thing', { x: 1 }),
        () => state.modify('thing', () => {}),
        () => ref.snapshot(),
        () => ref.update({ x: 1 }),
        () => ref.modify(() => {}),
        () => ref.draft(),
      ]) {
        expect(run).toThrow(KeyNotFoundError);
        expect(codeOf(run)).toBe('key/missing');
      }
    });
    expect(lengths).toEqual([]);
    expect(isKeyNotFoundError(new Error('x'))).toBe(false);
  });

  it('[S6] snapshots are frozen, and stay the same object until the value changes', () => {
    const [a, b] = pair([1, 2], 'thing', { list: [{ x: 1 }], n: 1 });
    a.state.set('other', { y: 1 });
    const before = a.state.snapshot('thing') as { list: { x: number }[] };
    const whole = a.state.snapshot();
    expect(Object.isFrozen(before) && Object.isFrozen(before.list) && Object.isFrozen(before.list[0])).toBe(true);
    expect(Object.isFrozen(whole)).toBe(true);
    expect(Object.getPrototypeOf(whole)).toBeNull();
    expect(() => before.list.push({ x: 2 })).toThrow(TypeError);
    b.state.set('elsewhere', 1);
    a.state.update('thing', { n: 1 });
    expect(a.state.snapshot()).toBe(whole);
    sync(a, b);
    expect(a.state.snapshot('thing')).toBe(before);
    expect(a.state.snapshot()).not.toBe(whole);
    expect(a.state.snapshot()['other']).toBe(whole['other']);
    b.state.update('thing', { n: 2 });
    sync(a, b);
    expect(a.state.snapshot('thing')).not.toBe(before);
    expect((a.state.snapshot('thing') as { list: unknown }).list).toBe(before.list);
  });

  it('[S6] the snapshot of a collection stays the same while other keys change', () => {
    const { state } = replica(1);
    const selections = state.collection(selectionCollection);
    selections.add({ particle_ids: [1] });
    const whole = selections.snapshot();
    state.set('other', 1);
    expect(selections.snapshot()).toBe(whole);
    selections.add({ particle_ids: [2] });
    expect(selections.snapshot()).not.toBe(whole);
  });

  it('[S7] nobody can reach the document through a value given or taken', () => {
    const [a, b] = [replica(1), replica(2)];
    const given = { list: [1], bytes: new Uint8Array([1, 2]) };
    a.state.set('thing', given);
    given.list.push(2);
    given.bytes[0] = 9;
    (a.state.snapshot('thing') as { bytes: Uint8Array }).bytes[1] = 9;
    sync(a, b);
    expect(b.state.get('thing')).toEqual({ list: [1], bytes: new Uint8Array([1, 2]) });
  });

  it('[S8] a write that changes nothing sends nothing and tells nobody', () => {
    const { doc, state } = replica(1);
    state.set('thing', { x: 1, list: [1, 2] });
    let events = 0;
    state.onChange(() => (events += 1));
    const lengths = updatesOf(doc, () => {
      state.set('thing', { list: [1, 2], x: 1 });
      state.update('thing', { list: [1, 2], y: undefined });
      state.modify('thing', (draft) => void (draft as { list: number[] }).list.reverse().reverse());
      state.ref('thing').draft().commit();
      state.transact(() => {
        state.set('temporary', 1);
        state.remove('temporary');
      });
    });
    expect(lengths).toEqual([]);
    expect(events).toBe(0);
    const { structs } = state.stats();
    state.transact(() => {
      state.set('temporary', 1);
      state.remove('temporary');
      state.set('kept', 1);
    });
    expect(state.stats().structs).toBe(structs + 1);
  });

  it('[S8] a field given with the value it has is not written, so that it cannot beat the change of somebody else', () => {
    const [a, b] = pair([2, 1], 'thing', { x: 1, y: 1 });
    b.state.update('thing', { x: 9 });
    a.state.update('thing', { x: 1, y: 2 });
    sync(a, b);
    expect(a.state.get('thing')).toEqual({ x: 9, y: 2 });
    expect(b.state.get('thing')).toEqual({ x: 9, y: 2 });
  });

  it('[S9] bad keys are refused before anything is written', () => {
    const { doc, state } = replica(1);
    const things = state.collection('thing.');
    const lengths = updatesOf(doc, () => {
      for (const key of ['', '.', 'a..b', 'a.', '.a', 'a b', 'ä', '__proto__', 'a.constructor', 'x'.repeat(256)]) {
        for (const run of [
          () => state.set(key, 1),
          () => state.get(key),
          () => state.has(key),
          () => state.ref(key),
          () => state.remove(key),
          () => things.set(key, 1),
        ]) {
          expect(codeOf(run), key).toBe('key/invalid');
        }
      }
      expect(codeOf(() => state.set(5 as never, 1))).toBe('key/invalid');
      expect(codeOf(() => state.collection('a b.'))).toBe('key/invalid');
    });
    expect(lengths).toEqual([]);
  });

  it('[S10] an update of what has no fields is refused', () => {
    const { state } = replica(1);
    state.set('count', 3);
    state.set('list', [1]);
    expect(codeOf(() => state.update('count', { x: 1 }))).toBe('value/invalid');
    expect(codeOf(() => state.update('list', { x: 1 }))).toBe('value/invalid');
    expect(codeOf(() => state.modify('count', () => {}))).toBe('value/invalid');
    state.set('thing', {});
    expect(codeOf(() => state.update('thing', 5 as never))).toBe('value/invalid');
    expect(codeOf(() => state.update('thing', null as never))).toBe('value/invalid');
    state.modify('list', (draft) => void (draft as number[]).push(2));
    expect(state.get('list')).toEqual([1, 2]);
  });
});

describe('references and collections', () => {
  it('[S11] a reference stands for its key, whether there is a value or not', () => {
    const { state } = replica(1);
    const ref = state.collection('thing.').ref('a');
    expect([ref.key, ref.id, ref.exists, ref.value]).toEqual(['thing.a', 'a', false, undefined]);
    expect(ref.set({ x: 1 })).toBe(ref);
    expect(ref.update({ y: 2 }).snapshot()).toEqual({ x: 1, y: 2 });
    expect(ref.modify((draft) => void ((draft as Record<string, number>)['x'] = 5)).value).toEqual({ x: 5, y: 2 });
    expect(state.has(ref)).toBe(true);
    expect(state.collection('thing.').remove(ref)).toBe(true);
    expect(ref.exists).toBe(false);
    ref.set({ x: 7 });
    expect(state.get(ref)).toEqual({ x: 7 });
    expect(ref.remove()).toBe(true);
    expect(ref.remove()).toBe(false);
  });

  it('[S12] a collection shows the keys below its prefix and takes ids as well as full keys', () => {
    const { state } = replica(1);
    const things = state.collection('thing.');
    state.set('things', 1);
    state.set('thing', 1);
    state.set('thing.a', 1);
    state.set('thingy.a', 1);
    things.set('b', 2);
    expect(things.prefix).toBe('thing.');
    expect([...things.keys()]).toEqual(['thing.a', 'thing.b']);
    expect(things.get('a')).toBe(1);
    expect(things.get('thing.a')).toBe(1);
    expect(things.idOf('thing.a')).toBe('a');
    expect(things.idOf(things.ref('b'))).toBe('b');
    expect(codeOf(() => things.idOf('other.a'))).toBe('key/invalid');
    expect(codeOf(() => things.get(state.ref('other.a')))).toBe('key/invalid');
    expect(things.clear()).toBe(2);
    expect(state.size).toBe(3);
    expect(state.collection('thing' as 'thing.')).toBe(things);
  });

  it('[S13] ids of add are short, unique, and sort in the order of adding', () => {
    const { state } = replica(1);
    const things = state.collection('thing.');
    const ids = Array.from({ length: 500 }, (_, index) => things.add(index).id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(500);
    expect(ids.every((id) => /^[0-9a-z]{15}$/.test(id))).toBe(true);
    expect([...things.values()].map(({ value }) => value)).toEqual(ids.map((_, index) => index));
  });

  it('[S14] where a field or a value holds a key, a reference is taken', () => {
    const { state } = replica(1);
    const ring = state.collection(selectionCollection).add({ particle_ids: [1] });
    state.set('visualiser.a', { selection: ring, render: 'spheres' });
    expect(state.get('visualiser.a')).toEqual({ selection: ring.key, render: 'spheres' });
    state.update('visualiser.a', { selection: undefined });
    state.ref('visualiser.a').update({ selection: ring });
    expect(state.get('visualiser.a')).toMatchObject({ selection: ring.key });
    state.set('focus', ring);
    expect(state.get('focus')).toBe(ring.key);
  });

  it('[S15] a schema refuses a value before anything is written', () => {
    const { doc, state } = replica(1);
    const sizes = state.collection('size.', v.looseObject({ width: v.number(), unit: v.optional(v.string(), 'A') }));
    const ref = sizes.add({ width: 1, unit: 'A' });
    const lengths = updatesOf(doc, () => {
      expect(codeOf(() => sizes.add({ width: 'wide' } as never))).toBe('value/invalid');
      expect(codeOf(() => ref.update({ width: undefined }))).toBe('value/invalid');
      expect(codeOf(() => ref.modify((draft) => void (draft.width = 'x' as never)))).toBe('value/invalid');
      expect(codeOf(() => state.set('selection.a', { display_name: 5 }))).toBe('value/invalid');
      expect(codeOf(() => state.set('scene.projection', 'fisheye'))).toBe('value/invalid');
      expect(codeOf(() => state.set('playback', { frame_index: -1 }))).toBe('value/invalid');
    });
    expect(lengths).toEqual([]);
    expect(ref.value).toEqual({ width: 1, unit: 'A' });
  });

  it('[S16] a schema gives defaults on reading and keeps the fields of newer versions', () => {
    const { state } = replica(1);
    state.set('size.a', { width: 1, colour: 'new' });
    const strict = state.collection('size.', v.object({ width: v.number(), unit: v.optional(v.string(), 'A') }));
    expect(strict.get('a')).toEqual({ width: 1, unit: 'A', colour: 'new' });
    expect(strict.get('a')).toBe(strict.get('a'));
    expect(Object.isFrozen(strict.get('a'))).toBe(true);
    strict.update('a', { width: 2 });
    strict.modify('a', (draft) => void (draft.width = 3));
    expect(state.get('size.a')).toEqual({ width: 3, colour: 'new' });
  });

  it('[S17] an asynchronous schema is refused', () => {
    const { state } = replica(1);
    const slow = state.collection(
      'slow.',
      v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ) as never,
    );
    expect(codeOf(() => slow.add('x'))).toBe('value/invalid');
  });
});
