import type { FrameData } from '../../../protocol/frames.ts';
import { encodeCoordinates } from '../xtc/encode-coordinates.ts';
import { MAGIC, MOST_PLAIN_ATOMS } from '../xtc/xtc-header.ts';
import { unwritable, writtenFrame } from './written-frame.ts';

/** How {@link writeXtcFrame} writes. */
export interface WriteXtcOptions {
  /** Steps to the nm; default that of the frame it was read from, else 1000, as in GROMACS. */
  precision?: number;
  /** Step and time (ps) of a frame that does not say them; default 0. */
  index?: number;
}

/** The largest whole coordinate, as GROMACS has it. */
const LARGEST = 2 ** 31 - 3;

/**
 * A frame in GROMACS' compressed format: positions rounded to 1 / precision nm, cell, time (ps) and step. Up to nine atoms
 * are not rounded. Everything else is left out, elements too. Throws `file/unwritable` without finite positions, or
 * where they are too far away for the precision.
 */
export function writeXtcFrame(data: FrameData, options: WriteXtcOptions = {}): Uint8Array {
  const { atomCount, positions, cell } = writtenFrame(data, 'XTC');
  const { index = 0 } = options;
  const own = data['info.precision'];
  const precision = Math.fround(options.precision ?? (typeof own === 'number' && own > 0 ? own : 1000));
  if (!(precision > 0 && precision < Number.POSITIVE_INFINITY))
    throw unwritable('XTC', `its precision is ${precision}`);
  const isPlain = atomCount <= MOST_PLAIN_ATOMS;
  const packed = isPlain ? undefined : encodeCoordinates(wholeCoordinates(positions, precision));
  const byteLength = packed === undefined ? 56 + 12 * atomCount : 92 + Math.ceil(packed.bytes.length / 4) * 4;
  const bytes = new Uint8Array(byteLength);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, MAGIC);
  view.setInt32(4, atomCount);
  view.setInt32(8, typeof data.step === 'number' ? data.step : index);
  view.setFloat32(12, typeof data.time === 'number' ? data.time : index);
  for (let k = 0; k < 9; k += 1) view.setFloat32(16 + 4 * k, (cell?.[k] ?? 0) / 10);
  view.setInt32(52, atomCount);
  if (packed === undefined) {
    for (let k = 0; k < 3 * atomCount; k += 1) view.setFloat32(56 + 4 * k, positions[k] / 10);
    return bytes;
  }
  view.setFloat32(56, precision);
  for (let axis = 0; axis < 3; axis += 1) {
    view.setInt32(60 + 4 * axis, packed.min[axis]);
    view.setInt32(72 + 4 * axis, packed.max[axis]);
  }
  view.setInt32(84, packed.smallIndex);
  view.setInt32(88, packed.bytes.length);
  bytes.set(packed.bytes, 92);
  return bytes;
}

function wholeCoordinates(positions: ArrayLike<number>, precision: number): Int32Array {
  const whole = new Int32Array(positions.length);
  const scale = precision / 10;
  const low = [LARGEST, LARGEST, LARGEST];
  const high = [-LARGEST, -LARGEST, -LARGEST];
  for (let k = 0; k < positions.length; k += 1) {
    const value = Math.round(positions[k] * scale);
    const axis = k % 3;
    if (value < low[axis]) low[axis] = value;
    if (value > high[axis]) high[axis] = value;
    whole[k] = value;
  }
  const isTooFar = high.some((value, axis) => value > LARGEST || low[axis] < -LARGEST || value - low[axis] > LARGEST);
  if (!isTooFar) return whole;
  throw unwritable('XTC', `its coordinates reach further than XTC can say with a precision of ${precision} to the nm`);
}
