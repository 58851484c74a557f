import { type FrameData, isFrameArray } from '../../protocol/frames.ts';
import { hashOf } from './stored-values.ts';

/** A frame of a file, parsed; hashes are made when asked for. */
export interface ParsedFrame {
  data: FrameData;
  /** sha256 of the value under `key`, which the frame must have. */
  hash(key: string): string;
}

/** Keeps the frames read last, up to `limit` bytes; readers of one frame share one parse. */
export function parsedFrames(limit: number): (index: number, parse: () => Promise<FrameData>) => Promise<ParsedFrame> {
  const kept = new Map<number, { frame: Promise<ParsedFrame>; byteLength: number }>();
  let held = 0;
  return (index, parse) => {
    const present = kept.get(index);
    if (present !== undefined) {
      kept.delete(index);
      kept.set(index, present);
      return present.frame;
    }
    const entry = { frame: parse().then(parsedFrame), byteLength: 0 };
    kept.set(index, entry);
    entry.frame.then(
      ({ data }) => {
        if (kept.get(index) !== entry) return;
        entry.byteLength = byteLengthOf(data);
        held += entry.byteLength;
        for (const [oldest, { byteLength }] of kept) {
          if (held <= limit || oldest === index) return;
          held -= byteLength;
          kept.delete(oldest);
        }
      },
      () => {
        if (kept.get(index) === entry) kept.delete(index);
      },
    );
    return entry.frame;
  };
}

function parsedFrame(data: FrameData): ParsedFrame {
  const hashes = new Map<string, string>();
  return {
    data,
    hash(key) {
      const known = hashes.get(key);
      if (known !== undefined) return known;
      const hash = hashOf(data[key]);
      hashes.set(key, hash);
      return hash;
    },
  };
}

function byteLengthOf(data: FrameData): number {
  return Object.values(data).reduce<number>(
    (sum, value) => sum + (isFrameArray(value) ? value.data.byteLength : 64),
    0,
  );
}
