import { fromHex } from '../../../data/hash.ts';
import type { RoomView } from '../room-view.ts';
import { column, type ZarrArraySpec } from './zarr-array.ts';

const ID_BYTE_LENGTH = 32;
const CHUNK_LENGTH = 4_096;

/**
 * Arrays of ours beside those of H5MD, for who wants to check what was read: `frame_id` in UTF-8 filled up with zeros,
 * `version`, and `sha256` of the positions of each frame without what they are filled up with.
 */
export function ownFacts(view: RoomView, base: string, hasPositions: boolean): ZarrArraySpec[] {
  const { count } = view;
  const length = Math.max(1, Math.min(CHUNK_LENGTH, count));
  const versions: ZarrArraySpec = {
    path: `${base}/version`,
    dtype: '<i4',
    shape: [count],
    chunk: [length],
    fill: -1,
    dimensions: ['frame'],
    read: async (place) => {
      const start = place * length;
      const stop = Math.min(count, start + length);
      const values = Int32Array.from({ length: stop - start }, (_, i) => view.version(start + i));
      return column(values, '<i4', 0, length);
    },
  };
  const ids: ZarrArraySpec = {
    path: `${base}/frame_id`,
    dtype: '|u1',
    shape: [count, ID_BYTE_LENGTH],
    chunk: [length, ID_BYTE_LENGTH],
    fill: 0,
    dimensions: ['frame', 'id_byte'],
    read: async (place) => {
      const bytes = new Uint8Array(length * ID_BYTE_LENGTH);
      for (let i = 0; i < length; i += 1) {
        const id = view.id(place * length + i);
        if (id !== undefined) bytes.set(Buffer.from(id).subarray(0, ID_BYTE_LENGTH), i * ID_BYTE_LENGTH);
      }
      return bytes;
    },
  };
  const hashes: ZarrArraySpec = {
    path: `${base}/sha256`,
    dtype: '|u1',
    shape: [count, 32],
    chunk: [1, 32],
    fill: 0,
    dimensions: ['frame', 'hash_byte'],
    read: async (place, signal) => {
      const { hashes: found } = await view.read(place, { data: ['positions'], signal });
      return (found['positions'] === undefined ? undefined : fromHex(found['positions'])) ?? new Uint8Array(32);
    },
  };
  return hasPositions ? [versions, ids, hashes] : [versions, ids];
}
