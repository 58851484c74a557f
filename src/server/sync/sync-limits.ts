import { LIMITS } from '../../protocol/limits.ts';

/** Limits of the control channel that a server may set; the defaults are those both sides know. */
export interface SyncLimits {
  /** Bytes of one message, and of a whole shared document. */
  messageByteLength: number;
  /** Bytes queued on one socket before its updates are held back. */
  socketQueueByteLength: number;
  /** Milliseconds a socket may stay held back before it is closed with 4508. */
  socketBehindMs: number;
  /** Gaps one connection may cause in a row. */
  gapsPerConnection: number;
  /** Messages a connection may send each second on average. */
  messagesPerSecond: number;
  /** Messages a connection may send at once. */
  messageBurst: number;
  /** Fresh beginnings of keys that exist already, per connection and minute: each costs a walk over the key's history. */
  contestedPerMinute: number;
  /** People one connection may speak for. */
  peoplePerConnection: number;
  keysPerRoom: number;
  connectionsPerRoom: number;
  rooms: number;
  /** Milliseconds without a connection after which a room is let go from memory; it is loaded again when asked for. */
  roomIdleMs: number;
  awarenessByteLength: number;
}

/** The limits of a server that was told none. */
export const DEFAULT_SYNC_LIMITS: SyncLimits = {
  messageByteLength: LIMITS.messageByteLength,
  socketQueueByteLength: LIMITS.socketQueueByteLength,
  socketBehindMs: LIMITS.socketBehindMs,
  gapsPerConnection: LIMITS.gapsPerConnection,
  messagesPerSecond: 2_000,
  messageBurst: 20_000,
  contestedPerMinute: 5_000,
  peoplePerConnection: 4,
  keysPerRoom: LIMITS.keysPerRoom,
  connectionsPerRoom: LIMITS.connectionsPerRoom,
  rooms: LIMITS.rooms,
  roomIdleMs: 10 * 60_000,
  awarenessByteLength: LIMITS.awarenessByteLength,
};
