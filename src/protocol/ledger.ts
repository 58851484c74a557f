import type { FrameKeyInfo } from './frames.ts';

/** Ledger key `trajectory`: where the data channel stands. Clients read changed frames over HTTP when `seq` moves. */
export interface TrajectoryRecord {
  epoch: string;
  seq: number;
  /** How many commits so far changed frames or their order; the others granted and released locks. */
  changes?: number;
  /** Seq of the newest commit after which frames have other indices; adding frames at the end leaves them. */
  order?: number;
  count: number;
  keys: FrameKeyInfo[];
  /** Present while the file behind the room is being indexed. */
  indexing?: { bytesRead: number; byteLength: number };
  damage?: { code: string; detail: string };
}

/** Ledger key `frame.<id>`, for the last 1,000 changed frames. */
export interface FrameRecord {
  version: number;
  seq: number;
  hashes: Record<string, string>;
}

/** Ledger key `lock.<name>`. The token is never in it. */
export interface LockRecord {
  name: string;
  /** Session that holds it, as shown in the holder's awareness state. */
  session: string;
  /** Name of the person, when known. */
  holder?: string;
  fence: number;
  message?: string;
  expires_in_ms: number;
}

/** Ledger key `room`. */
export interface RoomRecord {
  name: string;
  epoch: string;
  /** The file behind the room, base name only. */
  source?: string;
}
