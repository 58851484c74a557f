/** Limits that both sides know; each is named in the refusal that it causes. */
export const LIMITS = {
  /** Bytes of one value of the shared state in JSON-like encoding. */
  valueByteLength: 262_144,
  /** Bytes of one message on the control channel, and of a whole shared document. */
  messageByteLength: 8_388_608,
  /** Yjs structs in one message. */
  structsPerMessage: 100_000,
  /** Structs without origin (fresh roots of a key's history) in one message and key. */
  originlessStructsPerKey: 1_000,
  /** Gaps in the clock of a client that one connection may cause in a row before it is closed. */
  gapsPerConnection: 20,
  /** Bytes queued on one socket before updates are held back. */
  socketQueueByteLength: 8_388_608,
  /** Milliseconds a socket may stay held back before it is closed with 4508. */
  socketBehindMs: 30_000,
  /** Keys of a room. */
  keysPerRoom: 100_000,
  /** Connections of a room. */
  connectionsPerRoom: 1_000,
  /** Rooms of a server. */
  rooms: 10_000,
  /** Bytes of the body of one upload. */
  uploadByteLength: 1_073_741_824,
  /** Frames of one batch read. */
  framesPerBatch: 1_000,
  /** Values of a frame. */
  keysPerFrame: 10_000,
  /** Atoms of a frame. */
  atomsPerFrame: 50_000_000,
  /** Longest lease in milliseconds. */
  lockTtlMs: 60_000,
  /** Bytes of the awareness state of one client. */
  awarenessByteLength: 16_384,
  /** Values up to this many bytes live in the commit record instead of a blob. */
  inlineValueByteLength: 256,
} as const;
