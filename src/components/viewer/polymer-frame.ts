import { isFrameArray, type Frame } from '../../protocol/frames.ts';
import type { VisualiserRecord } from '../../protocol/records/visualiser.ts';
import type { VisualiserLayer } from './scene-styles.ts';

/** Keys that tell whether a frame has a polymer. */
export const POLYMER_KEYS: readonly string[] = ['arrays.atom_names', 'arrays.residue_numbers'];

/** Fewer residues than this are a molecule like others. */
const LEAST = 8;

/** Names seldom change from frame to frame. */
const known = new WeakMap<object, boolean>();

/** True when a frame names at least eight residues of a protein or nucleic acid. */
export function hasPolymer({ data }: Frame): boolean {
  const [names, residues] = POLYMER_KEYS.map((key) => data[key]);
  const { numbers } = data;
  if (!isFrameArray(names) || !isFrameArray(residues) || names.table === undefined) return false;
  const before = known.get(names.data);
  if (before !== undefined) return before;
  const isCarrier = names.table.map((name) => /^\s*(?:CA|C4['*])\s*$/i.test(name));
  let count = 0;
  let last: number | undefined;
  for (let atom = 0; atom < names.data.length && count < LEAST; atom += 1) {
    // An atom CA may be calcium.
    const number = isFrameArray(numbers) ? numbers.data[atom] : 0;
    if (!isCarrier[names.data[atom]] || (number !== 0 && number !== 6) || residues.data[atom] === last) continue;
    last = residues.data[atom];
    count += 1;
  }
  known.set(names.data, count >= LEAST);
  return count >= LEAST;
}

/** What a picture of polymers shows as long as nobody says how all atoms are drawn. */
export const AUTOMATIC: VisualiserRecord = { render: 'cartoon' };

/** These layers, above what a picture of polymers shows of itself where none of them says how all atoms are drawn. */
export function withAutomatic(layers: readonly VisualiserLayer[]): readonly VisualiserLayer[] {
  const isSaid = layers.some(
    ({ record, atoms }) =>
      atoms === undefined &&
      (record.render ?? record.visualiser ?? (record.hide === true ? '' : undefined)) !== undefined,
  );
  return isSaid ? layers : [{ record: AUTOMATIC, atoms: undefined }, ...layers];
}
