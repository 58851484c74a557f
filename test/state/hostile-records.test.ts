import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { BUILT_IN_COLLECTIONS } from '../../src/state/collection-definition.ts';
import { replica, sync } from './replicas.ts';

/** One record of each collection that is as it should be. */
const SOUND: Readonly<Record<string, Record<string, unknown> | boolean>> = {
  'selection.': { display_name: 'Ring', particle_ids: [1, 2] },
  'visualiser.': { render: 'spheres', color: 'red' },
  'camera.': { position: [0, 0, 9], target: [0, 0, 0], up: [0, 1, 0] },
  'bookmark.': { display_name: 'here', frame_id: 'a' },
  'chat.': { author: 'Ada', text: 'hello' },
  'figure.': { y: 'energy' },
  'scene.': { visible: true },
};

/** What may come instead of any value. */
const HOSTILE: readonly (() => unknown)[] = [
  () => null,
  () => Number.NaN,
  () => -1e308,
  () => '\ud800',
  () => '<img src=x onerror=alert(1)>',
  () => new Uint8Array([3, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
  () => new Uint8Array([1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127]),
  () => [[[[[[[[]]]]]]]],
  () => [-1, 0.5, 'x'],
  () => JSON.parse('{"__proto__": {"polluted": true}}'),
  () => new Y.Map([['deep', 1]]),
  () => new Y.Text('text'),
  () => new Y.Array(),
];

describe('records of programs that mean no good', () => {
  it(`[S134] ${HOSTILE.length} hostile values in every field of every built-in collection are reported or harmless, shown nowhere else, and can be removed`, () => {
    let reported = 0;
    for (const definition of BUILT_IN_COLLECTIONS) {
      const { prefix } = definition;
      const sound = SOUND[prefix];
      expect(sound, prefix).toBeDefined();
      const fields = typeof sound === 'object' ? Object.keys(sound) : [];
      for (const make of HOSTILE) {
        for (const field of [undefined, 'no field of ours', ...fields]) {
          const ada = replica(1);
          const bob = replica(2);
          const view = ada.state.collection(definition);
          const invalid: string[] = [];
          ada.state.onInvalid(({ key, error }) => invalid.push(`${key} ${error.code}`));
          view.set('good', sound);
          const map = bob.doc.getMap<unknown>('state');
          if (field === undefined) map.set(`${prefix}bad`, make());
          else map.set(`${prefix}bad`, new Y.Map([...Object.entries(sound), [field, make()]]));
          sync(ada, bob);
          const shown = view.get('bad');
          expect(invalid.length, `${prefix}${field}`).toBe(shown === undefined ? 1 : 0);
          reported += invalid.length;
          expect(Object.keys(ada.state.snapshot()).length).toBe(shown === undefined ? 1 : 2);
          expect(view.get('good')).toEqual(replicaOf(definition, sound));
          expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
          // Whoever works on is not held up, and may mend it or clear it away.
          view.set('bad', sound);
          expect(view.get('bad')).toEqual(view.get('good'));
          expect(view.remove('bad')).toBe(true);
          ada.state.undo();
          ada.state.redo();
          sync(ada, bob);
          expect(bob.state.snapshot()).toEqual(ada.state.snapshot());
        }
      }
    }
    expect(reported).toBeGreaterThan(200);
  });
});

function replicaOf(definition: (typeof BUILT_IN_COLLECTIONS)[number], value: unknown): unknown {
  const { state } = replica(9);
  const view = state.collection(definition);
  view.set('good', value);
  return view.get('good');
}
