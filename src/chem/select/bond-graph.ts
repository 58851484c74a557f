import { isFrameArray, type FrameData } from '../../protocol/frames.ts';
import { perceiveBonds } from '../bonds.ts';
import { countAtoms, needAtoms, perAtom } from './atom-columns.ts';

/** Pairs of bonded atoms, (M,2) flat: those the frame gives, else those found by distance and those given besides. */
export function bondPairs(data: FrameData): ArrayLike<number> {
  const given = data.bonds;
  if (isFrameArray(given)) return given.data;
  const atomCount = countAtoms(data);
  const positions = needAtoms(data, 'positions', 'positions').data;
  const places = positions instanceof Float64Array ? positions : Float32Array.from(positions);
  const numbers = perAtom(data, 'numbers')?.data;
  const links = data['info.links'];
  const { pairs } = perceiveBonds({
    atomCount,
    positions: positions instanceof Float32Array ? positions : places,
    numbers: numbers instanceof Uint8Array ? numbers : new Uint8Array(atomCount),
    cell: isFrameArray(data.cell) ? data.cell.data : undefined,
    pbc: isFrameArray(data.pbc) ? data.pbc.data : undefined,
  });
  return isFrameArray(links) ? [...pairs, ...links.data] : pairs;
}

/** Marks what has a bond to a marked atom, or any bond where `marked` is absent. */
export function bondedAtoms(pairs: ArrayLike<number>, atomCount: number, marked?: Uint8Array): Uint8Array {
  const result = new Uint8Array(atomCount);
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [a, b] = [pairs[i], pairs[i + 1]];
    if (!(a < atomCount && b < atomCount)) continue;
    if (marked === undefined || marked[b] !== 0) result[a] = 1;
    if (marked === undefined || marked[a] !== 0) result[b] = 1;
  }
  return result;
}

/** A number for each atom that all atoms joined to it by bonds share. */
export function moleculeGroups(pairs: ArrayLike<number>, atomCount: number): Uint32Array {
  const parent = Uint32Array.from({ length: atomCount }, (_, atom) => atom);
  const root = (atom: number): number => {
    let at = atom;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (let i = 0; i + 1 < pairs.length; i += 2)
    if (pairs[i] < atomCount && pairs[i + 1] < atomCount) parent[root(pairs[i])] = root(pairs[i + 1]);
  return parent.map((_, atom) => root(atom));
}
