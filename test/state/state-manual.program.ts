// The code of docs/state.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.
import assert from 'node:assert/strict';
import * as v from 'valibot';
import { createSharedState, KeyNotFoundError, roomDocuments } from 'covalence/state';
import { exportState, importState, selectionCollection, visualiserCollection } from 'covalence/state';

const { doc, destroy } = roomDocuments();
const state = createSharedState({ doc });

state.set('settings.speed', { value: 1, unit: 'A/fs' });
assert.deepEqual(state.get('settings.speed'), { value: 1, unit: 'A/fs' });
assert.equal(state.get('settings.colour'), undefined);

const speed = state.ref('settings.speed');
assert.equal(speed.exists, true);
speed.update({ value: 2 });
assert.deepEqual(speed.snapshot(), { value: 2, unit: 'A/fs' });

const nobody = state.ref('settings.nobody');
assert.equal(nobody.exists, false);
assert.throws(() => nobody.snapshot(), KeyNotFoundError);

const before = speed.snapshot();
state.set('settings.colour', 'gold');
assert.equal(speed.snapshot(), before);

speed.update({ unit: undefined });
assert.deepEqual(speed.snapshot(), { value: 2 });
assert.equal(speed.remove(), true);
assert.equal(speed.remove(), false);

const selections = state.collection(selectionCollection);
const ring = selections.add({ display_name: 'Ring', particle_ids: [0, 1, 2, 3, 4, 5] });
const water = selections.set('water', { display_name: 'Water', select: 'residue HOH' });

assert.equal(water.key, 'selection.water');
assert.equal(water.id, 'water');
assert.equal(selections.size, 2);
assert.equal(selections.has('water'), true);
assert.equal(selections.has(ring), true);

const names: unknown[] = [];
for (const [key, ref] of selections) names.push(ref.value?.display_name ?? key);
assert.deepEqual(names, ['Ring', 'Water']);

assert.throws(() => selections.set('broken', { particle_ids: [-1] }), { code: 'value/invalid' });
assert.equal(selections.has('broken'), false);

ring.update({ particle_ids: [5, 4, 3, 3] });
assert.deepEqual(ring.snapshot().particle_ids, [3, 4, 5]);

const visualisers = state.collection(visualiserCollection);
const tube = visualisers.add({ selection: ring, render: 'liquorice', color: 'gold' });
assert.equal(tube.snapshot().selection, ring.key);

const hyper = visualisers.set('hyper', {
  display_name: 'Hyperballs',
  selection: ring,
  render: { type: 'hyperballs', tension: 0.6, scale: 1 },
  color: 'element',
  layer: 1,
});

visualisers.update('hyper', { color: 'teal', priority: 2 });
visualisers.modify('hyper', (draft) => {
  draft.render = { type: 'hyperballs', tension: 0.3 };
  delete draft.layer;
});
assert.deepEqual(hyper.snapshot(), {
  display_name: 'Hyperballs',
  selection: ring.key,
  render: { type: 'hyperballs', tension: 0.3 },
  color: 'teal',
  priority: 2,
});
assert.equal(visualisers.remove(tube), true);

{
  using draft = hyper.draft();
  draft.value.color = 'red';
  // The person closes the dialog.
}
assert.equal(hyper.value?.color, 'teal');

const draft = hyper.draft();
draft.value.color = 'navy';
draft.commit();
assert.equal(hyper.value?.color, 'navy');

const notes = state.collection('note.', v.looseObject({ text: v.string(), stars: v.optional(v.number(), 0) }));
const note = notes.add({ text: 'look here', stars: 1 });
note.modify((draft) => {
  draft.stars += 1;
});
assert.equal(note.value?.stars, 2);

const log: string[] = [];
const stop = notes.onChange(({ origin, added, updated, removed }) => {
  log.push(`${origin}: +${added.size} ~${updated.size} -${removed.size}`);
});
note.update({ stars: 5 });
note.remove();
stop();
assert.deepEqual(log, ['local: +0 ~1 -0', 'local: +0 ~0 -1']);

state.transact(() => {
  const helix = selections.add({ display_name: 'Helix', particle_ids: [10, 11, 12] });
  visualisers.add({ selection: helix, render: 'cartoon' });
});
assert.equal(visualisers.size, 2);

state.undo();
assert.equal(visualisers.size, 1);
state.redo();
assert.equal(visualisers.size, 2);

const file = JSON.stringify(exportState(state));
assert.equal(visualisers.clear(), 2);
assert.equal(visualisers.size, 0);
importState(state, JSON.parse(file));
assert.equal(visualisers.size, 2);

state.dispose();
destroy();
