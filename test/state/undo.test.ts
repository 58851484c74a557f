import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { selectionCollection } from '../../src/state/index.ts';
import { BOTH_ORDERS, pair, replica, sync, updatesOf } from './replicas.ts';

const KEY = 'selection.a';

describe('undo and redo', () => {
  it('[S80] own changes are taken back newest first, and made again in order', () => {
    const { state } = replica(1);
    expect([state.undo(), state.redo(), state.canUndo, state.canRedo]).toEqual([false, false, false, false]);
    state.set(KEY, { display_name: 'A', color: 'red' });
    state.update(KEY, { display_name: 'B' });
    state.update(KEY, { color: undefined });
    state.remove(KEY);
    const steps = [
      undefined,
      { display_name: 'A', color: 'red' },
      { display_name: 'B', color: 'red' },
      { display_name: 'B' },
    ];
    for (const expected of steps.slice(1).reverse()) {
      expect(state.undo()).toBe(true);
      expect(state.get(KEY)).toEqual(expected);
    }
    expect(state.undo()).toBe(true);
    expect(state.get(KEY)).toBeUndefined();
    expect(state.undo()).toBe(false);
    for (const expected of [...steps.slice(1), undefined]) {
      expect(state.redo()).toBe(true);
      expect(state.get(KEY)).toEqual(expected);
    }
    expect(state.redo()).toBe(false);
  });

  it('[S81] an undo is one update and one event, named as undo, and reaches the others', () => {
    const [a, b] = pair([1, 2], KEY, { display_name: 'A' });
    a.state.update(KEY, { display_name: 'B' });
    const origins: string[] = [];
    a.state.onChange(({ origin }) => origins.push(origin));
    expect(updatesOf(a.doc, () => void a.state.undo())).toHaveLength(1);
    expect(updatesOf(a.doc, () => void a.state.redo())).toHaveLength(1);
    expect(origins).toEqual(['undo', 'redo']);
    sync(a, b);
    expect(b.state.get(KEY)).toEqual({ display_name: 'B' });
    expect(b.state.undo()).toBe(false);
  });

  it('[S82] a new own change ends what could be redone', () => {
    const { state } = replica(1);
    state.set(KEY, { display_name: 'A' });
    state.undo();
    expect(state.canRedo).toBe(true);
    state.set('camera.a', { position: [0, 0, 1], target: [0, 0, 0], up: [0, 1, 0] });
    expect(state.canRedo).toBe(false);
  });

  it('[S83] undo covers selections, visualisers, cameras, bookmarks and scene, never chat, playback or own keys', () => {
    const { state } = replica(1);
    state.set('chat.a', { author: 'A', text: 'hello' });
    state.set('playback', { frame_index: 1 });
    state.set('figure.a', { y: 'energy' });
    state.set('thing.a', 1);
    expect(state.canUndo).toBe(false);
    const camera = { position: [0, 0, 1], target: [0, 0, 0], up: [0, 1, 0] };
    for (const [key, value] of [
      ['selection.a', {}],
      ['visualiser.a', {}],
      ['camera.a', camera],
      ['bookmark.a', {}],
      ['scene.background', 'black'],
    ] as const) {
      state.set(key, value);
      expect(state.undo(), key).toBe(true);
      expect(state.has(key), key).toBe(false);
    }
    state.transact(() => {
      state.set('selection.b', {});
      state.set('chat.b', { author: 'A', text: 'made a selection' });
    });
    expect(state.undo()).toBe(true);
    expect([...state.keys()]).toEqual(['chat.a', 'chat.b', 'figure.a', 'playback', 'thing.a']);
  });

  it('[S83] collections of a user can be undone by definition or by option', () => {
    const { state } = replica(1, { undoScopes: ['note.'] });
    state.collection({ prefix: 'size.', schema: v.number(), undo: true }).set('a', 1);
    state.set('note.a', 1);
    expect([state.undo(), state.undo(), state.undo()]).toEqual([true, true, false]);
    expect(state.size).toBe(0);
  });

  it('[S84] transact with undo false is not undone', () => {
    const { state } = replica(1);
    state.transact(() => state.set(KEY, { display_name: 'A' }), { undo: false });
    expect(state.canUndo).toBe(false);
    state.update(KEY, { color: 'red' });
    state.undo();
    expect(state.get(KEY)).toEqual({ display_name: 'A' });
  });

  it('[S85] the changes of a group are one step, also those of a drag', () => {
    const { state } = replica(1);
    state.set(KEY, { display_name: 'A', x: 0 });
    {
      using group = state.undoGroup();
      for (let x = 1; x <= 60; x += 1) state.update(KEY, { x });
      expect(group.end).toBeTypeOf('function');
    }
    state.update(KEY, { display_name: 'B' });
    expect(state.undo()).toBe(true);
    expect(state.undo()).toBe(true);
    expect(state.get(KEY)).toEqual({ display_name: 'A', x: 0 });
    expect(state.redo()).toBe(true);
    expect(state.get(KEY)).toEqual({ display_name: 'A', x: 60 });
  });

  it('[S85] an undo while a group is open takes back what the group has so far; the rest is a step of its own', () => {
    const { state } = replica(1);
    const outer = state.undoGroup();
    const inner = state.undoGroup();
    state.set(KEY, { x: 1 });
    inner.end();
    state.update(KEY, { x: 2 });
    expect(state.undo()).toBe(true);
    expect(state.has(KEY)).toBe(false);
    state.set(KEY, { x: 3 });
    state.update(KEY, { x: 4 });
    outer.end();
    outer.end();
    state.update(KEY, { x: 5 });
    state.undo();
    expect(state.get(KEY)).toEqual({ x: 4 });
    state.undo();
    expect(state.has(KEY)).toBe(false);
  });

  it('[S86] listeners hear when undo and redo become possible; inside a transaction neither is', () => {
    const { state } = replica(1);
    const log: [boolean, boolean][] = [];
    const end = state.onUndo(() => log.push([state.canUndo, state.canRedo]));
    state.set(KEY, {});
    state.undo();
    state.redo();
    end();
    state.undo();
    expect(log).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
    expect(() => state.transact(() => state.undo())).toThrow('transaction is open');
  });

  it('[S87] a step of which nothing is left to take back is passed over', () => {
    const [a, b] = pair([1, 2], KEY, { x: 0, y: 0 });
    a.state.update(KEY, { x: 1 });
    a.state.update(KEY, { y: 1 });
    sync(a, b);
    b.state.update(KEY, { y: 9 });
    sync(a, b);
    expect(a.state.undo()).toBe(true);
    expect(a.state.get(KEY)).toEqual({ x: 0, y: 9 });
  });
});

