import {
  type Frame,
  type FrameData,
  type FrameValue,
  frameArray,
  isFrameArray,
  stringArray,
} from '../protocol/frames.ts';
import { check, checkEqual } from './contract.ts';

/** Frames with values of every kind: `count` of them, of changing size, the second one without atoms. */
export function contractFrames(count: number = 5): FrameData[] {
  return Array.from({ length: count }, (_, index): FrameData => {
    const atomCount = index === 1 ? 0 : 6 + index;
    const data: FrameData = {
      positions: frameArray(
        Float32Array.from({ length: atomCount * 3 }, (_, i) => Math.fround(i / 3 - index)),
        [atomCount, 3],
      ),
      numbers: frameArray(Uint8Array.from({ length: atomCount }, (_, i) => (i % 2 === 0 ? 8 : 1))),
      cell: frameArray(Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10 + index / 7), [3, 3]),
      pbc: frameArray(Uint8Array.of(1, 1, 0)),
      'arrays.site': stringArray(Array.from({ length: atomCount }, (_, i) => `S${i % 3}é`)),
      'info.label': `frame ${index} \u{1f9ea}`,
      'info.converged': index % 2 === 0,
    };
    return index === 2 ? data : { ...data, energy: -1 / 3 - index };
  });
}

/** Throws unless `found` is `expected` to the bit: type, shape, bytes, table. */
export function checkValue(found: FrameValue | undefined, expected: FrameValue, what: string): void {
  if (!isFrameArray(expected)) {
    check(Object.is(found, expected), `${what}: expected ${String(expected)}, found ${text(found)}`);
    return;
  }
  check(isFrameArray(found), `${what}: expected an array, found ${text(found)}`);
  checkEqual(found.dtype, expected.dtype, `${what}, type`);
  checkEqual(found.shape, expected.shape, `${what}, shape`);
  checkEqual(found.table, expected.table, `${what}, table`);
  checkEqual([...bytesOf(found)], [...bytesOf(expected)], `${what}, bytes`);
}

/** Throws unless `frame` holds exactly `data`. */
export function checkData(frame: Frame, data: FrameData): void {
  checkEqual(Object.keys(frame.data).sort(), Object.keys(data).sort(), `keys of frame ${frame.index}`);
  checkEqual(Object.keys(frame.hashes).sort(), Object.keys(data).sort(), `hashes of frame ${frame.index}`);
  for (const [key, value] of Object.entries(data))
    checkValue(frame.data[key], value, `"${key}" of frame ${frame.index}`);
}

/** Throws unless the hashes of arrays, numbers and texts are the sha256 of their bytes. */
export async function checkHashes(frame: Frame): Promise<void> {
  for (const [key, value] of Object.entries(frame.data)) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(value)));
    const expected = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    checkEqual(frame.hashes[key], expected, `sha256 of "${key}" of frame ${frame.index}`);
  }
}

/** The canonical bytes, written down a second time so that the suite does not trust what it tests. */
function bytesOf(value: FrameValue): Uint8Array<ArrayBuffer> {
  if (typeof value === 'number') return new Uint8Array(Float64Array.of(value).buffer);
  if (typeof value === 'boolean') return Uint8Array.of(Number(value));
  if (typeof value === 'string') return new TextEncoder().encode(value);
  const codes = new Uint8Array(value.data.buffer as ArrayBuffer, value.data.byteOffset, value.data.byteLength);
  if (value.table === undefined) return codes;
  return Uint8Array.of(...codes, ...new TextEncoder().encode(JSON.stringify(value.table)));
}

function text(value: FrameValue | undefined): string {
  return isFrameArray(value) ? `an array of shape [${value.shape.join(', ')}]` : String(value);
}
