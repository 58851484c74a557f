import type { Capability } from './capabilities.ts';

/**
 * Message types on `/v1/sync/<room>` besides y-websocket's own (0 sync, 1 awareness, 2 auth, 3 query awareness). The
 * server sends them only to connections opened with `?z=1`. Each message is a varint of the type, then:
 */
export const MESSAGE = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /** A y-protocols sync message (varint step, bytes) of the ledger document; server to client only. */
  ledger: 100,
  /** Client: varint n. Server: varint n, string level; everything earlier on this socket is durable at that level. */
  barrier: 101,
  /** Server, once: JSON of {@link SessionMessage} as a string. */
  session: 102,
  /** Server: JSON of {@link NoticeMessage} as a string. */
  notice: 103,
  /** Server: deflate-raw of the y-protocols sync message that would have followed; saves bytes on joining. */
  compressed: 104,
} as const;

/** What a connection is told first. */
export interface SessionMessage {
  /** Travels as the header `Covalence-Session`; ties locks to this socket. */
  session: string;
  /** Epoch of the room: a changed one means that the history does not continue. */
  epoch: string;
  /** {@link PROTOCOL_VERSION} of the server. */
  protocol: number;
  /** Durability levels behind `whenSaved`. */
  durability: string;
  /** What this connection may do. */
  capabilities: readonly Capability[];
  /** What the token calls the person, if it does. */
  name?: string;
}

/** Something the server wants people to know. Codes of later versions are passed over. */
export interface NoticeMessage {
  /** `store/full` and `store/failed`: nothing is stored for now; {@link STORED_AGAIN}: that is over. */
  code: string;
  text: string;
}

/** Code of the notice that ends `store/full` and `store/failed`. */
export const STORED_AGAIN = 'store/stored';

/** Raised with every change of the wire that an older peer would misread. */
export const PROTOCOL_VERSION = 1;

/** Subprotocol of the WebSocket; it is answered when a client names it beside its token. */
export const SYNC_PROTOCOL = 'covalence';
/** A token travels as a subprotocol of this beginning: an address would leave it in the logs of proxies. */
export const TOKEN_PROTOCOL_PREFIX = 'covalence-token.';

/** Close codes of the control channel. 4400-4499 are permanent: a stock client never returns after them. */
export const CLOSE = {
  goingAway: 1001,
  tryAgainLater: 1013,
  refused: 4400,
  authRequired: 4401,
  denied: 4403,
  notFound: 4404,
  tooLarge: 4413,
  poisoned: 4422,
  tooSlow: 4508,
  rate: 4529,
} as const;
