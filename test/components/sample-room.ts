import { frameArray, openLocalRoom, type FrameData, type Room } from 'covalence';
import { memoryProvider } from 'covalence/data';

/** `count` atoms on a line, 2 angstrom apart, in a periodic cube of 100 angstrom. */
export function lineFrame(count: number, energy = 0): FrameData {
  return {
    positions: frameArray(
      Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 0 ? (i / 3) * 2 : 0)),
      [count, 3],
    ),
    numbers: frameArray(Uint8Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 8 : 1))),
    cell: frameArray(Float64Array.of(100, 0, 0, 0, 100, 0, 0, 0, 100), [3, 3]),
    pbc: frameArray(Uint8Array.of(1, 1, 1)),
    energy,
  };
}

/** A room of its own with some frames of ten atoms. */
export async function sampleRoom(frames: readonly FrameData[] = [lineFrame(10), lineFrame(10, 1)]): Promise<Room> {
  return openLocalRoom({ provider: memoryProvider({ frames }), user: { name: 'Ada', color: '#4c78dd' } });
}
