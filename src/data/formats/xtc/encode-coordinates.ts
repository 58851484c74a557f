import { BitWriter } from './bit-writer.ts';
import { bitsOfSize, bitsOfSizes, FIRST_INDEX, LAST_INDEX, MAGIC_INTS } from './magic-ints.ts';

/** Packed coordinates of one frame and what a reader must know of them. */
export interface PackedCoordinates {
  min: readonly number[];
  max: readonly number[];
  smallIndex: number;
  bytes: Uint8Array;
}

/** Triples of up to so many bits are put together in doubles. */
const MOST_EXACT_BITS = 50;
const MOST_IN_RUN = 8;
const WIDEST = 0xff_ff_ff;

/**
 * Packs whole coordinates. Atoms that lie near the one before are written as differences, in runs of up to eight; the
 * size of what counts as near is one for all of the frame, that which makes it shortest.
 */
export function encodeCoordinates(whole: Int32Array): PackedCoordinates {
  const min = [0, 1, 2].map((axis) => extreme(whole, axis, Math.min));
  const max = [0, 1, 2].map((axis) => extreme(whole, axis, Math.max));
  const [minX, minY, minZ] = min;
  const [sizeX, sizeY, sizeZ] = min.map((low, axis) => max[axis] - low + 1);
  const isWide = Math.max(sizeX, sizeY, sizeZ) > WIDEST;
  const wholeBits = isWide
    ? bitsOfSize(sizeX) + bitsOfSize(sizeY) + bitsOfSize(sizeZ)
    : bitsOfSizes(sizeX, sizeY, sizeZ);
  const smallIndex = bestIndex(whole, wholeBits);
  const small = MAGIC_INTS[smallIndex];
  const half = small >> 1;
  const writer = new BitWriter((whole.length / 3) * 6);

  const writeWhole = (at: number): void => {
    const x = whole[at] - minX;
    const y = whole[at + 1] - minY;
    const z = whole[at + 2] - minZ;
    if (isWide) {
      writer.bits(x, bitsOfSize(sizeX));
      writer.bits(y, bitsOfSize(sizeY));
      writer.bits(z, bitsOfSize(sizeZ));
    } else if (wholeBits <= MOST_EXACT_BITS) writer.number((x * sizeY + y) * sizeZ + z, wholeBits);
    else writer.bigNumber((BigInt(x) * BigInt(sizeY) + BigInt(y)) * BigInt(sizeZ) + BigInt(z), wholeBits);
  };
  const isNear = (at: number, before: number): boolean => {
    for (let axis = 0; axis < 3; axis += 1) {
      const difference = whole[at + axis] - whole[before + axis] + half;
      if (difference < 0 || difference >= small) return false;
    }
    return true;
  };
  const writeNear = (at: number, before: number): void => {
    const x = whole[at] - whole[before] + half;
    const y = whole[at + 1] - whole[before + 1] + half;
    const z = whole[at + 2] - whole[before + 2] + half;
    if (smallIndex <= MOST_EXACT_BITS) writer.number((x * small + y) * small + z, smallIndex);
    else writer.bigNumber((BigInt(x) * BigInt(small) + BigInt(y)) * BigInt(small) + BigInt(z), smallIndex);
  };

  let lastRun = 0;
  for (let at = 0; at < whole.length;) {
    let run = 0;
    // The first two atoms of a run change places, for the sake of water: the first is near the second.
    if (at + 3 < whole.length && isNear(at, at + 3)) {
      run = 1;
      while (run < MOST_IN_RUN && at + 3 * (run + 1) < whole.length) {
        const next = at + 3 * (run + 1);
        if (!isNear(next, run === 1 ? at : next - 3)) break;
        run += 1;
      }
    }
    writeWhole(run === 0 ? at : at + 3);
    if (run === lastRun) writer.bits(0, 1);
    else {
      // The flag, and three times the run plus one: the size of what is near stays.
      writer.bits(32 + run * 3 + 1, 6);
      lastRun = run;
    }
    for (let k = 1; k <= run; k += 1) {
      if (k === 1) writeNear(at, at + 3);
      else writeNear(at + 3 * k, k === 2 ? at : at + 3 * (k - 1));
    }
    at += 3 * (run + 1);
  }
  return { min, max, smallIndex, bytes: writer.finish() };
}

function extreme(whole: Int32Array, axis: number, choose: (a: number, b: number) => number): number {
  let found = whole[axis];
  for (let k = axis; k < whole.length; k += 3) found = choose(found, whole[k]);
  return found;
}

/** The index of the size for which neighbours in the list take the fewest bits. */
function bestIndex(whole: Int32Array, wholeBits: number): number {
  const counts = new Uint32Array(LAST_INDEX + 2);
  for (let at = 3; at < whole.length; at += 3) {
    let reach = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const difference = whole[at + axis] - whole[at - 3 + axis];
      // A range of size s holds -s/2 to s/2 - 1.
      reach = Math.max(reach, difference < 0 ? -difference * 2 : difference * 2 + 2);
    }
    let index = FIRST_INDEX;
    while (index <= LAST_INDEX && MAGIC_INTS[index] < reach) index += 1;
    counts[index] += 1;
  }
  const total = whole.length / 3;
  let best = FIRST_INDEX;
  let least = Number.POSITIVE_INFINITY;
  let near = 0;
  for (let index = FIRST_INDEX; index <= LAST_INDEX; index += 1) {
    near += counts[index];
    const bits = near * index + (total - near) * (wholeBits + 3);
    if (bits < least) {
      least = bits;
      best = index;
    }
  }
  return best;
}
