// Checked by tsc: every line below @ts-expect-error must not compile.
import * as v from 'valibot';
import type { SharedState, StateCollection } from '../../src/state/index.ts';
import { cameraCollection, selectionCollection } from '../../src/state/index.ts';
import { selectionSchema } from '../../src/protocol/records/selection.ts';
import type { SelectionRecord } from '../../src/protocol/records/selection.ts';

export function typesOfState(state: SharedState, dynamic: string): void {
  const selections = state.collection(selectionCollection);
  const cameras = state.collection(cameraCollection);
  const sizes = state.collection('size.', v.object({ width: v.number(), unit: v.optional(v.string()) }));

  const same: StateCollection<SelectionRecord, 'selection.'> = state.collection('selection.', selectionSchema);
  void same;

  // Keys.
  selections.get('a');
  selections.get('selection.a');
  selections.get(dynamic);
  selections.get(selections.ref('a'));
  // @ts-expect-error a key with another prefix
  selections.get('camera.a');
  // @ts-expect-error a key with another prefix
  selections.set('camera.a', {});
  // @ts-expect-error a key with another prefix
  selections.ref('visualiser.a');
  // @ts-expect-error a key with another prefix
  cameras.remove('selection.a');
  // @ts-expect-error a key is a string
  selections.has(5);
  // @ts-expect-error a prefix ends with a dot
  state.collection('selection');
  state.get('any.key.at.all');

  // Values.
  selections.add({ display_name: 'A', particle_ids: [1, 2] });
  selections.add({});
  // @ts-expect-error ids are numbers
  selections.add({ particle_ids: ['1'] });
  // @ts-expect-error a name is a string
  selections.set('a', { display_name: 5 });
  // @ts-expect-error width is missing
  sizes.add({});
  // @ts-expect-error no such field
  sizes.add({ width: 1, height: 2 });
  // @ts-expect-error three numbers
  cameras.add({ position: [0, 0], target: [0, 0, 0], up: [0, 1, 0] });
  // @ts-expect-error a date is no value
  state.set('a', new Date());
  // @ts-expect-error undefined is no value
  state.set('a', undefined);
  // @ts-expect-error functions are no values
  state.set('a', { run: () => 1 });
  state.set('a', { list: [1, { deep: null }], bytes: new Uint8Array(1) });

  // A reference where a field holds a key, and only there.
  state.collection('visualiser.').add({ selection: selections.ref('a') });
  sizes.update('a', { unit: selections.ref('a') });
  // @ts-expect-error a width is no key
  sizes.update('a', { width: selections.ref('a') });

  // Patches.
  sizes.update('a', { unit: undefined });
  sizes.ref('a').update({ width: 2 });
  // @ts-expect-error no such field
  sizes.update('a', { height: 2 });
  // @ts-expect-error null is a value, and not one of unit
  sizes.update('a', { unit: null });

  // Snapshots are read-only, drafts are not.
  const snapshot = sizes.snapshot('a');
  // @ts-expect-error read-only
  snapshot.width = 2;
  // @ts-expect-error read-only
  selections.snapshot('a').particle_ids?.push(1);
  selections.modify('a', (draft) => void draft.particle_ids?.push(1));
  selections.ref('a').draft().value.display_name = 'B';
  // @ts-expect-error a whole snapshot is read-only
  sizes.snapshot()['size.a'] = { width: 1 };
  // @ts-expect-error may be missing
  void sizes.get('a').width;

  // Nothing waits inside a change.
  // @ts-expect-error async
  void state.transact(async () => {});
  // @ts-expect-error async
  sizes.modify('a', async (draft) => void (draft.width = 1));
  // @ts-expect-error async
  sizes.ref('a').modify(async () => {});
  const five: number = state.transact(() => 5);
  state.transact(() => {});

  // Schemas that are none, and definitions of the wrong kind.
  // @ts-expect-error no schema
  state.collection('size.', { width: 'number' });
  // @ts-expect-error the collection is one of cameras
  const wrong: StateCollection<SelectionRecord> = cameras;
  const general: StateCollection<SelectionRecord> = selections;
  void [five, wrong, general];
}
