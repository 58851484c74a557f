import { describe, expect, it } from 'vitest';
import { sceneHighlights } from '../../src/components/viewer/scene-highlights.ts';
import { colorOf, renderOf, sceneStyles, visualiserLayers } from '../../src/components/viewer/scene-styles.ts';
import { sampleRoom } from './sample-room.ts';

describe('visualisers as styles', () => {
  it('[C57] without visualisers every atom is drawn by element', async () => {
    await using room = await sampleRoom();
    expect(sceneStyles(visualiserLayers(room, 10))).toEqual([{ color: 'element' }]);
  });

  it('[C57] layer, then priority, then key decide; later ones win', async () => {
    await using room = await sampleRoom();
    const a = room.selections.add({ particle_ids: [1] });
    const b = room.selections.add({ particle_ids: [1, 2] });
    room.visualisers.set('visualiser.c', { selection: a.key, color: 'red', layer: 1 });
    room.visualisers.set('visualiser.b', { selection: b.key, color: 'green', priority: 2 });
    room.visualisers.set('visualiser.a', { selection: b.key, color: 'blue', priority: 2 });
    room.visualisers.set('visualiser.d', { selection: b.key, color: 'white', priority: -1 });
    expect(sceneStyles(visualiserLayers(room, 10)).map(({ color }) => color)).toEqual([
      'element',
      'white',
      'blue',
      'green',
      'red',
    ]);
  });

  it('[C57] what a record leaves out is that of the lowest one', async () => {
    await using room = await sampleRoom();
    const { key } = room.selections.add({ particle_ids: [4, 5] });
    room.visualisers.set('visualiser.all', { render: 'spheres', color: 'gold', priority: -1 });
    room.visualisers.set('visualiser.few', { selection: key, hide: true });
    const [all, few] = sceneStyles(visualiserLayers(room, 10));
    expect(all).toMatchObject({ render: 'spheres', color: 'gold' });
    expect(few).toMatchObject({ render: 'spheres', color: 'gold', hide: true, atoms: Uint32Array.of(4, 5) });
  });

  it('[C57] a selection that is gone, empty or beyond the atoms draws nothing', async () => {
    await using room = await sampleRoom();
    const { key } = room.selections.add({ particle_ids: [12, 13] });
    room.visualisers.set('visualiser.beyond', { selection: key, color: 'red' });
    room.visualisers.set('visualiser.gone', { selection: 'selection.gone', color: 'red' });
    expect(sceneStyles(visualiserLayers(room, 10))).toHaveLength(1);
    expect(sceneStyles(visualiserLayers(room, 13))[1]).toMatchObject({ atoms: Uint32Array.of(12) });
  });

  it('[C57] `visualiser` is an alias of `render`, and ways of drawing and colours have their usual names', () => {
    expect(renderOf({ visualiser: 'licorice' })).toBe('liquorice');
    expect(renderOf({ render: { type: 'Space Filling' } })).toBe('spheres');
    expect(renderOf({ render: 'ball & stick' })).toBe('ball and stick');
    expect(renderOf({ render: 'unheard of' })).toBeUndefined();
    expect(colorOf({ color: 'cpk' })).toBe('element');
    expect(colorOf({ color: 'ff8800' })).toBe('#ff8800');
    expect(colorOf({ color: [1, 0.5, 0] })).toBe('rgb(255 128 0)');
    expect(colorOf({})).toBeUndefined();
  });
});

describe('highlights', () => {
  it('[C58] current selections and kept ones without a visualiser are outlined, the pointed one last', async () => {
    await using room = await sampleRoom();
    const current = room.selections.add({ particle_ids: [0], color: 'red', current_of: 'ada' });
    const kept = room.selections.add({ particle_ids: [1], color: 'green' });
    const painted = room.selections.add({ particle_ids: [2], color: 'blue' });
    room.visualisers.set(`visualiser.${painted.id}`, { selection: painted.key, color: 'blue' });
    const colors = (shown?: string): string[] => sceneHighlights(room, 10, shown).map(({ color }) => color);
    expect(colors()).toEqual(['red', 'green']);
    expect(colors(painted.key)).toEqual(['red', 'green', 'blue']);
    expect(colors(current.key)).toEqual(['green', 'red']);
    expect(colors(kept.key)).toEqual(['red', 'green']);
  });
});
