import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CovalenceError } from '../protocol/errors.ts';
import { CONTENT_TYPE } from '../protocol/routes.ts';
import { assertRoomName } from '../protocol/room-name.ts';

/** What a WebSocket asks to be connected to. */
export interface SyncTarget {
  url: URL;
  room: string;
  /** The ledger as a document of its own, read-only, for stock clients. */
  isLedger: boolean;
  /** Understands messages 100-104. */
  isOurClient: boolean;
}

const PATH = /^\/v1\/sync\/([^/]+)$/;
const LEDGER_SUFFIX = '~ledger';

/** Reads what an upgrade asks for. Throws `request/not-found` or `room/name-invalid`. */
export function syncTarget(message: IncomingMessage, basePath: string): SyncTarget {
  const url = new URL(message.url ?? '/', `http://${message.headers.host ?? 'localhost'}`);
  const path = url.pathname.startsWith(basePath) ? url.pathname.slice(basePath.length) : '';
  const match = PATH.exec(path);
  if (match === null) {
    throw new CovalenceError(
      'request/not-found',
      `No WebSocket is served at ${url.pathname}; rooms are at ${basePath}/v1/sync/<room>.`,
      {
        path: url.pathname,
      },
    );
  }
  const asked = decodeURIComponent(match[1]);
  const isLedger = asked.endsWith(LEDGER_SUFFIX);
  const room = isLedger ? asked.slice(0, -LEDGER_SUFFIX.length) : asked;
  assertRoomName(room);
  return { url, room, isLedger, isOurClient: url.searchParams.has('z') };
}

/** Answers an upgrade with a refusal that `curl` and logs can read, and ends the socket. */
export function refuseUpgrade(socket: Duplex, error: CovalenceError): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(error.toProblem());
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\ncontent-type: ${CONTENT_TYPE.problem}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
