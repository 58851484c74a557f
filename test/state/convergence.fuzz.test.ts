import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import * as v from 'valibot';
import type { SharedState, StateView } from '../../src/state/index.ts';
import { LossyNetwork } from './lossy-network.ts';
import { replica } from './replicas.ts';

const RUNS = 400;
const KEYS = ['thing.a', 'thing.b', 'thing.c', 'count'];
const FIELDS = ['x', 'y'] as const;

/** Every record is written with all of these, and no step deletes one: less of them is half a record. */
const whole = v.looseObject({ x: v.number(), y: v.number(), by: v.number() });

const where = { replica: fc.nat(7), key: fc.constantFrom(...KEYS) };
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), ...where, n: fc.nat(3) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      ...where,
      field: fc.constantFrom(...FIELDS),
      n: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('modify' as const), ...where, n: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), ...where }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), ...where }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), ...where, n: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transact' as const), ...where, n: fc.nat(3) }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('deliver' as const), link: fc.nat(55) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), link: fc.nat(55) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), link: fc.nat(55) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function change(state: SharedState, by: number, action: Exclude<Step, { link: number }>): void {
  const { key } = action;
  if (action.kind === 'set') state.set(key, key === 'count' ? action.n : { x: action.n, y: action.n, by });
  else if (action.kind === 'remove') state.remove(key);
  else if (action.kind === 'clear') state.collection('thing.').clear();
  else if (action.kind === 'add') state.collection('thing.').add({ x: action.n, y: 0, by });
  else if (action.kind === 'transact') {
    state.transact(() => {
      state.set('thing.a', { x: action.n, y: 1, by });
      state.set('count', by);
      if (state.has('thing.b')) state.update('thing.b', { x: action.n });
    });
  } else if (key !== 'count' && state.has(key)) {
    if (action.kind === 'update') state.update(key, { [action.field]: action.n });
    else state.modify(key, (draft) => void ((draft as { y: number }).y += action.n));
  }
}

/** Applies every event of a view to a Map that starts as its snapshot. */
function replay(view: StateView<unknown>): Map<string, unknown> {
  const map = new Map<string, unknown>(Object.entries(view.snapshot()));
  view.onChange(({ added, updated, removed }) => {
    for (const [key, value] of added) {
      expect(map.has(key)).toBe(false);
      map.set(key, value);
    }
    for (const [key, { value }] of updated) {
      expect(map.has(key)).toBe(true);
      map.set(key, value);
    }
    for (const key of removed) expect(map.delete(key)).toBe(true);
  });
  return map;
}

describe('convergence', () => {
  it(`[S32] after any changes, delays, cuts and reconnects all replicas are equal, without zombies or half records, and the events say the same (${RUNS} runs)`, () => {
    let changeCount = 0;
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 8 }), fc.array(step, { minLength: 20, maxLength: 150 }), (count, steps) => {
        const failures: unknown[] = [];
        const replicas = Array.from({ length: count }, (_, index) =>
          // Ids in no particular order.
          replica(((index * 5) % 8) + 1, { onError: (error) => failures.push(error) }),
        );
        const network = new LossyNetwork(replicas);
        const things = replicas.map(({ state }) => state.collection('thing.', whole));
        const invalid: string[] = [];
        for (const { state } of replicas) state.onInvalid(({ key }) => invalid.push(key));
        const replays = [
          ...replicas.map(({ state }) => replay(state as StateView<unknown>)),
          ...things.map((view) => replay(view as unknown as StateView<unknown>)),
        ];
        for (const action of steps) {
          if ('link' in action) network[action.kind](action.link);
          else {
            const index = action.replica % count;
            const writer = replicas[index];
            if (writer !== undefined) change(writer.state, index, action);
            changeCount += 1;
          }
        }
        network.settle();
        expect(failures).toEqual([]);
        expect(invalid).toEqual([]);
        const snapshots = replicas.map(({ state }) => ({ ...state.snapshot() }));
        for (const snapshot of snapshots) expect(snapshot).toEqual(snapshots[0]);
        const views = [...snapshots, ...things.map((view) => ({ ...view.snapshot() }))];
        views.forEach((view, index) => expect(Object.fromEntries(replays[index] ?? [])).toEqual(view));
        for (const { state } of replicas) expect([...state.keys()]).toEqual(Object.keys(state.snapshot()).sort());
      }),
      { numRuns: RUNS },
    );
    expect(changeCount).toBeGreaterThan(RUNS * 10);
  }, 300_000);
});
