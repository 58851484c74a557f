import { createHash } from 'node:crypto';
import { type Frame, type FrameData, frameArray, stringArray } from '../../src/protocol/frames.ts';
import { canonicalBytes } from '../../src/data/hash.ts';

/** sha256 as the server computes it, independent of the code under test. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A reproducible frame of `atomCount` atoms with values of every kind. */
export function sampleData(index: number, atomCount = 40): FrameData {
  const positions = Float32Array.from({ length: atomCount * 3 }, (_, i) => Math.sin(i * 7.1 + index * 0.3) * 10);
  return {
    positions: frameArray(positions, [atomCount, 3]),
    numbers: frameArray(
      Uint8Array.from({ length: atomCount }, (_, i) => 1 + (i % 8)),
      [atomCount],
    ),
    cell: frameArray(Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20), [3, 3]),
    pbc: frameArray(Uint8Array.of(1, 1, 0), [3]),
    energy: -1.5 - index / 3,
    'arrays.site': stringArray(Array.from({ length: atomCount }, (_, i) => (i % 3 === 0 ? 'CA' : `H${i % 5}`))),
    'info.label': `frame ${index} é`,
    'info.converged': index % 2 === 0,
  };
}

/** `data` as a frame with its hashes. */
export function frameOf(index: number, data: FrameData = sampleData(index), version = 1): Frame {
  const hashes: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) hashes[key] = sha256(canonicalBytes(value));
  return { id: `f${index}`, index, version, hashes, data };
}

/** Pieces as one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.byteLength;
  }
  return bytes;
}
