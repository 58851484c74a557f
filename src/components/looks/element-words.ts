import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { AtomValues } from './atom-values.ts';
import { BY_TYPE } from '../viewer/unknown-elements.ts';

/** What a legend of kinds is called; of atoms that nobody asked to be coloured so, why they are, and what to do. */
export function kindsWords(
  { data }: Frame,
  record: VisualiserRecord,
  { label, kinds = [] }: AtomValues,
): { label: string; hint?: string } {
  if (record !== BY_TYPE) return { label };
  const { 'arrays.types': types } = data;
  const isNumbered = isFrameArray(types) && types.table === undefined;
  return {
    label: 'Elements unknown',
    ...(isNumbered ? { hint: `Name them: --elements Si${kinds.length > 1 ? ',O' : ''}` } : {}),
  };
}

/** What stands in place of a legend when a frame has nothing of the name to colour by. */
export function noColorText(record: VisualiserRecord, name: string): string {
  return record === BY_TYPE
    ? 'Elements unknown: give the file that says them too, such as conf.gro beside traj.xtc'
    : `This frame has no “${name}” to colour by`;
}
