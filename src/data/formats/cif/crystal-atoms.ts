import { frameArray, stringArray, type FrameData } from '../../../protocol/frames.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { numberOfSpecies } from '../xyz/species.ts';
import { orbitOf, parseOperation } from './symmetry.ts';

/** A site of the asymmetric unit. */
export interface CrystalSite {
  label: string;
  /** Element with charge, e.g. `Fe3+`; may be missing. */
  type: string;
  fractions: number[];
  occupancy: number;
  disorder: string;
}

/**
 * The atoms of a whole cell: every site under every operation, those that fall together once, within the cell. `cell`
 * has rows in angstrom. Answers a sentence when an operation is none.
 */
export function expandCrystal(
  sites: readonly CrystalSite[],
  operationTexts: readonly string[],
  cell: Float64Array,
): FrameData | string {
  const operations = [];
  for (const text of operationTexts.length === 0 ? ['x,y,z'] : operationTexts) {
    const operation = parseOperation(text);
    if (operation === undefined) return `the operation of symmetry "${text.slice(0, 40)}" is none`;
    operations.push(operation);
  }
  if (sites.length * operations.length > LIMITS.atomsPerFrame) return 'the cell has too many atoms';
  const positions: number[] = [];
  const places: number[] = [];
  for (const [place, { fractions }] of sites.entries()) {
    for (const [u, v, w] of orbitOf(fractions, operations, cell)) {
      for (let axis = 0; axis < 3; axis += 1) positions.push(u * cell[axis] + v * cell[3 + axis] + w * cell[6 + axis]);
      places.push(place);
    }
  }
  const all = <T>(of: (site: CrystalSite) => T): T[] => places.map((place) => of(sites[place]));
  const elements = sites.map(({ type, label }) => numberOfSpecies(type) || elementOfLabel(label));
  const data: FrameData = {
    positions: frameArray(Float64Array.from(positions), [places.length, 3]),
    numbers: frameArray(Uint8Array.from(places, (place) => elements[place])),
    cell: frameArray(cell, [3, 3]),
    pbc: frameArray(Uint8Array.of(1, 1, 1)),
    'arrays.labels': stringArray(all(({ label }) => label)),
    'arrays.sites': frameArray(Int32Array.from(places)),
  };
  if (sites.some(({ occupancy }) => occupancy !== 1)) {
    data['arrays.occupancies'] = frameArray(Float64Array.from(all(({ occupancy }) => occupancy)));
  }
  if (sites.some(({ disorder }) => disorder !== ''))
    data['arrays.disorder_groups'] = stringArray(all(({ disorder }) => disorder));
  return data;
}

/** Labels begin with the symbol: `Cl1`, `C12A`, `OW1`, whose second letter is none of a symbol. */
function elementOfLabel(label: string): number {
  return numberOfSpecies(label) || numberOfSpecies(label.slice(0, 2)) || numberOfSpecies(label.slice(0, 1));
}
