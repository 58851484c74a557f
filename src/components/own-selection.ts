import type { SelectionRecord } from '../protocol/records/selection.ts';
import type { Room } from '../room/room.ts';
import type { Person } from './person.ts';

/** How newly picked atoms combine with those already selected. */
export type SelectMode = 'replace' | 'add' | 'remove' | 'toggle';

/**
 * Whose next click changes this selection: the id of a {@link Person}. A selection that was named, coloured or hidden
 * loses the field and stays as it is.
 */
export type CurrentSelection = SelectionRecord & { current_of?: string | undefined };

/** The record that `person`'s clicks change now, if there is one. */
export function currentSelection(room: Room, person: Person): { key: string; record: CurrentSelection } | undefined {
  for (const [key, record] of Object.entries(room.selections.snapshot())) {
    if ((record as CurrentSelection).current_of === person.id) return { key, record };
  }
  return undefined;
}

/** Indices after combining, ascending. */
export function combineAtoms(before: Iterable<number>, atoms: Iterable<number>, mode: SelectMode): number[] {
  const result = mode === 'replace' ? new Set<number>() : new Set(before);
  for (const atom of atoms) {
    if (mode === 'remove' || (mode === 'toggle' && result.has(atom))) result.delete(atom);
    else result.add(atom);
  }
  return [...result].sort((a, b) => a - b);
}

/**
 * Changes the current selection of `person` and returns it. Nothing selected means no record. One transaction; others
 * see it at once.
 */
export function selectAtoms(
  room: Room,
  person: Person,
  atoms: Iterable<number>,
  mode: SelectMode,
): { key: string | undefined; atoms: number[] } {
  const current = currentSelection(room, person);
  if (!room.can('write')) return { key: current?.key, atoms: [...(current?.record.particle_ids ?? [])] };
  const next = combineAtoms(current?.record.particle_ids ?? [], atoms, mode);
  if (next.length === 0) {
    if (current !== undefined) removeSelection(room, current.key);
    return { key: undefined, atoms: next };
  }
  if (current !== undefined) {
    room.selections.update(current.key, { particle_ids: next });
    return { key: current.key, atoms: next };
  }
  const record: CurrentSelection = {
    display_name: room.presence.self.user?.name ?? person.name,
    particle_ids: next,
    color: room.presence.self.user?.color ?? person.color,
    current_of: person.id,
  };
  return { key: room.selections.add(record).key, atoms: next };
}

/** Key of the visualiser that belongs to a selection: same id. */
export function visualiserKeyOf(room: Room, selectionKey: string): string {
  return room.visualisers.prefix + room.selections.idOf(selectionKey);
}

/** Removes a selection and the visualiser made for it. */
export function removeSelection(room: Room, key: string): void {
  if (!room.can('write')) return;
  room.state.transact(() => {
    room.selections.remove(key);
    room.visualisers.remove(visualiserKeyOf(room, key));
  });
}

/** Gives a selection a name and keeps it: the next click starts another one. */
export function renameSelection(room: Room, key: string, name: string): void {
  if (!room.selections.has(key) || !room.can('write')) return;
  room.selections.update(key, { display_name: name, current_of: undefined });
}

/** Draws a selection's atoms in one colour, or as before when `color` is undefined. */
export function colorSelection(room: Room, key: string, color: string | undefined): void {
  if (!room.selections.has(key) || !room.can('write')) return;
  room.state.transact(() => {
    if (color !== undefined) room.selections.update(key, { color });
    room.selections.update(key, { current_of: undefined });
    patchVisualiser(room, key, { color });
  });
}

/** Takes a selection's atoms out of the picture, or shows them again. */
export function hideSelection(room: Room, key: string, isHidden: boolean): void {
  if (!room.selections.has(key) || !room.can('write')) return;
  room.state.transact(() => {
    room.selections.update(key, { current_of: undefined });
    patchVisualiser(room, key, { hide: isHidden ? true : undefined });
  });
}

/** True when a visualiser says for whom but not how. */
export function saysNothing(record: object): boolean {
  return Object.entries(record).every(
    ([field, value]) => value === undefined || /^(selection|layer|priority|display_name)$/.test(field),
  );
}

function patchVisualiser(
  room: Room,
  selectionKey: string,
  patch: { color?: string | undefined; hide?: boolean | undefined },
): void {
  const key = visualiserKeyOf(room, selectionKey);
  const before = room.visualisers.get(key);
  if (before === undefined) {
    const set = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    if (Object.keys(set).length > 0) room.visualisers.set(key, { selection: selectionKey, priority: 1, ...set });
    return;
  }
  if (saysNothing({ ...before, ...patch })) room.visualisers.remove(key);
  else room.visualisers.update(key, patch);
}
