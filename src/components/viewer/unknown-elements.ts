import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import type { VisualiserLayer } from './scene-styles.ts';

/** True when no element of a frame's atoms is known. */
export function lacksElements(frame: SceneFrame | undefined): boolean {
  if (frame === undefined || frame.atomCount === 0) return false;
  for (const number of frame.numbers) if (number !== 0) return false;
  return true;
}

/** What a picture of atoms without elements shows as long as nobody says how all atoms are coloured. */
export const BY_TYPE: VisualiserRecord = { color: 'type' };

/** These layers, above colours by type where none of them says how all atoms are coloured. */
export function withTypes(layers: readonly VisualiserLayer[]): readonly VisualiserLayer[] {
  const isSaid = layers.some(
    ({ record, atoms }) => atoms === undefined && (record.color !== undefined || record.hide === true),
  );
  return isSaid ? layers : [{ record: BY_TYPE, atoms: undefined }, ...layers];
}
