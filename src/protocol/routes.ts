/** Content types of the data channel. */
export const CONTENT_TYPE = {
  msgpack: 'application/x-msgpack',
  /** Our framed stream; see docs/data-channel.md. */
  frames: 'application/vnd.covalence.frames',
  json: 'application/json',
  problem: 'application/problem+json',
  octets: 'application/octet-stream',
} as const;

/** Headers of our own, lower-case. */
export const HEADER = {
  session: 'covalence-session',
  seq: 'covalence-seq',
  lockToken: 'lock-token',
  idempotencyKey: 'idempotency-key',
  contentDigest: 'content-digest',
} as const;

/** Response headers that a page of another origin may read. */
export const EXPOSED_HEADERS: readonly string[] = [
  'ETag',
  'Content-Digest',
  'Content-Range',
  'Retry-After',
  'Covalence-Seq',
];

/** A room's address taken apart: `https://host/base/r/argon` has base `https://host/base` and room `argon`. */
export interface RoomAddress {
  base: string;
  room: string;
}

/** Paths below the base of a server. */
export const routes = {
  page: (room: string): string => `/r/${encodeURIComponent(room)}`,
  sync: (room: string): string => `/v1/sync/${encodeURIComponent(room)}`,
  rooms: (): string => '/v1/rooms',
  room: (room: string): string => `/v1/rooms/${encodeURIComponent(room)}`,
  frames: (room: string): string => `${routes.room(room)}/frames`,
  frame: (room: string, id: string): string => `${routes.frames(room)}/${encodeURIComponent(id)}`,
  scalars: (room: string): string => `${routes.room(room)}/scalars`,
  order: (room: string): string => `${routes.room(room)}/order`,
  log: (room: string): string => `${routes.room(room)}/log`,
  commit: (room: string): string => `${routes.room(room)}/commit`,
  undo: (room: string): string => `${routes.room(room)}/undo`,
  redo: (room: string): string => `${routes.room(room)}/redo`,
  import: (room: string): string => `${routes.room(room)}/import`,
  export: (room: string): string => `${routes.room(room)}/export`,
  flush: (room: string): string => `${routes.room(room)}/flush`,
  locks: (room: string): string => `${routes.room(room)}/locks`,
  lock: (room: string, name: string): string => `${routes.locks(room)}/${encodeURIComponent(name)}`,
  blob: (room: string, hex: string): string => `${routes.room(room)}/blobs/sha256/${hex}`,
} as const;
