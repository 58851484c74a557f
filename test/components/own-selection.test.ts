import { describe, expect, it } from 'vitest';
import {
  colorSelection,
  combineAtoms,
  currentSelection,
  hideSelection,
  removeSelection,
  renameSelection,
  selectAtoms,
} from '../../src/components/own-selection.ts';
import type { Person } from '../../src/components/person.ts';
import { sampleRoom } from './sample-room.ts';

const ada: Person = { id: 'ada', name: 'Ada', color: '#4c78dd' };
const bob: Person = { id: 'bob', name: 'Bob', color: '#e69500' };

describe('the current selection of a person', () => {
  it('[C54] a click makes one record, further ones change it, and selecting nothing removes it', async () => {
    await using room = await sampleRoom();
    const first = selectAtoms(room, ada, [3], 'replace');
    expect(room.selections.get(first.key!)).toMatchObject({ display_name: 'Ada', particle_ids: [3], color: '#4c78dd' });
    expect(selectAtoms(room, ada, [5], 'toggle')).toEqual({ key: first.key, atoms: [3, 5] });
    expect(selectAtoms(room, ada, [3], 'toggle')).toEqual({ key: first.key, atoms: [5] });
    expect(room.selections.size).toBe(1);
    expect(selectAtoms(room, ada, [], 'replace')).toEqual({ key: undefined, atoms: [] });
    expect(room.selections.size).toBe(0);
  });

  it('[C54] two people never change the selection of each other', async () => {
    await using room = await sampleRoom();
    const { key } = selectAtoms(room, ada, [1, 2], 'replace');
    selectAtoms(room, bob, [7], 'replace');
    selectAtoms(room, bob, [], 'replace');
    expect(room.selections.get(key!)?.particle_ids).toEqual([1, 2]);
    expect(currentSelection(room, bob)).toBeUndefined();
  });

  it('[C54] atoms combine as sets and stay ascending', () => {
    expect(combineAtoms([5, 1], [9, 3, 1], 'add')).toEqual([1, 3, 5, 9]);
    expect(combineAtoms([5, 1], [9, 3, 1], 'remove')).toEqual([5]);
    expect(combineAtoms([5, 1], [9, 3, 1], 'toggle')).toEqual([3, 5, 9]);
    expect(combineAtoms([5, 1], [9, 3], 'replace')).toEqual([3, 9]);
  });
});

describe('a selection that somebody cared about', () => {
  it.each([
    ['renaming', renameSelection.bind(undefined), 'O and H'],
    ['colouring', colorSelection.bind(undefined), '#159a80'],
    ['hiding', hideSelection.bind(undefined), true],
  ] as const)('[C55] %s keeps it: the next click starts another', async (_name, act, argument) => {
    await using room = await sampleRoom();
    const { key } = selectAtoms(room, ada, [1, 2], 'replace');
    (act as (...parts: unknown[]) => void)(room, key, argument);
    const next = selectAtoms(room, ada, [4], 'replace');
    expect(next.key).not.toBe(key);
    expect(room.selections.get(key!)?.particle_ids).toEqual([1, 2]);
    expect(room.selections.size).toBe(2);
  });

  it('[C56] colouring and hiding write the visualiser of the same id, undoing both removes it', async () => {
    await using room = await sampleRoom();
    const { key } = selectAtoms(room, ada, [1, 2], 'replace');
    colorSelection(room, key!, '#159a80');
    hideSelection(room, key!, true);
    const [visualiser] = Object.entries(room.visualisers.snapshot());
    expect(room.visualisers.idOf(visualiser[0])).toBe(room.selections.idOf(key!));
    expect(visualiser[1]).toMatchObject({ selection: key, color: '#159a80', hide: true });
    hideSelection(room, key!, false);
    expect(Object.values(room.visualisers.snapshot())[0]).not.toHaveProperty('hide');
    colorSelection(room, key!, undefined);
    expect(room.visualisers.size).toBe(0);
    expect(room.selections.has(key!)).toBe(true);
  });

  it('[C56] deleting takes its visualiser along, and undo brings both back', async () => {
    await using room = await sampleRoom();
    const { key } = selectAtoms(room, ada, [1, 2], 'replace');
    hideSelection(room, key!, true);
    removeSelection(room, key!);
    expect([room.selections.size, room.visualisers.size]).toEqual([0, 0]);
    expect(await room.undo()).toBe(true);
    expect([room.selections.size, room.visualisers.size]).toEqual([1, 1]);
  });

  it('[C55] a selection that is gone is left alone', async () => {
    await using room = await sampleRoom();
    renameSelection(room, 'selection.none', 'x');
    colorSelection(room, 'selection.none', 'red');
    hideSelection(room, 'selection.none', true);
    expect([room.selections.size, room.visualisers.size]).toEqual([0, 0]);
  });
});
