import { describe, expect, it } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { memoryLink } from '../../src/transport/memory-link.ts';
import { memoryTransport } from '../../src/transport/memory.ts';
import { seeded } from '../server/sync/seeded.ts';

const SEED = Number(process.env['SEED'] ?? 3);

const ends = (count: number) => {
  const link = memoryLink();
  const transports = Array.from({ length: count }, () => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    awareness.destroy(); // its timer is of no use here
    return memoryTransport({ doc, awareness, link });
  });
  return { link, transports, states: transports.map(({ doc }) => doc.getMap('state')) };
};
const connected = (count: number) => {
  const made = ends(count);
  for (const transport of made.transports) transport.connect();
  made.link.deliver();
  return made;
};

describe('a memory link', () => {
  it('[T111] delivers nothing by itself, and then one message at a time, oldest first', () => {
    const { link, states } = connected(2);
    states[0].set('a', 1);
    states[0].set('b', 2);
    expect(link.onTheWay.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(states[1].size).toBe(0);
    expect(link.step()).toBe(true);
    expect(states[1].toJSON()).toEqual({ a: 1 });
    expect(link.deliver()).toBe(1);
    expect(link.step()).toBe(false);
    expect(states[1].toJSON()).toEqual({ a: 1, b: 2 });
  });

  it('[T112] delays, repeats and reorders: the ends are equal all the same', () => {
    const { link, states } = connected(2);
    for (const key of ['a', 'b', 'c']) states[0].set(key, key);
    expect(link.delay()).toBe(true);
    link.step();
    expect(states[1].size).toBe(0); // b waits for a
    link.repeat();
    link.reorder(() => 0.3);
    link.deliver();
    expect(states[1].toJSON()).toEqual({ a: 'a', b: 'b', c: 'c' });
  });

  it('[T113] a lost message is asked for as soon as another shows that it is missing', () => {
    const { link, states } = connected(2);
    states[0].set('a', 1);
    expect(link.drop()).toBe(true);
    states[0].set('b', 2);
    link.deliver();
    expect(states[1].toJSON()).toEqual({ a: 1, b: 2 });
  });

  it('[T114] cuts one end of three off and brings it back', () => {
    const { link, states, transports } = connected(3);
    states[2].set('lost on the way', 1);
    link.cut(2);
    expect(transports.map(({ status }) => status)).toEqual(['online', 'online', 'offline']);
    states[0].set('here', 1);
    states[2].set('there', 1);
    link.deliver();
    expect(states.map(({ size }) => size)).toEqual([1, 1, 2]);
    link.mend(2);
    link.deliver();
    expect(states.map(({ size }) => size)).toEqual([3, 3, 3]);
    expect(transports.map(({ status }) => status)).toEqual(['online', 'online', 'online']);
  });

  it(`[T115] 300 random runs of edits, delays, losses, repetitions and cuts end equal everywhere (seed ${SEED})`, () => {
    const random = seeded(SEED);
    const below = (limit: number): number => Math.floor(random() * limit);
    for (let run = 0; run < 300; run += 1) {
      const { link, states, transports } = connected(2 + below(3));
      for (let step = 0; step < 60; step += 1) {
        const at = below(Math.max(1, link.onTheWay.length));
        const state = states[below(states.length)];
        switch (below(9)) {
          case 0:
            link.drop(at);
            break;
          case 1:
            link.delay(at);
            break;
          case 2:
            link.repeat(at);
            break;
          case 3:
            link.reorder(random);
            break;
          case 4:
            if (random() < 0.3) link.cut(below(states.length));
            break;
          case 5:
            link.mend(below(states.length));
            break;
          case 6:
            link.step(at);
            break;
          default:
            state.set(`k${below(5)}`, random() < 0.2 ? new Y.Map([['x', step]]) : step);
        }
      }
      link.cut();
      link.mend();
      link.deliver();
      const [first, ...others] = states.map((state) =>
        JSON.stringify(Object.entries(state.toJSON()).sort(([a], [b]) => (a < b ? -1 : 1))),
      );
      for (const other of others) expect(other, `seed ${SEED} run ${run}`).toBe(first);
      for (const { doc, status } of transports) expect([doc.store.pendingStructs, status]).toEqual([null, 'online']);
    }
  });
});
