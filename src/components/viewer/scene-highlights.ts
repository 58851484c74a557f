import type { Room } from '../../room/room.ts';
import type { CurrentSelection } from '../own-selection.ts';
import { visualiserKeyOf } from '../own-selection.ts';
import type { SceneHighlight } from '../scene/scene-view.ts';
import { selectionAtoms } from '../selection-atoms.ts';

/** Colour of a selection that does not say one. */
export const PLAIN_HIGHLIGHT = '#e69500';

/**
 * What is outlined: everybody's current selection, and every kept one that is not told apart by a visualiser of its
 * own. `shown` is outlined in any case, and last.
 */
export function sceneHighlights(room: Room, atomCount: number, shown: string | undefined): SceneHighlight[] {
  const highlights: SceneHighlight[] = [];
  const entries = Object.entries(room.selections.snapshot());
  entries.sort(([a], [b]) => Number(a === shown) - Number(b === shown) || (a < b ? -1 : 1));
  for (const [key, record] of entries) {
    const isCurrent = (record as CurrentSelection).current_of !== undefined;
    if (!isCurrent && key !== shown && room.visualisers.has(visualiserKeyOf(room, key))) continue;
    const atoms = selectionAtoms(room, record, atomCount);
    if (atoms.length > 0) highlights.push({ atoms, color: record.color ?? PLAIN_HIGHLIGHT });
  }
  return highlights;
}
