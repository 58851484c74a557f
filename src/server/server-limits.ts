import { LIMITS } from '../protocol/limits.ts';

/** Limits of a whole server; each is named in the refusal that it causes. */
export interface ServerLimits {
  /** Connections to this server, of whatever kind. */
  connections: number;
  /** WebSockets of one address; only where a trusted proxy says who that is. */
  socketsPerAddress: number;
  /** Requests a second of one address on average, likewise. */
  requestsPerSecond: number;
  /** Requests of one address at once, likewise. */
  requestBurst: number;
  connectionsPerRoom: number;
  rooms: number;
  keysPerRoom: number;
  /** Bytes of one upload. */
  uploadByteLength: number;
  /** Bytes that the bodies of all writes hold in memory until they are answered. */
  bodiesByteLength: number;
  /** Bytes that answers hold in memory until they are read. */
  answersByteLength: number;
}

/** The limits of a server that was told none. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  connections: 10_000,
  socketsPerAddress: 200,
  requestsPerSecond: 1_000,
  requestBurst: 5_000,
  connectionsPerRoom: LIMITS.connectionsPerRoom,
  rooms: LIMITS.rooms,
  keysPerRoom: LIMITS.keysPerRoom,
  uploadByteLength: LIMITS.uploadByteLength,
  bodiesByteLength: 1_073_741_824,
  answersByteLength: 1_073_741_824,
};
