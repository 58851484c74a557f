import { describe, expect, it } from 'vitest';
import { RENDER_PRESETS, renderPreset, resolveRender } from '../../src/protocol/records/visualiser-presets.ts';
import {
  cameraCollection,
  chatCollection,
  figureCollection,
  sceneCollection,
  visualiserCollection,
} from '../../src/state/index.ts';
import { replica } from './replicas.ts';

describe('built-in records', () => {
  it('[K70] a render is found by its name and by its aliases, and no name means two', () => {
    const names = RENDER_PRESETS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const preset of RENDER_PRESETS) {
      for (const name of [preset.name, ...preset.aliases, preset.name.toUpperCase()])
        expect(renderPreset(name)).toBe(preset);
    }
    expect(renderPreset('fur')).toBeUndefined();
  });

  it('[K71] parameters of a render are looked up in its own object, then in the record, then in the preset', () => {
    expect(resolveRender({})).toEqual({
      name: 'ball and stick',
      isKnown: true,
      parameters: { color: 'white', 'particle.scale': 1, 'bond.scale': 0.5, opacity: 1 },
    });
    expect(resolveRender({ render: 'licorice', scale: 0.4, color: 'red' })).toEqual({
      name: 'liquorice',
      isKnown: true,
      parameters: { color: 'red', scale: 0.4 },
    });
    expect(resolveRender({ visualiser: { type: 'hyperballs', tension: 0.9 }, scale: 2 }).parameters).toEqual({
      color: 'white',
      scale: 2,
      tension: 0.9,
      sharpness: 0,
    });
    expect(resolveRender({ render: 'fur' })).toEqual({ name: 'fur', isKnown: false, parameters: {} });
  });

  it.each([
    [
      visualiserCollection,
      { render: 'spheres', color: [1, 0, 0], scale: { type: 'vdw', scale: 0.5 }, hide: true },
      { layer: 'top' },
    ],
    [cameraCollection, { position: [0, 0, 9], target: [0, 0, 0], up: [0, 1, 0], fov: 40 }, { position: [0, 0, 9] }],
    [chatCollection, { author: 'Ada', text: 'hello', sent_at_ms: 1 }, { author: 'Ada' }],
    [figureCollection, { x: 'energy', y: ['forces', 'energy'] }, { x: 'energy' }],
  ])('[K72] $prefix takes records of its form and no others', (definition, good, bad) => {
    const collection = replica(1).state.collection(definition as typeof visualiserCollection);
    expect(collection.add(good as never).value).toEqual(good);
    expect(() => collection.add(bad as never)).toThrow('schema');
    expect(collection.size).toBe(1);
  });

  it('[K73] scene settings that Covalence reads have their form, those of programs are free', () => {
    const scene = replica(1).state.collection(sceneCollection);
    scene.set('background', 'black');
    scene.set('box', { size: [1, 2, 3] });
    expect(() => scene.set('background', 5)).toThrow('schema');
    expect(() => scene.set('projection', 'fisheye')).toThrow('schema');
    expect(scene.snapshot()).toEqual({ 'scene.background': 'black', 'scene.box': { size: [1, 2, 3] } });
  });
});
