import { frameArray, type Frame, type FrameData } from 'covalence';
import { describe, expect, it } from 'vitest';
import { type AtomValues, atomValues, vectorsOf } from '../../src/components/looks/atom-values.ts';
import { colorTable } from '../../src/components/looks/color-maps.ts';
import { labelTexts, type Label } from '../../src/components/looks/labels.ts';
import { setLook } from '../../src/components/looks/visualiser-edits.ts';
import { colorSelection } from '../../src/components/own-selection.ts';
import { sampleRoom } from './sample-room.ts';
import { extentOf, roundRange, roundUp, writeTints } from '../../src/components/looks/tints.ts';

const frameOf = (data: FrameData): Frame => ({ id: 'f', index: 0, version: 1, hashes: {}, data });

/** How light a colour looks, CIE 1976. */
function lightness(red: number, green: number, blue: number): number {
  const [r, g, b] = [red, green, blue].map((part) =>
    part <= 10.3 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
}

describe('the menu of looks', () => {
  it('[C246] writes what was chosen, keeps what others wrote, and removes a record that says nothing', async () => {
    await using room = await sampleRoom();
    const { key } = room.selections.add({ particle_ids: [1, 2], current_of: 'me' });
    setLook(room, key, { labels: 'index', opacity: 0.5 });
    const visualiser = room.visualisers.prefix + room.selections.idOf(key);
    expect(room.visualisers.get(visualiser)).toEqual({ selection: key, priority: 1, labels: 'index', opacity: 0.5 });
    expect(room.selections.get(key), 'kept: the next click starts another').not.toHaveProperty('current_of');
    colorSelection(room, key, 'red');
    colorSelection(room, key, undefined);
    expect(room.visualisers.get(visualiser)).toMatchObject({ labels: 'index', opacity: 0.5 });
    setLook(room, key, { labels: undefined, opacity: undefined });
    expect(room.visualisers.has(visualiser)).toBe(false);
    room.visualisers.set('visualiser.theirs', { render: 'spheres' });
    setLook(room, undefined, { color: 'charges' });
    expect(Object.keys(room.visualisers.snapshot())).toEqual(['visualiser.theirs']);
    expect(room.visualisers.get('visualiser.theirs')).toEqual({ render: 'spheres', color: 'charges' });
    setLook(room, 'selection.gone', { color: 'red' });
    expect(Object.keys(room.visualisers.snapshot())).toHaveLength(1);
  });
});

describe('values as colours', () => {
  it.each(['viridis', 'magma', 'cividis'] as const)('[C240] %s grows lighter in even steps', (map) => {
    const table = colorTable(map);
    const steps = Array.from({ length: 17 }, (_, step) => {
      const at = 3 * Math.round((step * 255) / 16);
      return lightness(table[at], table[at + 1], table[at + 2]);
    });
    for (const [i, light] of steps.slice(1).entries()) {
      expect(light - steps[i], `step ${i}`).toBeGreaterThan(1);
      expect(light - steps[i], `step ${i}`).toBeLessThan(13);
    }
  });

  it('[C240] vectors count by their length, words as kinds, and what is no number keeps the colour of its style', () => {
    const frame = frameOf({
      forces: frameArray(Float32Array.of(3, 4, 0, Number.NaN, 0, 0), [2, 3]),
      'arrays.residue_names': { dtype: '<i4', shape: [2], data: Int32Array.of(1, 0), table: ['ALA', 'GLY'] },
      'arrays.spin': frameArray(Float64Array.of(-1, 1)),
    });
    const forces = atomValues(frame, 'forces', 2);
    expect(forces?.at(0)).toBe(5);
    expect(atomValues(frame, 'residue', 2)?.kinds).toEqual(['ALA', 'GLY']);
    expect(atomValues(frame, 'spin', 2)?.at(1)).toBe(1);
    expect(atomValues(frame, 'spin', 3), 'another number of atoms').toBeUndefined();
    expect(atomValues(frame, 'constructor', 2)).toBeUndefined();
    expect(vectorsOf(frame, 'spin', 2)).toBeUndefined();
    const tints = new Uint8Array(8);
    const range = forces && extentOf(forces, undefined, 2);
    expect(range).toEqual({ low: 5, high: 5 });
    if (forces && range) writeTints(tints, forces, { atoms: undefined, atomCount: 2, range, map: 'viridis' });
    expect([tints[3], tints[7]]).toEqual([255, 0]);
  });

  it('[C476] types and tags are kinds by their numbers, with the same colour whichever others there are', () => {
    const typed = (...types: number[]): AtomValues | undefined =>
      atomValues(frameOf({ 'arrays.types': frameArray(Int32Array.from(types)) }), 'type', types.length);
    const [all, some] = [typed(3, 1, 1, 2), typed(3, 3)];
    expect(all).toMatchObject({ label: 'types', kinds: ['type 1', 'type 2', 'type 3'] });
    expect([0, 1, 3].map((atom) => all?.at(atom))).toEqual([2, 0, 1]);
    expect(some).toMatchObject({ kinds: ['type 3'] });
    expect(some?.colors?.[0]).toEqual(all?.colors?.[2]);
    const others = frameOf({ tags: frameArray(Int32Array.of(0, 2)), 'arrays.spin': frameArray(Int32Array.of(1, 2)) });
    expect(atomValues(others, 'tags', 2)?.kinds).toEqual(['tag 0', 'tag 2']);
    expect(atomValues(others, 'spin', 2)?.kinds, 'other integers are amounts').toBeUndefined();
    const many = Array.from({ length: 65 }, (_, type) => type);
    expect(typed(...many)?.kinds, 'too many to be kinds').toBeUndefined();
    expect(typed(...many)?.at(64)).toBe(64);
  });

  it('[C241] ranges end in round numbers that hold every value', () => {
    expect(roundRange({ low: 0.02, high: 4.7 }, false)).toEqual({ low: 0, high: 5 });
    expect(roundRange({ low: -0.31, high: 0.74 }, true)).toEqual({ low: -0.8, high: 0.8 });
    expect(roundRange({ low: 7, high: 7 }, false)).toEqual({ low: 7, high: 7 });
    for (let i = 1; i < 400; i += 1) {
      const value = 1.07 ** i / 1e6;
      expect(roundUp(value)).toBeGreaterThanOrEqual(value * (1 - 1e-6));
      expect(roundUp(value)).toBeLessThan(value * 1.51);
      const { low, high } = roundRange({ low: value, high: value * 1.3 }, false);
      expect(low).toBeLessThanOrEqual(value * (1 + 1e-6));
      expect(high).toBeGreaterThanOrEqual(value * 1.3 * (1 - 1e-6));
    }
  });

  it('[C244] labels of more than 300 atoms are a sentence', () => {
    const frame = frameOf({ numbers: frameArray(new Uint8Array(301).fill(8)) });
    const labels: Label[] = [];
    expect(labelTexts(labels, frame, 'element', undefined, 301)).toMatch(/up to 300 atoms, not for 301/);
    expect(labels).toEqual([]);
    expect(labelTexts(labels, frame, 'index', Uint32Array.of(300), 301)).toBeUndefined();
    expect(labels).toEqual([{ atom: 300, text: '300' }]);
    expect(labelTexts(labels, frame, 'nothing', Uint32Array.of(1), 301)).toMatch(/no “nothing”/);
  });
});