describe.each(BOTH_ORDERS)('undo among others, %s', (_title, ids) => {
  it('[S88] a field that somebody else changed since keeps their value', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    a.state.update(KEY, { x: 1, y: 1 });
    sync(a, b);
    b.state.update(KEY, { x: 9 });
    sync(a, b);
    expect(a.state.undo()).toBe(true);
    expect(a.state.get(KEY)).toEqual({ x: 9, y: 0 });
    expect(a.state.redo()).toBe(true);
    expect(a.state.get(KEY)).toEqual({ x: 9, y: 1 });
  });

  it('[S89] a creation is undone only while nobody else has touched the record', () => {
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    a.state.set(KEY, { x: 1 });
    sync(a, b);
    b.state.update(KEY, { y: 1 });
    sync(a, b);
    expect(a.state.undo()).toBe(false);
    expect(a.state.get(KEY)).toEqual({ x: 1, y: 1 });
  });

  it('[S90] a removal is undone only while nobody else has put something there', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    a.state.remove(KEY);
    sync(a, b);
    b.state.set(KEY, { z: 1 });
    sync(a, b);
    a.state.undo();
    expect(a.state.get(KEY)).toEqual({ z: 1 });
  });

  it('[S91] undo of an edit does not bring back a record that somebody else removed', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    a.state.update(KEY, { x: 1 });
    sync(a, b);
    b.state.remove(KEY);
    sync(a, b);
    a.state.undo();
    sync(a, b);
    expect([a.state.has(KEY), b.state.has(KEY)]).toEqual([false, false]);
  });

  it('[S92] undone by one while edited by the other: equal everywhere and whole (the case of yjs #472)', () => {
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    a.state.set(KEY, { x: 1, y: 1 });
    sync(a, b);
    a.state.undo();
    b.state.update(KEY, { y: 2 });
    sync(a, b);
    expect([a.state.has(KEY), b.state.has(KEY)]).toEqual([false, false]);
    expect(() => a.state.update(KEY, { y: 3 })).toThrow('There is no');
    expect(a.state.redo()).toBe(true);
    sync(a, b);
    expect(a.state.get(KEY)).toEqual({ x: 1, y: 1 });
    expect(b.state.get(KEY)).toEqual({ x: 1, y: 1 });
  });

  it('[S93] a group interleaved with a change of somebody else takes back only its own', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    const group = a.state.undoGroup();
    a.state.update(KEY, { x: 1 });
    sync(a, b);
    b.state.update(KEY, { y: 5 });
    sync(a, b);
    a.state.update(KEY, { x: 2 });
    group.end();
    expect(a.state.undo()).toBe(true);
    expect(a.state.get(KEY)).toEqual({ x: 0, y: 5 });
  });

  it('[S94] an undo that would leave an invalid record is left out', () => {
    const shape = v.variant('kind', [
      v.strictObject({ kind: v.literal('ball'), radius: v.number() }),
      v.strictObject({ kind: v.literal('box'), width: v.number() }),
    ]);
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    const mine = a.state.collection({ prefix: 'shape.', schema: shape, undo: true });
    mine.set('a', { kind: 'ball', radius: 1 });
    mine.set('a', { kind: 'box', width: 2 });
    sync(a, b);
    b.state.update('shape.a', { width: 5 });
    sync(a, b);
    a.state.undo();
    expect(mine.get('a')).toEqual({ kind: 'box', width: 5 });
  });

  it('[S95] selections come back whole with their ids', () => {
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    const ring = a.state.collection(selectionCollection).add({ particle_ids: [5, 6, 7], display_name: 'Ring' });
    ring.update({ particle_ids: [1, 2] });
    ring.remove();
    a.state.undo();
    expect(ring.value).toEqual({ particle_ids: [1, 2], display_name: 'Ring' });
    a.state.undo();
    sync(a, b);
    expect(b.state.get(ring)).toEqual({ particle_ids: [5, 6, 7], display_name: 'Ring' });
  });
});
