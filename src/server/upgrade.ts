import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import { assertRoomName } from '../protocol/room-name.ts';
import { CONTENT_TYPE } from '../protocol/routes.ts';
import { closeCodeOf, closeReason } from './sync/close-reason.ts';
import { chooseProtocol } from './sync/choose-protocol.ts';

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
/** So long a refused client has to say goodbye. */
const GOODBYE_MS = 2_000;

/** Reads what an upgrade asks for. Throws `request/not-found`, `request/invalid` or `room/name-invalid`. */
export function syncTarget(url: URL, basePath: string): SyncTarget {
  const path = url.pathname.startsWith(basePath) ? url.pathname.slice(basePath.length) : '';
  const match = PATH.exec(path);
  if (match === null) {
    throw new CovalenceError(
      'request/not-found',
      `No WebSocket is served at ${url.pathname}; rooms are at ${basePath}/v1/sync/<room>.`,
      { path: url.pathname },
    );
  }
  let asked: string;
  try {
    asked = decodeURIComponent(match[1]);
  } catch (cause) {
    throw new CovalenceError('request/invalid', 'The name of the room is not encoded text.', {}, { cause });
  }
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
  // Whoever does not read the answer, or does not end its half, must not keep the socket.
  socket.once('finish', () => socket.destroy());
}

/** Refusals that a client must be able to read: a browser shows a page no status of an upgrade, only close codes. */
const TOLD_BY_CLOSE_CODE: ReadonlySet<string> = new Set([
  'auth/required',
  'auth/denied',
  'room/not-found',
  'room/name-invalid',
  'store/failed',
  'store/full',
]);

/**
 * Tells a client why it may not connect: with the documented close code where the client has to know whether to come
 * back, else with an HTTP status. Nothing of what the client sends is read.
 */
export function socketRefusals(
  clock: Clock,
): (message: IncomingMessage, socket: Duplex, head: Buffer, error: CovalenceError) => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 65_536,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: chooseProtocol,
  });
  return (message, socket, head, error) => {
    if (!TOLD_BY_CLOSE_CODE.has(error.code) || socket.destroyed) {
      refuseUpgrade(socket, error);
      return;
    }
    sockets.handleUpgrade(message, socket, head, (webSocket) => {
      webSocket.on('error', () => undefined);
      const cancel = clock.after(GOODBYE_MS, () => webSocket.terminate());
      webSocket.once('close', cancel);
      webSocket.close(closeCodeOf(error), closeReason(error));
    });
  };
}
