import type { DataProvider } from '../data/provider.ts';
import { withCache } from '../data/with-cache.ts';
import { type Clock, systemClock } from '../protocol/clock.ts';
import { createPresence, createSharedState, roomDocuments } from '../state/index.ts';
import { assembleRoom } from './assemble-room.ts';
import type { Room } from './room.ts';

/** What a room without a server is made of. */
export interface OpenLocalRoomOptions {
  /** Where its frames come from: a dropped file, frames in memory, a Zarr store. */
  provider: DataProvider;
  name?: string;
  user?: { name: string; color?: string };
  cacheByteLength?: number;
  clock?: Clock;
}

const CACHE_BYTE_LENGTH = 256 * 1024 * 1024;

/** Opens a room that nobody else sees and that ends with the page: for a file without a server. Rejects as the provider does. */
export async function openLocalRoom(options: OpenLocalRoomOptions): Promise<Room> {
  const clock = options.clock ?? systemClock;
  const { doc, awareness, destroy } = roomDocuments();
  const room = assembleRoom({
    url: '',
    name: options.name ?? 'local',
    state: createSharedState({ doc, clock }),
    presence: createPresence(awareness, { clock, ...(options.user === undefined ? {} : { user: options.user }) }),
    provider: withCache(options.provider, { byteLength: options.cacheByteLength ?? CACHE_BYTE_LENGTH }),
    clock,
    onClose: destroy,
  });
  try {
    await room.frames.info();
    return room;
  } catch (error) {
    await room.close();
    throw error;
  }
}
