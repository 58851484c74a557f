/** Atoms of a ring, and how many numbers a record has. */
const MOST = 6;
const RECORD = 8;
/** A crystal of carbon has rings without end; more than these are not filled. */
const MOST_RINGS = 50_000;

/**
 * Rings of three to six atoms among bonds (four numbers each, the first two atoms), all of whose atoms `mask` allows:
 * eight numbers each, the atoms in order, then at 6 their count. A ring that a bond cuts into smaller ones is left out.
 */
export function findRings(records: Uint32Array, bondCount: number, mask: Uint8Array): Uint32Array {
  const { starts, others } = neighbours(records, bondCount, mask);
  const found: number[] = [];
  const path = new Int32Array(MOST);
  const isNeighbour = (a: number, b: number): boolean => {
    for (let i = starts[a]; i < starts[a + 1]; i += 1) if (others[i] === b) return true;
    return false;
  };
  const close = (length: number): void => {
    for (let i = 0; i < length; i += 1)
      for (let j = i + 2; j < length; j += 1)
        if (!(i === 0 && j === length - 1) && isNeighbour(path[i], path[j])) return;
    const record = Array.from({ length: RECORD }, (_, i) => (i < length ? path[i] : 0));
    record[6] = length;
    found.push(...record);
  };
  const walk = (length: number): void => {
    const last = path[length - 1];
    for (let i = starts[last]; i < starts[last + 1] && found.length < RECORD * MOST_RINGS; i += 1) {
      const next = others[i];
      // The smallest atom comes first and its smaller neighbour second, so that each ring is found once.
      if (next === path[0] && length > 2 && path[1] < last) close(length);
      if (next <= path[0] || length === MOST || path.subarray(1, length).includes(next)) continue;
      path[length] = next;
      walk(length + 1);
    }
  };
  for (let atom = 0; atom + 1 < starts.length; atom += 1) {
    if (starts[atom + 1] - starts[atom] < 2) continue;
    path[0] = atom;
    walk(1);
  }
  return Uint32Array.from(found);
}

function neighbours(
  records: Uint32Array,
  bondCount: number,
  mask: Uint8Array,
): { starts: Uint32Array; others: Uint32Array } {
  const starts = new Uint32Array(mask.length + 2);
  const isShown = (bond: number): boolean =>
    mask[records[4 * bond]] === 1 && mask[records[4 * bond + 1]] === 1 && records[4 * bond] !== records[4 * bond + 1];
  for (let bond = 0; bond < bondCount; bond += 1)
    if (isShown(bond)) for (const end of [0, 1]) starts[records[4 * bond + end] + 2] += 1;
  for (let i = 2; i < starts.length; i += 1) starts[i] += starts[i - 1];
  const others = new Uint32Array(starts[starts.length - 1]);
  for (let bond = 0; bond < bondCount; bond += 1) {
    if (!isShown(bond)) continue;
    const [a, b] = [records[4 * bond], records[4 * bond + 1]];
    others[starts[a + 1]++] = b;
    others[starts[b + 1]++] = a;
  }
  return { starts: starts.subarray(0, mask.length + 1), others };
}
