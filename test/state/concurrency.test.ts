import { describe, expect, it } from 'vitest';
import { isKeyNotFoundError } from '../../src/state/index.ts';
import { BOTH_ORDERS, pair, replica, sync } from './replicas.ts';
import type { Replica } from './replicas.ts';

const KEY = 'thing.a';

/** Both made their change without seeing the other's; then they meet. */
function meet(a: Replica, b: Replica): unknown {
  sync(a, b);
  expect(a.state.snapshot()).toEqual(b.state.snapshot());
  return a.state.get(KEY);
}

describe.each(BOTH_ORDERS)('concurrent changes, %s', (_title, ids) => {
  it('[S20] changes of different fields of one record are both kept', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    a.state.update(KEY, { x: 1 });
    b.state.update(KEY, { y: 2 });
    expect(meet(a, b)).toEqual({ x: 1, y: 2 });
  });

  it('[S21] of two values for one field one wins, the same everywhere', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    a.state.update(KEY, { x: 1 });
    b.state.update(KEY, { x: 2 });
    expect(meet(a, b)).toEqual({ x: Math.max(...ids) === ids[0] ? 1 : 2, y: 0 });
  });

  it('[S22] a whole set beats a concurrent update, which leaves nothing behind', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    a.state.set(KEY, { z: 1 });
    b.state.update(KEY, { y: 2, w: 3 });
    expect(meet(a, b)).toEqual({ z: 1 });
  });

  it('[S23] a removal beats a concurrent update: no replica keeps half a record', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0 });
    a.state.remove(KEY);
    b.state.update(KEY, { y: 2 });
    expect(meet(a, b)).toBeUndefined();
    expect(a.state.size).toBe(0);
    expect(b.state.size).toBe(0);
  });

  it('[S23] a removal beats a concurrent modify and a concurrent draft', () => {
    const [a, b] = pair(ids, KEY, { x: 0, list: [1] });
    a.state.remove(KEY);
    b.state.modify(KEY, (draft) => void ((draft as { list: number[] }).list = [1, 2]));
    const draft = b.state.ref(KEY).draft();
    draft.value = { x: 5, list: [] };
    draft.commit();
    expect(meet(a, b)).toBeUndefined();
  });

  it('[S24] a set beats a concurrent removal', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    a.state.remove(KEY);
    b.state.set(KEY, { x: 7 });
    expect(meet(a, b)).toEqual({ x: 7 });
  });

  it('[S25] of two records created at one key one is kept whole, never a mixture', () => {
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    a.state.set(KEY, { left: 1, both: 'a' });
    b.state.set(KEY, { right: 2, both: 'b' });
    expect(meet(a, b)).toEqual(Math.max(...ids) === ids[0] ? { left: 1, both: 'a' } : { right: 2, both: 'b' });
  });

  it('[S26] clear removes what its caller saw and spares what others add at the same time', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    expect(a.state.clear()).toBe(1);
    b.state.set('thing.b', { y: 1 });
    meet(a, b);
    expect([...a.state.keys()]).toEqual(['thing.b']);
  });

  it('[S27] two ids given at the same moment by two clients are two records', () => {
    const a = replica(ids[0]);
    const b = replica(ids[1]);
    const left = a.state.collection('thing.').add({ x: 1 });
    const right = b.state.collection('thing.').add({ x: 2 });
    meet(a, b);
    expect(left.key).not.toBe(right.key);
    expect(a.state.size).toBe(2);
  });

  it('[S28] a draft keeps what others changed meanwhile in other fields, and wins in its own', () => {
    const [a, b] = pair(ids, KEY, { x: 0, y: 0, z: 0 });
    const draft = a.state.ref(KEY).draft();
    draft.value = { x: 1, y: 0, z: 1 };
    b.state.update(KEY, { x: 9, y: 9 });
    sync(a, b);
    draft.commit();
    expect(meet(a, b)).toEqual({ x: 1, y: 9, z: 1 });
  });

  it('[S29] a value below a field is one value: of two edits of a list one is kept', () => {
    const [a, b] = pair(ids, KEY, { list: [1, 2, 3] });
    a.state.modify(KEY, (draft) => void (draft as { list: number[] }).list.push(4));
    b.state.modify(KEY, (draft) => void (draft as { list: number[] }).list.shift());
    expect([{ list: [1, 2, 3, 4] }, { list: [2, 3] }]).toContainEqual(meet(a, b));
  });

  it('[S30] what was removed is not brought back by an update that comes later', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    a.state.remove(KEY);
    sync(a, b);
    let caught: unknown;
    try {
      b.state.update(KEY, { x: 1 });
    } catch (error) {
      caught = error;
    }
    expect(isKeyNotFoundError(caught)).toBe(true);
    expect(meet(a, b)).toBeUndefined();
  });

  it('[S31] transactions of both sides arrive whole', () => {
    const [a, b] = pair(ids, KEY, { x: 0 });
    a.state.transact(() => {
      a.state.set('one', 1);
      a.state.update(KEY, { x: 1 });
    });
    const seen: number[] = [];
    b.state.onChange(({ added, updated }) => seen.push(added.size + updated.size));
    meet(a, b);
    expect(seen).toEqual([2]);
  });
});
