import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { Room } from '../../room/room.ts';
import { saysNothing, visualiserKeyOf } from '../own-selection.ts';

/** What a menu of looks writes; undefined takes a field away. */
export type LookPatch = Partial<Record<'render' | 'color' | 'vectors' | 'labels', string | undefined>> & {
  opacity?: number | undefined;
  hide?: boolean | undefined;
  trails?: number | undefined;
};

/** Key of the visualiser that says how a selection is drawn, or with undefined all atoms. */
export function lookKey(room: Room, selection: string | undefined): string {
  if (selection !== undefined) return visualiserKeyOf(room, selection);
  const found = Object.entries(room.visualisers.snapshot()).find(
    ([, record]) => record.selection === undefined || record.selection === null,
  );
  return found?.[0] ?? `${room.visualisers.prefix}all`;
}

/**
 * Changes how a selection, or with undefined everything, is drawn. One transaction; a record that says nothing any more
 * is removed. A selection that is given a look is kept: the next click starts another.
 */
export function setLook(room: Room, selection: string | undefined, patch: LookPatch): void {
  if (!room.can('write') || (selection !== undefined && !room.selections.has(selection))) return;
  const key = lookKey(room, selection);
  room.state.transact(() => {
    if (selection !== undefined) room.selections.update(selection, { current_of: undefined });
    const before: VisualiserRecord =
      room.visualisers.get(key) ?? (selection === undefined ? { priority: -1 } : { selection, priority: 1 });
    const after = { ...before, ...patch };
    if (saysNothing(after)) room.visualisers.remove(key);
    else if (room.visualisers.has(key)) room.visualisers.update(key, patch);
    else
      room.visualisers.set(key, Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined)));
  });
}
