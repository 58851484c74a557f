import { ByteProblem } from '../binary/byte-problem.ts';
import { FIRST_INDEX, LAST_INDEX, MAGIC_INTS } from './magic-ints.ts';
import { bitsOfEach, type Packing } from './xtc-header.ts';

/** Triples of up to so many bits are taken apart in doubles without losing a bit. */
const MOST_EXACT_BITS = 50;

/** The 32 bits from `bit` on, first bit highest. */
function wordAt(view: DataView, bit: number): number {
  const byte = bit >>> 3;
  const shift = bit & 7;
  return (view.getUint32(byte) << shift) | (view.getUint8(byte + 4) >>> (8 - shift));
}

/** A number of 1 to 32 bits whose bytes come lowest first, each with its highest bit first. */
function numberAt(view: DataView, bit: number, bits: number): number {
  const word = wordAt(view, bit);
  const whole = (bits - 1) & 24;
  const swapped = (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000);
  return ((swapped & ((1 << whole) - 1)) | (((word << whole) >>> (32 + whole - bits)) << whole)) >>> 0;
}

/** As {@link numberAt}, of up to 50 bits. */
function longNumberAt(view: DataView, bit: number, bits: number): number {
  if (bits <= 32) return numberAt(view, bit, bits);
  return numberAt(view, bit, 32) + numberAt(view, bit + 32, bits - 32) * 2 ** 32;
}

/** A triple of any number of bits, by long division. */
function wideTripleAt(view: DataView, bit: number, bits: number, y: number, z: number): [number, number, number] {
  let value = 0n;
  for (let done = 0; done < bits; done += 32) {
    value |= BigInt(numberAt(view, bit + done, Math.min(32, bits - done))) << BigInt(done);
  }
  const rest = value / BigInt(z);
  return [Number(rest / BigInt(y)), Number(rest % BigInt(y)), Number(value % BigInt(z))];
}

/**
 * Unpacks the coordinates of one frame in units of 1 / precision and gives each times `scale`. `packed` begins at byte
 * `offset` of the file and is followed by at least 16 bytes that do not matter. Throws {@link ByteProblem} when the
 * bits do not say as many atoms as `target` has room for.
 */
export function decodeCoordinates(
  packed: DataView,
  packing: Packing,
  scale: number,
  target: Float32Array,
  offset: number,
): void {
  const { min, size, tripleBits, byteLength } = packing;
  const [minX, minY, minZ] = min;
  const [, sizeY, sizeZ] = size;
  const [bitsX, bitsY, bitsZ] = bitsOfEach(packing);
  const wholeBits = tripleBits === 0 ? bitsX + bitsY + bitsZ : tripleBits;
  const perY = 1 / sizeY;
  const perZ = 1 / sizeZ;
  const endBit = byteLength * 8;
  const end = target.length;
  let smallIndex = packing.smallIndex;
  let smallSize = MAGIC_INTS[smallIndex];
  let half = smallSize >> 1;
  let perSmall = 1 / smallSize;
  let bit = 0;
  let run = 0;
  let at = 0;
  while (at < end) {
    if (bit + wholeBits >= endBit) throw cutOff(offset, byteLength, at, end);
    let x: number;
    let y: number;
    let z: number;
    if (tripleBits === 0) {
      x = wordAt(packed, bit) >>> (32 - bitsX);
      y = wordAt(packed, bit + bitsX) >>> (32 - bitsY);
      z = wordAt(packed, bit + bitsX + bitsY) >>> (32 - bitsZ);
    } else if (tripleBits <= MOST_EXACT_BITS) {
      // Half a step more than the number itself keeps the rounding of the reciprocal from the edges.
      const value = longNumberAt(packed, bit, tripleBits);
      const upper = Math.floor((value + 0.5) * perZ);
      z = value - upper * sizeZ;
      x = Math.floor((upper + 0.5) * perY);
      y = upper - x * sizeY;
    } else [x, y, z] = wideTripleAt(packed, bit, tripleBits, sizeY, sizeZ);
    bit += wholeBits;
    x = (x + minX) | 0;
    y = (y + minY) | 0;
    z = (z + minZ) | 0;
    const flags = wordAt(packed, bit);
    let change = 0;
    if (flags < 0) {
      // The flag, then five bits: three times the atoms of the run, plus whether the next one is coded shorter or longer.
      const code = (flags >>> 26) & 31;
      change = (code % 3) - 1;
      run = code - change - 1;
      bit += 6;
    } else bit += 1;
    if (run === 0) {
      target[at] = x * scale;
      target[at + 1] = y * scale;
      target[at + 2] = z * scale;
      at += 3;
    } else {
      if (at + 3 + run > end) {
        throw new ByteProblem(offset + (bit >>> 3), `the coordinates go on after ${end / 3} atoms`);
      }
      if (bit + smallIndex * (run / 3) > endBit) throw cutOff(offset, byteLength, at, end);
      for (let left = run; left > 0; left -= 3) {
        let dx: number;
        let dy: number;
        let dz: number;
        if (smallIndex <= MOST_EXACT_BITS) {
          const value = longNumberAt(packed, bit, smallIndex);
          const upper = Math.floor((value + 0.5) * perSmall);
          dz = value - upper * smallSize;
          dx = Math.floor((upper + 0.5) * perSmall);
          dy = upper - dx * smallSize;
        } else [dx, dy, dz] = wideTripleAt(packed, bit, smallIndex, smallSize, smallSize);
        bit += smallIndex;
        const nextX = (x + dx - half) | 0;
        const nextY = (y + dy - half) | 0;
        const nextZ = (z + dz - half) | 0;
        target[at] = nextX * scale;
        target[at + 1] = nextY * scale;
        target[at + 2] = nextZ * scale;
        at += 3;
        // The first two atoms of a run have changed places, for the sake of water.
        if (left === run) {
          target[at] = x * scale;
          target[at + 1] = y * scale;
          target[at + 2] = z * scale;
          at += 3;
        }
        x = nextX;
        y = nextY;
        z = nextZ;
      }
    }
    if (change !== 0) {
      smallIndex += change;
      if (smallIndex < FIRST_INDEX || smallIndex > LAST_INDEX) {
        throw new ByteProblem(offset + (bit >>> 3), `the size of small differences becomes number ${smallIndex}`);
      }
      smallSize = MAGIC_INTS[smallIndex];
      half = smallSize >> 1;
      perSmall = 1 / smallSize;
    }
  }
}

function cutOff(offset: number, byteLength: number, at: number, end: number): ByteProblem {
  return new ByteProblem(
    offset + byteLength,
    `the ${byteLength} bytes of coordinates end after ${at / 3} of ${end / 3} atoms`,
  );
}
