import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAt } from './read-at.ts';
import { entriesOf, segmentNumber } from './segment-file.ts';
import { sha256 } from './stored-values.ts';

interface Place {
  path: string;
  offset: number;
  byteLength: number;
}

/** Reads the segments that another process is writing. */
export interface SegmentFollower {
  /** The bytes when they are there by now. Bytes that are not those of their hash are not there. */
  get(hash: string): Promise<Uint8Array | undefined>;
  has(hash: string): boolean;
}

/** Follows the segments in `directory`: on a miss it reads on where it stopped, so that growth costs what it is. */
export function segmentFollower(directory: string): SegmentFollower {
  const places = new Map<string, Place>();
  const ends = new Map<string, number>();
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const names = (await readdir(directory).catch(() => [])).filter((name) => segmentNumber(name) !== undefined).sort();
    for (const name of names) {
      const path = join(directory, name);
      const file = await open(path, 'r').catch(() => undefined);
      if (file === undefined) continue;
      try {
        for await (const { hash, offset, byteLength } of entriesOf(file, ends.get(path) ?? 0)) {
          // The newest counts: an earlier one may be what a broken write left.
          places.set(hash, { path, offset, byteLength });
          ends.set(path, offset + byteLength);
        }
      } finally {
        await file.close();
      }
    }
  };
  const load = async (hash: string): Promise<Uint8Array | undefined> => {
    const place = places.get(hash);
    if (place === undefined) return undefined;
    const file = await open(place.path, 'r').catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const bytes = await readAt(file, place.offset, place.byteLength);
      return sha256(bytes) === hash ? bytes : undefined;
    } finally {
      await file.close();
    }
  };

  return {
    has: (hash) => places.has(hash),
    async get(hash) {
      const present = await load(hash);
      if (present !== undefined) return present;
      looking ??= look().finally(() => (looking = undefined));
      await looking;
      return load(hash);
    },
  };
}
